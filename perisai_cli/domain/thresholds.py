"""Where the guard begins to ask: numbers of the tool's own choice, each with its day and reason.

They stand in ``data/guard.toml``. None of them is law, and none of them refuses anything.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

Thresholds = Mapping[str, int]
"""Names such as ``burst.records`` to whole numbers."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number of the guard, since when it stands, why, and where it was taken from."""

    value: int
    since: date
    reason: str
    source: str


@cache
def told_thresholds() -> dict[str, Threshold]:
    """Return every number of the guard with what is to be said of it."""
    path = Path(__file__).parent / "data" / "guard.toml"
    tables = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: Threshold(**table) for name, table in tables.items()}


@cache
def thresholds() -> Thresholds:
    """Return every number of the guard by its name."""
    return {name: told.value for name, told in told_thresholds().items()}
