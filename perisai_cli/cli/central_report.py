"""``pusat laporan`` / ``central report``: reports from the central's own tables."""

from __future__ import annotations

from typing import Annotated

import typer

from perisai_cli import wiring
from perisai_cli.cli.central_options import DATA, Address, Data, Text, where
from perisai_cli.cli.framework import command, opt
from perisai_cli.cli.names import english_of, shown
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import language, text
from perisai_cli.reports.catalogue import NAMES

Name = Annotated[str, typer.Argument(metavar="NAME", help=text("option.central_report"))]


def add_to(app: typer.Typer) -> None:
    """Hang this command below ``central``."""
    command(app, "central report")(report)


def report(
    name: Name,
    file: Annotated[
        Text, opt("--output", "--keluaran", "-o", key="report_output", metavar="F|DIR")
    ] = None,
    form: Annotated[Text, opt("--format", key="format", metavar="F")] = None,
    office: Annotated[Text, opt("--kantor", "--office", key="report_office", metavar="ID")] = None,
    since: Annotated[Text, opt("--sejak", "--since", key="since", metavar="YYYY-MM-DD")] = None,
    until: Annotated[Text, opt("--sampai", "--to", key="until", metavar="YYYY-MM-DD")] = None,
    on: Annotated[Text, opt("--pada", "--on", key="report_on", metavar="YYYY-MM-DD")] = None,
    week: Annotated[Text, opt("--minggu", "--week", key="week", metavar="YYYY-Wnn")] = None,
    figures: Annotated[Text, opt("--angka", "--figures", key="figures", metavar="F")] = None,
    data: Data = DATA,
    database: Address = None,
) -> int:
    """Report from the central's own tables."""
    from perisai_cli.actions.central_report import CENTRAL, make_central_report
    from perisai_cli.cli.report_options import show, wish

    named = english_of("report", name) or name
    if named not in NAMES:
        choices = ", ".join(shown(f"report {each}", language()) for each in NAMES)
        raise InvalidInput("report.name", field="NAME", choices=choices)
    more = {"since": since, "until": until, "on": on, "week": week, "figures": figures}
    wanted = wish(named, CENTRAL, file, form, **more)
    made = make_central_report(where(data, database), office, wanted, wiring.now)
    return show(made, wanted)
