"""``insentif hitung`` / ``incentive calculate``: what an agent is paid for a month."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from perisai_cli import wiring
from perisai_cli.actions.incentive import IncentiveOptions, calculate_incentive
from perisai_cli.cli import benefits, output
from perisai_cli.cli.framework import command, group, opt
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import text

Text = str | None

app = group("incentive")


@app.callback()
def incentive() -> None:
    """Calculate the agent's incentive; the commands below say how."""


@command(app, "incentive calculate")
def calculate(
    scheme: Annotated[Text, opt("--skema", "--scheme", key="scheme", metavar="2018|2022")] = None,
    new: Annotated[Text, opt("--anggota-baru", "--new", key="new_members", metavar="N")] = None,
    program: Annotated[Text, opt("--program", key="program_count", metavar="2|3")] = None,
    collected: Annotated[
        Text, opt("--iuran", "--collected", key="collected", metavar="RUPIAH")
    ] = None,
    collected_later: Annotated[
        Text, opt("--iuran-lama", "--collected-later", key="collected_later", metavar="RUPIAH")
    ] = None,
    on: Annotated[Text, opt("--pada", "--on", key="incentive_on", metavar="YYYY-MM-DD")] = None,
    explain: Annotated[bool, opt("--jelaskan", "--explain", key="explain")] = False,
) -> int:
    """Calculate an agent's month."""
    options = IncentiveOptions(scheme, new, program, collected, collected_later, on)

    def lines(data: Any) -> Iterator[str]:
        yield from _summary(data)
        if explain:
            yield from benefits.law(data | {"refused_by": ()})

    own = wiring.settings(wiring.home_folder()).incentive
    return output.show(calculate_incentive(options, wiring.now(), own), lines)


def _summary(data: dict[str, Any]) -> Iterator[str]:
    yield text("incentive.heading", scheme=data["scheme"])
    for line in data["lines"]:
        yield "  " + _part(line)
    if not data["lines"]:
        yield "  " + text("incentive.nothing")
    yield text("incentive.total", total=rupiah(data["total"]))
    if data["office_bonus"]:
        yield text("incentive.office_bonus", amount=rupiah(data["office_bonus"]))


def _part(line: dict[str, Any]) -> str:
    named = text(f"incentive.line_{line['code']}")
    facts = {"name": named, "working": line["working"], "amount": rupiah(line["amount"])}
    return text("award.line_worked" if line["working"] else "award.line", **facts)
