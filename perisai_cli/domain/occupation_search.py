"""Finds an occupation by what people call it, in both languages, slips of the keys forgiven."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

from perisai_cli.domain.search import CERTAIN, EXACT, best, least_worth_showing, plain

LIMIT = 9


class Found(NamedTuple):
    """An occupation's code, and how well it fits: up to 100, above 50 without any guess."""

    code: str
    score: int


@cache
def spoken_names() -> dict[str, tuple[str, ...]]:
    """Return what people call each occupation, in plain letters, by its code."""
    table = Path(__file__).with_name("data") / "occupations.toml"
    held = tomllib.loads(table.read_text(encoding="utf-8"))
    return {
        code: tuple(plain(name) for each in ("id", "en") for name in names[each])
        for code, names in held.items()
    }


def find_occupations(typed: str, labels: Mapping[str, str], limit: int = LIMIT) -> list[Found]:
    """Return the occupations that *typed* may mean, the best first.

    Slips of the keys are looked for only where nothing fits as typed, and a name that is said
    within a longer answer only after that.

    Args:
        typed: A code, or words in any language that the tool knows.
        labels: Code to the name that is shown, in the person's language.
        limit: How many to return at most.
    """
    code, wanted = typed.strip().lower(), plain(typed)
    if code in labels:
        return [Found(code, EXACT)]
    names = {code: (plain(label), *spoken_names().get(code, ())) for code, label in labels.items()}
    for measure in (_as_typed, _guessed, _held_within):
        found = [Found(code, measure(wanted, called)) for code, called in names.items()]
        highest = max((each.score for each in found), default=0)
        if highest:
            least = max(least_worth_showing(highest), 1)
            kept = [each for each in found if each.score >= least]
            return sorted(kept, key=lambda each: -each.score)[:limit]
    return []


def _as_typed(wanted: str, names: tuple[str, ...]) -> int:
    return best(wanted, names, guess=False)


def _guessed(wanted: str, names: tuple[str, ...]) -> int:
    return best(wanted, names, guess=True)


def _held_within(wanted: str, names: tuple[str, ...]) -> int:
    """Return a guess's score where a longer answer says a name: «nelayan kecil di pantai»."""
    held = [len(name) for name in names if len(name) >= 3 and f" {name} " in f" {wanted} "]
    return min(max(held, default=0), CERTAIN)
