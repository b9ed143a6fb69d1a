"""Which rows go back to be mended, and which cells of them are marked with what."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from perisai_cli.actions.import_rows import Seen
from perisai_cli.domain.errors import Problem
from perisai_cli.sheets.marked import OWN_HEADINGS
from perisai_cli.sheets.model import Book, Cell, Column, Marked, SheetRow, Table

NEEDED: dict[str, frozenset[str]] = {
    "nik": frozenset({"nik"}),
    "name": frozenset({"name"}),
    "birth_date": frozenset({"birth_date", "birth"}),
    "sex": frozenset({"sex"}),
    "phone": frozenset({"phone", "address.text"}),
    "occupations.code": frozenset({"occupations.code", "occupations"}),
    "income": frozenset({"income", "tier"}),
}
"""Field that every worker needs to the fields, and the options, that give it."""

_SAME_CELL = {
    "birth_date": "birth",
    "birth_place": "birth",
    "address.rt": "address.rt_rw",
    "address.rw": "address.rt_rw",
    "occupations": "occupations.code",
}
"""Member of a worker to the field whose column may hold it among other things."""


class Words(Protocol):
    """The user's language, for what stands in the workbook."""

    def sentences(self, problem: Problem) -> tuple[str, ...]:
        """Return what is wrong and what cures it."""

    def heading(self, field: str) -> str:
        """Return the heading of a field's column, one that the tool reads again."""

    def sheet(self) -> Mapping[str, str]:
        """Return name and lines of the first sheet."""


class WatchedBook:
    """A book whose rows are kept for a moment, so that a row read as a person can go back whole."""

    def __init__(self, book: Book):
        self._book = book
        self._recent: deque[SheetRow] = deque()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._book, name)

    def rows(self, sheet: str) -> Iterator[SheetRow]:
        """Yield the rows of a sheet."""
        self._recent.clear()
        for row in self._book.rows(sheet):
            self._recent.append(row)
            yield row

    def cells(self, number: int) -> tuple[Cell, ...]:
        """Return the cells of a row that was read, and forget it and all before it."""
        while self._recent and self._recent[0].number < number:
            self._recent.popleft()
        if self._recent and self._recent[0].number == number:
            return self._recent.popleft().cells
        return ()


class Mending:
    """A table on its way back: its own columns, then those it lacks and every worker needs."""

    def __init__(self, table: Table, for_all: Mapping[str, Any], words: Words):
        self._words = words
        own = [column for column in table.columns if column.heading not in OWN_HEADINGS]
        width = max((column.index + 1 for column in own), default=0)
        named = {column.index: column for column in own}
        dropped = {column.index for column in table.columns} - set(named)
        self._kept = [index for index in range(width) if index not in dropped]
        fields = [named[index].field if index in named else None for index in self._kept]
        lacking = list(_lacking(fields, for_all))
        self.headings = tuple(
            [named[index].heading if index in named else "" for index in self._kept]
            + [words.heading(field) for field in lacking]
        )
        self._fields: tuple[str | None, ...] = (*fields, *lacking)
        self._sheet = table.sheet

    def as_table(self) -> Table:
        """Return the table that the mended workbook will be read as."""
        columns = (
            Column(index, heading, field, "saved")
            for index, (heading, field) in enumerate(zip(self.headings, self._fields, strict=True))
        )
        return Table(self._sheet, (1, 1), tuple(columns))

    def marked(self, seen: Seen, cells: tuple[Cell, ...]) -> Marked:
        """Return a row with its sentences beside the cells that they are about."""
        marks: dict[int, tuple[str, ...]] = {}
        for fault in seen.faults:
            column = self._column(fault.field)
            marks[column] = (*marks.get(column, ()), *self._words.sentences(fault))
        kept = tuple(cells[index] if index < len(cells) else None for index in self._kept)
        return Marked(seen.identity, kept, marks)

    def _column(self, pointer: str | None) -> int:
        """Return the column that a pointer is about; beyond the headings where there is none."""
        steps = [step for step in (pointer or "").split("/") if step and not step.isdigit()]
        for end in range(len(steps), 0, -1):
            member = ".".join(steps[:end])
            for wanted in (member, _SAME_CELL.get(member, member)):
                for column, field in enumerate(self._fields):
                    if field is not None and f"{field}.".startswith(f"{wanted}."):
                        return column
        return len(self._fields)


def _lacking(fields: list[str | None], for_all: Mapping[str, Any]) -> Iterator[str]:
    """Yield the fields that neither a column nor an option gives."""
    given = {field for field in fields if field} | set(for_all)
    return (field for field, givers in NEEDED.items() if not given & givers)
