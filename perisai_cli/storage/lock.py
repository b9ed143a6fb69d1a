"""The lock that one sync holds: the kernel's own, so that none is left behind by a process killed.

Nothing but a sync ever asks for it; its file holds no content.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from perisai_cli.domain.errors import StoreLocked
from perisai_cli.storage.database import translated

FILE_NAME = "sync.lock"
_POLL_SECONDS = 0.1


@contextmanager
def sync_lock(home: Path, patience: float) -> Iterator[None]:
    """Hold the lock of *home*, waiting for it as many seconds as *patience* has.

    Raises:
        StoreLocked: ``sync.locked``: another sync holds it.
        DiskTrouble: its file can't be made.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(home / FILE_NAME, mode=0o600)
    with translated():
        try:
            lock.acquire(timeout=patience, poll_interval=_POLL_SECONDS)
        except Timeout:
            raise StoreLocked("sync.locked") from None
    try:
        yield
    finally:
        lock.release()
