"""Unfinished files, and those that a process left behind which was killed while it wrote one.

A name tells on which machine and by which process it was made: ``.perisai-MACHINE-PROCESS-…``.
Whatever a writer needs beside an unfinished file begins with that file's name.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_NAME = re.compile(r"\.perisai-([0-9a-f]{8})-([0-9]{1,10})-.+")
_making: set[str] = set()
"""Unfinished files of this process: it may have the number of one that was killed before."""


@contextmanager
def new_unfinished(folder: Path) -> Iterator[Path]:
    """Yield a new, empty file in a folder, only its owner's; it goes if it is still there then.

    Raises:
        OSError: it can't be made.
    """
    prefix = f".perisai-{_machine()}-{os.getpid()}-"
    descriptor, name = tempfile.mkstemp(prefix=prefix, dir=folder)
    os.close(descriptor)
    path = Path(name)
    _making.add(path.name)
    try:
        yield path
    finally:
        _making.discard(path.name)
        path.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what processes of this machine left unfinished in a folder before they ended.

    Nothing is removed on Windows, which tells nobody whether a process lives without ending it.
    """
    if os.name == "nt":
        return
    with suppress(OSError):  # what can't be looked at or removed is in nobody's way
        for path in [each for each in folder.iterdir() if _is_left(each)]:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)


def _is_left(path: Path) -> bool:
    found = _NAME.fullmatch(path.name)
    if found is None or found[1] != _machine():
        return False
    if int(found[2]) == os.getpid():
        return not any(path.name.startswith(each) for each in _making)
    return path.lstat().st_uid == os.getuid() and not _lives(int(found[2]))


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):  # somebody else's
        return True
    return True


def _machine() -> str:
    """Return eight digits that stand for this machine: a folder may be shared with others."""
    return f"{zlib.crc32(platform.node().encode()):08x}"
