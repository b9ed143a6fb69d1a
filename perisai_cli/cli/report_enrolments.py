"""``laporan pendaftaran`` / ``report enrollments``: enrolments, one a row."""

from __future__ import annotations

from typing import Annotated

import typer

from perisai_cli.actions.reporting import ENROLMENTS, make_report
from perisai_cli.cli.framework import command, opt
from perisai_cli.cli.report_fetch import fetched
from perisai_cli.cli.report_options import (
    Asking,
    Central,
    Format,
    From,
    Offline,
    Output,
    Since,
    Text,
    Token,
    Until,
    show,
    wish,
)
from perisai_cli.cli.world import world


def add_to(app: typer.Typer) -> None:
    """Hang this command below ``report``."""
    command(app, "report enrollments")(enrollments)


def enrollments(
    file: Output = None,
    form: Format = None,
    source: From = None,
    since: Since = None,
    until: Until = None,
    unmask: Annotated[Text, opt("--buka", "--unmask", key="unmask", metavar="REASON")] = None,
    central: Central = None,
    token_file: Token = None,
    offline: Offline = False,
) -> int:
    """Report the enrolments, one a row."""
    wanted = wish(ENROLMENTS, source, file, form, since=since, until=until, unmask=unmask)
    app = world()
    fetched(app, wanted, Asking(central, token_file, offline))
    made = make_report(app, wanted)
    return show(made.result, made.report, wanted)
