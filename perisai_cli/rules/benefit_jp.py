"""Pension (JP): what is paid each month of the first year to the member or to those left behind.

Later years are the year before times (1 + inflation) (PP 45/2015, Pasal 17 ayat (4)); no inflation
of a coming year is known, so they are not computed.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from perisai_cli.domain.errors import NoRuleInForce, Problem
from perisai_cli.domain.money import rupiah
from perisai_cli.domain.period import Month, age_on
from perisai_cli.rules.benefit import Benefit, BenefitLine, doubts, in_percent
from perisai_cli.rules.law import Law
from perisai_cli.rules.parameter import Value
from perisai_cli.rules.rounding import half_up, is_exact

BENEFICIARIES = ("old-age", "widow", "child", "parent", "disability")
_MONTHS = 12


class JpRequest(NamedTuple):
    """What is asked: wages, months paid, and the event.

    Attributes:
        average_wage: Whole rupiah a month: the weighted average of the wages that were paid on,
            each brought to today's money.
        months: Months paid.
        day: Day of the event: pension age reached, disability declared, death.
        beneficiary: One of ``BENEFICIARIES``.
        born: The member's birth date, where it is known.
        density: Paid share of the months that were due, as a fraction.
        registered: Months since the member was registered; the months paid where it is None.
    """

    average_wage: int
    months: int
    day: date
    beneficiary: str = "old-age"
    born: date | None = None
    density: Decimal | None = None
    registered: int | None = None


class Counted(NamedTuple):
    """The months that the formula takes, and the values that say so."""

    months: int
    law: tuple[Value, ...]


def reaches_pension_age(born: date, law: Law) -> date:
    """Return the day on which someone born on *born* reaches the pension age of that very day.

    Who was old enough when the programme began reached it on its first day.

    Law: PP 45/2015, Pasal 15 ayat (1)-(3).
    """
    ages = law.parameter("jp_benefit.pension_age")
    first = ages.values[0]
    if age_on(born, first.since) >= first.value:
        return first.since
    birthdays = ((value.value, _birthday(born, value.value)) for value in ages.values)
    return next(day for age, day in birthdays if ages.on_day(day).value <= age)


def _birthday(born: date, age: int) -> date:
    """Return the day from which someone is *age* years old; 29 February counts from 1 March."""
    return date(born.year + age, born.month, 1) + timedelta(days=born.day - 1)


def benefit_jp(request: JpRequest, law: Law) -> Benefit:
    """Return the monthly pension of the first year.

    A member whose months are fewer than the least has a lump sum instead; its amount stands in the
    member's account and is not computed.

    Raises:
        NoRuleInForce: the day lies before the first rule; or ``jp.too_few_months``: the months are
            too few, the conditions for counting more are not met, and the text says no more.

    Law: PP 45/2015, Pasal 15-24.
    """
    age = law.parameter("jp_benefit.pension_age").on_day(request.day)
    facts = {"period": "month", "pension_age": age.value, "lump_sum": False} | _when(request, law)
    least = law.parameter("jp_benefit.least_months").on_day(request.day)
    if request.beneficiary == "old-age":
        if request.born and request.day < reaches_pension_age(request.born, law):
            reached = str(facts["reaches_pension_age"])
            early = Problem("jp.before_pension_age", "/date", {"day": reached})
            return Benefit((), (early,), facts | {"paid_from": None}, (age,))
        if request.months < least.value:
            parts = law.parameter("jp_benefit.lump_sum_parts").on_day(request.day)
            instead = Problem("jp.lump_sum_instead", "/months", {"least": least.value})
            return Benefit((), (instead,), facts | {"lump_sum": True}, (least, parts))
    counted = _counted(request, least, law)
    line, warnings = _monthly(request, counted, law)
    return Benefit((line,), (*warnings, *_warnings(request, counted, line)), facts)


def _when(request: JpRequest, law: Law) -> dict[str, Any]:
    """Return when the member reaches the pension age, and the first month that is paid for.

    Law: PP 45/2015, Pasal 19 ayat (3), 20 ayat (4), 21-23 ayat (4): the first of the next month.
    """
    reached = reaches_pension_age(request.born, law) if request.born else None
    paid_from = Month.of(request.day).plus(1).first_day()
    return {
        "reaches_pension_age": reached.isoformat() if reached else None,
        "paid_from": paid_from.isoformat(),
    }


def _counted(request: JpRequest, least: Value, law: Law) -> Counted:
    """Return the months that count: those paid, or the fifteen years that the law deems.

    Raises:
        NoRuleInForce: ``jp.too_few_months``.

    Law: PP 45/2015, Pasal 19 ayat (1), 20 ayat (3), 21-23 ayat (3).
    """
    if request.months >= least.value:
        return Counted(request.months, (least,) if request.beneficiary == "old-age" else ())
    event = "disability" if request.beneficiary == "disability" else "death"
    deemed, density, registered = (
        law.parameter(f"jp_benefit.{name}").on_day(request.day)
        for name in ("deemed_months", "deemed_density", f"deemed_registered_{event}")
    )
    since = request.months if request.registered is None else request.registered
    before_age = request.born is None or request.day < reaches_pension_age(request.born, law)
    dense = request.density is not None and request.density >= density.value
    if before_age and dense and since >= registered.value:
        return Counted(deemed.value, (deemed, density, registered))
    raise NoRuleInForce(
        "jp.too_few_months",
        field="/months",
        least=least.value,
        density=in_percent(density.value),
        registered=registered.value,
    )


def _monthly(
    request: JpRequest, counted: Counted, law: Law
) -> tuple[BenefitLine, tuple[Problem, ...]]:
    """Return the pension by the formula, within the limits of the day's year where known.

    Law: PP 45/2015, Pasal 17 ayat (2), 18, and 21-23 ayat (2) huruf a.
    """
    rate = law.parameter("jp_benefit.rate_a_year").on_day(request.day)
    parts = (
        f"{in_percent(rate.value)} × {counted.months} ÷ {_MONTHS} × {rupiah(request.average_wage)}"
    )
    exact = rate.value * counted.months * request.average_wage / _MONTHS
    rests: tuple[Value, ...] = (rate, *counted.law)
    if request.beneficiary in ("widow", "child", "parent"):
        share = law.parameter(f"jp_benefit.share_{request.beneficiary}").on_day(request.day)
        exact, parts, rests = (
            exact * share.value,
            f"{in_percent(share.value)} × {parts}",
            (*rests, share),
        )
    if not is_exact(exact):
        rests = (*rests, law.parameter("rounding.percentages").on_day(request.day))
    amount, limit, warnings = _limited(half_up(exact), request.day, law)
    if limit:
        least = limit.parameter.endswith("minimum")
        parts = f"{'max' if least else 'min'}({parts}; {rupiah(limit.value)})"
        rests = (limit, *rests)
    code = f"jp_{request.beneficiary.replace('-', '_')}"
    guessed = any(warning.code.endswith("_not_found") for warning in warnings)
    return BenefitLine(code, amount, parts, rests, estimate=guessed), warnings


def _limited(amount: int, day: date, law: Law) -> tuple[int, Value | None, tuple[Problem, ...]]:
    """Return *amount* within the limits known on *day*, the limit that it meets, and warnings."""
    found: dict[str, Value] = {}
    warnings = []
    for name in ("minimum", "maximum"):
        value = law.parameter(f"jp_benefit.{name}").find_day(day)
        if value is None:
            warnings.append(Problem(f"jp.{name}_not_found", "/date", {"year": day.year}))
        else:
            found[name] = value
    if "minimum" in found and amount < found["minimum"].value:
        limit = found["minimum"]
    elif "maximum" in found and amount > found["maximum"].value:
        limit = found["maximum"]
    else:
        return amount, None, tuple(warnings)
    code = f"jp.{limit.parameter.rpartition('.')[2]}_applies"
    warnings.append(Problem(code, None, {"limit": rupiah(limit.value), "formula": rupiah(amount)}))
    return limit.value, limit, tuple(warnings)


def _warnings(request: JpRequest, counted: Counted, line: BenefitLine) -> tuple[Problem, ...]:
    found = [Problem("jp.first_year"), Problem("jp.average_wage", "/average-wage")]
    if counted.months > request.months:
        found.append(Problem("jp.deemed", "/months", {"months": counted.months}))
    if request.beneficiary in ("widow", "child", "parent"):
        found.append(Problem("jp.after_pension", "/beneficiary"))
    if request.beneficiary == "child":
        found.append(Problem("jp.child", "/beneficiary"))
    return (*found, *doubts(line.law))
