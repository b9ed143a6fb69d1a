"""``iuran`` / ``contribution``: what is to be paid; its commands register from here."""

from __future__ import annotations

from perisai_cli.cli import contribution_bpu, contribution_other
from perisai_cli.cli.contribution_group import app

__all__ = ["app", "contribution_bpu", "contribution_other"]
