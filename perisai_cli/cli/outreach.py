"""``sosialisasi`` / ``outreach``: events, who came, whom to ask again, and what came of it."""

from __future__ import annotations

from typing import Annotated

import typer

from perisai_cli import wiring
from perisai_cli.actions import outreach as actions
from perisai_cli.cli import (
    event_questions,
    output,
    outreach_funnel,
    outreach_lines,
    outreach_people,
)
from perisai_cli.cli.files import one_object
from perisai_cli.cli.framework import command, group, opt
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import text

app = group("outreach")

Text = str | None
EventId = Annotated[str, typer.Argument(metavar="ID", help=text("option.event_id"))]


@app.callback()
def outreach() -> None:
    """Work before anybody enrols; the commands below say how."""


@command(app, "outreach record")
def record(
    file: Annotated[Text, opt("--berkas", "--file", key="event_file", metavar="F")] = None,
) -> int:
    """Record an event."""
    if file is not None:
        result = actions.outreach_record(world(), one_object(file))
    else:
        _refuse_silence()
        result = event_questions.record(world())
    return output.show(result, outreach_lines.recorded)


@command(app, "outreach list")
def list_events() -> int:
    """List the events, newest first."""
    return output.show(actions.outreach_list(world()), outreach_lines.listed)


@command(app, "outreach show")
def show(event_id: EventId) -> int:
    """Show an event and who came."""
    return output.show(actions.outreach_show(world(), event_id), outreach_lines.shown)


@command(app, "outreach correct")
def correct(
    event_id: EventId,
    file: Annotated[Text, opt("--berkas", "--file", key="fix_file", metavar="F")] = None,
) -> int:
    """Correct an event; it is sent again under the same id."""
    if file is not None:
        result = actions.outreach_correct(world(), event_id, one_object(file))
    else:
        _refuse_silence()
        result = event_questions.correct(world(), event_id)
    return output.show(result, outreach_lines.corrected)


outreach_people.join(app)
outreach_funnel.join(app)


def _refuse_silence() -> None:
    """Refuse to ask where nobody can answer."""
    if not wiring.is_interactive():
        raise InvalidInput("usage.missing", field="--file")
