"""Brings what a central knows up to date before a report is made of it."""

from __future__ import annotations

from perisai_cli.actions.app import App
from perisai_cli.actions.report_wish import Wish
from perisai_cli.cli import output
from perisai_cli.cli.report_options import Asking
from perisai_cli.domain.errors import SignInAgain, TryLater
from perisai_cli.i18n import text
from perisai_cli.storage.central_copy import was_read
from perisai_cli.storage.dataset import CENTRAL


def fetched(app: App, wanted: Wish, asking: Asking) -> None:
    """Fetch what is new at the central, where a report is to be made of it and not offline.

    Persons are fetched for a report that shows them, for the same reason: with everything else, if
    the copy is without them. What was fetched before stays until the first of that has come.

    Raises:
        InvalidInput: no address or no token is known.
        TryLater: the central does not answer; if nothing came, what was fetched before is as it
            was, and what did come is kept to go on from.
    """
    if wanted.source != CENTRAL or asking.offline:
        return
    from perisai_cli.actions.central_remote import as_officer
    from perisai_cli.actions.extract import fetch_central
    from perisai_cli.cli.central_options import office_from

    office = office_from(asking.central, asking.token_file, app)
    try:
        came = fetch_central(app, office, wanted.unmask, _progress).data
    except TryLater as error:
        if error.code != TryLater.default_code:
            raise
        read = was_read(app.home)
        raise TryLater("report.central_away" if read else "report.central_unread") from None
    except SignInAgain as error:
        raise as_officer(error) from None
    output.tell(text("report.fetched", records=came["records"], erased=came["erased"]))


def _progress(records: int) -> None:
    """Tell how far a long fetch is."""
    if records:
        output.tell(text("report.fetching", records=records))
