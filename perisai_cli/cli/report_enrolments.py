"""``laporan pendaftaran`` / ``report enrollments``: enrolments, one a row."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from perisai_cli.actions.report_wish import ENROLMENTS
from perisai_cli.actions.reporting import make_report
from perisai_cli.cli import tables
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
from perisai_cli.reports.model import Report, Row

WIDE = 80
_NARROW = ("id", "name", "state", "standing", "amount")
_WIDE = (*_NARROW, "nik", "agent", "programs", "start", "months")


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
    return show(made._replace(report=made.report and _on_screen(made.report)), wanted)


def _on_screen(report: Report) -> Report:
    """Return the report with the columns that a person looks for, its ids cut to their ends."""
    chosen = _WIDE if tables.width() >= WIDE else _NARROW
    sections = []
    for section in report.sections:
        columns = [column for column in section.columns if column.name in chosen]
        columns.sort(key=lambda column: chosen.index(column.name))
        ends: list[Row] = [row | {"id": str(row["id"])[-8:]} for row in section.rows]
        sections.append(replace(section, columns=tuple(columns), rows=ends))
    return replace(report, sections=sections)
