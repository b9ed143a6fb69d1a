"""What came back as a workbook to mend at a desk, and the mended one taken in again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.came_back import Mended, came_back
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.actions.queue import open_to_change
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.period import parse_day
from perisai_cli.sheets.layout import find_tables
from perisai_cli.sheets.marked import write_marked
from perisai_cli.sheets.model import Cell, Marked, Person, SheetRow, Table
from perisai_cli.sheets.people import people
from perisai_cli.sheets.reading import open_book
from perisai_cli.storage.records import Record

FIELDS = (
    "name", "nik", "birth_date", "sex", "phone", "address.text", "address.village",
    "address.region", "occupations.code", "occupations.place", "income", "programs", "start",
    "months", "heirs.name", "heirs.relationship",
)  # fmt: skip
"""Columns of the workbook, in their order."""

_FAMILIES = {
    "sex": "sex_value",
    "occupations.code": "occupation",
    "heirs.relationship": "relationship",
}


class Words(Protocol):
    """The user's language, for what stands in the workbook."""

    def sentences(self, problem: Problem) -> tuple[str, ...]:
        """Return what is wrong and what cures it."""

    def heading(self, field: str) -> str:
        """Return the heading of a field's column."""

    def sheet(self) -> Mapping[str, str]:
        """Return name and lines of the first sheet, and the name of the other."""

    def code(self, family: str, code: str) -> str:
        """Return a code as people say it."""


def fix_to(app: App, path: Path, codes: tuple[str, ...], words: Words, *, niks: bool) -> Result:
    """Write what came back to a workbook, a row each; only its owner may read it.

    Args:
        app: The world.
        path: Where to; what stands there already is replaced.
        codes: Beginnings of the codes to be among their problems; none means all.
        words: The user's language.
        niks: Whether the NIKs stand in it, in full.

    Raises:
        DiskTrouble: ``report.unwritable``; no half workbook is left under its name.
    """
    fields = tuple(field for field in FIELDS if niks or field != "nik")
    count = 0
    with open_desk(app) as desk:

        def rows() -> Iterator[Marked]:
            nonlocal count
            for record in came_back(desk, codes):
                count += 1
                yield _marked(record, fields, words)

        said = words.sheet()
        headings = tuple(words.heading(field) for field in fields)
        write_marked(path, [(said["rows"], headings, rows())], said)
    return Result("queue fix", {"count": count, "path": str(path.resolve()), "niks": niks})


def _marked(record: Record, fields: tuple[str, ...], words: Words) -> Marked:
    marks: dict[int, tuple[str, ...]] = {}
    for problem in record.problems:
        column = _column(problem.field or "", fields)
        marks[column] = (*marks.get(column, ()), *words.sentences(problem))
    cells = tuple(_cell(record.worker, field, words) for field in fields)
    return Marked(f"{record.summary.id}-{record.summary.rev}", cells, marks)


def _column(pointer: str, fields: tuple[str, ...]) -> int:
    """Return the column that a pointer is about; beyond the last where there is none."""
    member = ".".join(step for step in pointer.split("/") if step and not step.isdigit())
    found = (
        column
        for column, field in enumerate(fields)
        if member and (f"{field}.".startswith(f"{member}.") or member.startswith(f"{field}."))
    )
    return next(found, len(fields))


def _cell(worker: dict[str, Any], field: str, words: Words) -> Cell:
    """Return what stands in a field, as a spreadsheet holds it."""
    outer, _, inner = field.partition(".")
    value = worker.get(outer)
    if inner:
        held = value[0] if isinstance(value, list) and value else value or {}
        value = held.get(inner)
    if value in (None, "", []):
        return None
    if field in _FAMILIES:
        return words.code(_FAMILIES[field], str(value))
    if field == "birth_date":
        return parse_day(str(value))
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return value if isinstance(value, int) else str(value)


