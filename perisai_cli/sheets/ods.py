"""ODS files, read a row at a time by a parser that streams; no formula is ever worked out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.sheets.model import Cell, SheetRow, Unreadable
from perisai_cli.sheets.numbers import exact
from perisai_cli.sheets.opened import MAX_COLUMNS, MAX_ROWS, Opened, without_tail
from perisai_cli.sheets.package import MAX_TEXT, Package, damage_told
from perisai_cli.sheets.workbook import MAX_SHEETS

CONTENT = "content.xml"
_UNSEEN = frozenset({"collapse", "filter"})
_NUMBERS = frozenset({"float", "currency", "percentage"})


def _said(attributes: dict[str, str], *names: str) -> str | None:
    """Return the first attribute of *names*, whatever stands for its namespace."""
    for name, value in attributes.items():
        if name.rpartition(":")[2] in names:
            return value
    return None


class OdsBook(Opened):
    """An open ODS file."""

    kind = "ods"

    def __init__(self, path: Path):
        self._package = Package(path)
        self._names: list[str] = []
        self._hidden: set[str] = set()
        self._unseen_styles: set[str] = set()
        self._style = ""
        try:
            with damage_told():
                self._refuse_password()
                for _ in self._package.parse(CONTENT, self._outline, lambda _: None):
                    pass
        except InvalidInput:
            self._package.close()
            raise
        self.sheets = tuple(self._names)
        self.hidden = frozenset(self._hidden)

    def _refuse_password(self) -> None:
        manifest = "META-INF/manifest.xml"
        if manifest in self._package and b"encryption-data" in self._package.whole(manifest):
            raise InvalidInput("sheet.password")
        if CONTENT not in self._package:
            raise InvalidInput("sheet.not_one")

    def _outline(self, name: str, said: dict[str, str]) -> None:
        """Note the sheets, and which of them nobody sees."""
        if name == "style":
            self._style = _said(said, "name") or ""
        elif name == "table-properties" and _said(said, "display") == "false":
            self._unseen_styles.add(self._style)
        elif name == "table":
            sheet = _said(said, "name") or ""
            self._names.append(sheet)
            if said.get("table:style-name") in self._unseen_styles:
                self._hidden.add(sheet)
            if len(self._names) > MAX_SHEETS:
                raise InvalidInput("sheet.too_large")

    def close(self) -> None:
        """Let go of the file."""
        self._package.close()

    def rows(self, sheet: str) -> Iterator[SheetRow]:
        """Yield the rows of a sheet; what a merge of one column shows stands in all its rows.

        Raises:
            InvalidInput: the file is damaged, or too large when unpacked.
        """
        reader = _Rows(self._names.index(sheet))
        for _ in self._package.parse(CONTENT, reader.start, reader.end, reader.text):
            ready, reader.ready = reader.ready, []
            for row, times in ready:
                for offset in range(times):
                    yield row._replace(number=row.number + offset) if offset else row
            if reader.done:
                return


class _Rows:
    """Makes rows of the elements of one sheet, which is the *wanted*-th of the document."""

    def __init__(self, wanted: int):
        self.ready: list[tuple[SheetRow, int]] = []
        self.done = False
        self._to_pass, self._inside = wanted, False
        self._number, self._times, self._unseen = 1, 1, False
        self._cells: list[Cell] = []
        self._cell: dict[str, str] | None = None
        self._covered = False
        self._pieces: list[str] = []
        self._length = self._paragraphs = self._aside = 0
        self._held: dict[int, tuple[int, Cell]] = {}

    def start(self, name: str, said: dict[str, str]) -> None:
        if name == "table":
            self._inside = self._to_pass == 0
            self._to_pass -= 1
        elif not self._inside:
            return
        elif name == "table-row":
            self._cells = []
            self._times = _count(_said(said, "number-rows-repeated"), MAX_ROWS)
            self._unseen = _said(said, "visibility") in _UNSEEN
        elif name in ("table-cell", "covered-table-cell"):
            self._cell = {key.rpartition(":")[2]: value for key, value in said.items()} | {
                "value-type": said.get("calcext:value-type") or _said(said, "value-type") or ""
            }
            self._covered = name != "table-cell"
            self._pieces, self._length, self._paragraphs = [], 0, 0
        elif name == "annotation":  # a comment beside the cell, no part of it
            self._aside += 1
        elif self._cell is not None and not self._aside:
            self._start_text(name, said)

    def _start_text(self, name: str, said: dict[str, str]) -> None:
        if name == "p":
            if self._paragraphs:
                self.text("\n")
            self._paragraphs += 1
        elif name == "s":
            self.text(" " * _count(_said(said, "c"), MAX_TEXT))
        elif name in ("tab", "line-break"):
            self.text(" ")

    def text(self, text: str) -> None:
        if self._paragraphs and self._cell is not None and not self._aside:
            self._pieces.append(text)
            self._length += len(text)
            if self._length > MAX_TEXT:
                raise InvalidInput("sheet.too_large")

    def end(self, name: str) -> None:
        if not self._inside:
            return
        if name == "annotation":
            self._aside -= 1
        elif name in ("table-cell", "covered-table-cell"):
            self._end_cell()
        elif name == "table-row":
            self._end_row()
        elif name == "table":
            self._inside, self.done = False, True

    def _end_cell(self) -> None:
        said, self._cell = self._cell or {}, None
        at, times = len(self._cells), _count(said.get("number-columns-repeated"), MAX_ROWS)
        value = None if self._covered else _value(said, "".join(self._pieces))
        down = _count(said.get("number-rows-spanned"), MAX_ROWS)
        if value is None:
            # Blank cells to the end of the sheet cost nothing unless one with a value follows.
            times = min(times, MAX_COLUMNS + 1 - min(at, MAX_COLUMNS))
        elif at + times > MAX_COLUMNS:
            raise InvalidInput("sheet.too_wide", limit=MAX_COLUMNS)
        elif down > 1 and said.get("number-columns-spanned", "1") == "1":
            self._held[at] = self._number + down - 1, value
        self._cells.extend([value] * times)

    def _end_row(self) -> None:
        number, times = self._number, self._times
        self._number += times
        for column, (last, value) in list(self._held.items()):
            if number > last:
                del self._held[column]
            elif column < len(self._cells) and self._cells[column] is None:
                self._cells[column] = value
        cells = without_tail(self._cells)
        if not cells:
            times = 1
        elif self._number > MAX_ROWS + 1:
            raise InvalidInput("sheet.too_large")
        self.ready.append((SheetRow(number, cells, self._unseen), times))


def _count(text: str | None, most: int) -> int:
    """Return how often something is repeated.

    Raises:
        ValueError: no number from 1 to *most*.
    """
    count = 1 if text is None else int(text)
    if not 1 <= count <= most:
        raise ValueError
    return count


def _value(said: dict[str, str], shown: str) -> Cell:
    kind = said["value-type"]
    if kind == "error":
        return Unreadable(shown or "#")
    if kind in _NUMBERS:
        return _number(said, shown)
    if kind == "date":
        return _day(said.get("date-value", ""), shown)
    if kind == "boolean":
        return said.get("boolean-value") == "true"
    if not kind and "formula" in said:
        return Unreadable("=")
    return said.get("string-value") or shown or None


def _number(said: dict[str, str], shown: str) -> int | Decimal | str | None:
    text = said.get("value")
    return exact(text) if text else shown or None


def _day(text: str, shown: str) -> date | str | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return shown or text or None
