"""Words in a narrow place: long ones may be broken, one with a digit in it never is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

Width = TypeVar("Width", int, float)


def needed(
    lines: Iterable[str], wide: Callable[[str], Width], *, word: Width, sentence: Width
) -> Width:
    """Return the width that lines need at least, which may be broken between their words.

    Args:
        lines: What stands there.
        wide: Measures a text.
        word: Width up to which a word is never broken; one with a digit in it never is.
        sentence: Width that lines get at least where they need it, were their words ever so short.
    """
    held = set(lines)
    words = {each for line in held for each in line.split()}
    whole = max(map(wide, held), default=0)
    longest = max(map(wide, words), default=0)
    numbers = max((wide(each) for each in words if has_digit(each)), default=0)
    return max(min(whole, sentence), min(longest, word), numbers)


def has_digit(word: str) -> bool:
    """Tell whether a word has a digit in it."""
    return any(map(str.isdigit, word))


def broken(pieces: Iterable[str], wide: Callable[[str], float], room: float) -> Iterator[str]:
    """Yield lines of pieces that stand whole; only what is wider than *room* alone is broken."""
    line = ""
    for piece in pieces:
        joined = f"{line} {piece}" if line else piece
        if wide(joined) <= room:
            line = joined
            continue
        if line:
            yield line
        *full, line = _parts(piece, wide, room)
        yield from full
    yield line


def _parts(piece: str, wide: Callable[[str], float], room: float) -> Iterator[str]:
    """Yield a piece in as few parts as fit, each of at least one letter."""
    while wide(piece) > room and len(piece) > 1:
        end = next(
            (size for size in range(2, len(piece) + 1) if wide(piece[:size]) > room), len(piece)
        )
        yield piece[: end - 1]
        piece = piece[end - 1 :]
    yield piece
