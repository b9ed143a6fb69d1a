"""Calculates what an accident at work or a death gives: no store, no passphrase, no network."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

from perisai_cli.actions.app import Result
from perisai_cli.actions.options import Options, placed
from perisai_cli.domain.errors import Problem
from perisai_cli.domain.period import local_day
from perisai_cli.rules.benefit import Benefit
from perisai_cli.rules.benefit_jkk import EVENTS, MODES, JkkAccident, benefit_jkk, part_share
from perisai_cli.rules.benefit_jkm import JkmDeath, benefit_jkm
from perisai_cli.rules.law import Law, load_law
from perisai_cli.rules.scholarship import STARTS

_HOME_REGION = "51"  # the calculators' day is Bali's
_MOST_MONTHS = 600

_WANTED = {
    "death": {"base", "children"},
    "total": {"base", "children"},
    "partial": {"base", "percent", "part"},
    "functional": {"base", "percent", "part", "loss"},
    "temporary": {"base", "months", "days"},
    "transport": set(MODES),
}
"""Which options an event uses; others are told to be of no use."""


class JkmOptions(NamedTuple):
    """The options of ``manfaat jkm`` as they were typed; None where they were not."""

    date: str | None = None
    membership_months: str | None = None
    arrears: str | None = None
    children: str | None = None
    paid_months: str | None = None


class JkkOptions(NamedTuple):
    """The options of ``manfaat jkk`` as they were typed; None where they were not."""

    event: str | None = None
    date: str | None = None
    base: str | None = None
    percent: str | None = None
    part: str | None = None
    loss: str | None = None
    months: str | None = None
    days: str | None = None
    arrears: str | None = None
    land: str | None = None
    sea: str | None = None
    air: str | None = None
    children: str | None = None


@placed("/date")
def benefit_of_death(options: JkmOptions, now: datetime) -> Result:
    """Return what the heirs are given for a death that is not from work.

    Raises:
        InvalidInput: every option at fault, each under the pointer of its English name.
        NoRuleInForce: the day is before the first rule.
    """
    read = Options()
    read.need("date", options.date)
    read.need("membership-months", options.membership_months)
    day = read.day("date", options.date)
    membership = read.whole("membership-months", options.membership_months, 0, _MOST_MONTHS)
    arrears = read.whole("arrears", options.arrears, 0, _MOST_MONTHS)
    paid = read.whole("paid-months", options.paid_months, 0, _MOST_MONTHS)
    children = read.several("children", options.children, STARTS)
    read.check()
    assert day is not None
    assert membership is not None
    death = JkmDeath(day, membership, arrears or 0, children, paid)
    return _result("benefit jkm", benefit_jkm(death, load_law()), day, now)


@placed("/date")
def benefit_of_accident(options: JkkOptions, now: datetime) -> Result:
    """Return what an accident at work gives.

    Raises:
        InvalidInput: every option at fault, each under the pointer of its English name.
        NoRuleInForce: a rule that the event needs was not in force on the day.
    """
    law = load_law()
    accident = _accident(options, law)
    result = _result("benefit jkk", benefit_jkk(accident, law), accident.day, now)
    unused = tuple(Problem("option.unused", f"/{name}") for name in _unused(options))
    return result._replace(warnings=(*unused, *(result.warnings or ())))


def _result(command: str, benefit: Benefit, day: date, now: datetime) -> Result:
    future = day > local_day(now, _HOME_REGION)
    early = (Problem("date.future", "/date"),) if future else ()
    return Result(command, benefit.as_json(), warnings=(*early, *benefit.warnings))


def _unused(options: JkkOptions) -> list[str]:
    wanted = _WANTED[options.event or "death"] | {"event", "date", "arrears", "base"}
    return [name for name, typed in options._asdict().items() if typed and name not in wanted]


def _accident(options: JkkOptions, law: Law) -> JkkAccident:
    read = Options()
    read.need("event", options.event)
    event = read.choice("event", options.event, EVENTS, "death")
    read.need("date", options.date)
    day = read.day("date", options.date)
    if "base" in _WANTED.get(event, ()):
        read.need("base", options.base)
    base = read.money("base", options.base)
    receipts = {mode: read.money(mode, getattr(options, mode)) or 0 for mode in MODES}
    if event == "transport" and not any(getattr(options, mode) for mode in MODES):
        read.fault("transport.missing", "land")
    accident = JkkAccident(
        event=event,
        day=day or date.max,
        base=base or 0,
        percent=_percent(event, day, options, read, law),
        loss=_loss(event, options, read),
        arrears=read.whole("arrears", options.arrears, 0, _MOST_MONTHS) or 0,
        receipts=receipts,
        children=read.several("children", options.children, STARTS),
        part=options.part,
    )
    months, days = _time(event, options, read, law)
    read.check()
    return accident._replace(months=months, days=days)


def _percent(event: str, day: date | None, options: JkkOptions, read: Options, law: Law) -> Decimal:
    """Return the disability as a fraction: what the doctor says, or the table's for a body part."""
    percent = read.percent("percent", options.percent)
    if event not in ("partial", "functional"):
        return Decimal(0)
    if options.part is not None:
        if options.percent is not None:
            read.fault("part.and_percent", "part")
        return _of_part(options.part, day, read, law)
    if options.percent is None:
        read.fault("percent.missing", "percent")
    elif percent == 0:
        read.fault("percent.value", "percent", high=100)
    return percent or Decimal(0)


def _of_part(part: str, day: date | None, read: Options, law: Law) -> Decimal:
    table = law.parameter("jkk_benefit.parts")
    if part not in dict(table.values[-1].value):
        choices = ", ".join(code for code, _ in table.values[-1].value)
        read.fault("part.unknown", "part", choices=choices)
        return Decimal(0)
    return part_share(part, day, law) if day else Decimal(0)


def _loss(event: str, options: JkkOptions, read: Options) -> Decimal:
    """Return the loss of function as a fraction; 1 where the event has none."""
    loss = read.percent("loss", options.loss)
    if event != "functional":
        return Decimal(1)
    read.need("loss", options.loss)
    if loss == 0:
        read.fault("percent.value", "loss", high=100)
    return loss or Decimal(1)


def _time(event: str, options: JkkOptions, read: Options, law: Law) -> tuple[int, int]:
    """Return the whole months, and the days of one more, without work."""
    most_days = law.parameter("jkk_benefit.temporary_days_per_month").values[-1].value
    fewest = 0 if options.days is not None else 1
    months = read.whole("months", options.months, fewest, _MOST_MONTHS)
    days = read.whole("days", options.days, 1, most_days)
    if event == "temporary" and options.months is None and options.days is None:
        read.need("months", None)
    return months or 0, days or 0
