"""``sosialisasi corong`` / ``outreach funnel``: from who came to who has paid, with bars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from perisai_cli.actions import funnel as actions
from perisai_cli.cli import output, outreach_lines, tables
from perisai_cli.cli.framework import command, opt
from perisai_cli.cli.world import world
from perisai_cli.i18n import text

Text = str | None
BAR = "█"
WIDEST_BAR = 40
_BESIDE = 28
"""Columns that stand beside a bar: the stage, the number and the share."""


def join(app: typer.Typer) -> None:
    """Make the command one of *app*'s."""
    command(app, "outreach funnel")(_funnel)


def _funnel(
    since: Annotated[Text, opt("--dari", "--from", key="since", metavar="YYYY-MM-DD")] = None,
    until: Annotated[Text, opt("--sampai", "--to", key="until", metavar="YYYY-MM-DD")] = None,
) -> int:
    """Show the way from an event to protection."""
    return output.show(actions.outreach_funnel(world(), since, until), _lines)


def _lines(data: dict[str, Any]) -> Iterator[str]:
    if not data["items"]:
        yield text("outreach.none_in_span")
        return
    yield text("funnel.heading", count=data["count"])
    yield from _bars(data["total"])
    if not data["payments_recorded"]:
        yield text("funnel.no_payments")
    yield ""
    columns = ("id", "day", "place")
    stages = ("attended", "interested", "enrolled", "paid")
    heading = [text(f"outreach.col_{name}") for name in columns]
    heading += [text(f"funnel.short_{stage}") for stage in stages]
    rows = [
        [
            outreach_lines.short(item["id"]),
            item["day"],
            item["place"],
            *(_number(item[stage]) for stage in stages),
        ]
        for item in data["items"]
    ]
    yield from tables.table(heading, rows, right=(3, 4, 5, 6), whole=(0, 1))


def _bars(total: dict[str, int | None]) -> Iterator[str]:
    """Yield a bar for each stage, as long as its share of the first that is not 0."""
    room = min(WIDEST_BAR, max(tables.width() - _BESIDE, 8))
    widest = max((count or 0 for count in total.values()), default=0)
    attended = total["attended"] or 0
    for stage, count in total.items():
        label = f"  {text(f'funnel.{stage}'):<12}"
        if count is None:
            yield f"{label}{'–':>6}"
            continue
        share = f"{count * 100 // attended:>4} %" if attended else "     –"
        bar = BAR * max(count * room // widest, 1) if count and widest else ""
        yield f"{label}{count:>6} {share} {bar}".rstrip()


def _number(count: int | None) -> str:
    return "–" if count is None else str(count)
