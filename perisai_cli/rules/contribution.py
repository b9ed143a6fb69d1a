"""What a self-employed member (BPU) owes: by tier, programme, month, sector and payer."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.period import Month, months_from
from perisai_cli.rules import relief
from perisai_cli.rules.law import Law
from perisai_cli.rules.parameter import Value, whole
from perisai_cli.rules.request import BpuRequest
from perisai_cli.rules.trace import Line, Quote

BEARERS = {"self": "member", "sponsor": "sponsor"}
"""Who bears a contribution, by payer; every other payer is a public budget."""


class Tier(NamedTuple):
    """A row of the tier table: its number, lowest income, and the base that benefits rest on."""

    number: int
    income_min: int
    base: int


@lru_cache(maxsize=256)
def tiers(month: Month, law: Law) -> tuple[Tier, ...]:
    """Return the tier table in force in *month*.

    Law: PP 44/2015, Pasal 20 ayat (1) and Lampiran II.
    """
    rows = law.parameter("jkk.bpu_tiers").on(month).value
    return tuple(Tier(number, income_min, base) for number, income_min, base, _ in rows)


def tier_of_income(income: int, month: Month, law: Law) -> Tier:
    """Return the last tier whose lowest income is not above *income* (whole rupiah a month).

    The printed bands leave gaps (1.299.000 to 1.300.000), which this reading closes.
    """
    return [tier for tier in tiers(month, law) if tier.income_min <= income][-1]


def quote_bpu(request: BpuRequest, law: Law) -> Quote:
    """Return what *request* costs, a line for each month and programme.

    Raises:
        NoRuleInForce: a programme had no rate in one of the months.
        InvalidInput: ``tier.value`` when the table has no such tier.
    """
    lines = tuple(
        _line(program, month, request, law)
        for month in months_from(request.start, request.months)
        for program in request.programs
    )
    table = {tier.number: tier for tier in tiers(request.start, law)}
    if request.tier not in table:
        raise InvalidInput("tier.value", field="/tier", low=1, high=len(table))
    warnings = _warnings(request, law) + relief.warnings(request, lines, law)
    return Quote(lines, warnings, request.tier, table[request.tier].base)


def _line(program: str, month: Month, request: BpuRequest, law: Law) -> Line:
    rate, full, base = _full_amount(program, request.tier, month, law)
    waived = relief.for_month(program, month, request, law)
    reason = (waived.value,) if waived else relief.exclusion(program, month, request, law)
    amount = full if waived is None else whole(full * (1 - Decimal(waived.value.value)))
    return Line(
        code=program,
        borne_by=BEARERS.get(request.payer, "government"),
        month=str(month),
        amount=amount,
        full_amount=full,
        relief=waived.code if waived else None,
        base=base,
        law=(rate, *reason),
    )


def _full_amount(program: str, tier: int, month: Month, law: Law) -> tuple[Value, int, int | None]:
    """Return the rate in force, the full amount in whole rupiah, and the base it rests on.

    Law: JKK, PP 44/2015 Pasal 20 ayat (1); JKM, Pasal 20 ayat (3); JHT, PP 46/2015 Pasal 18.
    """
    if program == "jkm":
        rate = law.parameter("jkm.bpu_flat").on(month)
        return rate, rate.value, None
    rate = law.parameter(f"{program}.bpu_tiers").on(month)
    for number, _, base, amount in rate.value:
        if number == tier:
            return rate, amount, base
    raise InvalidInput("tier.value", field="/tier", low=1, high=len(rate.value))


def _warnings(request: BpuRequest, law: Law) -> tuple[Problem, ...]:
    found: list[Problem] = []
    advance = law.parameter("bpu.advance_months").find(request.start)
    if advance and request.months not in advance.value:
        periods = ", ".join(str(months) for months in advance.value)
        found.append(Problem("months.unusual", "/months", {"periods": periods}))
    if request.income is not None:
        implied = tier_of_income(request.income, request.start, law).number
        if request.tier < implied:
            facts: dict[str, str | int] = {"tier": request.tier, "implied": implied}
            found.append(Problem("tier.below_income", "/tier", facts))
    if {"jkk", "jkm"} - set(request.programs):
        found.append(Problem("programs.jkk_and_jkm_expected", "/programs"))
    return tuple(found)
