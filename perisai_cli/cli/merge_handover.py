"""``gabung serahkan`` and ``gabung jejak``: members that change hands, and their trail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from perisai_cli.actions import merge_handover as actions
from perisai_cli.cli import output, questions, tables
from perisai_cli.cli.framework import command, opt
from perisai_cli.cli.sync_bundle import free_name
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import text
from perisai_cli.reports.words import moment

Text = str | None
Output = Annotated[Text, opt("--output", "--keluaran", "-o", key="merge_list", metavar="F")]
Unmask = Annotated[Text, opt("--buka", "--unmask", key="unmask", metavar="REASON")]


def add_to(app: typer.Typer) -> None:
    """Add the commands of hand-overs to the group."""
    command(app, "merge hand-over")(hand_over)
    command(app, "merge trail")(trail)


def hand_over(
    members: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help=text("option.merge_members"))
    ] = None,
    giver: Annotated[Text, opt("--dari", "--from", key="merge_giver", metavar="AGENT")] = None,
    taker: Annotated[Text, opt("--ke", "--to", key="merge_taker", metavar="AGENT")] = None,
    everyone: Annotated[bool, opt("--semua", "--all", key="merge_all")] = False,
    reason: Annotated[Text, opt("--alasan", "--reason", key="merge_reason", metavar="TEXT")] = None,
    new_agent: Annotated[bool, opt("--agen-baru", "--new-agent", key="merge_new_agent")] = False,
    to: Output = None,
    unmask: Unmask = None,
) -> int:
    """Hand members over to another agent."""
    if giver is None or taker is None or reason is None:
        missing = "--from" if giver is None else "--to" if taker is None else "--reason"
        raise InvalidInput("usage.missing", field=missing)
    if bool(members) == everyone:
        raise InvalidInput("merge.who", field="--all")
    wish = actions.HandoverWish(
        giver,
        taker,
        tuple(members or ()),
        reason,
        free_name(to),
        _with_file(unmask, to),
        new_agent=new_agent,
    )
    _sure(giver, taker, len(members or ()))
    return output.show(actions.hand_over(world(), wish), _handed_lines)


def _sure(giver: str, taker: str, count: int) -> None:
    """Ask whether it is meant: to take it back, each member's id is needed.

    Raises:
        InvalidInput: ``confirm.no``; ``confirm.missing``: nobody can be asked, nor was it said.
    """
    which = text("merge.those", count=count) if count else text("merge.everyone")
    question = text("merge.confirm_hand_over", which=which, giver=giver, taker=taker)
    if not questions.confirmed(question):
        raise InvalidInput("confirm.no")


def trail(
    number: Annotated[Text, typer.Argument(metavar="[N]", help=text("option.merge_number"))] = None,
    to: Output = None,
    unmask: Unmask = None,
) -> int:
    """Show who was handed over to whom, when and why."""
    if number is not None and not (number.isascii() and number.isdigit() and len(number) < 10):
        raise InvalidInput("merge.no_handover", field="/handover")
    if to is not None and number is None:
        raise InvalidInput("usage.missing", field="N")
    chosen = None if number is None else int(number)
    result = actions.trail(world(), chosen, free_name(to), _with_file(unmask, to))
    return output.show(result, _trail_lines)


def _with_file(unmask: Text, to: Text) -> Text:
    """Return the reason to unmask a list; without a file there is nothing to unmask."""
    if unmask is not None and to is None:
        raise InvalidInput("usage.missing", field="--output")
    return unmask


def _handed_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("merge.handed", **data)
    if data["path"]:
        yield text("merge.list_written", path=data["path"])


def _trail_lines(data: dict[str, Any]) -> Iterator[str]:
    if not data["items"]:
        yield text("merge.no_trail")
        return
    heading = [text("merge.col_number"), text("merge.col_at"), text("merge.col_from")]
    heading += [text("merge.col_to"), text("merge.col_members"), text("merge.col_reason")]
    rows = [
        [
            str(each["number"]),
            moment(each["at"]),
            each["from"],
            each["to"],
            str(each["members"]),
            each["reason"],
        ]
        for each in data["items"]
    ]
    yield from tables.table(heading, rows, right=(0, 4), whole=(2, 3))
    yield from (f"  {each}" for item in data["items"] for each in item.get("ids", ()))
    if data["path"]:
        yield text("merge.list_written", path=data["path"])
