"""``sosialisasi hadir``, ``tindak-lanjut``, ``lupakan``: who came, asked again, forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from perisai_cli import wiring
from perisai_cli.actions import attendees as actions
from perisai_cli.actions.lines import read_lines
from perisai_cli.cli import event_questions, output, outreach_lines, questions
from perisai_cli.cli.files import opened
from perisai_cli.cli.framework import command, opt
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.outreach import FORGET_DAYS
from perisai_cli.i18n import text

Text = str | None
EventId = Annotated[str, typer.Argument(metavar="ID", help=text("option.event_id"))]
PersonId = Annotated[Text, typer.Argument(metavar="[ID]", help=text("option.attendee_id"))]

MAX_DAYS = 3650


def join(app: typer.Typer) -> None:
    """Make the commands those of *app*."""
    command(app, "outreach attend")(_attend)
    command(app, "outreach follow-up")(_follow_up)
    command(app, "outreach forget")(_forget)


def _attend(
    event_id: EventId,
    file: Annotated[Text, opt("--berkas", "--file", key="attendees_file", metavar="F")] = None,
) -> int:
    """Write down who came to an event."""
    if file is not None:
        with opened(file) as stream:
            _many, lines = read_lines(stream)
            return output.show(actions.attend(world(), event_id, lines), _attended_lines)
    if not wiring.is_interactive():
        raise InvalidInput("usage.missing", field="--file")
    return output.show(event_questions.attend(world(), event_id), _attended_lines)


def _follow_up(
    attendee_id: PersonId = None,
    record: Annotated[
        Text, opt("--terdaftar", "--enrolled", key="follow_enrolled", metavar="ID")
    ] = None,
    day: Annotated[
        Text, opt("--tunda", "--postpone", key="follow_postpone", metavar="YYYY-MM-DD")
    ] = None,
    no: Annotated[bool, opt("--tidak-berminat", "--not-interested", key="follow_no")] = False,
    until: Annotated[
        Text, opt("--sampai", "--to", key="follow_until", metavar="YYYY-MM-DD")
    ] = None,
) -> int:
    """List whom to ask again, or note what came of it."""
    said = [record is not None, day is not None, no]
    if attendee_id is None:
        if any(said):
            raise InvalidInput("usage.missing", field="ID")
        return output.show(actions.follow_ups(world(), until), outreach_lines.due)
    if said.count(True) != 1:
        raise InvalidInput("follow_up.one_outcome")
    if record is not None:
        result = actions.enrolled(world(), attendee_id, record)
    elif day is not None:
        result = actions.postpone(world(), attendee_id, day)
    else:
        result = actions.not_interested(world(), attendee_id)
    return output.show(result, outreach_lines.followed)


def _forget(
    attendee_id: PersonId = None,
    days: Annotated[Text, opt("--hari", "--days", key="forget_days", metavar="N")] = None,
) -> int:
    """Destroy names that are not needed any more."""
    the_world = world()
    if attendee_id is not None and days is not None:
        raise InvalidInput("forget.one_or_days", field="--days")
    if not questions.confirmed(text("outreach.confirm_forget")):
        raise InvalidInput("confirm.no")
    if attendee_id is not None:
        result = actions.forget_one(the_world, attendee_id)
    else:
        result = actions.forget(the_world, _days(days))
    return output.show(result, _forgotten_lines)


def _days(typed: Text) -> int:
    if typed is None:
        return FORGET_DAYS
    if not (typed.isascii() and typed.isdigit() and len(typed) < 5 and int(typed) <= MAX_DAYS):
        raise InvalidInput("days.value", field="/days", low=0, high=MAX_DAYS)
    return int(typed)


def _attended_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text(
        "outreach.attended",
        accepted=data["accepted"],
        people=data["people"],
        id=outreach_lines.short(data["id"]),
    )
    yield text("receipt.pending", pending=data["pending"])


def _forgotten_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("outreach.forgotten" if data["forgotten"] else "outreach.nobody_to_forget",
               count=data["forgotten"])  # fmt: skip
