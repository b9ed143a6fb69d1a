"""The relief cliff: who pays more from which month on, when a relief ends, and how much."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from perisai_cli.domain.errors import InvalidInput, NoRuleInForce
from perisai_cli.domain.facts import month_of
from perisai_cli.reports.asked import Asked
from perisai_cli.reports.contributed import Splitter
from perisai_cli.reports.lapsing import ACTIVE, ENDING, GRACE, NOT_BEGUN, Cell, cells, pour
from perisai_cli.reports.model import Chart, Column, Note, Report, Section, Source
from perisai_cli.reports.tally import Tally
from perisai_cli.reports.words import month

AHEAD = 12
"""Months after the day's that are looked at."""

_CLASSES = ("accepted", "pending", "held")
_MEMBERS = tuple(Column(f"members_{name}", "count") for name in _CLASSES)
_MORE = tuple(Column(f"more_{name}", "rupiah") for name in _CLASSES)
_FROM = (Column("from_month", "month"), Column("sector", "code", "sector_value"))
_BY = {"": None, "region": Column("region", "code", "region"), "agent": Column("agent", "text")}
"""What rises are told by, beside month and sector."""


class Rise(NamedTuple):
    """A month that costs more than the month before, and how much."""

    month: str
    more: int


class Ahead(NamedTuple):
    """The rises of one kind of member, and the first month that has no price, if there is one."""

    rises: list[Rise]
    unpriced: str | None


def report(source: Source, asked: Asked) -> Report:
    """Return who pays more, from when and how much: in all, by region and by agent."""
    found = Rises(asked)
    pour(cells(source, asked), found)
    sections = found.sections()
    return Report("relief", asked.day.isoformat(), source.origin, sections, sections[-1])


class Rises:
    """Rises of members who are covered, may still pay their arrears, or are to begin."""

    def __init__(self, asked: Asked):
        self._splitter = Splitter(asked.law)
        self._month = asked.month
        self._kept: dict[tuple[object, ...], Ahead] = {}
        self._unpriced: Counter[str] = Counter()
        self._tallies = {by: _tally(column) for by, column in _BY.items()}

    def add(self, cell: Cell) -> None:
        """Add the rises of one cell."""
        if cell.state not in (ACTIVE, ENDING, GRACE, NOT_BEGUN):
            return
        first = self._month + (cell.months if cell.state == NOT_BEGUN else 0)
        key = (*cell.wished, first)
        if key not in self._kept:
            months = range(first, self._month + AHEAD + 1)
            self._kept[key] = _ahead(self._splitter, cell, months)
        ahead = self._kept[key]
        for rise in ahead.rises:
            self._add(rise, cell)
        if ahead.unpriced is not None:
            self._unpriced[ahead.unpriced] += cell.members

    def _add(self, rise: Rise, cell: Cell) -> None:
        named, count = cell.standing, cell.members
        counted = {f"members_{named}": count, f"more_{named}": rise.more * count}
        keys = (rise.month, cell.sector)
        self._tallies[""].add(keys, **counted)
        self._tallies["region"].add((*keys, cell.region), **counted)
        self._tallies["agent"].add((*keys, cell.agent), **counted)

    def sections(self) -> list[Section]:
        """Return the rises in all, by region and by agent."""
        notes = [Note("relief")]
        if self._unpriced:  # said once for all: a month without a price hides what comes after it
            first, count = month(min(self._unpriced)), self._unpriced.total()
            notes.append(Note("relief_unpriced", {"count": count, "month": first}))
        return [_section(by, tally, tuple(notes)) for by, tally in self._tallies.items()]


def _ahead(splitter: Splitter, cell: Cell, months: range) -> Ahead:
    rises: list[Rise] = []
    before = None
    for number in months:
        try:
            after = sum(splitter.month(cell.wish(number)).values())
        except (InvalidInput, NoRuleInForce):  # no price is told for a month without one
            return Ahead(rises, str(month_of(number)))
        if before is not None and after > before:
            rises.append(Rise(str(month_of(number)), after - before))
        before = after
    return Ahead(rises, None)


def _tally(by: Column | None) -> Tally:
    return Tally((*_FROM, *([by] if by else [])), (*_MEMBERS, *_MORE))


def _section(by: str, tally: Tally, notes: tuple[Note, ...]) -> Section:
    return Section(
        f"relief_by_{by}" if by else "relief",
        tally.columns,
        tally.rows(),
        total=tally.total(),
        chart=Chart("stacked", by or "from_month", tuple(column.name for column in _MORE)),
        notes=notes,
    )
