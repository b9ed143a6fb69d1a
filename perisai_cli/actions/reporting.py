"""Builds a report from a source and delivers it: to the terminal, to a file, or to a folder."""

from __future__ import annotations

import sys
from dataclasses import replace
from decimal import Decimal
from typing import Any, NamedTuple

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.actions.report_files import (
    PERSONS_MISSING,
    STDOUT,
    flat_of,
    forms_of,
    has_note,
    written,
)
from perisai_cli.actions.report_sources import SOURCES, DatasetSource, report_source
from perisai_cli.actions.report_wish import ENROLMENTS, OWN, Wish, asked_of, figures_of
from perisai_cli.domain.errors import EXIT_PARTIAL, InvalidInput, Problem
from perisai_cli.domain.reasons import MAX_REASON, is_reason
from perisai_cli.reports import catalogue
from perisai_cli.reports.asked import Asked
from perisai_cli.reports.model import Origin, Report, Row, Section
from perisai_cli.storage.answers import state_value


class Delivered(NamedTuple):
    """What came of a report.

    Attributes:
        result: What is told of it.
        origin: Where its numbers come from.
        report: The report itself, where it is to be shown.
    """

    result: Result
    origin: Origin
    report: Report | None = None


def make_report(app: App, wish: Wish) -> Delivered:
    """Build a report and deliver it.

    Raises:
        InvalidInput: a day, the week, the source, the format or the figures can't be used.
        NoRuleInForce: the law holds no value that it needs.
        DiskTrouble: a file can't be written; no half file is left under its name.
    """
    forms = forms_of(wish)
    with open_desk(app) as desk:
        asked = asked_of(wish, app.today(desk.profile.region), figures_of(app.home, wish))
        check_source(wish.source)
        if wish.unmask is not None:
            _record_unmasking(desk, wish.unmask)
        with report_source(desk, wish.source) as source:
            report = _built(desk, wish, source, asked)
            made = _whole_or_partly(deliver(f"report {wish.name}", wish, forms, report), report)
        synced = {"last_success": state_value(desk.store.connection, "last_success")}
        of_this_store = synced | {"agent": desk.profile.agent} if wish.source == OWN else {}
    return made._replace(result=made.result._replace(data=made.result.data | of_this_store))


def _whole_or_partly(made: Delivered, report: Report) -> Delivered:
    """Return what came of a report, partly done where persons were asked for and are not here."""
    if not has_note(report, PERSONS_MISSING):
        return made
    missing = (Problem("report.persons_missing"),)
    result = made.result._replace(problems=missing, status="partial", exit_code=EXIT_PARTIAL)
    return made._replace(result=result)


def _built(desk: Desk, wish: Wish, source: DatasetSource, asked: Asked) -> Report:
    if wish.name != ENROLMENTS:
        return catalogue.build(wish.name, source, asked)
    from perisai_cli.actions.enrolment_rows import check_length, enrolments

    if wish.output is None:
        check_length(source, asked)
    return enrolments(desk, source, asked, wish.unmask)


def _record_unmasking(desk: Desk, reason: str) -> None:
    """Keep why NIKs were shown; a reason that could itself hold one is not taken."""
    if not is_reason(reason):
        raise InvalidInput("report.reason", field="/unmask", limit=MAX_REASON)
    with desk.store.connection.transaction():
        desk.store.journal(desk.app.clock(), "report.unmasked", reason=reason.strip())


def deliver(command: str, wish: Wish, forms: tuple[str, ...], report: Report) -> Delivered:
    """Put a report where it goes.

    Raises:
        DiskTrouble: a file can't be written; no half file is left under its name.
    """
    if wish.output is None:
        report = _read(report)
        return Delivered(Result(command, told(report) | _rows_of(report)), report.origin, report)
    if wish.output == STDOUT:
        from perisai_cli.reports.formats import write_flat

        count = write_flat(flat_of(report), forms[0], sys.stdout)
        return Delivered(Result(command, told(report) | {"rows": count}), report.origin)
    paths, count = written(report, wish.output, forms)
    data = told(report) | {"rows": count, "path": paths[0]}
    several = {"paths": paths} if len(paths) > 1 else {}
    return Delivered(Result(command, data | several), report.origin)


def check_source(name: str) -> None:
    """Refuse a name that is no source.

    Raises:
        InvalidInput: ``report.source``.
    """
    if name not in SOURCES:
        raise InvalidInput("report.source", field="/from", choices=", ".join(SOURCES))


def told(report: Report) -> dict[str, Any]:
    """Return what is told of every report beside its rows."""
    origin: Origin = report.origin
    return {
        "path": None,
        "as_of": origin.as_of,
        "source": f"{origin.source} {origin.of}",
        "read_at": origin.read_at,
        **({"oldest": origin.oldest, "questions": origin.questions} if origin.oldest else {}),
        **({"office": origin.office} if origin.office else {}),
        "day": report.day,
        **report.facts,
    }


def _read(report: Report) -> Report:
    """Return a report whose rows are all here, so that its source may be closed."""
    flat = report.flat
    sections = [
        section if isinstance(section.rows, list) else replace(section, rows=list(section.rows))
        for section in report.sections
    ]
    if flat is not None and not isinstance(flat.rows, list):
        flat = replace(flat, rows=list(flat.rows))
    return replace(report, sections=sections, flat=flat)


def _rows_of(report: Report) -> dict[str, Any]:
    """Return the rows as JSON values: of the flat section, or of every section."""
    if report.flat is not None:
        shown = _section(report.flat)
        return {"rows": len(shown["items"]), "columns": shown["columns"], "items": shown["items"]}
    sections = {section.key: _section(section) for section in report.sections}
    count = sum(len(section["items"]) for section in sections.values())
    return {"rows": count, "sections": sections}


def _section(section: Section) -> dict[str, Any]:
    items = [_plain(row) for row in section.rows]
    total = None if section.total is None else _plain(section.total)
    names = [column.name for column in section.columns]
    return {"columns": names, "items": items, "total": total}


def _plain(row: Row) -> dict[str, Any]:
    """Return a row as JSON values; a share is a number, which no sum is made of."""
    return {
        name: float(value) if isinstance(value, Decimal) else value for name, value in row.items()
    }
