"""The districts of the region, read from the list of places that ships with the package."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import perisai_cli

PROVINCES = ("51", "52", "53", "91", "92", "93", "94", "95", "96")
WEIGHTS = (26, 22, 22, 9, 5, 5, 4, 3, 4)
"""How many of a hundred agents work in each province."""


@cache
def _codes() -> tuple[dict[str, list[str]], list[str], frozenset[str]]:
    """Return the districts of each regency, the retired districts, and all codes."""
    table = Path(perisai_cli.__file__).parent / "domain" / "data" / "regions.csv"
    districts: dict[str, list[str]] = {}
    retired: list[str] = []
    known: set[str] = set()
    with table.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            code = row["code"]
            known.add(code)
            if len(code) != 6 or code[:2] not in PROVINCES:
                continue
            if row["retired_after"]:
                retired.append(code)
            else:
                districts.setdefault(code[:4], []).append(code)
    return districts, retired, frozenset(known)


@cache
def regencies(province: str) -> list[str]:
    """Return the regencies and cities of a province."""
    return sorted(code for code in _codes()[0] if code[:2] == province)


def districts(regency: str) -> list[str]:
    """Return the districts of a regency."""
    return _codes()[0][regency]


def retired_districts() -> list[str]:
    """Return districts of the region whose code is no longer given."""
    return _codes()[1]


@cache
def nowhere(regency: str) -> str:
    """Return a district code of a regency that never was one."""
    return next(
        code for number in range(99, 0, -1) if (code := f"{regency}{number:02}") not in _codes()[2]
    )
