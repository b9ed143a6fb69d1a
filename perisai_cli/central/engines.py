"""Connects to the central's database: all that SQLite or PostgreSQL have of their own is here."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Collection
from typing import Any

from sqlalchemy import (
    URL,
    Column,
    Connection,
    Engine,
    Table,
    Text,
    any_,
    bindparam,
    create_engine,
    event,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from perisai_cli.domain.errors import InvalidInput

WRITING = "perisai_writing"
"""Execution option that marks the connection of a transaction which writes."""

BUSY_SECONDS = 30
CONNECT_SECONDS = 10
IDLE_SECONDS = 60
POOL = 20
"""Connections of one process; requests beyond them wait their turn."""

_WAL_PAUSE = 0.02
_POSTGRES = "postgresql"


def address_of(text: str) -> URL:
    """Return the address of a PostgreSQL database, typed as ``postgresql://host/name``.

    Raises:
        InvalidInput: ``central.database`` for anything else, ``central.database_password`` when it
            holds a password, which every user of the machine could read there.
    """
    try:
        address = make_url(text)
    except (ArgumentError, ValueError):
        raise InvalidInput("central.database", field="--database") from None
    if address.get_backend_name() != _POSTGRES or not address.database:
        raise InvalidInput("central.database", field="--database")
    if address.password is not None or "password" in address.query:
        raise InvalidInput("central.database_password", field="--database")
    return address


def make_engine(address: str | URL) -> Engine:
    """Return an engine for a database; nothing is connected yet."""
    # Parameters hold NIKs and names; they must not come out in an exception's text.
    url = make_url(address)
    if url.get_backend_name() == _POSTGRES:
        return _postgres_engine(url)
    engine = create_engine(url, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def is_sqlite(engine: Engine) -> bool:
    """Tell whether an engine's database is a file that takes one writer at a time."""
    return engine.dialect.name == "sqlite"


def insert_missing(connection: Connection, table: Table) -> Any:
    """Return an insert that passes over rows whose key is taken, in the database's own words."""
    insert = postgresql.insert if connection.dialect.name == _POSTGRES else sqlite.insert
    return insert(table).on_conflict_do_nothing()


def among(connection: Connection, column: Column[str], values: Collection[str]) -> Any:
    """Return the condition that a column is one of *values*, as one parameter where that works.

    Five hundred parameters cost PostgreSQL's driver more than the question itself.
    """
    if connection.dialect.name != _POSTGRES:
        return column.in_(values)
    return column == any_(bindparam(None, list(values), type_=postgresql.ARRAY(Text)))


def _postgres_engine(url: URL) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_size=POOL,
        max_overflow=0,
        pool_pre_ping=True,
        pool_timeout=BUSY_SECONDS,
        connect_args={} if "connect_timeout" in url.query else {"connect_timeout": CONNECT_SECONDS},
    )
    event.listen(engine, "connect", _prepare_postgres)
    return engine


def _prepare_postgres(connection: Any, _record: Any) -> None:
    """Bound how long a new connection waits for a lock, and how long it may hold one asleep."""
    connection.autocommit = True
    connection.execute(f"SET lock_timeout = '{BUSY_SECONDS}s'")
    connection.execute(f"SET idle_in_transaction_session_timeout = '{IDLE_SECONDS}s'")
    connection.autocommit = False


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Make a new SQLite connection durable, patient, and silent about when transactions begin."""
    # The driver would begin late and deferred, and two deferred writers can refuse each other.
    connection.isolation_level = None
    connection.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}").close()
    _write_ahead(connection)
    for pragma in ("synchronous = FULL", "foreign_keys = ON"):
        connection.execute(f"PRAGMA {pragma}").close()


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Put a database into WAL mode, where readers and the writer leave each other alone.

    SQLite does not wait when two connections change the mode of a new database at once: one of
    them is told "locked" whatever its ``busy_timeout``, so the waiting is done here.
    """
    for left in reversed(range(int(BUSY_SECONDS / _WAL_PAUSE))):
        try:
            connection.execute("PRAGMA journal_mode = WAL").close()
        except sqlite3.OperationalError as error:
            if not left or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            time.sleep(_WAL_PAUSE)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
