"""``pekerja`` / ``worker``: the photo of a worker's card, and erasing a worker's data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

import typer

from perisai_cli.actions import erase, photo
from perisai_cli.actions.picture import MAX_FILE
from perisai_cli.cli import output, questions, worker_questions
from perisai_cli.cli.files import opened
from perisai_cli.cli.framework import command, group, opt
from perisai_cli.cli.queue import short
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import text

app = group("worker")
worker_questions.add_to(app)

RecordId = Annotated[str, typer.Argument(metavar="ID", help=text("option.record_id"))]
Reason = Annotated[
    str | None, opt("--alasan", "--reason", key="erasure_reason", metavar="CODE")
]  # fmt: skip


@app.callback()
def worker() -> None:
    """Keep what belongs to one worker; the commands below say how."""


@command(app, "worker photo")
def worker_photo(
    record_id: RecordId,
    file: Annotated[str, typer.Argument(metavar="F", help=text("option.photo_file"))],
) -> int:
    """Put the photo of the worker's card to the record."""
    with opened(file) as stream:
        content = stream.read(MAX_FILE + 1)
    if len(content) > MAX_FILE:
        raise InvalidInput("photo.file_size", limit=MAX_FILE // 2**20)
    return output.show(photo.worker_photo(world(), record_id, content), _photo_lines)


@command(app, "worker erase")
def worker_erase(record_id: RecordId, reason: Reason = None) -> int:
    """Erase a worker's data from this device, and from the central at the next sync."""
    if not reason:
        raise InvalidInput("usage.missing", field="--reason")
    the_world = world()
    if not questions.confirmed(text("worker.confirm_erase")):
        raise InvalidInput("confirm.no")
    return output.show(erase.worker_erase(the_world, record_id, reason), _erased_lines)


def _photo_lines(data: dict[str, Any]) -> Iterator[str]:
    size = (data["photo"]["size"] + 999) // 1000
    yield text("worker.photo_kept", id=short(data["id"]), rev=data["rev"], size=size)


def _erased_lines(data: dict[str, Any]) -> Iterator[str]:
    draft = data["state"] is None
    yield text("worker.draft_erased" if draft else "worker.erased", id=short(data["id"]))
