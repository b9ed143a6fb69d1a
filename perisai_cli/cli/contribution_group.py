"""The group ``iuran`` / ``contribution``, on which its commands register themselves."""

from __future__ import annotations

from perisai_cli.cli.framework import group

app = group("contribution")


@app.callback()
def contribution() -> None:
    """Calculate contributions; the commands below say for whom."""
