"""The relief cliff: who pays more from which month on, when a relief ends, and how much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from perisai_cli.domain.errors import NoRuleInForce
from perisai_cli.domain.facts import month_of
from perisai_cli.reports.asked import Asked, class_of
from perisai_cli.reports.contributed import Splitter
from perisai_cli.reports.lapsing import ACTIVE, ENDING, GRACE, NOT_BEGUN, Cell, cells
from perisai_cli.reports.model import Chart, Column, Note, Report, Section, Source
from perisai_cli.reports.tally import Tally

AHEAD = 12
"""Months after the day's that are looked at."""

_CLASSES = ("accepted", "pending", "held")
_MEMBERS = tuple(Column(f"members_{name}", "count") for name in _CLASSES)
_MORE = tuple(Column(f"more_{name}", "rupiah") for name in _CLASSES)
_FROM = (Column("from_month", "month"), Column("sector", "code", "sector_value"))


class Rise(NamedTuple):
    """Members whose month costs more than the month before."""

    month: str
    cell: Cell
    before: int
    after: int


def report(source: Source, asked: Asked) -> Report:
    """Return who pays more, from when and how much: in all, by region and by agent."""
    found = rises(cells(source, asked), asked)
    sections = sections_of(found)
    return Report("relief", asked.day.isoformat(), source.origin, sections, sections[-1])


def sections_of(found: list[Rise]) -> list[Section]:
    """Return the sections on rises."""
    return [
        _section("relief", found, None),
        _section("relief_by_region", found, Column("region", "code", "region")),
        _section("relief_by_agent", found, Column("agent", "text")),
    ]


def rises(found: Iterable[Cell], asked: Asked) -> list[Rise]:
    """Return the rises of members who are covered, may still pay their arrears, or are to begin."""
    splitter = Splitter(asked.law)
    kept: dict[tuple[object, ...], list[tuple[str, int, int]]] = {}
    rising = []
    for cell in found:
        if cell.state not in (ACTIVE, ENDING, GRACE, NOT_BEGUN):
            continue
        first = asked.month + (cell.months if cell.state == NOT_BEGUN else 0)
        key = (*cell.wished, first)
        if key not in kept:
            kept[key] = list(_rises(splitter, cell, range(first, asked.month + AHEAD + 1)))
        rising += [Rise(month, cell, before, after) for month, before, after in kept[key]]
    return rising


def _rises(splitter: Splitter, cell: Cell, months: range) -> Iterator[tuple[str, int, int]]:
    before = None
    for number in months:
        try:
            after = sum(splitter.month(cell.wish(number)).values())
        except NoRuleInForce:  # no price is told for a month without one
            return
        if before is not None and after > before:
            yield str(month_of(number)), before, after
        before = after


def _section(key: str, found: Iterable[Rise], by: Column | None) -> Section:
    prices = (Column("price_before", "rupiah"), Column("price_after", "rupiah"))
    tally = Tally((*_FROM, *([by] if by else [])), (*_MEMBERS, *_MORE, *prices))
    for rise in found:
        cell, named = rise.cell, class_of(rise.cell.standing)
        count = cell.members
        counted = {f"members_{named}": count, f"more_{named}": (rise.after - rise.before) * count}
        counted |= {"price_before": rise.before * count, "price_after": rise.after * count}
        keys = (rise.month, cell.sector, *([getattr(cell, by.name)] if by else []))
        tally.add(keys, **counted)
    return Section(
        key,
        tally.columns,
        tally.rows(),
        total=tally.total(),
        chart=Chart("stacked", by.name if by else "from_month", tuple(c.name for c in _MORE)),
        notes=(Note("relief"),),
    )
