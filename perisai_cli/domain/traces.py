"""Looks for pieces of what was destroyed in the files that held it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

PIECE = 24
"""Octets of a piece: too many to be the same by chance."""

_NEAR, _STEP, _FAR_STEP = 4096, 48, 2048
_WINDOW = 4 * 2**20


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
    with path.open("rb") as file:
        while window := file.read(_WINDOW):
            seen = before + window
            if any(piece in seen for piece in pieces):
                return True
            before = seen[-longest:]
    return False
