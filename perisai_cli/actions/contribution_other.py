"""Calculates what employees, building sites and migrant workers owe; needs nothing but the law."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from perisai_cli.actions.app import Result
from perisai_cli.actions.options import Options, between
from perisai_cli.domain.errors import NoRuleInForce
from perisai_cli.domain.period import Month, local_day
from perisai_cli.domain.terms import MAX_MONTHS
from perisai_cli.rules import contribution_pu as pu
from perisai_cli.rules.bill import Bill
from perisai_cli.rules.contribution_jakon import JakonRequest, quote_jakon
from perisai_cli.rules.contribution_pmi import WAYS, PmiRequest, quote_pmi
from perisai_cli.rules.law import load_law

HOME_REGION = "51"  # the calculators' day is Bali's; --pada sets another
RISKS = 5


class PuOptions(NamedTuple):
    """The options of ``iuran pu`` as they were typed; None where they were not."""

    wage: str | None = None
    risk: str | None = None
    programs: str | None = None
    start: str | None = None
    months: str | None = None
    kind: str | None = None
    segment: str | None = None
    size: str | None = None
    on: str | None = None
    labour_intensive: bool = False


class JakonOptions(NamedTuple):
    """The options of ``iuran jakon`` as they were typed; None where they were not."""

    value: str | None = None
    wage: str | None = None
    start: str | None = None
    on: str | None = None


class PmiOptions(NamedTuple):
    """The options of ``iuran pmi`` as they were typed; None where they were not."""

    via: str | None = None
    months: str | None = None
    extra: str | None = None
    jht: str | None = None
    start: str | None = None
    on: str | None = None


def contribution_pu(options: PuOptions, now: datetime) -> Result:
    """Return what is owed for an employee, by month, programme and bearer.

    Raises:
        InvalidInput: every option at fault, each under the pointer of its English name.
        NoRuleInForce: the law held no rate, or no ceiling, in one of the months.
    """
    law = load_law()
    request = _pu_request(options, now)
    try:
        bill = pu.quote_pu(request, law)
        monthly = pu.wage_of(request, request.start, law)
    except NoRuleInForce as error:
        raise _at_start(error) from error
    wage: dict[str, Any] = {"kind": request.kind, "amount": request.wage}
    wage |= {"monthly": monthly.monthly}
    if request.kind == "daily":
        wage["days"] = monthly.law[0].value
    facts = {"wage": wage, "risk": request.risk, "segment": request.segment}
    return _result("contribution pu", bill, facts)


def _pu_request(options: PuOptions, now: datetime) -> pu.PuRequest:
    read = Options()
    read.need("wage", options.wage)
    wage = read.money("wage", options.wage)
    risk = read.whole("risk", options.risk, 1, RISKS)
    start = _month(read, options.start, options.on, now)
    months = read.read(
        "months", options.months, between(1, MAX_MONTHS), "months.value", low=1, high=MAX_MONTHS
    )
    programs = read.several("programs", options.programs or "jkk,jkm", pu.PROGRAMS)
    kind = read.choice("wage_kind", options.kind, pu.WAGE_KINDS, "monthly")
    segment = read.choice("segment", options.segment, pu.SEGMENTS, "regular")
    size = read.choice("firm_size", options.size, pu.FIRM_SIZES, "micro")
    if segment == "regular" and "jkk" in programs:
        read.need("risk", options.risk)
    read.check()
    assert wage is not None  # it was needed, and checked
    return pu.PuRequest(
        wage=wage,
        risk=risk,
        programs=tuple(code for code in pu.PROGRAMS if code in programs),
        start=start,
        months=months or 1,
        kind=kind,
        segment=segment,
        labour_intensive=options.labour_intensive,
        size=size if options.size else None,
    )


def contribution_jakon(options: JakonOptions, now: datetime) -> Result:
    """Return what is owed for a building site.

    Raises:
        InvalidInput: every option at fault, or neither or both of the two sums given.
        NoRuleInForce: the law held no rates in that month.
    """
    read = Options()
    value = read.money("value", options.value)
    wage = read.money("wage", options.wage)
    start = _month(read, options.start, options.on, now)
    if options.value is None and options.wage is None:
        read.fault("jakon.one_wanted", "value")
    if options.value is not None and options.wage is not None:
        read.fault("jakon.one_wanted", "wage")
    read.check()
    try:
        bill = quote_jakon(JakonRequest(start, value, wage), load_law())
    except NoRuleInForce as error:
        raise _at_start(error) from error
    return _result("contribution jakon", bill, {"value": value, "wage": wage})


def contribution_pmi(options: PmiOptions, now: datetime) -> Result:
    """Return what is owed for a migrant worker.

    Raises:
        InvalidInput: every option at fault, a length without a package, or no step of savings.
        NoRuleInForce: the sums were not in force on that day.
    """
    law = load_law()
    request = _pmi_request(options, now)
    try:
        bill = quote_pmi(request, law)
    except NoRuleInForce as error:
        raise _at_start(error) from error
    facts = {"via": request.via, "months": request.months, "extra": request.extra}
    return _result("contribution pmi", bill, facts | {"day": request.day.isoformat()})


def _pmi_request(options: PmiOptions, now: datetime) -> PmiRequest:
    read = Options()
    read.need("via", options.via)
    read.need("months", options.months)
    via = read.choice("via", options.via, WAYS, WAYS[0])
    months = read.whole("months", options.months, 1, MAX_MONTHS)
    extra = read.whole("extra", options.extra, 0, MAX_MONTHS)
    jht = read.money("jht", options.jht)
    day = read.day("on", options.on) or local_day(now, HOME_REGION)
    start = read.month("start", options.start)
    read.check()
    assert months is not None  # it was needed, and checked
    return PmiRequest(via, months, extra or 0, _day_of(start, day), jht)


def _day_of(start: Month | None, day: date) -> date:
    """Return *day*, or the first day of the month that was asked for instead of its own."""
    return day if start in (None, Month.of(day)) else start.first_day()


def _month(read: Options, start: str | None, on: str | None, now: datetime) -> Month:
    """Return the month that was typed, else the one of the day that was, else the present one."""
    day = read.day("on", on) or local_day(now, HOME_REGION)
    return read.month("start", start) or Month.of(day)


def _at_start(error: NoRuleInForce) -> NoRuleInForce:
    """Return *error* with a pointer to the option that asks for another month."""
    return NoRuleInForce(error.code, field="/start", **error.problems[0].facts)


def _result(command: str, bill: Bill, facts: dict[str, Any]) -> Result:
    return Result(command, bill.as_json() | facts, warnings=bill.warnings)
