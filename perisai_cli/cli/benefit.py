"""``manfaat`` / ``benefit``: what the law gives; its commands register from here."""

from __future__ import annotations

from perisai_cli.cli import benefit_cover, benefit_event, benefit_family, benefit_savings
from perisai_cli.cli.benefit_group import app

__all__ = ["app", "benefit_cover", "benefit_event", "benefit_family", "benefit_savings"]
