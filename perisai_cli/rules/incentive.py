"""What a Perisai agent is paid for a month's new members and for contributions received.

A scheme's structure changed in April 2022, so there are two functions. The amounts that bind stand
in the office's cooperation agreement; the parameters are what was published about them.

Law: Peraturan BPJS Ketenagakerjaan 1/2023, Pasal 11.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from perisai_cli.domain.errors import InvalidInput, NoRuleInForce, Problem
from perisai_cli.domain.money import rupiah
from perisai_cli.domain.period import Month
from perisai_cli.rules.benefit import BenefitLine, doubts, in_percent
from perisai_cli.rules.incentive_terms import Agreement, Terms
from perisai_cli.rules.law import Law
from perisai_cli.rules.parameter import Value
from perisai_cli.rules.rounding import half_up

SCHEMES = ("2018", "2022")
PROGRAM_COUNTS = ("2", "3")


class IncentiveRequest(NamedTuple):
    """What is asked: one agent's month.

    Attributes:
        scheme: One of ``SCHEMES``.
        new: Members enrolled in the month whose NIK was never registered as self-employed.
        programs: One of ``PROGRAM_COUNTS``: the programmes of each of them.
        collected: Whole rupiah of contributions received, of members in their first months (of all
            members in the scheme of 2018).
        collected_later: Whole rupiah received of members in the months after those.
        month: Month that the statement is for; None for the scheme as it last was.
    """

    scheme: str
    new: int
    programs: str
    collected: int
    collected_later: int = 0
    month: Month | None = None


class Statement(NamedTuple):
    """An agent's month; the lines add up to the total, the office's share being below zero.

    Attributes:
        scheme: One of ``SCHEMES``.
        lines: The parts.
        warnings: Doubts, and what one member more or less would change.
        gross: Whole rupiah before the office's share.
        office_share: What the office keeps of it.
        office_bonus: What the office is paid on top; it is not taken from the agent.
    """

    scheme: str
    lines: tuple[BenefitLine, ...]
    warnings: tuple[Problem, ...]
    gross: int
    office_share: int
    office_bonus: int

    @property
    def total(self) -> int:
        """What the agent receives, in whole rupiah, before income tax."""
        return self.gross - self.office_share

    def as_json(self) -> dict[str, Any]:
        """Return the statement as JSON values: ``gross - office_share = total``."""
        return {
            "scheme": self.scheme,
            "gross": self.gross,
            "office_share": self.office_share,
            "total": self.total,
            "office_bonus": self.office_bonus,
            "lines": [line.as_json() for line in self.lines],
        }


def scheme_in(month: Month, law: Law) -> str:
    """Return the scheme that held in *month*.

    Raises:
        NoRuleInForce: the month lies before the first of them.
    """
    for scheme in reversed(SCHEMES):
        if law.parameter(f"incentive.scheme_{scheme}_least_new").find(month):
            return scheme
    first = law.parameter(f"incentive.scheme_{SCHEMES[0]}_least_new").values[0].since
    raise NoRuleInForce(parameter="incentive", month=str(month), first=first.isoformat())


def statement(request: IncentiveRequest, law: Law, agreement: Agreement | None = None) -> Statement:
    """Return the agent's statement by the scheme of *request* and the office's own agreement.

    Raises:
        NoRuleInForce: the scheme did not hold in the month.
        InvalidInput: ``incentive.no_later_share``: the scheme of 2018 has one share for all.
    """
    terms = Terms(request.scheme, request.month, law, agreement)
    return (scheme_2018 if request.scheme == "2018" else scheme_2022)(request, terms)


def scheme_2018(request: IncentiveRequest, terms: Terms) -> Statement:
    """Return a month by the scheme of February 2018 to March 2022.

    A fixed sum from 50 new members on and a share of all contributions; the office keeps a tenth.

    Raises:
        InvalidInput: ``incentive.no_later_share``.
    """
    if request.collected_later:
        raise InvalidInput("incentive.no_later_share", field="/collected-later")
    least, monthly = terms.value("least_new"), terms.value("monthly")
    lines = []
    if request.new >= least.value:
        lines.append(BenefitLine("acquisition", monthly.value, "", (monthly, least)))
    rate = terms.value("share")
    lines += _share("contributions", request.collected, rate.value, (rate,), terms)
    gross = sum(line.amount for line in lines)
    kept = terms.value("office_share")
    office = half_up(gross * kept.value)
    if office:
        working = f"−{in_percent(kept.value)} × {rupiah(gross)}"
        law = (kept, *terms.rounding(gross * kept.value))
        lines.append(BenefitLine("office_share", -office, working, law))
    cliff = _cliff(request.new, least, monthly.value - half_up(monthly.value * kept.value))
    return Statement("2018", tuple(lines), (*cliff, *_always(least, lines)), gross, office, 0)


def scheme_2022(request: IncentiveRequest, terms: Terms) -> Statement:
    """Return a month by the scheme from April 2022 on.

    A sum for each new member from 25 on, and a share of contributions by a member's months; the
    agent receives all of it, and the office a tenth on top.
    """
    least, per_new = terms.value("least_new"), terms.value("per_new")
    each = dict(per_new.value)[request.programs]
    lines = []
    if request.new >= least.value:
        working = f"{request.new} × {rupiah(each)}"
        lines.append(BenefitLine("acquisition", request.new * each, working, (per_new, least)))
    shares, until = terms.value("shares"), terms.value("share_months")
    first, later = shares.value
    lines += _share("contributions", request.collected, first, (shares, until), terms)
    lines += _share("contributions_later", request.collected_later, later, (shares, until), terms)
    gross = sum(line.amount for line in lines)
    bonus = half_up(gross * terms.value("office_bonus").value)
    cliff = _cliff(request.new, least, max(request.new, least.value) * each, each)
    return Statement("2022", tuple(lines), (*cliff, *_always(least, lines)), gross, 0, bonus)


def member_fee(price: int, programs: str, months: int, law: Law, month: Month | None = None) -> int:
    """Return what one member brings an agent over their first *months*, in whole rupiah.

    The member is one of at least as many new ones as the scheme of 2022 asks for, and pays *price*
    each month; after the last month of the scheme nothing more is paid.

    Args:
        price: Contribution a month, whole rupiah.
        programs: One of ``PROGRAM_COUNTS``.
        months: Months paid since acquisition, from 0.
        law: Parameters, from ``load_law()``.
        month: Month of the acquisition; None for the scheme as it last was.

    Raises:
        NoRuleInForce: the scheme did not hold in the month.
    """
    terms = Terms("2022", month, law)
    fee: int = dict(terms.value("per_new").value)[programs]
    before = 0
    steps = zip(terms.value("share_months").value, terms.value("shares").value, strict=True)
    for until, share in steps:
        counted = max(0, min(months, until) - before)
        fee += counted * half_up(share * price)
        before = until
    return fee


def _share(
    code: str, collected: int, share: Decimal, law: tuple[Value, ...], terms: Terms
) -> list[BenefitLine]:
    """Return the line of a share of what was collected, if anything was, rounded half up."""
    if not collected:
        return []
    working = f"{in_percent(share)} × {rupiah(collected)}"
    rests = (*law, *terms.rounding(share * collected))
    return [BenefitLine(code, half_up(share * collected), working, rests)]


def _cliff(new: int, least: Value, whole: int, each: int = 0) -> tuple[Problem, ...]:
    """Return what members more would bring below the threshold, or one fewer would lose on it.

    Args:
        new: New members of the month.
        least: The threshold.
        whole: What the agent has for new members at the threshold, or for all of them above it.
        each: What one member above the threshold adds.
    """
    if new < least.value:
        facts: dict[str, str | int] = {
            "missing": least.value - new, "least": least.value, "gain": rupiah(whole),
        }  # fmt: skip
        return (Problem("incentive.below_threshold", "/new", facts),)
    if new == least.value:
        facts = {"least": least.value, "loss": rupiah(whole)}
        return (Problem("incentive.at_threshold", "/new", facts),)
    return (Problem("incentive.one_more", "/new", {"gain": rupiah(each)}),) if each else ()


def _always(least: Value, lines: list[BenefitLine]) -> tuple[Problem, ...]:
    """Return what is told beside every statement, and the doubts of what it rests on."""
    values = (least, *(value for line in lines for value in line.law))
    return (Problem("incentive.before_tax"), *doubts(values))
