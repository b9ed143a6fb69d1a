"""``laporan`` / ``report``: what was enrolled, as a table or a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any

from perisai_cli.actions import report as actions
from perisai_cli.actions.app import Result
from perisai_cli.cli import output, tables
from perisai_cli.cli.framework import command, group, opt
from perisai_cli.cli.invocation import current
from perisai_cli.cli.world import world
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import known, text

app = group("report")

WIDE = 80
"""Columns from which a summary has room for the sum of its sums."""

Text = str | None
Output = Annotated[Text, opt("--output", "--keluaran", "-o", key="output", metavar="F")]
Format = Annotated[Text, opt("--format", key="format", metavar="csv|json|jsonl")]
Since = Annotated[Text, opt("--dari", "--from", key="since", metavar="YYYY-MM-DD")]
Until = Annotated[Text, opt("--sampai", "--to", key="until", metavar="YYYY-MM-DD")]


@app.callback()
def report() -> None:
    """Report from this store; the commands below say what."""


@command(app, "report enrollments")
def enrollments(
    file: Output = None,
    form: Format = None,
    since: Since = None,
    until: Until = None,
    unmask: Annotated[Text, opt("--buka", "--unmask", key="unmask", metavar="REASON")] = None,
) -> int:
    """Report the enrolments, one a row."""
    options = actions.ReportOptions(file, form, since, until, unmask)
    options = _checked(options)
    return _show(actions.report_enrollments(world(), options), options, _enrolment_lines)


@command(app, "report summary")
def summary(
    file: Output = None, form: Format = None, since: Since = None, until: Until = None
) -> int:
    """Report counts and sums by region, programme, sector, payer, state and month."""
    options = actions.ReportOptions(file, form, since, until)
    options = _checked(options)
    return _show(actions.report_summary(world(), options), options, _summary_lines)


def _checked(options: actions.ReportOptions) -> actions.ReportOptions:
    """Return the options; a format without a file is for stdout, unless that is for JSON."""
    if current().json and options.output == actions.STDOUT:
        raise InvalidInput("report.json_and_stdout", field="--output")
    if options.form and options.output is None and not current().json:
        return replace(options, output=actions.STDOUT)
    return options


def _show(result: Result, options: actions.ReportOptions, lines: Any) -> int:
    """Print a report's rows, or where its file is; rows that went to stdout stand alone there."""
    if options.output == actions.STDOUT:
        output.tell(*_source(result.data))
        return result.exit_code
    return output.show(result, lines if options.output is None else _file_lines)


def _file_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("report.written", rows=data["rows"], path=data["path"])
    yield from _source(data)


def _source(data: dict[str, Any]) -> Iterator[str]:
    synced = data["last_success"] or text("sync.never")
    source = text("report.source", agent=data["agent"])
    yield text("report.as_of", as_of=data["as_of"], source=source, synced=synced)


def _enrolment_lines(data: dict[str, Any]) -> Iterator[str]:
    wide = tables.width() >= WIDE
    columns = ["id", "name", "nik", "state", "programs", "start", "months", "amount"]
    shown = columns if wide else ["id", "name", "state", "amount"]
    heading = [text(f"report.col_{name}") for name in shown]
    rows = []
    for row in data["items"]:
        worded = row | {
            "id": row["id"][-8:],
            "state": text(f"state.{row['state']}"),
            "months": str(row["months"]),
            "amount": rupiah(row["amount"]),
        }
        rows.append([worded[name] for name in shown])
    numbers = tuple(shown.index(name) for name in ("months", "amount") if name in shown)
    whole = tuple(shown.index(name) for name in ("id", "nik") if name in shown)
    yield from tables.table(heading, rows, right=numbers, whole=whole)
    yield from _source(data)


def _summary_lines(data: dict[str, Any]) -> Iterator[str]:
    wide = tables.width() >= WIDE
    sums = [text("report.col_amount")] if wide else []
    heading = [
        text("report.col_key"),
        text("report.col_records"),
        *sums,
        text("standing_short.accepted"),
        text("standing_short.pending"),
        text("report.col_other"),
    ]
    dimensions = dict.fromkeys(row["dimension"] for row in data["items"])
    if not dimensions:
        yield text("queue.empty")
    for dimension in dimensions:
        rows = [
            _summary_row(row, wide=wide) for row in data["items"] if row["dimension"] == dimension
        ]
        yield text(f"dimension.{dimension}")
        yield from tables.table(heading, rows, right=tuple(range(1, len(heading))))
    yield from _source(data)


def _summary_row(row: dict[str, Any], *, wide: bool) -> list[str]:
    key = f"{row['dimension']}_value.{row['key']}"
    label = text(key) if known(key) else row["label"] or row["key"]
    accepted, pending = row["amount_accepted"], row["amount_pending"]
    sums = [row["amount"]] if wide else []
    money = [*sums, accepted, pending, row["amount"] - accepted - pending]
    return [label, str(row["records"]), *(rupiah(amount) for amount in money)]
