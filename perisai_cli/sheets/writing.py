"""Workbooks that the tool writes: whole or not at all, and no text in them is ever a formula."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perisai_cli.domain.errors import DiskTrouble
from perisai_cli.domain.spreadsheet import FORMULA_SIGNS, printable
from perisai_cli.sheets.model import Cell

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_FIRST_YEAR = 1900  # a sheet has no days before it
_LONG_NUMBER = 10**11  # a sheet shows longer ones as 5,17E+15, and typing over one damages a NIK
_LAST_NUMBER = 10**16

_LINE, _LINE_HEIGHT, _MOST_LINES = 90, 15, 12
_A4 = 9

_PLAIN: dict[str, Any] = {"valign": "top"}
_KINDS: dict[str, dict[str, Any]] = {
    "text": {"num_format": "@"},
    # An apostrophe that Excel keeps beside the cell, not in it: what was written stays untouched.
    "quoted": {"num_format": "@", "quote_prefix": True},
    "number": {},
    "day": {"num_format": "dd/mm/yyyy"},
}
_MARKED: dict[str, Any] = {"bg_color": "#FFE699", "bold": True, "border": 5}


@contextmanager
def new_workbook(path: Path) -> Iterator[Workbook]:
    """Yield a workbook that takes its name only when all of it is on the disk.

    Its parts wait in a hidden folder beside it, for they hold what the workbook holds; one that a
    crash left there is cleared by the next attempt. Only the owner may read either.

    Raises:
        DiskTrouble: ``report.unwritable``; no half workbook is left under its name.
    """
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    try:
        final = path.resolve()
        parts = final.with_name(f".{final.name}.perisai")
        shutil.rmtree(parts, ignore_errors=True)
        parts.mkdir(mode=0o700)
        try:
            unfinished = parts / "workbook"
            book = Workbook(str(unfinished), _options(parts))
            try:
                yield book
                book.close()
            finally:
                for sheet in book.worksheets():
                    sheet._opt_close()
            _settle(unfinished, final)
        finally:
            shutil.rmtree(parts, ignore_errors=True)
    except FileCreateError as error:  # how the library says that closing the file failed
        raise DiskTrouble.unwritable("report.unwritable", path, error.args[0]) from None
    except OSError as error:
        raise DiskTrouble.unwritable("report.unwritable", path, error) from None


def _options(parts: Path) -> dict[str, Any]:
    return {
        "constant_memory": True,
        "tmpdir": str(parts),
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }


def _settle(unfinished: Path, final: Path) -> None:
    unfinished.chmod(0o600)
    with unfinished.open("rb+") as file:
        os.fsync(file.fileno())
    unfinished.replace(final)


class Pen:
    """Writes cells as the values that they are, marked or not; text stays text for ever."""

    def __init__(self, book: Workbook):
        self.formats: Mapping[tuple[str, bool], Format] = {
            (kind, marked): book.add_format(_PLAIN | looks | (_MARKED if marked else {}))
            for kind, looks in _KINDS.items()
            for marked in (False, True)
        }
        self.heading = book.add_format(
            {"num_format": "@", "bold": True, "bg_color": "#D9E1F2", "border": 1, "text_wrap": True}
        )
        self.sentence = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        self.faint = book.add_format({"num_format": "@", "font_color": "#808080"})

    def write(self, sheet: Worksheet, row: int, column: int, value: Cell, *, marked: bool) -> None:
        """Write one cell; an empty one only where it is marked."""
        if value is None or value == "":
            if marked:
                sheet.write_blank(row, column, None, self.formats["text", True])
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value, self.formats["number", marked])
        elif isinstance(value, int | Decimal) and abs(Decimal(value)) < _LAST_NUMBER:
            kind = "text" if abs(Decimal(value)) >= _LONG_NUMBER else "number"
            sheet.write_number(row, column, value, self.formats[kind, marked])
        elif isinstance(value, date) and value.year >= _FIRST_YEAR:
            sheet.write_datetime(row, column, value, self.formats["day", marked])
        else:
            text = printable(str(value))
            kind = "quoted" if text.startswith(FORMULA_SIGNS) else "text"
            sheet.write_string(row, column, text, self.formats[kind, marked])


def write_explanation(book: Workbook, pen: Pen, name: str, sentences: str) -> None:
    """Write the first sheet: what this workbook is and what to do with it, a line to a row."""
    sheet = book.add_worksheet(name)
    sheet.set_column(0, 0, _LINE, pen.sentence)
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    for row, line in enumerate(sentences.splitlines()):
        sheet.set_row(row, height_of((line,), _LINE))
        sheet.write_string(row, 0, line, pen.sentence)


def height_of(lines: Iterable[str], width: int) -> int:
    """Return the height of a row, in points, that shows *lines* broken at *width* characters.

    A spreadsheet grows a row by itself while it is typed in, not while it is opened.
    """
    shown = sum(1 + len(line) // width for line in lines)
    return _LINE_HEIGHT * min(max(shown, 1), _MOST_LINES)


def print_on_paper(sheet: Worksheet) -> None:
    """Let a sheet come out of a printer as wide as the paper, its heading on every page."""
    sheet.set_paper(_A4)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
