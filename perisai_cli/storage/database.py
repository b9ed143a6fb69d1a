"""The one door to the store's SQLite file: create whole or not at all, open, transact, translate.

Every SQLite error leaves this module as one of the tool's own, so that a full disk, a lock or a
damaged file is told apart and answered with its exit code.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from perisai_cli.domain.errors import DiskTrouble, NoStore, PerisaiError, StoreLocked, StoreUnusable
from perisai_cli.storage.migrations import APPLICATION_ID, CLEAR_COLUMNS, FORMAT, migrations

FILE_NAME = "perisai.db"
_HEADER = b"SQLite format 3\0"
_BUSY_SECONDS = 10.0
_COLUMNS = (
    "SELECT part.name AS part, columns.name AS name"
    " FROM sqlite_schema AS part, pragma_table_info(part.name) AS columns"
)


@contextmanager
def translated() -> Iterator[None]:
    """Turn errors of SQLite and of the file system into the tool's own.

    Raises:
        DiskTrouble: full, read-only or failing disk.
        StoreLocked: another process kept the lock longer than the patience.
        StoreUnusable: the file is damaged.
    """
    try:
        yield
    except sqlite3.Error as error:
        ours = _translation(error)
        if ours is None:
            raise
        raise ours from None
    except UnicodeDecodeError:  # SQLite's words about a schema that is no text any more
        raise StoreUnusable("store.damaged") from None
    except OSError as error:
        raise DiskTrouble("disk.io", number=error.errno or 0) from None


def _translation(error: sqlite3.Error) -> PerisaiError | None:
    primary = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    if primary in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
        return StoreLocked()
    # The statements are fixed and tested: one that fails as such does so for the file's schema or
    # its text (which has no code).
    unfit = isinstance(error, sqlite3.OperationalError) and primary in (0, sqlite3.SQLITE_ERROR)
    if unfit or primary in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return StoreUnusable("store.damaged")
    disk = {
        sqlite3.SQLITE_FULL: "disk.full",
        sqlite3.SQLITE_IOERR: "disk.io",
        sqlite3.SQLITE_READONLY: "disk.readonly",
        sqlite3.SQLITE_CANTOPEN: "disk.io",
    }
    return DiskTrouble(disk[primary], number=primary) if primary in disk else None


class Connection:
    """An open store file: rows out, statements in, one transaction per user action.

    Without a path it is a database in memory, gone when it is closed.
    """

    def __init__(self, path: Path | None):
        # Statements begin their own transactions; a missing file is never made by opening it.
        uri = f"{path.resolve().as_uri()}?mode=rw" if path else "file::memory:"
        self._raw = sqlite3.connect(uri, uri=True, timeout=_BUSY_SECONDS, isolation_level=None)
        self._raw.row_factory = sqlite3.Row
        for pragma in ("synchronous = FULL", "foreign_keys = ON", "secure_delete = ON"):
            self._raw.execute(f"PRAGMA {pragma}")

    @property
    def raw(self) -> sqlite3.Connection:
        """The connection beneath, for the migration library alone."""
        return self._raw

    def rows(self, sql: str, *values: Any) -> Iterator[sqlite3.Row]:
        """Yield the rows of a query, one at a time."""
        with translated():
            for row in self._raw.execute(sql, values):  # noqa: UP028 - see below
                yield row  # "yield from" would close the cursor after its connection: an error

    def named_rows(self, sql: str, values: Mapping[str, str | int]) -> Iterator[sqlite3.Row]:
        """Yield the rows of a query whose placeholders have names."""
        with translated():
            for row in self._raw.execute(sql, values):  # noqa: UP028 - as above
                yield row

    def tuples(self, sql: str, values: Mapping[str, str | int]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query whose placeholders have names, as plain tuples."""
        with translated():
            cursor = self._raw.cursor()
            cursor.row_factory = None
            for row in cursor.execute(sql, values):  # noqa: UP028 - as above
                yield row

    def row(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """Return the first row of a query, if there is one."""
        with translated():
            found: sqlite3.Row | None = self._raw.execute(sql, values).fetchone()
            return found

    def run(self, sql: str, *values: Any) -> int:
        """Run a statement that writes; return how many rows it touched."""
        with translated():
            return self._raw.execute(sql, values).rowcount

    def run_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """Run a statement that writes once for each of *rows*."""
        with translated():
            self._raw.executemany(sql, rows)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the write lock from the start, commit at the end, undo everything on any error.

        What was written is on the disk when this returns (``synchronous = FULL``).
        """
        with translated():
            self._raw.execute("BEGIN IMMEDIATE")
        try:
            yield
            with translated():
                self._raw.execute("COMMIT")
        except BaseException:
            if self._raw.in_transaction:
                with suppress(sqlite3.Error):  # the first error is the one to tell
                    self._raw.execute("ROLLBACK")
            raise

    def close(self) -> None:
        """Close the file."""
        with translated():
            self._raw.close()


def open_database(home: Path) -> Connection:
    """Return the open store of *home*, brought up to this version's format.

    Raises:
        NoStore: there is none.
        StoreUnusable: ``store.damaged`` or ``store.newer``; the file is left untouched.
    """
    path = home / FILE_NAME
    version = _format_of(path)
    if version > FORMAT:
        raise StoreUnusable("store.newer", found=version, known=FORMAT)
    with translated():
        connection = Connection(path)
    try:
        if version < FORMAT:
            _migrate(connection)
        found = {(row["part"], row["name"]) for row in connection.rows(_COLUMNS)}
        if not found >= {(table, name) for table, names in CLEAR_COLUMNS.items() for name in names}:
            raise StoreUnusable("store.damaged")
    except PerisaiError:
        connection.close()
        raise
    return connection


def _format_of(path: Path) -> int:
    """Return the format number of a store file, read from its header without opening it."""
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        raise NoStore from None
    except OSError as error:
        raise DiskTrouble("disk.io", number=error.errno or 0) from None
    application = int.from_bytes(header[68:72], "big")
    if len(header) < 100 or header[:16] != _HEADER or application != APPLICATION_ID:
        raise StoreUnusable("store.damaged")
    return int.from_bytes(header[60:64], "big")


def _migrate(connection: Connection) -> None:
    import sqlite_utils

    with translated():
        # Someone who opens the file is never handed code of a plugin that happens to be installed.
        database = sqlite_utils.Database(connection.raw, execute_plugins=False)
        with connection.transaction():
            migrations.apply(database)
            connection.raw.execute(f"PRAGMA user_version = {FORMAT}")


@contextmanager
def created_database(home: Path) -> Iterator[Connection]:
    """Yield a new store file to fill; it takes its name only when all of it is on the disk.

    A set-up that is cut short leaves an unnamed file that the next one removes.

    Raises:
        InvalidInput: never; the caller looks first whether a store is there.
        DiskTrouble: the disk is full or fails, or a store appeared meanwhile.
    """
    with translated():
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        home.chmod(0o700)
        for stale in home.glob(".new-*"):
            stale.unlink()
        path = home / f".new-{os.getpid()}.db"
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        connection = Connection(path)
    try:
        connection.run(f"PRAGMA application_id = {APPLICATION_ID}")
        _migrate(connection)
        yield connection
        connection.run("PRAGMA journal_mode = WAL")
        connection.close()
        with translated():
            publish(path, home / FILE_NAME)
    except BaseException:
        connection.close()
        path.unlink(missing_ok=True)
        raise


def publish(path: Path, final: Path) -> None:
    """Give a finished file its name, without ever replacing one, and make the name durable."""
    _sync_file(path, os.O_RDWR)
    try:
        os.link(path, final)  # refuses where the name is taken
    except FileExistsError:
        raise
    except OSError:
        # Android and some file systems know no second name for a file.
        if final.exists():
            raise
        path.rename(final)
    else:
        path.unlink()
    if os.name != "nt":  # Windows can't sync a folder, and keeps names in its own journal
        _sync_file(final.parent, os.O_RDONLY)


def _sync_file(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
