"""``gabung`` / ``merge``: agents' books put together, and the key that they are sealed to."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from perisai_cli import wiring
from perisai_cli.actions import merge as actions
from perisai_cli.actions.merge_key import show_key
from perisai_cli.actions.merged import merge_status
from perisai_cli.cli import merge_handover, merge_questions, names, output, tables
from perisai_cli.cli.framework import Command, command, opt
from perisai_cli.cli.merge_group import FILES, app
from perisai_cli.cli.merge_talk import MergeBar
from perisai_cli.cli.sync_bundle import free_name
from perisai_cli.cli.world import world
from perisai_cli.i18n import language, text
from perisai_cli.reports.words import moment

merge_questions.add_to(app)
merge_handover.add_to(app)

Text = str | None


class _Files(Command):
    path = "merge"


@app.command(FILES, cls=_Files, help=text("help_of.merge"), hidden=True)
def files(
    named: Annotated[list[str], typer.Argument(metavar="FILE...", help=text("option.book_files"))],
    dry_run: Annotated[bool, opt("--dry-run", "--coba-dulu", key="merge_dry_run")] = False,
) -> int:
    """Merge books into what was merged before."""
    with contextlib.closing(MergeBar()) as bar:
        paths = [wiring.typed_path(each) for each in named]
        result = actions.merge_books(world(), paths, bar.moved, dry_run=dry_run)
    return output.show(result, _lines)


@command(app, "merge key")
def key(
    to: Annotated[Text, opt("--output", "--keluaran", "-o", key="output_file", metavar="F")] = None,
) -> int:
    """Show the supervisor's key, and write its file where one is asked for."""
    return output.show(show_key(world(), free_name(to)), _key_lines)


@command(app, "merge status")
def status() -> int:
    """Show the books that were merged, and what is open."""
    return output.show(merge_status(world()), _status_lines)


def _lines(data: dict[str, Any]) -> Iterator[str]:
    states = {
        actions.TAKEN: text("merge.taken"),
        actions.KNOWN: text("merge.known"),
        actions.REFUSED: text("merge.refused"),
    }
    heading = [text("merge.col_row"), text("merge.col_file"), text("merge.col_agent")]
    heading += [text("merge.col_records"), text("merge.col_state")]
    rows = [
        [
            str(each["row"]),
            each["file"],
            each.get("agent", "–"),
            str(each.get("records", "–")),
            states[each["state"]],
        ]
        for each in data["items"]
    ]
    yield from tables.table(heading, rows, right=(0, 3), whole=(2,))
    new = [each for each in data["items"] if each.get("new_device") and each["state"] == "taken"]
    if new:
        yield text("merge.new_devices")
        for each in new:
            yield "  " + text("merge.device", agent=each["agent"], fingerprint=each["fingerprint"])
    if data["dry_run"]:
        yield text("merge.plan")
    if any(each["state"] != actions.REFUSED for each in data["items"]):
        yield text("merge.standing", records=data["in_dataset"], books=data["books"])
    else:
        yield text("merge.none_taken")
    yield from _asking(data)


def _asking(data: dict[str, Any]) -> Iterator[str]:
    if data["questions"]:
        line = names.spoken("merge questions", language())
        yield text("merge.asking", count=data["questions"], command=line)


def _key_lines(data: dict[str, Any]) -> Iterator[str]:
    if data["path"] is None:
        yield data["text"].rstrip("\n")
    else:
        yield text("merge.key_written", path=data["path"])
    output.tell(text("merge.fingerprint", fingerprint=data["fingerprint"]))


def _status_lines(data: dict[str, Any]) -> Iterator[str]:
    heading = [text("merge.col_agent"), text("merge.col_made"), text("merge.col_age")]
    heading += [text("merge.col_records"), text("merge.col_device")]
    rows = [
        [
            each["agent"],
            moment(each["made_at"]),
            text("merge.days", count=each["age_days"]),
            str(each["records"]),
            each["fingerprint"],
        ]
        for each in data["items"]
    ]
    yield from tables.table(heading, rows, right=(3,), whole=(0,))
    if data["handovers"]:
        yield text("merge.handovers", count=data["handovers"])
    yield from _asking(data)
