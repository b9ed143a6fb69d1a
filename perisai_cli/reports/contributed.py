"""Contributions: what was paid, by the month that it is for, by programme and by payer.

A payment for several months may have two prices in it. Each month's part is worked out by the law
once more; where the parts do not sum to what was recorded, the sum stays whole in a row of its own
(``unsplit``) and nothing is made to fit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from perisai_cli.domain.errors import InvalidInput, NoRuleInForce
from perisai_cli.domain.facts import month_of
from perisai_cli.domain.ledger import CONFIRMED
from perisai_cli.domain.period import months_from
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

_GROUPS = """
    SELECT programs, tier, sector, payer, owner, start, months, amount, money, standing, count(*)
    FROM payments WHERE day <= :day
    GROUP BY money, standing, programs, payer, sector, tier, owner, start, months, amount
"""


class Part(NamedTuple):
    """What one month of one programme cost each of some members."""

    month: str
    program: str
    amount: int


class Splitter:
    """Parts a payment into its months and programmes, by the law; what it worked out it keeps."""

    def __init__(self, law: Law):
        self._prices = Prices(law)
        self._kept: dict[BpuRequest, dict[str, int]] = {}
        self._split: dict[BpuRequest, tuple[list[Part], int]] = {}

    def parts(self, request: BpuRequest, amount: int) -> list[Part]:
        """Return the parts of a payment, which sum to its amount."""
        if request not in self._split:
            try:
                parts = list(self._parts(request))
            except (InvalidInput, NoRuleInForce):
                parts = []  # told apart below: nothing is left out of a sum
            self._split[request] = (parts, sum(part.amount for part in parts))
        parts, total = self._split[request]
        return parts if total == amount else [Part(str(request.start), UNSPLIT, amount)]

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

    def _parts(self, request: BpuRequest) -> Iterator[Part]:
        for month in months_from(request.start, request.months):
            by_program = self.month(request._replace(start=month))
            yield from (Part(str(month), program, cost) for program, cost in by_program.items())


def report(source: Source, asked: Asked) -> Report:
    """Return contributions in all detail, and by month."""
    found = tally(source, asked)
    detail = section(found)
    sections = [by_month(found), detail]
    return Report("contributions", asked.day.isoformat(), source.origin, sections, detail)


def tally(source: Source, asked: Asked) -> Tally:
    """Return rupiah by month, programme and payer."""
    splitter, found = Splitter(asked.law), Tally(_KEYS, _SUMS)
    for group in source.rows(_GROUPS, day=asked.day.isoformat()):
        programs, tier, sector, payer, owner, start, months, amount, money, standing, count = group
        named = _named(money, standing)
        if named is None:
            continue
        request = BpuRequest(
            tier, tuple(programs.split(",")), month_of(start), months, sector, payer, bool(owner)
        )
        for part in splitter.parts(request, amount):
            added = {f"contribution_{named}": part.amount * int(count)}
            found.add((part.month, part.program, payer), **added)
    return found


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
