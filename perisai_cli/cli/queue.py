"""``antrean`` / ``queue``: what was recorded, what came back, what to do about it."""

from __future__ import annotations

from typing import Annotated

from perisai_cli.actions import queue as actions
from perisai_cli.cli import output, questions, queue_fix
from perisai_cli.cli.framework import command, opt
from perisai_cli.cli.queue_group import RecordId, Text, app
from perisai_cli.cli.queue_words import list_lines, short, show_lines, withdrawn_lines
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import text

__all__ = ["app", "queue_fix", "short"]


@command(app, "queue list")
def queue_list(
    state: Annotated[Text, opt("--keadaan", "--state", key="state", metavar="STATE,…")] = None,
) -> int:
    """List the records."""
    states = tuple(part.strip() for part in state.split(",")) if state else ()
    return output.show(actions.queue_list(world(), states), list_lines)


@command(app, "queue show")
def queue_show(record_id: RecordId) -> int:
    """Show one record whole."""
    return output.show(actions.queue_show(world(), record_id), show_lines)


@command(app, "queue withdraw")
def queue_withdraw(
    record_id: RecordId,
    reason: Annotated[
        str, opt("--alasan", "--reason", key="withdraw_reason", metavar="CODE")
    ] = "other",
) -> int:
    """Withdraw a record; the central is told at the next sync."""
    the_world = world()
    if not questions.confirmed(text("queue.confirm_withdraw")):
        raise InvalidInput("confirm.no")
    return output.show(actions.queue_withdraw(the_world, record_id, reason), withdrawn_lines)
