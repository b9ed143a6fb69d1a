"""Says in the tool's own errors what a database fails with; the library's texts go no further."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolEmpty

from perisai_cli.domain.errors import (
    DiskTrouble,
    PerisaiError,
    StoreLocked,
    StoreUnusable,
    TryLater,
)

TROUBLES = (TryLater, DiskTrouble, StoreLocked, StoreUnusable)
"""What a database in trouble ends with; the same request may succeed when it is over."""

_ANEW = ("40001", "40P01")
"""PostgreSQL's codes for a transaction that another one got in the way of; it may run again."""

_LOCKED = "central.database_locked"
_AWAY = "central.database_away"
_SQLITE_FULL_OR_FAILING = {
    sqlite3.SQLITE_FULL: "disk.full",
    sqlite3.SQLITE_IOERR: "disk.io",
    sqlite3.SQLITE_READONLY: "disk.readonly",
    sqlite3.SQLITE_CANTOPEN: "disk.io",
}
_POSTGRES_FULL_OR_FAILING = {"53100": "disk.full", "58030": "disk.io", "25006": "disk.readonly"}
_POSTGRES_DAMAGED = ("XX001", "XX002", "42P01", "42703")
_POSTGRES_AWAY = ("08", "53", "57")
"""Classes of codes: no connection, no more resources, stopped by its operator."""


class Raced(Exception):
    """What a transaction rests on has changed under it; it rolls back and begins anew."""


@contextmanager
def own_errors() -> Iterator[None]:
    """Translate what a database in trouble says; bugs of ours and broken rules pass as they are.

    Raises:
        TryLater: ``central.database_away``: it can't be reached, or takes no more connections.
        StoreLocked: ``central.database_locked``: another transaction kept a lock too long.
        DiskTrouble: its disk is full, fails, or may not be written to.
        StoreUnusable: ``store.damaged``.
    """
    try:
        yield
    except PoolEmpty:
        raise TryLater(_AWAY) from None
    except DBAPIError as error:
        translated = _translation(error)
        if translated is None:
            raise
        raise translated from None


def was_raced(error: Exception) -> bool:
    """Tell whether a transaction failed because another one took a key or a lock before it."""
    if isinstance(error, Raced | IntegrityError):
        return True
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _ANEW


def _translation(error: DBAPIError) -> PerisaiError | None:
    if was_raced(error):
        return None
    if isinstance(error.orig, sqlite3.Error):
        return _of_sqlite(error.orig)
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # it was the client's library that gave up, not the server
        return TryLater(_AWAY) if isinstance(error, OperationalError | InterfaceError) else None
    return _of_postgres(str(state))


def _of_sqlite(error: sqlite3.Error) -> PerisaiError | None:
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreLocked(_LOCKED)
    # A file that is another program's database lacks the tables: SQLITE_ERROR.
    if primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR):
        return StoreUnusable()
    disk = _SQLITE_FULL_OR_FAILING.get(primary)
    return DiskTrouble(disk, number=primary) if disk else None


def _of_postgres(state: str) -> PerisaiError | None:
    if state == "55P03":
        return StoreLocked(_LOCKED)
    if state in _POSTGRES_FULL_OR_FAILING:
        return DiskTrouble(_POSTGRES_FULL_OR_FAILING[state], number=0)
    if state in _POSTGRES_DAMAGED:
        return StoreUnusable()
    return TryLater(_AWAY) if state[:2] in _POSTGRES_AWAY else None
