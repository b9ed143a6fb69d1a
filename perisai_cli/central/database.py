"""Opens the central's database and gives out its transactions; all that is SQLite's own is here."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, inspect, select
from sqlalchemy.engine import make_url

from perisai_cli.central import erasure, tables
from perisai_cli.central.keys import make_keys, setting
from perisai_cli.domain.errors import StoreUnusable

FIRST_NUMBER = 99_000_000_001
"""First membership number; the 99 marks samples, since only BPJS issues real ones."""

BUSY_SECONDS = 30
_WRITING = "perisai_writing"


class Database:
    """An engine with its two kinds of transaction.

    Writers of one process queue on a lock, which is fair and instant where SQLite's own waiting
    polls; writers of several processes meet in the database.
    """

    def __init__(self, engine: Engine):
        self.engine = engine
        self._lock = threading.Lock()

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection inside a transaction that commits at the end, or not at all."""
        with self._lock, self.engine.connect() as plain:
            connection = plain.execution_options(**{_WRITING: True})
            with connection.begin():
                yield connection
            erasure.sweep(connection)

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that sees one moment of the database."""
        with self.engine.connect() as connection, connection.begin():
            yield connection

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def open_database(source: str | Engine) -> Database:
    """Return the database at an address such as ``sqlite:////var/lib/perisai/central.db``.

    Missing tables, counters and the key of the NIK claims are made.

    Raises:
        StoreUnusable: ``store.newer`` when a later version of the central has written it.
    """
    engine = source if isinstance(source, Engine) else _engine(source)
    database = Database(engine)
    with database.writing() as connection:
        if inspect(connection).has_table("server_settings"):
            _refuse_newer(connection)
        tables.metadata.create_all(connection)
        _first_rows(connection)
        make_keys(connection)
    return database


def _engine(address: str) -> Engine:
    # Parameters hold NIKs and names; they must not come out in an exception's text.
    engine = create_engine(make_url(address), hide_parameters=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Make a new SQLite connection durable, patient, and silent about when transactions begin."""
    # The driver would begin late and deferred, and two deferred writers can refuse each other.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get(_WRITING)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _refuse_newer(connection: Connection) -> None:
    if int(setting(connection, "schema")) > tables.SCHEMA_VERSION:
        raise StoreUnusable("store.newer")


def _first_rows(connection: Connection) -> None:
    if connection.scalar(select(tables.counters.c.name).limit(1)) is not None:
        return
    schema = {"name": "schema", "value": str(tables.SCHEMA_VERSION)}
    connection.execute(insert(tables.server_settings), schema)
    first = [{"name": "seq", "value": 0}, {"name": "number", "value": FIRST_NUMBER - 1}]
    connection.execute(insert(tables.counters), first)
