"""``manfaat jkk`` and ``manfaat jkm``: accidents and death."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from perisai_cli import wiring
from perisai_cli.actions.app import Result
from perisai_cli.actions.benefit_event import (
    JkkOptions,
    JkmOptions,
    benefit_of_accident,
    benefit_of_death,
)
from perisai_cli.cli import benefit_facts, benefits, output
from perisai_cli.cli.benefit_group import app
from perisai_cli.cli.framework import command, opt

_EVENTS = "death|total|partial|functional|temporary|transport"
_STARTS = "all|tk-sd|smp|sma|pt,…"
_MONTHS = "0-600"
_SHARE = "PERSEN"

Day = Annotated[str | None, opt("--tanggal", "--date", key="event_date", metavar="YYYY-MM-DD")]
Arrears = Annotated[str | None, opt("--tunggakan", "--arrears", key="arrears", metavar=_MONTHS)]
Children = Annotated[str | None, opt("--anak", "--children", key="children", metavar=_STARTS)]
Explain = Annotated[bool, opt("--jelaskan", "--explain", key="explain")]

Membership = Annotated[
    str | None,
    opt("--bulan-peserta", "--membership-months", key="membership_months", metavar=_MONTHS),
]
Paid = Annotated[
    str | None, opt("--bulan-iuran", "--paid-months", key="paid_months", metavar=_MONTHS)
]

Event = Annotated[str | None, opt("--kejadian", "--event", key="event", metavar=_EVENTS)]
Base = Annotated[str | None, opt("--dasar", "--base", key="benefit_base", metavar="RUPIAH")]
Percent = Annotated[str | None, opt("--persen", "--percent", key="percent", metavar=_SHARE)]
Part = Annotated[str | None, opt("--bagian", "--part", key="part", metavar="CODE")]
Loss = Annotated[str | None, opt("--kehilangan", "--loss", key="loss", metavar=_SHARE)]
Months = Annotated[str | None, opt("--bulan", "--months", key="off_months", metavar=_MONTHS)]
Days = Annotated[str | None, opt("--hari", "--days", key="off_days", metavar="1-30")]
Land = Annotated[str | None, opt("--darat", "--land", key="land", metavar="RUPIAH")]
Sea = Annotated[str | None, opt("--laut", "--sea", key="sea", metavar="RUPIAH")]
Air = Annotated[str | None, opt("--udara", "--air", key="air", metavar="RUPIAH")]


@command(app, "benefit jkk")
def jkk(
    event: Event = None,
    date: Day = None,
    base: Base = None,
    percent: Percent = None,
    part: Part = None,
    loss: Loss = None,
    months: Months = None,
    days: Days = None,
    arrears: Arrears = None,
    land: Land = None,
    sea: Sea = None,
    air: Air = None,
    children: Children = None,
    explain: Explain = False,
) -> int:
    """Calculate what an accident at work gives."""
    options = JkkOptions(
        event, date, base, percent, part, loss, months, days, arrears, land, sea, air, children
    )
    return _shown(benefit_of_accident(options, wiring.now()), explain)


@command(app, "benefit jkm")
def jkm(
    date: Day = None,
    membership_months: Membership = None,
    arrears: Arrears = None,
    children: Children = None,
    paid_months: Paid = None,
    explain: Explain = False,
) -> int:
    """Calculate what the heirs are given for a death that is not from work."""
    options = JkmOptions(date, membership_months, arrears, children, paid_months)
    return _shown(benefit_of_death(options, wiring.now()), explain)


def _shown(result: Result, explain: bool) -> int:
    def lines(data: Any) -> Iterator[str]:
        yield from benefits.summary(data)
        yield from benefit_facts.told(data)
        if explain:
            yield from benefits.working(data)

    return output.show(result, lines)
