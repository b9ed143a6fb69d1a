"""``sinkron rekonsiliasi`` / ``sync reconcile``: are both sides' books the same?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from perisai_cli.actions import sync_reconcile as actions
from perisai_cli.actions.sync import SyncOptions
from perisai_cli.cli import names, output, tables
from perisai_cli.cli.framework import command, opt
from perisai_cli.cli.stopping import Stopping
from perisai_cli.cli.world import world
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import language, text

Text = str | None


def join(app: typer.Typer) -> None:
    """Make the command one of *app*'s."""
    command(app, "sync reconcile")(_reconcile)


def _reconcile(
    repair: Annotated[bool, opt("--perbaiki", "--repair", key="repair")] = False,
    central: Annotated[Text, opt("--pusat", "--central", key="central", metavar="URL")] = None,
    authority: Annotated[Text, opt("--ca", key="ca", metavar="F")] = None,
) -> int:
    """Compare counts, sums and every record with the central."""
    stopping = Stopping()
    with stopping.heeded():
        options = SyncOptions(shield=stopping.shield)
        result = actions.reconcile(world(central, authority), options, repair=repair)
    return output.show(result, _lines)


def _lines(data: dict[str, Any]) -> Iterator[str]:
    yield from _table("enrolment", data["states"])
    for kind, states in data["others"].items():
        yield from _table(kind, states)
    for item in data["items"]:
        yield "  " + text(f"reconcile.{item['kind']}", id=item["id"], **_states(item))
    if data["pending"]:
        yield text("reconcile.pending", count=data["pending"])
    if data["repaired"]:
        line = names.spoken("sync", language())
        yield text("reconcile.repaired", count=data["repaired"], command=line)
    yield text("reconcile.equal" if data["equal"] else "reconcile.not_equal")


def _table(kind: str, states: dict[str, Any]) -> Iterator[str]:
    heading = [text(f"kind.{kind}"), *(text(f"reconcile.col_{side}") for side in ("here", "there"))]
    rows = [
        [text(f"standing.{state}"), _sum(row["here"]), _sum(row["there"])]
        for state, row in states.items()
    ]
    yield from tables.table(heading, rows, right=(1, 2))


def _sum(cell: dict[str, int]) -> str:
    return f"{cell['records']} · {rupiah(cell['amount'])}"


def _states(item: dict[str, Any]) -> dict[str, str]:
    """Return both sides' states in the user's language."""
    return {side: text(f"state.{item[side]}") if item[side] else "–" for side in ("here", "there")}
