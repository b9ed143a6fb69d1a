"""What JKM gives the heirs for a death that is not from work, by the day of death."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from perisai_cli.domain.errors import Problem
from perisai_cli.domain.money import rupiah
from perisai_cli.rules import deadlines
from perisai_cli.rules.benefit import Benefit, BenefitLine, doubts
from perisai_cli.rules.law import Law
from perisai_cli.rules.parameter import Value
from perisai_cli.rules.scholarship import Scholarship, scholarship


class JkmDeath(NamedTuple):
    """A death that is not from work.

    Attributes:
        day: Day of death.
        membership_months: Whole months since the month in which cover began.
        arrears: Months in a row that were not paid, up to the death.
        children: What each child starts, one of ``scholarship.STARTS``.
        paid_months: Months paid; None takes the months of membership less the arrears.
    """

    day: date
    membership_months: int
    arrears: int = 0
    children: tuple[str, ...] = ()
    paid_months: int | None = None


def benefit_jkm(death: JkmDeath, law: Law) -> Benefit:
    """Return what the heirs are given.

    Raises:
        NoRuleInForce: the day is before PP 44/2015 (1 July 2015).

    Law: PP 44/2015 Pasal 34, since 2 December 2019 as PP 82/2019 has it; arrears, Pasal 42; the
    first months of membership, Permenaker 1/2025 (from the press).
    """
    limit = _on("arrears_limit", death, law)
    facts = {"event": "death", "date": death.day.isoformat()}
    if death.arrears > limit.value:
        return Benefit((), (too_long(death.arrears, limit),), facts, (limit,))
    minimum = short_membership(death.membership_months, death.day, law)
    benefit = _whole(death, law) if minimum is None else _short(death, minimum, law)
    lines = tuple(_waiting(line, death, limit) for line in benefit.lines)
    cited = [value for line in lines for value in line.law] + list(benefit.refused)
    return benefit._replace(
        lines=lines,
        warnings=(*_warnings(death), *benefit.warnings, *doubts(cited)),
        facts=facts | (benefit.facts or {}) | deadlines.facts("jkm_benefit", death.day, law),
    )


def short_membership(months: int, day: date, law: Law) -> Value | None:
    """Return the shortest membership that gives everything, where *months* are fewer.

    Law: Permenaker 1/2025, from deaths of 1 February 2025 on; calendar months.
    """
    minimum = law.parameter("jkm_benefit.minimum_membership").find_day(day)
    return minimum if minimum is not None and months < minimum.value else None


def too_long(arrears: int, limit: Value) -> Problem:
    """Return what to tell of arrears that take every right away."""
    return Problem("arrears.too_long", "/arrears", {"arrears": arrears, "limit": limit.value})


def _on(name: str, death: JkmDeath, law: Law) -> Value:
    return law.parameter(f"jkm_benefit.{name}").on_day(death.day)


def _short(death: JkmDeath, minimum: Value, law: Law) -> Benefit:
    """Return the one sum of the first months.

    Which part of it is for the funeral was not found, so that with arrears all of it waits.
    """
    total = _on("short_membership_total", death, law)
    line = BenefitLine("short_membership", total.value, "", (total, minimum))
    facts: dict[str, str | int] = {"months": minimum.value, "total": rupiah(total.value)}
    told = (Problem("membership.short", "/membership-months", facts),)
    return Benefit((line,), told, refused=(minimum,))


def _whole(death: JkmDeath, law: Law) -> Benefit:
    """Return lump sum, periodic sum and funeral, and the scholarship where enough was paid."""
    lines = []
    for code in ("lump_sum", "periodic", "funeral"):
        value = _on(code, death, law)
        lines.append(BenefitLine(code, value.value, "", (value,)))
    given, refused = _scholarship(death, law)
    facts: dict[str, Any] = {"scholarship": given.facts} if given.facts else {}
    return Benefit((*lines, *given.lines), given.warnings, facts, refused)


def _scholarship(death: JkmDeath, law: Law) -> tuple[Scholarship, tuple[Value, ...]]:
    """Return the scholarship, or the number of paid months that it would have taken.

    Law: 5 years paid (PP 44/2015 Pasal 34), since 2 December 2019 3 years (PP 82/2019).
    """
    if not death.children:
        return Scholarship(), ()
    paid = death.paid_months
    assumed: tuple[Problem, ...] = ()
    if paid is None:
        paid = max(death.membership_months - death.arrears, 0)
        assumed = (Problem("paid_months.assumed", "/paid-months", {"months": paid}),)
    needed = _on("scholarship_paid_months", death, law)
    if paid < needed.value:
        facts: dict[str, str | int] = {"months": needed.value, "paid": paid}
        short = Problem("scholarship.too_few_months", "/paid-months", facts)
        return Scholarship(warnings=(*assumed, short)), (needed,)
    given = scholarship(death.children, death.day, "jkm_benefit.scholarship_lump", law)
    lines = tuple(line._replace(law=(*line.law, needed)) for line in given.lines)
    return given._replace(lines=lines, warnings=(*assumed, *given.warnings)), ()


def _waiting(line: BenefitLine, death: JkmDeath, limit: Value) -> BenefitLine:
    """Return a line as arrears leave it: the funeral at once, the rest when they are settled.

    Law: PP 44/2015 Pasal 42 ayat (1).
    """
    if not death.arrears:
        return line
    return line._replace(after_arrears=line.code != "funeral", law=(*line.law, limit))


def _warnings(death: JkmDeath) -> list[Problem]:
    found = []
    if death.arrears > death.membership_months:
        found.append(Problem("arrears.beyond_membership", "/arrears"))
    if (death.paid_months or 0) > death.membership_months + 1:
        found.append(Problem("paid_months.beyond_membership", "/paid-months"))
    return found
