"""The group ``antrean`` / ``queue``, on which its commands register themselves."""

from __future__ import annotations

from typing import Annotated

import typer

from perisai_cli.cli.framework import group
from perisai_cli.i18n import text

app = group("queue")

RecordId = Annotated[str, typer.Argument(metavar="ID", help=text("option.record_id"))]
Text = str | None


@app.callback()
def queue() -> None:
    """Work the queue; the commands below say how."""
