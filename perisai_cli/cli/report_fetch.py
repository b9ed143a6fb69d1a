"""Brings what a central knows up to date before a report is made of it."""

from __future__ import annotations

from perisai_cli.actions.app import App
from perisai_cli.actions.report_wish import Wish
from perisai_cli.cli.report_options import Asking
from perisai_cli.storage.dataset import CENTRAL


def fetched(app: App, wanted: Wish, asking: Asking) -> None:
    """Fetch what is new at the central, where a report is to be made of it and not offline.

    Raises:
        InvalidInput: no address or no token is known.
        TryLater: the central does not answer; what was fetched before is as it was.
    """
    if wanted.source != CENTRAL or asking.offline:
        return
