"""Which of two words of the central on one revision of a record is the one to keep.

Two books may tell different things of the same revision: one was made before the central answered,
one after, and they may be merged in either order. So words have one total order, and the highest
one stays whichever comes first:

1. any answer above none (a record that waits);
2. of two answers the one of the later commit, by the central's own sequence;
3. of the same commit, or where none is known, by ``ORDER``.
"""

from __future__ import annotations

from perisai_cli.domain.facts import PENDING

ORDER = (
    PENDING, "conflict", "needs_fix", "duplicate", "held", "accepted", "withdrawn",
)  # fmt: skip
"""Standings from the lowest to the highest word; a withdrawal is never taken back."""

_RANK = {standing: rank for rank, standing in enumerate(ORDER)}

Word = tuple[bool, int, int]


def word_of(standing: str, seq: int) -> Word:
    """Return the word in a standing and the commit it came with (0 where none did)."""
    return standing != PENDING, seq, _RANK[standing]
