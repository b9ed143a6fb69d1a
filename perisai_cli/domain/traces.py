"""Looks for pieces of what was destroyed in the files that held it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from pathlib import Path

PIECE = 24
"""Octets of a piece: too many to be the same by chance."""

_NEAR, _STEP, _FAR_STEP = 4096, 48, 2048
_WINDOW = 4 * 2**20

_kept: dict[tuple[int, int], int] = {}


def fragments(content: bytes) -> Iterator[bytes]:
    """Yield pieces of *content*: close together in its first page, one or two a page after it.

    The first page of a long value shares its place with other rows and is moved about with them;
    the others stand alone and are freed as a whole.
    """
    near = range(0, min(len(content), _NEAR), _STEP)
    far = range(_NEAR, len(content), _FAR_STEP)
    for start in (*near, *far):
        piece = content[start : start + PIECE]
        if len(piece) == PIECE:
            yield piece


def holds_any(paths: Iterable[Path], pieces: Sequence[bytes]) -> bool:
    """Tell whether one of the files holds one of the *pieces*; memory does not grow with them."""
    return any(_holds(path, pieces) for path in paths)


def _holds(path: Path, pieces: Sequence[bytes]) -> bool:
    longest = max((len(piece) for piece in pieces), default=0)
    before = b""
    with contextlib.closing(_windows(path)) as windows:
        for window in windows:
            seen = before + window
            if any(piece in seen for piece in pieces):
                return True
            before = seen[-longest:]
    return False


def _windows(path: Path) -> Generator[bytes, None, None]:
    """Yield the content of a file that SQLite may have open in this process.

    Closing any descriptor of a file gives up all locks that the process holds on it (POSIX), and
    another process that opens and closes the database would then take the write-ahead log away from
    under the one that goes on writing. So the descriptor stays open for as long as the process
    lives, one for each file.
    """
    if os.name == "nt":  # locks belong to the handle there, and an open file can't be removed
        with path.open("rb") as file:
            while window := file.read(_WINDOW):
                yield window
        return
    descriptor, at = _kept_open(path), 0
    while window := os.pread(descriptor, _WINDOW, at):
        yield window
        at += len(window)


def _kept_open(path: Path) -> int:
    found = path.stat()
    known = _kept.get((found.st_dev, found.st_ino))
    if known is not None:
        return known
    descriptor = os.open(path, os.O_RDONLY)
    opened = os.fstat(descriptor)
    _kept[opened.st_dev, opened.st_ino] = descriptor
    return descriptor
