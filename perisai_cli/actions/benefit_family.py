"""Simulates what a family would be given, with what the cover costs now."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from perisai_cli.actions.app import Result
from perisai_cli.actions.contribution import BpuOptions, bpu_request
from perisai_cli.actions.options import Options
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.period import local_day
from perisai_cli.rules.benefit import Benefit
from perisai_cli.rules.benefit_jkk import JkkAccident, benefit_jkk
from perisai_cli.rules.benefit_jkm import JkmDeath, benefit_jkm
from perisai_cli.rules.contribution import quote_bpu
from perisai_cli.rules.law import Law, load_law
from perisai_cli.rules.request import BpuRequest
from perisai_cli.rules.scholarship import STARTS
from perisai_cli.rules.trace import Quote

_HOME_REGION = "51"  # the calculators' day is Bali's; --pada sets another


class FamilyOptions(NamedTuple):
    """The options of ``manfaat simulasi`` as they were typed; None where they were not."""

    income: str | None = None
    tier: str | None = None
    sector: str | None = None
    children: str | None = None
    on: str | None = None


class _Scene(NamedTuple):
    """One turn of fate: its code, the months that it is told with, and what it gives."""

    code: str
    months: int
    benefit: Benefit

    def as_json(self) -> dict[str, Any]:
        told = self.benefit._replace(facts={"scholarship": self._scholarship()})
        return {"code": self.code, "months": self.months} | told.as_json()

    def _scholarship(self) -> Any:
        return (self.benefit.facts or {}).get("scholarship")


def family(options: FamilyOptions, now: datetime) -> Result:
    """Return what the family of a self-employed member is given at a death or total disability.

    Raises:
        InvalidInput: every option at fault, each under the pointer of its English name.
        NoRuleInForce: a rule that is needed was not in force on the day.
    """
    law = load_law()
    request, children, day = _asked(options, now, law)
    quote = quote_bpu(request, law)
    scenes = _scenes(quote.base, children, day, law)
    # What the first months give is a scene of its own, not a warning beside the others.
    found = [warning for scene in scenes for warning in scene.benefit.warnings]
    found = [warning for warning in found if warning.code != "membership.short"]
    data = {
        "date": day.isoformat(),
        "tier": quote.tier,
        "base": quote.base,
        "children": list(children),
        "cost": _cost(quote),
        "scenes": [scene.as_json() for scene in scenes],
    }
    return Result("benefit simulate", data, warnings=_each_once([*quote.warnings, *found]))


def _asked(
    options: FamilyOptions, now: datetime, law: Law
) -> tuple[BpuRequest, tuple[str, ...], date]:
    read = Options()
    children = read.several("children", options.children, STARTS)
    typed = BpuOptions(options.income, options.tier, sector=options.sector, on=options.on)
    try:
        request = bpu_request(typed, now, law)
    except InvalidInput as error:
        for problem in error.problems:
            read.fault(problem.code, (problem.field or "").strip("/"), **problem.facts)
        read.check()
        raise
    read.check()
    day = read.day("on", options.on) or local_day(now, _HOME_REGION)
    return request, children, day


def _scenes(base: int, children: tuple[str, ...], day: date, law: Law) -> list[_Scene]:
    """Return the turns of fate that are told, each counted by the programme's own function."""
    minimum = law.parameter("jkm_benefit.minimum_membership").find_day(day)
    member = minimum.value if minimum else 0
    paid = law.parameter("jkm_benefit.scholarship_paid_months").on_day(day).value
    scenes = []
    if minimum:
        scenes.append(_Scene("first_months", member, benefit_jkm(JkmDeath(day, 0), law)))
    scenes.append(_Scene("death", member, benefit_jkm(JkmDeath(day, member), law)))
    if children:
        later = JkmDeath(day, paid, children=children, paid_months=paid)
        scenes.append(_Scene("death_later", paid, benefit_jkm(later, law)))
    for code, event in (("accident_death", "death"), ("accident_total", "total")):
        accident = JkkAccident(event, day, base, children=children)
        scenes.append(_Scene(code, 0, benefit_jkk(accident, law)))
    return scenes


def _cost(quote: Quote) -> dict[str, Any]:
    return {
        "month": quote.lines[0].month,
        "total": quote.total,
        "full": sum(line.full_amount for line in quote.lines),
        "lines": [line.as_json() for line in quote.lines],
    }


def _each_once(found: list[Problem]) -> tuple[Problem, ...]:
    return tuple(each for index, each in enumerate(found) if each not in found[:index])
