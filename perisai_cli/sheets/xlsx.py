"""XLSX files, read a row at a time by a parser that streams; no formula is ever worked out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.sheets.model import Cell, SheetRow, Unreadable
from perisai_cli.sheets.numbers import day_of, exact
from perisai_cli.sheets.opened import MAX_COLUMNS, MAX_ROWS, Opened, without_tail
from perisai_cli.sheets.package import MAX_TEXT, Package, damage_told
from perisai_cli.sheets.workbook import Contents, SharedTexts, day_styles, plain_text

_MERGED = re.compile(rb'mergeCell [^>]*?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
_MAX_MERGED = 50_000
_SEAM = 200  # longer than one mergeCell element, so that none is lost between two pieces

Spans = dict[int, list[tuple[int, int]]]
"""First row of a merge to its column and last row."""


class XlsxBook(Opened):
    """An open XLSX file."""

    kind = "xlsx"

    def __init__(self, path: Path):
        self._package = Package(path)
        try:
            with damage_told():
                self._load()
        except InvalidInput:
            self._package.close()
            raise

    def _load(self) -> None:
        self._merges: dict[str, Spans] = {}
        contents = Contents(self._package)
        self.first_day = contents.first_day
        self.sheets = tuple(sheet.name for sheet in contents.sheets)
        self.hidden = frozenset(sheet.name for sheet in contents.sheets if sheet.hidden)
        self._parts = {sheet.name: sheet.part for sheet in contents.sheets}
        self._days = day_styles(self._package, contents.styles)
        self._shared = SharedTexts(self._package, contents.shared)

    def close(self) -> None:
        """Let go of the file."""
        self._package.close()

    def rows(self, sheet: str) -> Iterator[SheetRow]:
        """Yield the rows of a sheet; what a merge of one column shows stands in all its rows.

        Raises:
            InvalidInput: the file is damaged, or too large when unpacked.
        """
        part = self._parts[sheet]
        reader = _Rows(self, self._shared, self._days)
        spans = self._merges.get(part)
        if spans is None:
            spans = self._merges[part] = self._spans(part)
        held: dict[int, tuple[int, Cell]] = {}
        for _ in self._package.parse(part, reader.start, reader.end, reader.text):
            ready, reader.ready = reader.ready, []
            yield from (_spread(row, spans, held) for row in ready) if spans else ready

    def _spans(self, part: str) -> Spans:
        """Return the merges of one column; they stand behind all rows, and are searched for there.

        A search through the octets takes a tenth of the time that parsing twice would.
        """
        spans: Spans = {}
        before, count = b"", 0
        for chunk in self._package.chunks(part):
            if b"erge" in chunk or b"erge" in before[-_SEAM:]:
                for found in _MERGED.finditer(before[-_SEAM:] + chunk):
                    first, top, last, bottom = found.groups()
                    if first == last and int(bottom) > int(top):
                        spans.setdefault(int(top), []).append((_column(first), int(bottom)))
                        count += 1
                if count > _MAX_MERGED:
                    raise InvalidInput("sheet.too_large")
            before = chunk
        return spans


def _column(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def _spread(row: SheetRow, spans: Spans, held: dict[int, tuple[int, Cell]]) -> SheetRow:
    """Return *row* with the values of the merges that reach down to it."""
    cells = row.cells
    for column, (last, value) in list(held.items()):
        if row.number > last:
            del held[column]
        elif column >= len(cells) or cells[column] is None:
            grown = list(cells) + [None] * (column + 1 - len(cells))
            grown[column] = value
            cells = tuple(grown)
    for column, last in spans.get(row.number, ()):
        if column < len(cells) and cells[column] is not None:
            held[column] = last, cells[column]
    return row._replace(cells=cells)


class _Rows:
    """Makes rows of the elements of a sheet."""

    def __init__(self, book: XlsxBook, shared: SharedTexts, days: frozenset[int]):
        self.ready: list[SheetRow] = []
        self._first_day, self._shared, self._days = book.first_day, shared, days
        self._number = 0
        self._cells: list[Cell] = []
        self._hidden = False
        self._kind, self._day, self._at = "n", False, 0
        self._pieces: list[str] = []
        self._length = 0
        self._reading = self._formula = False

    def start(self, name: str, said: dict[str, str]) -> None:
        if name == "c":
            self._start_cell(said)
        elif name in ("v", "t"):
            self._reading = True
        elif name == "f":
            self._formula = True
        elif name == "row":
            number = int(said["r"]) if "r" in said else self._number + 1
            if not self._number < number <= MAX_ROWS:
                raise InvalidInput("sheet.damaged")
            self._number, self._cells = number, []
            self._hidden = said.get("hidden") in ("1", "true")

    def _start_cell(self, said: dict[str, str]) -> None:
        self._kind = said.get("t", "n")
        self._day = "s" in said and int(said["s"]) in self._days
        self._at = len(self._cells)
        self._pieces, self._length, self._formula = [], 0, False
        place = said.get("r")
        if place is not None:
            self._at = _column(place.rstrip("0123456789").encode("ascii"))
            if not len(self._cells) <= self._at < MAX_COLUMNS:
                raise InvalidInput("sheet.too_wide", limit=MAX_COLUMNS)

    def text(self, text: str) -> None:
        if self._reading:
            self._pieces.append(text)
            self._length += len(text)
            if self._length > MAX_TEXT:
                raise InvalidInput("sheet.too_large")

    def end(self, name: str) -> None:
        if name == "c":
            value = self._value("".join(self._pieces))
            if value is not None:
                self._cells.extend([None] * (self._at - len(self._cells)))
                self._cells.append(value)
        elif name in ("v", "t"):
            self._reading = False
        elif name == "row":
            self.ready.append(SheetRow(self._number, without_tail(self._cells), self._hidden))

    def _value(self, text: str) -> Cell:
        kind = self._kind
        if text == "":
            return Unreadable("=") if self._formula and kind != "str" else None
        if kind == "s":
            return self._shared[int(text)] or None
        if kind == "n":
            return self._number_or_day(exact(text))
        return _other_value(kind, text)

    def _number_or_day(self, number: int | Decimal) -> Cell:
        if self._day and (day := day_of(number, self._first_day)):
            return day
        return number


def _other_value(kind: str, text: str) -> Cell:
    if kind == "b":
        return text.strip() in ("1", "true")
    if kind == "e":
        return Unreadable(text)
    return text[:10] if kind == "d" else plain_text(text)
