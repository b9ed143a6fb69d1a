"""An empty workbook for an association to fill in: headings, formats, lists to choose from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from perisai_cli.domain.spreadsheet import sheet_name
from perisai_cli.sheets.writing import (
    Pen,
    height_of,
    new_workbook,
    print_on_paper,
    write_explanation,
)

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

ROWS = 1_000
"""Rows that are made ready; more can be filled in below them."""


class Blank(NamedTuple):
    """A column to fill in.

    Attributes:
        heading: Its heading, in words that the tool reads again.
        kind: ``text``, ``day`` or ``money``.
        width: Characters that it is wide.
        choices: What can be chosen; anything else can be typed all the same.
        length: Characters that a text must have, or None.
        note: What to tell beside the cells.
    """

    heading: str
    kind: str = "text"
    width: int = 18
    choices: tuple[str, ...] = ()
    length: int | None = None
    note: str = ""


def write_blank_book(path: Path, columns: Sequence[Blank], words: Mapping[str, str]) -> None:
    """Write an empty workbook.

    Args:
        path: Where to; what stands there already is replaced.
        columns: The columns of the sheet to fill in.
        words: ``sheet`` and ``explanation`` of the first sheet; ``people`` and ``choices``, the
            names of the others; ``wrong``, what to tell of something that is not on a list.

    Raises:
        DiskTrouble: ``report.unwritable``; no half workbook is left under its name.
    """
    with new_workbook(path) as book:
        pen = Pen(book)
        taken: set[str] = set()
        write_explanation(book, pen, sheet_name(words["sheet"], taken), words["explanation"])
        people = book.add_worksheet(sheet_name(words["people"], taken))
        lists = sheet_name(words["choices"], taken)
        people.freeze_panes(1, 0)
        print_on_paper(people)
        formats = _formats(book)
        lines = max(height_of((column.heading,), int(column.width)) for column in columns)
        people.set_row(0, lines)
        for index, column in enumerate(columns):
            people.set_column(index, index, column.width, formats[column.kind])
            people.write_string(0, index, column.heading, pen.heading)
            rule = _rule(column, index, lists, words["wrong"])
            if rule:
                people.data_validation(1, index, ROWS, index, rule)
        people.activate()
        _write_lists(book, lists, columns)


def _formats(book: Workbook) -> dict[str, Format]:
    looks = {"text": "@", "day": "dd/mm/yyyy", "money": "#,##0"}
    return {kind: book.add_format({"num_format": form}) for kind, form in looks.items()}


def _rule(column: Blank, index: int, lists: str, wrong: str) -> dict[str, object]:
    """Return what Excel checks while a cell is filled in: a warning, which can be overruled."""
    if column.length is not None:
        rule: dict[str, object] = {
            "validate": "length",
            "criteria": "==",
            "value": column.length,
        }
    elif column.choices:
        letters = _letters(index)
        source = f"='{lists}'!${letters}$2:${letters}${len(column.choices) + 1}"
        rule = {"validate": "list", "source": source}
    else:
        return {}
    told = column.note or wrong
    return rule | {"error_type": "warning", "error_title": column.heading, "error_message": told}


def _letters(index: int) -> str:
    from xlsxwriter.utility import xl_col_to_name

    return str(xl_col_to_name(index))


def _write_lists(book: Workbook, name: str, columns: Sequence[Blank]) -> None:
    """Write what can be chosen to a sheet of its own, for a rule itself holds few letters."""
    sheet = book.add_worksheet(name)
    for row in range(1 + max((len(column.choices) for column in columns), default=0)):
        for index, column in enumerate(columns):
            if not column.choices:
                continue
            if row == 0:
                sheet.write_string(0, index, column.heading)
            elif row <= len(column.choices):
                sheet.write_string(row, index, column.choices[row - 1])
    sheet.hide()
