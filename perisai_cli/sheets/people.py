"""Turns the rows of a table into people: every cell read by its column, faults and cures named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from perisai_cli.sheets.days import read_birth, read_birth_date
from perisai_cli.sheets.draft import Draft
from perisai_cli.sheets.fields import READERS, pointer_of
from perisai_cli.sheets.identities import read_nik, settle_letters
from perisai_cli.sheets.model import Book, Cell, Person, SheetRow, Skipped, Table
from perisai_cli.sheets.places import put_together
from perisai_cli.sheets.texts import NOTHING, is_broken, plain, written

__all__ = ["Skipped", "people"]

Reader = Callable[[Draft, Cell], None]
Reason = Literal["blank", "total", "heading", "note"]

_FIRST: dict[str, Reader] = {"nik": read_nik}
"""Read before all others: the NIK decides which of two days a date can mean."""
_DAYS: dict[str, Reader] = {"birth": read_birth, "birth_date": read_birth_date}
_TOTAL = re.compile(r"(?:sub ?|grand )?(?:total|jumlah)\b")
_PROOF_OF_A_PERSON = frozenset({"nik", "phone", "birth_date", "birth", "sex"})


class _Step(NamedTuple):
    """A column to read: where it is, what it holds, how it is read."""

    at: int
    field: str
    doubt: str | None
    read: Reader


def people(
    book: Book,
    tables: Sequence[Table],
    today: date,
    occupations: Mapping[str, str] | None = None,
) -> Iterator[Person | Skipped]:
    """Yield what every row of the tables holds, in their order: a person, or why there is none.

    What a row does not say is not made up, but for the sex and the birth date that its NIK says,
    which is told. Nothing is checked here that the reading of a worker checks: a member missing
    from ``loose`` without a fault was not given.

    Args:
        book: The open spreadsheet.
        tables: Tables of it, from ``find_tables``.
        today: The day of registration, by which centuries are chosen.
        occupations: Words to occupation codes, besides those that are known.

    Raises:
        InvalidInput: the file is damaged, or too large when unpacked.
    """
    known = {plain(word): code for word, code in (occupations or {}).items()}
    for table in tables:
        yield from _TableReader(book, table, today, known).rows()


class _TableReader:
    """One table under reading."""

    def __init__(self, book: Book, table: Table, today: date, occupations: dict[str, str]):
        self._book, self._table, self._today = book, table, today
        self._sheet = table.sheet
        readers = {**READERS, **_FIRST, **_DAYS}
        if occupations:
            readers["occupations.code"] = _with_words(occupations, readers["occupations.code"])
        steps = [
            _Step(column.index, column.field, column.doubt, readers[column.field])
            for column in table.columns
            if column.field in readers
        ]
        order = {"nik": 0, "birth": 1, "birth_date": 1}
        self._steps = sorted(steps, key=lambda step: order.get(step.field, 2))
        self._headings = {
            column.index: plain(column.heading) for column in table.columns if plain(column.heading)
        }

    def rows(self) -> Iterator[Person | Skipped]:
        """Yield a person, or why there is none, for each row of the sheet."""
        last = self._table.heading_rows[1]
        for row in self._book.rows(self._sheet):
            if row.number <= last:
                yield Skipped(self._sheet, row.number, "heading" if row.cells else "blank")
            else:
                yield self._read(row)

    def _read(self, row: SheetRow) -> Person | Skipped:
        draft = Draft(self._today, self._book.first_day)
        held = self._held(row.cells)
        fields = {step.field for step, _ in held}
        if not (held and held[0][0].field == "nik" and _could_be_nik(held[0][1])):
            reason = self._no_person(row.cells, fields - {"nik"})
            if reason is not None:
                return Skipped(self._sheet, row.number, reason)
        for step, cell in held:
            if is_broken(cell):
                draft.fault("cell.formula" if cell == "=" else "cell.error", pointer_of(step.field))
            else:
                draft.doubt = step.doubt
                step.read(draft, cell)
        _finish(draft, fields)
        if row.hidden:
            draft.warn("row.hidden", None)
        return Person(
            self._sheet,
            row.number,
            draft.loose,
            tuple(draft.faults),
            tuple(draft.warnings),
            draft.identity,
        )

    def _held(self, cells: tuple[Cell, ...]) -> list[tuple[_Step, Cell]]:
        """Return the cells that hold something, in the order in which they are read."""
        held: list[tuple[_Step, Cell]] = []
        width = len(cells)
        for step in self._steps:
            cell = cells[step.at] if step.at < width else None
            if cell is None or (isinstance(cell, str) and len(cell) < 8 and _says_nothing(cell)):
                continue
            held.append((step, cell))
        return held

    def _no_person(self, cells: tuple[Cell, ...], fields: set[str]) -> Reason | None:
        """Return why a row without a NIK, or with little else, holds no person; None: it does."""
        texts = [written(cell) for cell in cells]
        said = [text for text in texts if text]
        if not said or (not fields and len(said) == 1 and said[0].strip(".)").isdigit()):
            return "blank"  # a form's rows are often numbered before they are filled in
        if self._is_heading(cells):
            return "heading"
        words = [plain(text) for text in said]
        if any(_TOTAL.match(word) for word in words[:3]) and not fields & _PROOF_OF_A_PERSON:
            return "total"
        return None if len(fields) > 1 else "note"

    def _is_heading(self, cells: tuple[Cell, ...]) -> bool:
        """Tell whether a row repeats the heading, as at the top of a printed page."""
        same = sum(
            plain(written(cells[index])) == heading
            for index, heading in self._headings.items()
            if index < len(cells) and isinstance(cells[index], str)
        )
        return same > 1 and same * 2 >= sum(cell is not None for cell in cells)


@lru_cache(maxsize=4096)
def _says_nothing(cell: str) -> bool:
    """Tell whether a short text stands for an empty cell."""
    return written(cell).lower() in NOTHING


def _could_be_nik(cell: Cell) -> bool:
    """Tell whether a cell is more digits than letters, unlike a title or the name of a group."""
    return (
        not isinstance(cell, str)
        or cell.isdigit()
        or sum(map(str.isdigit, cell)) > sum(map(str.isalpha, cell))
    )


def _with_words(words: dict[str, str], otherwise: Reader) -> Reader:
    def read(draft: Draft, cell: Cell) -> None:
        code = words.get(plain(written(cell)))
        if code is None:
            otherwise(draft, cell)
        else:
            draft.loose.setdefault("occupations", [{}])[0]["code"] = code

    return read


def _finish(draft: Draft, fields: set[str]) -> None:
    """Settle what more than one cell decides."""
    nik = draft.nik
    if nik is not None:
        told = {each.field for each in draft.warnings}
        proven = draft.loose.get("birth_date") == nik.birth_date.isoformat()
        settle_letters(draft, proven=proven and "/birth_date" not in told)
        _take_from_nik(draft, fields)
    if draft.pieces:
        put_together(draft)


def _take_from_nik(draft: Draft, fields: set[str]) -> None:
    """Take the sex and the birth date from the NIK where the row says nothing of them."""
    nik = draft.nik
    if nik is None:
        return
    if "sex" not in fields:
        draft.loose["sex"] = nik.sex
        draft.warn("sex.from_nik", "/sex")
    if not fields & {"birth", "birth_date"} and not nik.century_ambiguous:
        draft.loose["birth_date"] = nik.birth_date.isoformat()
        draft.warn("birth_date.from_nik", "/birth_date")
