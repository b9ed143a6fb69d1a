"""Reports from the agent's own store: enrolments one by one, and their sums."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.actions.whole_file import whole_file
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.identity import clean_nik
from perisai_cli.domain.period import parse_day, timestamp, zone_of
from perisai_cli.reports import formats, rows
from perisai_cli.storage import aggregates
from perisai_cli.storage.answers import state_value

STDOUT = "-"
MAX_REASON = 120
_MANY_DIGITS = re.compile(r"\d{6}")


@dataclass(frozen=True, slots=True)
class ReportOptions:
    """What a report is to hold and where it goes.

    Attributes:
        output: Path of the file, ``-`` for stdout, None for none (rows come back as data).
        form: One of ``formats.FORMATS``, or None to go by the file's suffix.
        since: First local day of capture, ``YYYY-MM-DD``.
        until: Last local day of capture.
        unmask: Reason to show NIKs and names in full; kept in the journal.
    """

    output: str | None = None
    form: str | None = None
    since: str | None = None
    until: str | None = None
    unmask: str | None = None


def report_enrollments(app: App, options: ReportOptions) -> Result:
    """Return, or write to a file, a row for each enrolment.

    Raises:
        InvalidInput: a day, the format or the reason can't be used.
        DiskTrouble: the file can't be written; no half file is left under its name.
    """
    form = _form(options)
    with open_desk(app) as desk:
        span = _span(desk, options)
        columns: tuple[str, ...] = rows.ENROLLMENTS
        if options.unmask is not None:
            columns = rows.UNMASKED
            _record_unmasking(desk, options.unmask)
        found = _enrolments(desk, span, unmask=options.unmask is not None)
        return _delivered(desk, "report enrollments", form, options.output, columns, found)


def report_summary(app: App, options: ReportOptions) -> Result:
    """Return, or write to a file, counts and sums by each dimension of the records."""
    form = _form(options)
    with open_desk(app) as desk:
        span = _span(desk, options)
        cells = (
            (cell.dimension, cell.key, cell.standing, cell.records, cell.amount)
            for dimension in aggregates.DIMENSIONS
            for cell in aggregates.cells(desk.store.connection, dimension, span)
        )
        found = rows.summary_rows(cells)
        return _delivered(desk, "report summary", form, options.output, rows.SUMMARY, found)


def _form(options: ReportOptions) -> str:
    named = options.form
    if named is None:
        suffix = Path(options.output or "").suffix.removeprefix(".").lower()
        named = "csv" if options.output in (None, STDOUT) else suffix
    if named not in formats.FORMATS:
        raise InvalidInput("report.format", field="/format", choices=", ".join(formats.FORMATS))
    return named


def _span(desk: Desk, options: ReportOptions) -> aggregates.Span:
    days = {}
    for name, typed in (("since", options.since), ("until", options.until)):
        try:
            if typed is not None:
                days[name] = parse_day(typed).isoformat()
        except ValueError:
            raise InvalidInput("day.format", field=f"/{name}") from None
    offset = zone_of(desk.profile.region).utcoffset(None)
    return aggregates.Span(offset // timedelta(hours=1), **days)


def _record_unmasking(desk: Desk, reason: str) -> None:
    """Keep why NIKs were shown; a reason that could itself hold one is not taken."""
    if not reason.strip() or len(reason) > MAX_REASON or _MANY_DIGITS.search(clean_nik(reason)):
        raise InvalidInput("report.reason", field="/unmask", limit=MAX_REASON)
    with desk.store.connection.transaction():
        desk.store.journal(desk.app.clock(), "report.unmasked", reason=reason.strip())


def _enrolments(desk: Desk, span: aggregates.Span, *, unmask: bool) -> Iterator[rows.Row]:
    for record_id in aggregates.ids_in(desk.store.connection, span):
        record = desk.records.record(record_id)
        summary = record.summary
        enrolment = rows.Enrolment(
            id=summary.id,
            recorded_at=summary.created_at,
            state=summary.state,
            pending=summary.pending,
            region=summary.region or "",
            programs=summary.programs or "",
            tier=summary.tier or 0,
            start=summary.start or "",
            months=summary.months or 0,
            sector=summary.sector or "",
            payer=summary.payer or "",
            amount=summary.amount or 0,
            rules=summary.rules or "",
            problems=tuple(problem.code for problem in record.problems),
            worker=record.worker,
            assigned=record.assigned,
        )
        yield rows.enrolment_row(enrolment, unmask=unmask)


def _delivered(
    desk: Desk,
    command: str,
    form: str,
    output: str | None,
    columns: tuple[str, ...],
    found: Iterator[rows.Row],
) -> Result:
    data: dict[str, Any] = {
        "path": None if output in (None, STDOUT) else str(Path(output or "").resolve()),
        "as_of": timestamp(desk.app.clock()),
        "source": f"store of agent {desk.profile.agent}",
        "agent": desk.profile.agent,
        "last_success": state_value(desk.store.connection, "last_success"),
    }
    if output is None:
        items = list(found)
        return Result(command, {"rows": len(items), **data, "columns": columns, "items": items})
    if output == STDOUT:
        return Result(command, {"rows": formats.write(form, columns, found, sys.stdout), **data})
    with whole_file(Path(output)) as file:
        count = formats.write(form, columns, found, file)
    return Result(command, {"rows": count, **data})
