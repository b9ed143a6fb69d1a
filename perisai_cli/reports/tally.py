"""Adds up what questions answer, under keys, and gives it out as the rows of a section."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from perisai_cli.reports.model import Column, Row

Key = tuple[str, ...]


class Tally:
    """Sums by key: a row a key, a column a sum.

    Args:
        keys: Columns that tell rows apart.
        sums: Columns that are added up, each from 0.
    """

    def __init__(self, keys: Sequence[Column], sums: Sequence[Column]):
        self.columns = (*keys, *sums)
        self._names = [column.name for column in keys]
        self._sums = [column.name for column in sums]
        self._kept: dict[Key, dict[str, int]] = {}

    def add(self, key: Key, **amounts: int) -> None:
        """Add amounts to the sums of a key."""
        into = self._kept.get(key)
        if into is None:
            into = self._kept[key] = dict.fromkeys(self._sums, 0)
        for name, amount in amounts.items():
            into[name] += amount

    def rows(self, order: Callable[[Key], Any] | None = None) -> list[Row]:
        """Return the rows by key, in the order of the keys or of what *order* makes of them."""
        return [self._row(key) for key in sorted(self._kept, key=order)]

    def total(self) -> Row:
        """Return the sums over all keys, under no key."""
        none: Row = dict.fromkeys(self._names)
        return none | {name: sum(sums[name] for sums in self._kept.values()) for name in self._sums}

    def _row(self, key: Key) -> Row:
        row: Row = dict(zip(self._names, key, strict=True))
        return row | self._kept[key]
