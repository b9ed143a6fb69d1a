"""What JKK gives for an accident at work, by the day of the accident."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from perisai_cli.domain.errors import Problem
from perisai_cli.domain.money import rupiah
from perisai_cli.rules import deadlines
from perisai_cli.rules.benefit import Benefit, BenefitLine, doubts, in_percent
from perisai_cli.rules.benefit_jkm import too_long
from perisai_cli.rules.entitlements import entitlements
from perisai_cli.rules.law import Law
from perisai_cli.rules.parameter import Value
from perisai_cli.rules.rounding import half_up
from perisai_cli.rules.scholarship import Scholarship, scholarship
from perisai_cli.rules.trace import citation

MODES = ("land", "sea", "air")


class JkkAccident(NamedTuple):
    """An accident at work and what came of it.

    Attributes:
        event: One of ``EVENTS``.
        day: Day of the accident.
        base: Monthly wage in whole rupiah; for a BPU member the base of the tier.
        percent: Disability by the table, as a fraction; for ``partial`` and ``functional``.
        loss: Loss of function, as a fraction; for ``functional``.
        months: Whole months without work; for ``temporary``.
        days: Days of a further month without work; for ``temporary``.
        receipts: Rupiah spent on transport by mode; for ``transport``.
        arrears: Months in a row that were not paid, up to the accident.
        children: What each child starts, one of ``scholarship.STARTS``.
        part: Code of the disability table that *percent* was taken from, if it was.
    """

    event: str
    day: date
    base: int = 0
    percent: Decimal = Decimal(0)
    loss: Decimal = Decimal(1)
    months: int = 0
    days: int = 0
    receipts: dict[str, int] | None = None
    arrears: int = 0
    children: tuple[str, ...] = ()
    part: str | None = None


def benefit_jkk(accident: JkkAccident, law: Law) -> Benefit:
    """Return the money that an accident gives, and as facts what is given besides.

    Raises:
        NoRuleInForce: the day is before a rule that the event needs.

    Law: PP 44/2015 and, since 2 December 2019, PP 82/2019, Pasal 25 ayat (2) and Lampiran III;
    arrears, PP 44/2015 Pasal 39.
    """
    limit = _on("arrears_limit", accident, law)
    if accident.arrears > limit.value:
        told = (too_long(accident.arrears, limit),)
        return Benefit((), told, _facts(accident) | _care(False, limit), (limit,))
    given = _LINES[accident.event](accident, law)
    child = _scholarship(accident, law)
    lines = (*given.lines, *child.lines)
    if accident.arrears:
        # Pasal 39 ayat (1): care is given, money only once the arrears are settled.
        lines = tuple(line._replace(after_arrears=True, law=(*line.law, limit)) for line in lines)
    doubted = doubts(value for line in lines for value in line.law)
    facts = _facts(accident) | _care(True, limit) | _besides(accident, child, law)
    advanced = (Problem("jkk.advanced"),) if "advanced" in facts else ()
    return Benefit(lines, (*advanced, *given.warnings, *child.warnings, *doubted), facts)


def _besides(accident: JkkAccident, child: Scholarship, law: Law) -> dict[str, Any]:
    """Return as facts what is told beside the money: school years, care, deadlines."""
    facts: dict[str, Any] = {"entitlements": entitlements(accident.day, law)}
    if child.facts:
        facts["scholarship"] = child.facts
    advanced = _on("advanced_by_member", accident, law)
    if accident.event in advanced.value:
        facts["advanced"] = citation(advanced)
    return facts | deadlines.facts("jkk_benefit", accident.day, law)


def part_share(part: str, day: date, law: Law) -> Decimal:
    """Return a body part's share in the disability table, as far as the table was seen.

    Raises:
        NoRuleInForce: no table is known for *day*.
        KeyError: the row of this part was not seen.

    Law: PP 82/2019 Lampiran III.
    """
    share: Decimal = dict(law.parameter("jkk_benefit.parts").on_day(day).value)[part]
    return share


def _on(name: str, accident: JkkAccident, law: Law) -> Value:
    return law.parameter(f"jkk_benefit.{name}").on_day(accident.day)


def _facts(accident: JkkAccident) -> dict[str, Any]:
    return {
        "event": accident.event,
        "date": accident.day.isoformat(),
        "base": accident.base or None,
    }


def _care(given: bool, limit: Value) -> dict[str, Any]:
    return {"care": {"given": given, "law": citation(limit)}}


def _compensation(code: str, share: Value, accident: JkkAccident, law: Law) -> BenefitLine:
    """Return *share* × 80 monthly wages."""
    multiple = _on("wage_multiple", accident, law)
    amount = half_up(share.value * multiple.value * accident.base)
    working = f"{in_percent(share.value)} × {multiple.value} × {rupiah(accident.base)}"
    return BenefitLine(code, amount, working, (share, multiple))


def _scholarship(accident: JkkAccident, law: Law) -> Scholarship:
    """Return the children's scholarship: after a death or a total disability, from day one."""
    if accident.event not in ("death", "total"):
        return Scholarship()
    lump = "jkk_benefit.scholarship_lump"
    return scholarship(accident.children, accident.day, lump, law)