class _OneRow(NamedTuple):
    """A record as a book of one row, so that it is read as the mended row is."""

    cells: tuple[Cell, ...]
    first_day: date

    def rows(self, _sheet: str) -> Iterator[SheetRow]:
        """Yield the row, below every heading."""
        yield SheetRow(10**9, self.cells)


def fix_from(app: App, path: Path, words: Words) -> Result:
    """Take a mended workbook in: each row that changed becomes the next revision of its record.

    A row at fault never stops the others.

    Raises:
        InvalidInput: the file is no spreadsheet, or none of its tables was made by ``fix_to``.
    """
    mended, known = Mended(), False
    with open_book(path) as book, open_desk(app) as desk:
        today = app.today(desk.profile.region)
        for table in find_tables(book):
            if all(column.field != "identity" for column in table.columns):
                continue
            known = True
            for read in people(book, [table], today):
                if isinstance(read, Person):
                    _take(desk, mended, _Row(read, table, book.first_day, today), words)
        if not known:
            raise InvalidInput("fix.not_ours", field="--from")
        return mended.result(desk)


class _Row(NamedTuple):
    """One row of the mended workbook, with what is needed to read its record in the same way."""

    read: Person
    table: Table
    first_day: date
    today: date

    def before(self, record: Record, words: Words) -> Person:
        """Return the record as this table would hold it unmended."""
        width = max(column.index for column in self.table.columns) + 1
        cells: list[Cell] = [None] * width
        for column in self.table.columns:
            if column.field in FIELDS:
                cells[column.index] = _cell(record.worker, column.field, words)
        book: Any = _OneRow(tuple(cells), self.first_day)
        first = next(people(book, [self.table], self.today))
        return first if isinstance(first, Person) else Person(self.table.sheet, 0, {}, (), ())


def _take(desk: Desk, mended: Mended, row: _Row, words: Words) -> None:
    """Correct the record of one row, leave it where nothing changed, or keep what is wrong."""
    try:
        record, rev = _record(desk, row.read.identity)
        changes = _mending(row, record, rev, words)
    except InvalidInput as error:
        mended.refuse(error.problems, row.read.row)
        return
    if changes:
        mended.correct(desk, record.summary.id, changes, row.read.row)
    else:
        mended.unchanged += 1


def _mending(row: _Row, record: Record, rev: int, words: Words) -> dict[str, Any]:
    """Return what a row changes of its record; nothing where it says what the record says.

    Raises:
        InvalidInput: every cell that can't be used, or ``record.not_open``, or ``fix.stale``: the
            record was changed after it was handed out in revision *rev*.
    """
    before = row.before(record, words)
    faults = tuple(fault for fault in row.read.faults if fault not in before.faults)
    changes = _changes(before.loose, row.read.loose, record.worker)
    if faults or changes:
        open_to_change(record)
        if record.summary.rev != rev:
            raise InvalidInput("fix.stale", field="/id")
    if faults:
        raise InvalidInput.of(faults)
    return changes


def _record(desk: Desk, identity: str | None) -> tuple[Record, int]:
    """Return the record that a row's identity names, and the revision that was handed out."""
    record_id, _, rev = (identity or "").rpartition("-")
    if not (record_id and rev.isascii() and rev.isdigit()):
        raise InvalidInput("fix.no_identity")
    return desk.records.record(record_id), int(rev)


def _changes(
    before: dict[str, Any], after: dict[str, Any], worker: dict[str, Any]
) -> dict[str, Any]:
    """Return what the row says otherwise than it did; None for what was emptied.

    Of a list the workbook shows the first; the others stay.
    """
    changes: dict[str, Any] = {}
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if isinstance(old, dict) or isinstance(new, dict):
            changes[name] = _changes(old or {}, new or {}, {}) if new else None
        elif isinstance(new, list) and name in ("occupations", "heirs"):
            rest = (worker.get(name) or [])[len(old or []) :]
            changes[name] = [*new, *(each for each in rest if each not in new)]
        else:
            changes[name] = new
    return changes
