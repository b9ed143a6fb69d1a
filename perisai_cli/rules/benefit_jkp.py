"""Job loss (JKP): cash for up to six months, by the day on which the job was lost."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from perisai_cli.domain.errors import Problem
from perisai_cli.domain.money import rupiah
from perisai_cli.domain.period import Month
from perisai_cli.rules.benefit import Benefit, BenefitLine, doubts, in_percent
from perisai_cli.rules.law import Law
from perisai_cli.rules.parameter import Value
from perisai_cli.rules.rounding import half_up, is_exact

REASONS = (
    "laid-off", "contract-ended-early", "contract-ended", "resigned", "disabled", "retired", "died",
)  # fmt: skip
_CONDITIONS = ("applications_a_month", "interviews_a_month", "training_attendance")


class JkpRequest(NamedTuple):
    """What is asked.

    Attributes:
        wage: Last wage that the employer reported, whole rupiah a month.
        day: Day on which the job was lost.
        reason: One of ``REASONS``.
        paid_months: Months paid within the window before that day, where it is known.
        claim: Which claim of a working life this is, from 1.
    """

    wage: int
    day: date
    reason: str = "laid-off"
    paid_months: int | None = None
    claim: int = 1


def benefit_jkp(request: JkpRequest, law: Law) -> Benefit:
    """Return the cash of each month, or the article by which there is none.

    Raises:
        NoRuleInForce: the job was lost before the programme began.

    Law: PP 37/2021, Pasal 19-21, 35 and 40; PP 6/2025.
    """
    shares = law.parameter("jkp_benefit.cash_shares").on_day(request.day)
    refused = _refusal(request, law)
    if refused:
        why, value = refused
        return Benefit((), (why, *doubts((value,))), _facts(request, (), law), (value,))
    cap = law.parameter("jkp_benefit.wage_cap").on_day(request.day)
    counted = min(request.wage, cap.value)
    exact = tuple(share * counted for share in shares.value)
    amounts = tuple(half_up(amount) for amount in exact)
    rests: tuple[Value, ...] = (shares, cap)
    if not all(map(is_exact, exact)):
        rests = (*rests, law.parameter("rounding.percentages").on_day(request.day))
    lines = _lines(shares, amounts, counted, rests)
    warnings = [Problem("jkp.cap_applies", "/wage", {"cap": rupiah(cap.value)})]
    warnings = warnings if request.wage > cap.value else []
    warnings += [*_conditions(request, law), *doubts(rests)]
    return Benefit(lines, tuple(warnings), _facts(request, amounts, law))


def _lines(
    shares: Value, amounts: tuple[int, ...], counted: int, law: tuple[Value, ...]
) -> tuple[BenefitLine, ...]:
    """Return a line for each run of months with one share."""
    lines = []
    first = 1
    for share, run in groupby(shares.value):
        months = len(list(run))
        last = first + months - 1
        working = f"{months} × {in_percent(share)} × {rupiah(counted)}"
        amount = sum(amounts[first - 1 : last])
        lines.append(BenefitLine(f"jkp_months_{first}_{last}", amount, working, law))
        first = last + 1
    return tuple(lines)


def _refusal(request: JkpRequest, law: Law) -> tuple[Problem, Value] | None:
    """Return why nothing is given, and the value that says so.

    Law: PP 37/2021, Pasal 19 ayat (3), 20 ayat (1)-(2) and 35.
    """
    for name in ("excluded_reasons", "excluded_contract_ends"):
        excluded = law.parameter(f"jkp_benefit.{name}").on_day(request.day)
        if request.reason in excluded.value:
            return Problem(f"jkp.{name}", "/reason"), excluded
    paid = law.parameter("jkp_benefit.paid_months").on_day(request.day)
    if request.paid_months is not None and request.paid_months < paid.value:
        within = law.parameter("jkp_benefit.paid_within").on_day(request.day)
        facts: dict[str, str | int] = {"months": paid.value, "within": within.value}
        return Problem("jkp.paid_too_few", "/paid-months", facts), paid
    most = law.parameter("jkp_benefit.claims_at_most").on_day(request.day)
    if request.claim > most.value:
        return Problem("jkp.too_many_claims", "/claim", {"most": most.value}), most
    return None


def _conditions(request: JkpRequest, law: Law) -> list[Problem]:
    """Return what must be so for the cash to be paid, as far as it was not asked."""
    found = []
    if request.paid_months is None:
        facts = {
            "months": law.parameter("jkp_benefit.paid_months").on_day(request.day).value,
            "within": law.parameter("jkp_benefit.paid_within").on_day(request.day).value,
        }
        found.append(Problem("jkp.paid_months", "/paid-months", facts))
    consecutive = _known("consecutive_months", request.day, law)
    if consecutive:
        found.append(Problem("jkp.consecutive", None, {"months": consecutive.value}))
    if request.claim > 1:
        years = law.parameter("jkp_benefit.years_between_claims").on_day(request.day).value
        found.append(Problem("jkp.years_between", "/claim", {"years": years}))
    within = law.parameter("jkp_benefit.claim_within").on_day(request.day).value
    until = _months_later(request.day, within).isoformat()
    found.append(Problem("jkp.claim_within", None, {"months": within, "until": until}))
    if _known("applications_a_month", request.day, law):
        found.append(Problem("doubt.jkp_conditions"))
    return found


def _facts(request: JkpRequest, amounts: tuple[int, ...], law: Law) -> dict[str, Any]:
    within = law.parameter("jkp_benefit.claim_within").on_day(request.day)
    conditions = {name: _known(name, request.day, law) for name in _CONDITIONS}
    training = _known("training", request.day, law)
    return {
        "reason": request.reason,
        "by_month": [
            {"month": number, "amount": amount} for number, amount in enumerate(amounts, start=1)
        ],
        "claim_until": _months_later(request.day, within.value).isoformat() if amounts else None,
        "training": training.value if training else None,
        "conditions": {
            name: value.value if isinstance(value.value, int) else in_percent(value.value)
            for name, value in conditions.items()
            if value
        },
    }


def _known(name: str, day: date, law: Law) -> Value | None:
    """Return a value of the programme on *day*, or None: some rules came later or were dropped."""
    return law.parameter(f"jkp_benefit.{name}").find_day(day)


def _months_later(day: date, months: int) -> date:
    """Return the same day *months* later, or the last day of a month that has no such day."""
    month = Month.of(day).plus(months)
    last = month.plus(1).first_day() - timedelta(days=1)
    return last if day.day > last.day else last.replace(day=day.day)
