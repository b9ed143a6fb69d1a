"""Moments as a person reads them: by the clock that the day's plan goes by."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from perisai_cli.domain.period import WITA
from perisai_cli.i18n import text


def last_success(data: dict[str, Any]) -> str:
    """Return the line that tells when the last sync succeeded."""
    if not data["last_success"]:
        return text("sync.last_success", at=text("sync.never"))
    at = datetime.fromisoformat(data["last_success"]).astimezone(WITA)
    return text("sync.last_success", at=f"{at:%Y-%m-%d %H:%M} {WITA}")
