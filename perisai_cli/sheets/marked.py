"""Hands a workbook back: each row as it came, and beside it what needs mending and how.

Nothing of it needs colour: a marked cell has a thick frame, bold text and a comment, and the column
``perisai`` says the same in words. The last column, which is hidden, keeps the id by which a row is
known when it comes back mended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from perisai_cli.domain.spreadsheet import MAX_ROWS, printable, sheet_name
from perisai_cli.sheets.model import Marked
from perisai_cli.sheets.writing import (
    Pen,
    height_of,
    new_workbook,
    print_on_paper,
    write_explanation,
)

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

SIGNS = "perisai"
IDENTITY = "perisai_id"
OWN_HEADINGS = frozenset({SIGNS, IDENTITY})
"""Headings of the columns that this module adds, in every language."""

MAX_COMMENTS = 5_000
"""Comments to a workbook: each is a drawing, kept in memory; the signs go on without an end."""

_WIDTH, _WIDE = 18, 70


def write_marked(
    path: Path,
    sheets: Iterable[tuple[str, Sequence[str], Iterable[Marked]]],
    words: Mapping[str, str],
) -> None:
    """Write a workbook of rows to mend; memory does not grow with their number.

    Args:
        path: Where to; what stands there already is replaced.
        sheets: Name, headings and rows of each sheet. A mark whose column is beyond the headings
            is told in the column of signs alone.
        words: ``sheet`` and ``explanation``: name and lines of the first sheet.

    Raises:
        DiskTrouble: ``report.unwritable``; no half workbook is left under its name.
    """
    with new_workbook(path) as book:
        pen = Pen(book)
        taken: set[str] = set()
        write_explanation(book, pen, sheet_name(words["sheet"], taken), words["explanation"])
        comments = iter(range(MAX_COMMENTS))
        for name, headings, rows in sheets:
            for part in _parts(rows):
                sheet = book.add_worksheet(sheet_name(name, taken))
                _Sheet(sheet, pen, tuple(headings), comments).fill(part)
        book.worksheets()[0].activate()  # a person sees first what it is


def _parts(rows: Iterable[Marked]) -> Iterator[Iterator[Marked]]:
    """Yield the rows in parts that fit on a sheet; the first part is there even when empty."""
    left = iter(rows)
    yield islice(left, MAX_ROWS - 1)
    for following in left:
        yield islice(chain((following,), left), MAX_ROWS - 1)


class _Sheet:
    """One sheet under the pen."""

    def __init__(
        self, sheet: Worksheet, pen: Pen, headings: tuple[str, ...], comments: Iterator[int]
    ):
        self._sheet = sheet
        self._pen = pen
        self._headings = headings
        self._comments = comments
        self._signs = len(headings)

    def fill(self, rows: Iterator[Marked]) -> None:
        """Write the heading and the rows."""
        self._head()
        number = 0
        for number, row in enumerate(rows, 1):
            self._write(number, row)
        self._sheet.autofilter(0, 0, number, self._signs)

    def _head(self) -> None:
        sheet, signs = self._sheet, self._signs
        if signs:
            sheet.set_column(0, signs - 1, _WIDTH, self._pen.formats["text", False])
        sheet.set_column(signs, signs, _WIDE, self._pen.sentence)
        sheet.set_column(signs + 1, signs + 1, 38, self._pen.faint, {"hidden": True})
        for column, heading in enumerate((*self._headings, SIGNS, IDENTITY)):
            sheet.write_string(0, column, printable(heading), self._pen.heading)
        sheet.freeze_panes(1, 0)
        print_on_paper(sheet)
        sheet.set_comments_author(SIGNS)

    def _write(self, number: int, row: Marked) -> None:
        signs = [self._sign(column, row.marks[column]) for column in sorted(row.marks)]
        if signs:
            self._sheet.set_row(number, height_of(signs, _WIDE))
        # One row after the other and its columns in order: this is how memory stays constant.
        for column, value in enumerate(row.cells[: self._signs]):
            self._pen.write(self._sheet, number, column, value, marked=column in row.marks)
        for column in sorted(row.marks):
            if len(row.cells) <= column < self._signs:
                self._pen.write(self._sheet, number, column, None, marked=True)
        self._sheet.write_string(number, self._signs, "\n".join(signs), self._pen.sentence)
        self._sheet.write_string(number, self._signs + 1, row.identity, self._pen.faint)
        for column in sorted(row.marks):
            if column < self._signs and next(self._comments, None) is not None:
                self._comment(number, column, row.marks[column])

    def _sign(self, column: int, sentences: tuple[str, ...]) -> str:
        heading = self._headings[column] if column < self._signs else ""
        place = f"{printable(heading)}: " if heading else ""
        return f"✗ {place}{' '.join(sentences)}"

    def _comment(self, number: int, column: int, sentences: tuple[str, ...]) -> None:
        text = "\n".join(sentences)
        lines = sum(1 + len(line) // 40 for line in sentences)
        self._sheet.write_comment(number, column, text, {"width": 280, "height": 30 + 18 * lines})
