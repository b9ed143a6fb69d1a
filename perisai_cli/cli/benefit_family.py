"""``manfaat simulasi``: what a family would get, in plain words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from perisai_cli import wiring
from perisai_cli.actions.benefit_family import FamilyOptions, family
from perisai_cli.cli import benefit_facts, benefits, output
from perisai_cli.cli.benefit_event import Children, Explain
from perisai_cli.cli.benefit_group import app
from perisai_cli.cli.framework import command, opt
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import text


@command(app, "benefit simulate")
def simulate(
    income: Annotated[
        str | None, opt("--penghasilan", "--income", key="income", metavar="RUPIAH")
    ] = None,
    tier: Annotated[str | None, opt("--lapisan", "--tier", key="tier", metavar="1-33")] = None,
    sector: Annotated[
        str | None, opt("--sektor", "--sector", key="sector", metavar="other|transport")
    ] = None,
    children: Children = None,
    on: Annotated[str | None, opt("--pada", "--on", key="on", metavar="YYYY-MM-DD")] = None,
    explain: Explain = False,
) -> int:
    """Tell what a family would be given, and what the cover costs now."""
    result = family(FamilyOptions(income, tier, sector, children, on), wiring.now())

    def lines(data: Any) -> Iterator[str]:
        yield from _story(data)
        if explain:
            yield from _working(data)

    return output.show(result, lines)


def _story(data: dict[str, Any]) -> Iterator[str]:
    cost = data["cost"]
    facts = {"tier": data["tier"], "base": rupiah(data["base"]), "month": cost["month"]}
    prices = {"price": rupiah(cost["total"]), "full": rupiah(cost["full"])}
    relieved = cost["total"] != cost["full"]
    yield text("family.cost_relieved" if relieved else "family.cost", **facts, **prices)
    scholarship = None
    for scene in data["scenes"]:
        yield ""
        months = scene["months"]
        total = rupiah(scene["total"])
        code = scene["code"] if months or scene["code"] != "death" else "death_at_once"
        yield text(f"family.{code}", months=months, years=months // 12, total=total)
        yield from (f"  {benefits.part(line)}" for line in scene["lines"])
        scholarship = scene["scholarship"] or scholarship
    if scholarship:
        yield ""
        yield from benefit_facts.schedule(scholarship)
    yield ""
    yield text("family.care")


def _working(data: dict[str, Any]) -> Iterator[str]:
    """Return the articles behind the price and every part, each once."""
    lines = [line for scene in data["scenes"] for line in scene["lines"]]
    return benefits.law({"lines": [*data["cost"]["lines"], *lines], "refused_by": []})
