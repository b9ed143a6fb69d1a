"""Provinces, regencies and districts by their official codes, with those retired since 2015."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

COLUMNS = ("code", "name", "retired_after", "successor")
"""Columns of the table, which are the fields of a ``Region``."""

BANUSPA = frozenset({"51", "52", "53", "91", "92", "93", "94", "95", "96"})
"""The provinces of the Banuspa region, whose districts are all in the table."""


@dataclass(frozen=True, slots=True)
class Region:
    """A province (2 digits), regency or city (4) or district (6).

    Attributes:
        code: Code of the home ministry.
        name: Name in the edition that the code was last in.
        retired_after: Last edition that held a retired code, else empty.
        successor: Code that took its place, where the source names one.
    """

    code: str
    name: str
    retired_after: str = ""
    successor: str = ""


@cache
def all_regions() -> dict[str, Region]:
    """Return every known region by its code."""
    table = Path(__file__).with_name("data") / "regions.csv"
    with table.open(encoding="utf-8", newline="") as lines:
        return {row["code"]: Region(**row) for row in csv.DictReader(lines)}


def find_region(code: str) -> Region | None:
    """Return the region with exactly this *code*, current or retired, if it is known."""
    return all_regions().get(code)


def region_doubt(code: str) -> str | None:
    """Return ``unknown``, ``retired`` or None for a code of two, four or six digits.

    Districts are known inside the Banuspa region; elsewhere the regency stands for them.
    """
    regions = all_regions()
    known = regions.get(code)
    if known is None and len(code) == 6 and code[:2] not in BANUSPA:
        known = regions.get(code[:4])
    if known is None:
        return "unknown"
    return "retired" if known.retired_after else None


def region_exists(code: str) -> bool:
    """Tell whether *code* can be a place at all: its regency (or province) is or was one."""
    if len(code) not in (2, 4, 6) or not (code.isascii() and code.isdigit()):
        return False
    return code[:4] in all_regions()


def region_label(code: str) -> str:
    """Return the names from district up to province that are known for *code*."""
    regions = all_regions()
    names = [
        regions[code[:size]].name
        for size in (6, 4, 2)
        if len(code) >= size and code[:size] in regions
    ]
    return ", ".join(names)
