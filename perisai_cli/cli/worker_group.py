"""The group ``pekerja`` / ``worker``, on which its commands register themselves."""

from __future__ import annotations

from typing import Annotated

import typer

from perisai_cli.cli.framework import group
from perisai_cli.i18n import text

app = group("worker")

RecordId = Annotated[str, typer.Argument(metavar="ID", help=text("option.record_id"))]
Text = str | None


@app.callback()
def worker() -> None:
    """Keep what belongs to one worker; the commands below say how."""
