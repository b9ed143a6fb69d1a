"""``laporan`` / ``report``: what was enrolled, paid, sent back and kept, as tables or files."""

from __future__ import annotations

from collections.abc import Callable

from perisai_cli.actions.report_wish import OWN, Wish
from perisai_cli.actions.reporting import make_report
from perisai_cli.cli import output, report_book, report_enrolments
from perisai_cli.cli.framework import command, group
from perisai_cli.cli.report_fetch import fetched
from perisai_cli.cli.report_options import (
    Asking,
    Central,
    Figures,
    Format,
    From,
    Offline,
    On,
    Output,
    Since,
    Token,
    Until,
    Week,
    show,
    wish,
)
from perisai_cli.cli.world import world
from perisai_cli.i18n import text
from perisai_cli.reports.catalogue import NAMES, SPANS
from perisai_cli.storage.dataset import MERGED
from perisai_cli.storage.dataset_file import dataset_path

app = group("report")


@app.callback()
def report() -> None:
    """Report from this store, from merged books or from a central; the commands say what."""


def _make(name: str) -> Callable[..., int]:
    """Return the command that makes the report of a name."""

    def run(
        file: Output = None,
        form: Format = None,
        source: From = None,
        on: On = None,
        central: Central = None,
        token_file: Token = None,
        offline: Offline = False,
    ) -> int:
        wanted = wish(name, source, file, form, on=on)
        return _made(wanted, Asking(central, token_file, offline))

    return run


def _make_of_span(name: str) -> Callable[..., int]:
    """Return the command that makes a report of a span of days."""

    def run(
        file: Output = None,
        form: Format = None,
        source: From = None,
        since: Since = None,
        until: Until = None,
        central: Central = None,
        token_file: Token = None,
        offline: Offline = False,
    ) -> int:
        wanted = wish(name, source, file, form, since=since, until=until)
        return _made(wanted, Asking(central, token_file, offline))

    return run


def _made(wanted: Wish, asking: Asking) -> int:
    app = world()
    fetched(app, wanted, asking)
    made = make_report(app, wanted)
    if wanted.source == OWN and not made.origin.as_of and dataset_path(app.home, MERGED).exists():
        output.tell(text("report.try_merged"))
    return show(made, wanted)


@command(app, "report weekly")
def weekly(
    file: Output = None,
    form: Format = None,
    source: From = None,
    week: Week = None,
    on: On = None,
    figures: Figures = None,
    central: Central = None,
    token_file: Token = None,
    offline: Offline = False,
) -> int:
    """Report the week: one file with everything."""
    wanted = wish("weekly", source, file, form, week=week, on=on, figures=figures)
    return _made(wanted, Asking(central, token_file, offline))


@command(app, "report coverage")
def coverage(
    file: Output = None,
    form: Format = None,
    source: From = None,
    on: On = None,
    figures: Figures = None,
    central: Central = None,
    token_file: Token = None,
    offline: Offline = False,
) -> int:
    """Report published figures and targets beside the members here."""
    wanted = wish("coverage", source, file, form, on=on, figures=figures)
    return _made(wanted, Asking(central, token_file, offline))


for _name in NAMES:
    if _name not in ("weekly", "coverage"):
        command(app, f"report {_name}")((_make_of_span if _name in SPANS else _make)(_name))
report_enrolments.add_to(app)
report_book.add_to(app)
