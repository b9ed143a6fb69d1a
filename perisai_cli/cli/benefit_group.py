"""The group ``manfaat`` / ``benefit``, on which its commands register themselves."""

from __future__ import annotations

from perisai_cli.cli.framework import group

app = group("benefit")


@app.callback()
def benefit() -> None:
    """Calculate benefits; the commands below say which."""
