"""Enrolments one a row: of this store with masked names, of a dataset without any person.

What a dataset knows of persons is opened only when it is asked for with a reason.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from perisai_cli.actions.desk import Desk
from perisai_cli.actions.report_files import PERSONS_MISSING, SHOWS_PERSONS
from perisai_cli.actions.report_sources import DatasetSource
from perisai_cli.actions.report_wish import OWN
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.reports.asked import Asked
from perisai_cli.reports.model import Column, Note, Report, Row, Section, Streamed
from perisai_cli.reports.rows import ENROLLMENTS, PERSONAL, UNMASKED, Enrolment, enrolment_row
from perisai_cli.storage.dataset import Dataset
from perisai_cli.storage.handovers import holds_all_persons

MOST_SHOWN = 5000
"""Rows of a dataset that are given out without a file."""

_KINDS: dict[str, Any] = {
    "tier": "count", "months": "count", "amount": "rupiah", "start": "month", "day": "day",
    "covered_until": "month", "recorded_at": "moment", "name": "text", "problems": "text",
    "region_name": "text", "phone": "text", "agent": "text", "author": "text", "office": "text",
    "occupation": "text", "membership_number": "text", "payment_code": "text", "rules": "text",
}  # fmt: skip
_WORDS = {
    "standing": "standing_short", "state": "state", "sector": "sector_value",
    "payer": "payer_value", "programs": "programs", "region": "region", "sex": "sex_value",
    "owner": "owner_value", "occupation": "occupations", "problems": "problems",
}  # fmt: skip
_MONTH = "CASE WHEN {0} > 0 THEN printf('%04d-%02d', {0} / 12, {0} % 12 + 1) END"
_CLEAR = {
    "id": "members.id", "day": "day", "standing": "standing", "agent": "agent", "author": "author",
    "office": "office", "region": "region", "programs": "programs", "tier": "tier",
    "start": _MONTH.format("start"), "months": "months", "sector": "sector", "payer": "payer",
    "owner": "CASE owner WHEN 1 THEN 'true' ELSE 'false' END", "amount": "amount", "rules": "rules",
    "covered_until": _MONTH.format("covered"),
}  # fmt: skip
"""Columns of a dataset's enrolments, as SQLite says them."""

_WHERE = "WHERE day BETWEEN :since AND :until"


def columns_of(names: tuple[str, ...]) -> tuple[Column, ...]:
    """Return columns with these names."""
    return tuple(Column(name, _KINDS.get(name, "code"), _WORDS.get(name)) for name in names)


def dataset_columns() -> tuple[Column, ...]:
    """Return the columns of a dataset's enrolments without persons."""
    return columns_of(tuple(_CLEAR))


def enrolments(desk: Desk, source: DatasetSource, asked: Asked, unmask: str | None) -> Report:
    """Return the enrolments of a span, in the order of their ids; persons for a reason alone."""
    own = source.origin.source == OWN
    make = _of_store if own else _of_dataset
    section = make(desk, source.dataset, asked, unmask=unmask is not None)
    if unmask is not None:
        told = Note(SHOWS_PERSONS, {"reason": unmask.strip()})
        section = replace(section, notes=(told, *section.notes))
    return Report("enrollments", asked.day.isoformat(), source.origin, [section], section)


def _of_store(desk: Desk, kept: Dataset, asked: Asked, *, unmask: bool) -> Section:
    names = UNMASKED if unmask else ENROLLMENTS
    sql = f"SELECT id FROM members {_WHERE} ORDER BY id"  # noqa: S608 - our own words

    def tuples() -> Iterator[tuple[Any, ...]]:
        for (record_id,) in kept.rows(sql, asked.span()):
            row = _row(desk, record_id, unmask=unmask)
            yield tuple(row[name] for name in names)

    columns = columns_of(names)
    return Section("enrollments", columns, Streamed(names, tuples), first=("name",))


def _row(desk: Desk, record_id: str, *, unmask: bool) -> Row:
    record = desk.records.record(record_id)
    summary = record.summary
    enrolment = Enrolment(
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
    return enrolment_row(enrolment, unmask=unmask)


def _of_dataset(_desk: Desk, kept: Dataset, asked: Asked, *, unmask: bool) -> Section:
    clear = ", ".join(_CLEAR.values())
    if not unmask:
        columns = dataset_columns()
        those = f"FROM members {_WHERE} ORDER BY members.id"

        def tuples() -> Iterator[tuple[Any, ...]]:
            return kept.rows(f"SELECT {clear} {those}", asked.span())

        def lines() -> Iterator[str]:
            arrays = f"SELECT json_array({clear}) {those}"
            return (line for (line,) in kept.rows(arrays, asked.span()))

        rows = Streamed(tuple(_CLEAR), tuples, _count(kept, asked), lines)
        return Section("enrollments", columns, rows, notes=(Note("no_persons"),))
    names = (*_CLEAR, *PERSONAL)
    sealed = (
        f"SELECT {clear}, members.id, schema, envelope FROM members"  # noqa: S608 - our words
        f" LEFT JOIN persons ON persons.id = members.id {_WHERE} ORDER BY members.id"
    )

    def opened() -> Iterator[tuple[Any, ...]]:
        for row, told in kept.opened_rows(sealed, asked.span()):
            worker = told.get("worker", {})
            yield (*row, *(worker.get(name, "") for name in PERSONAL))

    rows = Streamed(names, opened, _count(kept, asked))
    notes = () if holds_all_persons(kept) else (Note(PERSONS_MISSING),)
    return Section("enrollments", columns_of(names), rows, notes=notes, first=("name",))


def _count(kept: Dataset, asked: Asked) -> int:
    sql = f"SELECT count(*) FROM members {_WHERE}"  # noqa: S608 - our own words
    [(count,)] = kept.rows(sql, asked.span())
    return int(count)


def check_length(source: DatasetSource, asked: Asked) -> None:
    """Refuse to give out more rows of a dataset at once than memory is meant for.

    Raises:
        InvalidInput: ``report.too_long``: they need a file.
    """
    count = _count(source.dataset, asked)
    if source.origin.source != OWN and count > MOST_SHOWN:
        raise InvalidInput("report.too_long", field="/output", rows=count, limit=MOST_SHOWN)
