"""How well typed words fit a name: whole, its beginning, a part of it, or with slips of the keys.

A score is whole: 100 is the name itself, and more than ``CERTAIN`` says that no key was taken for a
slip. Nothing here knows what is searched.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

EXACT = 100
BEGINS = 90
EACH_WORD = 80
WITHIN = 70
CERTAIN = 50
"""Scores above this rest on what was typed; those up to it on a guess at what was meant."""

_SLIP = 8
_NOT_WORDS = re.compile(r"[^0-9a-z]+")
_MAX_TYPED = 80


def plain(words: str) -> str:
    """Return words in small letters without accents or signs, one space between them."""
    bare = unicodedata.normalize("NFKD", words[:_MAX_TYPED])
    kept = "".join(sign for sign in bare if not unicodedata.combining(sign))
    return _NOT_WORDS.sub(" ", kept.lower().replace("'", "")).strip()


def fit(typed: str, name: str) -> int:
    """Return how well *typed* fits *name*, both plain; 0 where it does not without a slip."""
    if not typed:
        return 0
    joined, whole = typed.replace(" ", ""), name.replace(" ", "")
    if joined == whole:
        return EXACT
    if whole.startswith(joined):
        return BEGINS
    words, parts = typed.split(), name.split()
    if all(any(part.startswith(word) for part in parts) for word in words):
        return EACH_WORD
    return WITHIN if len(typed) >= 3 and typed in name else 0


def near(typed: str, name: str) -> int:
    """Return how near *typed* comes to *name* when keys slipped, both plain; 0 where it does not.

    Words of up to three letters must be right; one slip is forgiven in longer ones, two from
    eight letters on.
    """
    if abs(len(typed.replace(" ", "")) - len(name.replace(" ", ""))) <= 2:
        joined = _slips(typed.replace(" ", ""), name.replace(" ", ""))
        if joined is not None:
            return CERTAIN - _SLIP * joined
    parts, slips = name.split(), 0
    for word in typed.split():
        found = [each for each in (_slips(word, part) for part in parts) if each is not None]
        if not found:
            return 0
        slips += min(found)
    return max(CERTAIN - 5 - _SLIP * slips, 1) if typed else 0


def best(typed: str, names: Iterable[str], *, guess: bool) -> int:
    """Return the highest score of *typed* with any of the plain *names*."""
    measure = near if guess else fit
    return max((measure(typed, name) for name in names), default=0)


def least_worth_showing(highest: int) -> int:
    """Return the score below which a hit only hides those that fit as well as *highest*."""
    return EACH_WORD if highest >= EACH_WORD else highest - _SLIP


def _slips(word: str, part: str) -> int | None:
    """Return how many keys slipped between two words, or None where it is more than forgiven."""
    allowed = 0 if len(word) <= 3 else 1 if len(word) < 8 else 2
    if word == part:
        return 0
    if not allowed or abs(len(word) - len(part)) > allowed:
        return None
    if len(set(word) ^ set(part)) > 2 * allowed:  # cheap, and spares nearly all the others
        return None
    found = distance(word, part, allowed)
    return found if found <= allowed else None


def distance(one: str, other: str, most: int) -> int:
    """Return the fewest keys left out, added, changed or swapped with a neighbour.

    Stops once it is certain to be more than *most*, and returns a number above it.
    """
    before: list[int] = []
    row = list(range(len(other) + 1))
    for index, sign in enumerate(one, 1):
        last, before, row = before, row, [index]
        for place, there in enumerate(other, 1):
            cost = min(before[place] + 1, row[place - 1] + 1, before[place - 1] + (sign != there))
            if last and place > 1 and sign == other[place - 2] and one[index - 2] == there:
                cost = min(cost, last[place - 2] + 1)
            row.append(cost)
        if min(row) > most and (not before or min(before) > most):
            return most + 1
    return row[-1]
