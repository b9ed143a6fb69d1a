"""Contributions: what was paid, by the month that it is for, by programme and by payer.

A payment for several months may have two prices in it. Each month's part is worked out by the law
once more; where the parts do not sum to what was recorded, the sum stays whole in a row of its own
(``unsplit``) and nothing is made to fit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from perisai_cli.domain.errors import InvalidInput, NoRuleInForce
from perisai_cli.domain.facts import month_of
from perisai_cli.domain.ledger import CONFIRMED
from perisai_cli.domain.period import Month
from perisai_cli.reports.asked import CLASSES, Asked, class_of
from perisai_cli.reports.model import Chart, Column, Note, Report, Section, Source
from perisai_cli.reports.tally import Tally
from perisai_cli.rules.bulk import Prices
from perisai_cli.rules.law import Law
from perisai_cli.rules.request import BpuRequest

UNSPLIT = "unsplit"
MONEY = (*CLASSES, "under_way")
"""Confirmed money by class, and money of open payments that is not confirmed yet."""

_MONTH = Column("month", "month")
_KEYS = (_MONTH, Column("program", "code", "program_value"), Column("payer", "code", "payer_value"))
_SUMS = tuple(Column(f"contribution_{name}", "rupiah") for name in MONEY)

_ANY_MONTH = Month(2000, 1)

_GROUPS = """
    SELECT programs, tier, sector, payer, owner, start, months, amount, money, standing, count(*)
    FROM payments WHERE day <= :day
    GROUP BY money, standing, programs, payer, sector, tier, owner, start, months, amount
"""


class Splitter:
    """What each month costs by programme, by the law; what it worked out it keeps."""

    def __init__(self, law: Law):
        self._prices = Prices(law)
        self._kept: dict[BpuRequest, dict[str, int]] = {}

    def month(self, request: BpuRequest) -> dict[str, int]:
        """Return what the first month of a request costs, by programme.

        Raises:
            NoRuleInForce: no rate was in force in it.
        """
        single = request._replace(months=1)
        known = self._kept.get(single)
        if known is None:
            known = self._kept[single] = self._prices.price(single).by_program
        return known


class _Wish:
    """Payments of one kind of member: how many there are for each month, and what a month costs."""

    def __init__(self, splitter: Splitter, request: BpuRequest):
        self._splitter, self._request = splitter, request
        self._changes: dict[str, Counter[int]] = {}
        self._costs: dict[int, dict[str, int]] = {}
        self._sums: dict[int, int] = {}

    def add(self, named: str, start: int, months: int, count: int) -> None:
        """Count payments for some months in a row."""
        changes = self._changes.setdefault(named, Counter())
        changes[start] += count
        changes[start + months] -= count

    def costs(self, start: int, months: int) -> int | None:
        """Return what months in a row cost by the law; None where it has no price for one."""
        try:
            return sum([self._sum(number) for number in range(start, start + months)])
        except (InvalidInput, NoRuleInForce):
            return None

    def parts(self) -> Iterator[tuple[str, int, str, int]]:
        """Yield name, month, programme and rupiah of all payments together."""
        for named, changes in self._changes.items():
            count = 0
            for number in range(min(changes), max(changes)):
                count += changes[number]
                if count:
                    for program, cost in self._costs[number].items():
                        yield named, number, program, cost * count

    def _sum(self, number: int) -> int:
        if number not in self._sums:
            costs = self._splitter.month(self._request._replace(start=month_of(number)))
            self._costs[number], self._sums[number] = costs, sum(costs.values())
        return self._sums[number]


def report(source: Source, asked: Asked) -> Report:
    """Return contributions in all detail, and by month."""
    found = tally(source, asked)
    detail = section(found)
    sections = [by_month(found), detail]
    return Report("contributions", asked.day.isoformat(), source.origin, sections, detail)


def tally(source: Source, asked: Asked) -> Tally:
    """Return rupiah by month, programme and payer."""
    splitter, found = Splitter(asked.law), Tally(_KEYS, _SUMS)
    wishes: dict[tuple[Any, ...], _Wish] = {}
    for group in source.rows(_GROUPS, day=asked.day.isoformat()):
        *wished, start, months, amount, money, standing, count = group
        named = _named(money, standing)
        if named is None:
            continue
        wish = None
        if start and all(wished[:-1]):  # what was refused for its form may tell less
            wish = wishes.get(key := tuple(wished))
            if wish is None:
                wish = wishes[key] = _Wish(splitter, _request(*wished))
        if wish is not None and wish.costs(start, months) == amount:
            wish.add(named, start, months, int(count))
        else:  # nothing is left out of a sum
            month = str(month_of(start)) if start else ""
            added = {f"contribution_{named}": amount * int(count)}
            found.add((month, UNSPLIT, str(wished[3])), **added)
    for (*_, payer, _owner), wish in wishes.items():
        for named, number, program, rupiah in wish.parts():
            added = {f"contribution_{named}": rupiah}
            found.add((str(month_of(number)), program, payer), **added)
    return found


def _request(programs: str, tier: int, sector: str, payer: str, owner: int) -> BpuRequest:
    return BpuRequest(tier, tuple(programs.split(",")), _ANY_MONTH, 1, sector, payer, bool(owner))


def _named(money: str, standing: str) -> str | None:
    named = class_of(standing)
    return named if money == CONFIRMED or named in (None, "refused") else "under_way"


def section(found: Tally) -> Section:
    """Return every month, programme and payer."""
    rows = found.rows()
    unsplit = sum(row["program"] == UNSPLIT for row in rows)
    notes = (Note("contributions"), *([Note("unsplit", {"count": unsplit})] if unsplit else []))
    return Section("contributions", found.columns, rows, total=found.total(), notes=notes)


def by_month(found: Tally) -> Section:
    """Return the months alone, as a picture."""
    months = Tally((_MONTH,), _SUMS)
    for row in found.rows():
        sums = {column.name: int(str(row[column.name])) for column in _SUMS}
        months.add((str(row["month"]),), **sums)
    drawn = tuple(column.name for column in _SUMS if column.name != "contribution_refused")
    return Section(
        "contributions_by_month",
        months.columns,
        months.rows(),
        total=months.total(),
        chart=Chart("stacked", "month", drawn),
        notes=(Note("contributions"),),
    )
