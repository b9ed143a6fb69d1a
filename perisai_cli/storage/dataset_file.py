"""The files of datasets: made whole or not at all, opened, brought up to this version's format."""

from __future__ import annotations

import os
from pathlib import Path

from perisai_cli.domain.errors import DiskTrouble, InvalidInput, StoreUnusable
from perisai_cli.storage.database import Connection, publish, translated
from perisai_cli.storage.dataset_tables import APPLICATION_ID, FORMAT, migrations

FOLDER = "datasets"


def dataset_path(home: Path, name: str) -> Path:
    """Return where a dataset of *home* is kept."""
    return home / FOLDER / f"{name}.db"


def open_dataset(home: Path, name: str, *, create: bool) -> Connection:
    """Return the open file of a dataset.

    Raises:
        InvalidInput: ``dataset.none``: there is none, and none was to be made.
        StoreUnusable: it is damaged or newer; it is left untouched.
    """
    path = dataset_path(home, name)
    new = not path.exists()
    if new:
        if not create:
            raise InvalidInput("dataset.none", name=name)
        _make(path)
    try:
        return _opened(path)
    except DiskTrouble:
        if new:  # an empty one would be reported from as if nobody had enrolled anybody
            remove_dataset(path)
        raise
    except StoreUnusable as error:
        if error.code != "store.damaged":
            raise
        raise StoreUnusable(f"dataset.{name}_damaged", path=str(path)) from None


def _opened(path: Path) -> Connection:
    with translated():
        connection = Connection(path)
    try:
        if _format_of(connection) < FORMAT:
            _migrate(connection)
        connection.run("PRAGMA cache_size = -65536")
    except BaseException:
        connection.close()
        raise
    return connection


def _format_of(connection: Connection) -> int:
    application = connection.row("PRAGMA application_id")
    version = connection.row("PRAGMA user_version")
    if application is None or version is None or application[0] != APPLICATION_ID:
        raise StoreUnusable("store.damaged")
    if version[0] > FORMAT:
        raise StoreUnusable("store.newer", found=version[0], known=FORMAT)
    return int(version[0])


def remove_dataset(path: Path) -> None:
    """Remove the file of a dataset that nobody has open, what SQLite keeps beside it first.

    A log that outlives its file would be played into the next one of that name.
    """
    with translated():
        for each in (f"{path.name}-wal", f"{path.name}-shm", path.name):
            path.with_name(each).unlink(missing_ok=True)


def memory_dataset() -> Connection:
    """Return an empty dataset that is no file."""
    connection = Connection(None)
    _migrate(connection)
    return connection


def _make(path: Path) -> None:
    """Make an empty dataset, which takes its name only when all of it is on the disk.

    One that was cut short leaves an unnamed file that the next one removes: whoever makes a dataset
    holds its lock.
    """
    unfinished = path.with_name(f".new-{path.stem}-{os.getpid()}.db")
    with translated():
        path.parent.mkdir(mode=0o700, exist_ok=True)
        for stale in path.parent.glob(f".new-{path.stem}-*"):
            stale.unlink()
        os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection = Connection(unfinished)
    try:
        connection.run(f"PRAGMA application_id = {APPLICATION_ID}")
        _migrate(connection)
        connection.run("PRAGMA journal_mode = WAL")
        connection.close()
        with translated():
            publish(unfinished, path)
    finally:
        connection.close()
        unfinished.unlink(missing_ok=True)


def _migrate(connection: Connection) -> None:
    import sqlite_utils

    with translated():
        database = sqlite_utils.Database(connection.raw, execute_plugins=False)
        with connection.transaction():
            migrations.apply(database)
            connection.run(f"PRAGMA user_version = {FORMAT}")
