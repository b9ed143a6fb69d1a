"""What the commands of ``laporan`` / ``report`` take, and how their results are shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from perisai_cli.actions.report_files import FORMATS, STDOUT
from perisai_cli.actions.report_wish import FROM_A_DAY, Wish
from perisai_cli.actions.reporting import Delivered
from perisai_cli.cli import output
from perisai_cli.cli.framework import opt
from perisai_cli.cli.invocation import current
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import language, text
from perisai_cli.reports.model import Origin, Report

_METAVAR = {"id": "sendiri|gabungan|pusat", "en": "store|merged|central"}[language()]

Text = str | None
Output = Annotated[Text, opt("--output", "--keluaran", "-o", key="report_output", metavar="F|DIR")]
Format = Annotated[Text, opt("--format", key="format", metavar="|".join(FORMATS))]
From = Annotated[Text, opt("--dari", "--from", key="report_from", metavar=_METAVAR)]
Since = Annotated[Text, opt("--sejak", "--since", key="since", metavar="YYYY-MM-DD")]
Until = Annotated[Text, opt("--sampai", "--to", key="until", metavar="YYYY-MM-DD")]
On = Annotated[Text, opt("--pada", "--on", key="report_on", metavar="YYYY-MM-DD")]
Week = Annotated[Text, opt("--minggu", "--week", key="week", metavar="YYYY-Wnn")]
Figures = Annotated[Text, opt("--angka", "--figures", key="figures", metavar="F")]
Central = Annotated[Text, opt("--pusat", "--central", key="report_central", metavar="URL")]
Token = Annotated[Text, opt("--berkas-tanda-masuk", "--token-file", key="token_file", metavar="F")]
Offline = Annotated[bool, opt("--luring", "--offline", key="offline")]

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SOURCES = {"sendiri": "store", "own": "store", "gabungan": "merged", "pusat": "central"}
"""Other words for sources, Indonesian ones among them."""


class Asking(NamedTuple):
    """How a central is asked before a report, as it was typed."""

    central: Text = None
    token_file: Text = None
    offline: bool = False


def wish(name: str, source: Text, file: Text, form: Text, **more: Any) -> Wish:
    """Return what report is wished for.

    A day in place of the source is the first day, as ``--from`` meant before there were sources;
    a report that looks at no span of days has none.

    Raises:
        InvalidInput: ``report.json_and_stdout``; ``usage.option_needs_value``: an option is there
            with nothing in it, as a script gives it whose variable was never set.
    """
    for name_of, value in {"from": source, "output": file, "format": form, **more}.items():
        if value == "" and name_of != "unmask":  # an empty reason is told as one
            option = "to" if name_of == "until" else name_of
            raise InvalidInput("usage.option_needs_value", field=f"--{option}")
    if name in FROM_A_DAY and source is not None and _DAY.fullmatch(source):
        more["since"] = more.get("since") or source
        source = None
    if current().json and file == STDOUT:
        raise InvalidInput("report.json_and_stdout", field="--output")
    if form and file is None and not current().json:
        file = STDOUT
    figures = more.pop("figures", None)
    return Wish(
        name,
        _SOURCES.get(source or "sendiri", source or ""),
        file,
        form,
        figures=Path(figures) if figures else None,
        **more,
    )


def show(made: Delivered, wanted: Wish) -> int:
    """Print a report's sections, or where its files are; rows on stdout stand alone there."""
    result, report = made.result, made.report
    if wanted.output == STDOUT:
        output.tell(_as_of(made.origin))
        for problem in result.problems:
            output.tell(*output.problem_lines(problem))
        return result.exit_code
    if current().json or report is None:
        return output.show(result, lambda data: _file_lines(data, made.origin))
    return output.show(result, lambda _data: _report_lines(report))


def _file_lines(data: dict[str, Any], origin: Origin) -> Iterator[str]:
    """Yield where the files of a report are, and of when they tell."""
    for path in data.get("paths") or [data["path"]]:
        yield text("report.written", path=path)
    yield _as_of(origin)


def _as_of(origin: Origin) -> str:
    from perisai_cli.reports import words

    return words.as_of(origin)


def _report_lines(report: Report) -> Iterator[str]:
    from perisai_cli.cli.report_lines import section_lines
    from perisai_cli.reports import words

    title = words.title(report)
    if title != words.title(report.sections[0]):
        yield title
        yield ""
    for place, section in enumerate(report.sections):
        if place:
            yield ""
        yield from section_lines(section)
    yield ""
    yield text("report_page.for_day", day=words.day(report.day)) + "."
    yield words.as_of(report.origin)
