"""The locks of one sync, fetch, merge or book: the kernel's own, so none outlives its process.

Nothing but each of these asks for its lock; their files are empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from perisai_cli.domain.errors import StoreLocked
from perisai_cli.storage.database import translated

FILE_NAME = "sync.lock"
FETCH_NAME = "fetch.lock"
MERGE_NAME = "merge.lock"
BOOK_NAME = "book.lock"
_POLL_SECONDS = 0.1


@contextmanager
def sync_lock(home: Path, patience: float) -> Iterator[None]:
    """Hold the lock of *home*, waiting for it as many seconds as *patience* has.

    Raises:
        StoreLocked: ``sync.locked``: another sync holds it.
        DiskTrouble: its file can't be made.
    """
    with _held(home / FILE_NAME, patience, "sync.locked"):
        yield


@contextmanager
def fetch_lock(home: Path) -> Iterator[None]:
    """Hold the lock under which a copy of a central's records is written.

    Raises:
        StoreLocked: ``extract.locked``: another fetch holds it.
        DiskTrouble: its file can't be made.
    """
    with _held(home / FETCH_NAME, 0, "extract.locked"):
        yield


@contextmanager
def merge_lock(home: Path) -> Iterator[None]:
    """Hold the lock under which books are merged.

    Raises:
        StoreLocked: ``merge.locked``: another merge holds it.
        DiskTrouble: its file can't be made.
    """
    with _held(home / MERGE_NAME, 0, "merge.locked"):
        yield


@contextmanager
def book_lock(home: Path) -> Iterator[None]:
    """Hold the lock under which an agent's book is written and counted.

    Raises:
        StoreLocked: ``book.locked``: another book is being written.
        DiskTrouble: its file can't be made.
    """
    with _held(home / BOOK_NAME, 0, "book.locked"):
        yield


@contextmanager
def _held(path: Path, patience: float, taken: str) -> Iterator[None]:
    from filelock import FileLock, Timeout

    lock = FileLock(path, mode=0o600)
    with translated():
        try:
            lock.acquire(timeout=patience, poll_interval=_POLL_SECONDS)
        except Timeout:
            raise StoreLocked(taken) from None
    try:
        yield
    finally:
        lock.release()