def _plain(code: str, accident: JkkAccident, law: Law) -> BenefitLine:
    value = _on(code, accident, law)
    return BenefitLine(code, value.value, "", (value,))


def _death(accident: JkkAccident, law: Law) -> Benefit:
    """Return 60 % × 80 wages, at least JKM's lump sum, with funeral and periodic sum."""
    line = _compensation("death", _on("death_share", accident, law), accident, law)
    least = law.parameter("jkk_benefit.death_minimum").find_day(accident.day)
    if least is not None and line.amount < least.value:
        working = f"max({line.working}, {rupiah(least.value)})"
        line = line._replace(amount=least.value, working=working, law=(least, *line.law))
    return Benefit((line, _plain("periodic", accident, law), _plain("funeral", accident, law)))


def _total(accident: JkkAccident, law: Law) -> Benefit:
    """Return 70 % × 80 wages and the periodic sum."""
    share = _on("total_share", accident, law)
    line = _compensation("total_disability", share, accident, law)
    return Benefit((line, _plain("periodic", accident, law)))


def _partial(accident: JkkAccident, law: Law) -> Benefit:
    """Return the table's share × 80 wages; for a loss of function, the loss × that."""
    multiple = _on("wage_multiple", accident, law)
    amount = half_up(accident.loss * accident.percent * multiple.value * accident.base)
    shares = [in_percent(accident.percent)]
    code = "partial_disability"
    if accident.event == "functional":
        code, shares = "functional_disability", [in_percent(accident.loss), *shares]
    working = " × ".join([*shares, str(multiple.value), rupiah(accident.base)])
    table = (_on("parts", accident, law),) if accident.part else ()
    line = BenefitLine(code, amount, working, (multiple, *table))
    highest = _on("total_share", accident, law)
    if accident.percent <= highest.value:
        return Benefit((line,))
    facts: dict[str, str | int] = {"highest": in_percent(highest.value)}
    return Benefit((line,), (Problem("percent.above_total", "/percent", facts),))


def _temporary(accident: JkkAccident, law: Law) -> Benefit:
    """Return the wage of months without work: 12 in full, half from the 13th on.

    Days of a month that is not full are an estimate: a thirtieth of the month's sum each.
    """
    span = _on("temporary_full_months", accident, law)
    full, later = (_on(f"temporary_{name}_rate", accident, law) for name in ("full", "later"))
    first = min(accident.months, span.value)
    counts = (("temporary", first, full), ("temporary_later", accident.months - first, later))
    lines = [
        BenefitLine(
            code,
            half_up(count * rate.value * accident.base),
            f"{count} × {in_percent(rate.value)} × {rupiah(accident.base)}",
            (rate, span),
        )
        for code, count, rate in counts
        if count
    ]
    if accident.days:
        rate = full if accident.months < span.value else later
        lines.append(_days(rate, accident, law))
    return Benefit(tuple(lines))


def _days(rate: Value, accident: JkkAccident, law: Law) -> BenefitLine:
    divisor = _on("temporary_days_per_month", accident, law)
    amount = half_up(rate.value * accident.base * accident.days / divisor.value)
    working = (
        f"{accident.days} ÷ {divisor.value} × {in_percent(rate.value)} × {rupiah(accident.base)}"
    )
    return BenefitLine("temporary_days", amount, working, (rate, divisor), estimate=True)


def _transport(accident: JkkAccident, law: Law) -> Benefit:
    """Return what was spent by each mode, up to the mode's own limit."""
    lines: list[BenefitLine] = []
    warnings: list[Problem] = []
    for mode in MODES:
        spent = (accident.receipts or {}).get(mode)
        if not spent:
            continue
        limit = _on(f"transport_{mode}", accident, law)
        over = spent > limit.value
        working = f"min({rupiah(spent)}, {rupiah(limit.value)})" if over else ""
        lines.append(BenefitLine(f"transport_{mode}", min(spent, limit.value), working, (limit,)))
        if over:
            facts: dict[str, str | int] = {
                "limit": rupiah(limit.value), "over": rupiah(spent - limit.value)
            }  # fmt: skip
            warnings.append(Problem("transport.over_limit", f"/{mode}", facts))
    return Benefit(tuple(lines), tuple(warnings))


_LINES: dict[str, Callable[[JkkAccident, Law], Benefit]] = {
    "death": _death,
    "total": _total,
    "partial": _partial,
    "functional": _partial,
    "temporary": _temporary,
    "transport": _transport,
}

EVENTS = tuple(_LINES)
"""What may come of an accident, as the calculator counts it."""
