"""The central's database and its transactions; what SQLite and PostgreSQL differ in is beneath."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from perisai_cli.central.engines import WRITING, is_sqlite, make_engine
from perisai_cli.central.failures import Raced, own_errors, was_raced
from perisai_cli.central.keys import has_keys, make_keys
from perisai_cli.central.schema import is_ready, make_ready

T = TypeVar("T")

ATTEMPTS = 5
"""How often a transaction begins anew when others got in its way."""


class Database:
    """An engine with its two kinds of transaction.

    On SQLite the writers of one process queue on a lock, which is fair and instant where SQLite's
    own waiting polls; writers of several processes meet in the database. On PostgreSQL they run
    side by side and meet at the rows.
    """

    def __init__(self, engine: Engine):
        self.engine = engine
        sqlite = is_sqlite(engine)
        self._turn = threading.Lock() if sqlite else contextlib.nullcontext()
        # What SQLite's snapshot gives to every reader, PostgreSQL gives when asked.
        self._reader = {} if sqlite else {"isolation_level": "REPEATABLE READ"}

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Yield a connection inside a transaction that commits at the end, or not at all.

        Raises:
            PerisaiError: the database is in trouble; see ``failures``.
        """
        with own_errors(), self._turn, self.engine.connect() as plain:
            connection = plain.execution_options(**{WRITING: True})
            with connection.begin():
                yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection that sees one moment of the database.

        Raises:
            PerisaiError: the database is in trouble; see ``failures``.
        """
        with own_errors(), self.engine.connect() as plain:
            connection = plain.execution_options(**self._reader)
            with connection.begin():
                yield connection

    def settle(self, work: Callable[[Connection], T]) -> T:
        """Return what *work* returns once its transaction is committed.

        It runs anew, in a fresh transaction, when another process took a key or a lock that it
        needs; whoever comes second sees what the first one has done.

        Raises:
            PerisaiError: the database is in trouble; see ``failures``.
        """
        for _ in range(ATTEMPTS - 1):
            try:
                with self.writing() as connection:
                    return work(connection)
            except (Raced, DBAPIError) as error:
                if not was_raced(error):
                    raise
        with self.writing() as connection:
            return work(connection)

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def open_database(source: str | Engine) -> Database:
    """Return the database at an address such as ``sqlite:////var/lib/perisai/central.db``.

    What is missing is made: tables, counters, keys; older tables are brought up to this version.

    Raises:
        StoreUnusable: ``store.newer`` when a later version of the central has written it.
        PerisaiError: it can't be opened; see ``failures``.
    """
    engine = source if isinstance(source, Engine) else make_engine(source)
    database = Database(engine)
    try:
        _complete(database)
    except BaseException:
        database.close()
        raise
    return database


def _complete(database: Database) -> None:
    with database.reading() as connection:
        if is_ready(connection) and has_keys(connection):
            return
    with database.writing() as connection:
        make_ready(connection)
        make_keys(connection)
