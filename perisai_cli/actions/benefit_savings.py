"""Calculates savings, pension and job-loss cash: no store, no passphrase, no network."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from perisai_cli.actions.app import Result
from perisai_cli.actions.options import Options, placed
from perisai_cli.domain.errors import Problem
from perisai_cli.domain.money import parse_rupiah
from perisai_cli.domain.period import local_day
from perisai_cli.rules import benefit_jht, benefit_jkp, benefit_jp
from perisai_cli.rules.benefit import Benefit
from perisai_cli.rules.law import load_law

_HOME_REGION = "51"  # the calculators' day is Bali's; --pada sets another
_LAST_YEAR = 2999  # a later one is a slip of the keys, as it is in a month
_MOST_YEARS = 60
_MOST_YIELD = 20  # per cent a year; a deposit's yield above it is a slip of the keys
_MOST_MONTHS = 720
_MOST_CLAIMS = 99
_JKP_WINDOW = 24  # months that the option asks about; the rule itself is a parameter


class JhtOptions(NamedTuple):
    """The options of ``manfaat jht`` as they were typed; None where they were not."""

    balance: str | None = None
    rate: str | None = None
    years: str | None = None
    contribution: str | None = None
    reason: str | None = None
    on: str | None = None


class JpOptions(NamedTuple):
    """The options of ``manfaat jp`` as they were typed; None where they were not."""

    average_wage: str | None = None
    months: str | None = None
    date: str | None = None
    born: str | None = None
    beneficiary: str | None = None
    density: str | None = None
    membership_months: str | None = None


class JkpOptions(NamedTuple):
    """The options of ``manfaat jkp`` as they were typed; None where they were not."""

    wage: str | None = None
    date: str | None = None
    reason: str | None = None
    paid_months: str | None = None
    claim: str | None = None


def benefit_of_savings(options: JhtOptions, now: datetime) -> Result:
    """Return what old-age savings come to at the user's yield, and what is paid out of them.

    Raises:
        InvalidInput: every option at fault, each under the pointer of its English name.
        NoRuleInForce: no rule for the reason was known on the day.
    """
    read = Options()
    read.need("balance", options.balance)
    read.need("years", options.years)
    balance = read.read("balance", options.balance, _rupiah_or_none, "amount.value")
    years = read.whole("years", options.years, 0, _MOST_YEARS)
    if years != 0:
        read.need("yield", options.rate)
    rate = read.percent("yield", options.rate, _MOST_YIELD)
    contribution = read.money("contribution", options.contribution)
    reason = read.choice("reason", options.reason, benefit_jht.REASONS, "age")
    day = _bounded("on", options.on, read)
    if balance == 0 and not (contribution and years):
        read.fault("jht.nothing_saved", "balance")
    read.check()
    request = benefit_jht.JhtRequest(
        balance=balance or 0,
        rate=rate or benefit_jht.NO_YIELD,
        years=years or 0,
        contribution=contribution or 0,
        reason=reason,
        day=day or local_day(now, _HOME_REGION),
    )
    return _result("benefit jht", benefit_jht.benefit_jht(request, load_law()))


@placed("/date")
def benefit_of_pension(options: JpOptions) -> Result:
    """Return the monthly pension of the first year, or what is given in its place.

    Raises:
        InvalidInput: every option at fault, each under the pointer of its English name.
        NoRuleInForce: the day is before the first rule, or no rule says what too few months give.
    """
    read = Options()
    for name in ("average-wage", "months", "date"):
        read.need(name, getattr(options, name.replace("-", "_")))
    wage = read.money("average-wage", options.average_wage)
    months = read.whole("months", options.months, 1, _MOST_MONTHS)
    day, born = _bounded("date", options.date, read), _bounded("born", options.born, read)
    if day and born and born >= day:
        read.fault("jp.born_after", "born")
    beneficiary = read.choice(
        "beneficiary", options.beneficiary, benefit_jp.BENEFICIARIES, "old-age"
    )
    density = read.percent("density", options.density)
    registered = read.whole("membership-months", options.membership_months, 0, _MOST_MONTHS)
    if registered is not None and months is not None and registered < months:
        read.fault("jp.registered_below_paid", "membership-months")
    read.check()
    assert wage is not None
    assert months is not None
    assert day is not None
    request = benefit_jp.JpRequest(wage, months, day, beneficiary, born, density, registered)
    return _result("benefit jp", benefit_jp.benefit_jp(request, load_law()))


@placed("/date")
def benefit_of_job_loss(options: JkpOptions, now: datetime) -> Result:
    """Return the cash that follows the loss of a job, month by month.

    Raises:
        InvalidInput: every option at fault, each under the pointer of its English name.
        NoRuleInForce: the day is before the first rule.
    """
    read = Options()
    read.need("wage", options.wage)
    read.need("date", options.date)
    wage = read.money("wage", options.wage)
    day = _bounded("date", options.date, read)
    reason = read.choice("reason", options.reason, benefit_jkp.REASONS, "laid-off")
    paid = read.whole("paid-months", options.paid_months, 0, _JKP_WINDOW)
    claim = read.whole("claim", options.claim, 1, _MOST_CLAIMS)
    read.check()
    assert wage is not None
    assert day is not None
    request = benefit_jkp.JkpRequest(wage, day, reason, paid, claim or 1)
    result = _result("benefit jkp", benefit_jkp.benefit_jkp(request, load_law()))
    if day <= local_day(now, _HOME_REGION):
        return result
    return result._replace(warnings=(Problem("date.future", "/date"), *(result.warnings or ())))


def _result(command: str, benefit: Benefit) -> Result:
    return Result(command, benefit.as_json(), warnings=benefit.warnings)


def _rupiah_or_none(typed: str) -> int:
    """Return whole rupiah; a new member's balance may be 0, too."""
    return 0 if typed.strip() == "0" else parse_rupiah(typed)


def _bounded(name: str, typed: str | None, read: Options) -> date | None:
    """Return a day whose following months exist, too."""
    day = read.day(name, typed)
    if day and day.year > _LAST_YEAR:
        read.fault("day.format", name)
        return None
    return day
