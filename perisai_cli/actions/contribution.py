"""Calculates contributions from the law's parameters: no store, no passphrase, no network."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from perisai_cli.actions.app import Result
from perisai_cli.actions.options import placed
from perisai_cli.domain import terms
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.money import parse_rupiah
from perisai_cli.domain.period import Month, local_day, parse_day
from perisai_cli.rules.contribution import quote_bpu, tier_of_income
from perisai_cli.rules.law import Law, load_law
from perisai_cli.rules.request import BpuRequest
from perisai_cli.rules.trace import Quote

_HOME_REGION = "51"  # the calculators' day is Bali's; --pada sets another


class BpuOptions(NamedTuple):
    """The options of ``iuran bpu`` as they were typed; None where they were not."""

    income: str | None = None
    tier: str | None = None
    program: str | None = None
    sector: str | None = None
    payer: str | None = None
    start: str | None = None
    months: str | None = None
    on: str | None = None
    owner: bool = False
    due: bool = False


@placed("/start")
def contribution_bpu(options: BpuOptions, now: datetime) -> Result:
    """Return what a self-employed member pays, by month and programme.

    Raises:
        InvalidInput: every option at fault, each under the pointer of its English name.
        NoRuleInForce: the law held no rate in one of the months.
    """
    law = load_law()
    request = bpu_request(options, now, law)
    quote = quote_bpu(request, law)
    data, warnings = quote_json(quote), quote.warnings
    if options.due:
        from perisai_cli.rules.due import bill_due

        days, told = bill_due(request.programs, "bpu", request.start, request.months, law)
        data["due"] = {month: day.isoformat() for month, day in days.items()}
        warnings += told
    return Result("contribution bpu", data, warnings=warnings)


def quote_json(quote: Quote) -> dict[str, Any]:
    """Return a quote as JSON values: total, lines and totals (contract of the calculators)."""
    return {
        "total": quote.total,
        "tier": quote.tier,
        "base": quote.base,
        "lines": [line.as_json() for line in quote.lines],
        "totals": quote.totals(),
    }


def bpu_request(options: BpuOptions, now: datetime, law: Law) -> BpuRequest:
    """Return the request that *options* ask for; what is not said has its default.

    Raises:
        InvalidInput: every option at fault, each under the pointer of its English name.
        NoRuleInForce: there was no table of tiers in the month in which it begins.
    """
    faults: list[Problem] = []

    def parsed(name: str, typed: str | None, parse: Any, code: str, **facts: str | int) -> Any:
        if typed is None:
            return None
        try:
            return parse(typed)
        except ValueError:
            faults.append(Problem(code, f"/{name}", facts))
            return None

    day = parsed("on", options.on, parse_day, "day.format") or local_day(now, _HOME_REGION)
    income = parsed("income", options.income, parse_rupiah, "income.value")
    tier = parsed("tier", options.tier, _between(1, 33), "tier.value", low=1, high=33)
    start = parsed("start", options.start, Month.parse, "start.format") or Month.of(day)
    months = parsed(
        "months", options.months, _between(1, terms.MAX_MONTHS), "months.value",
        low=1, high=terms.MAX_MONTHS,
    )  # fmt: skip
    programs = _programs(options.program, faults)
    sector = _choice("sector", options.sector or "other", terms.SECTORS, faults)
    payer = _choice("payer", options.payer or "self", terms.PAYERS, faults)
    if options.income is None and options.tier is None:
        faults.append(Problem("income.missing", "/income"))
    if faults:
        raise InvalidInput.of(tuple(faults))
    return BpuRequest(
        tier=tier or tier_of_income(income, start, law).number,
        programs=programs,
        start=start,
        months=months or 1,
        sector=sector,
        payer=payer,
        owner=options.owner,
        income=income,
    )


def _between(low: int, high: int) -> Any:
    """Return a parser of whole numbers from *low* to *high*, digits only."""

    def parse(typed: str) -> int:
        if not (typed.isascii() and typed.isdigit() and low <= int(typed) <= high):
            raise ValueError
        return int(typed)

    return parse


def _programs(typed: str | None, faults: list[Problem]) -> tuple[str, ...]:
    wanted = _codes(typed or "jkk,jkm")
    if any(code not in terms.PROGRAMS for code in wanted):
        choices = ", ".join(terms.PROGRAMS)
        faults.append(Problem("programs.unknown", "/programs", {"choices": choices}))
    return tuple(code for code in terms.PROGRAMS if code in wanted)


def _codes(typed: str) -> list[str]:
    """Return the parts of a list; in a spreadsheet's cell, other signs than commas part them."""
    for sign in ";+ ":
        typed = typed.replace(sign, ",")
    return [code.lower() for code in typed.split(",") if code]


def _choice(name: str, typed: str, choices: tuple[str, ...], faults: list[Problem]) -> str:
    if typed not in choices:
        faults.append(Problem(f"{name}.unknown", f"/{name}", {"choices": ", ".join(choices)}))
    return typed
