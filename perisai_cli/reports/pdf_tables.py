"""Tables on paper: as wide as they must be, in letters as large as they can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from reportlab.platypus import LongTable, Paragraph, TableStyle

from perisai_cli.i18n import text
from perisai_cli.reports.model import NUMBERS, Row, Section
from perisai_cli.reports.pdf_type import BOLD, HEAD, INK, PLAIN, RULE, ZEBRA, Letters, ems, style
from perisai_cli.reports.shown import head_of
from perisai_cli.reports.words import heading, said

SIZES = ((False, 8.0), (False, 7.0), (True, 8.0), (True, 7.0), (True, 6.0), (True, 5.0))
"""What is tried for a table, from the most readable on: (paper on its side, points)."""

_PAD = 0.45  # ems at either side of a cell
_WORD = 11.0  # ems from which a word may be broken
_TEXT = 14.0  # ems that a column of text has at least, where it needs them


class Measured(NamedTuple):
    """A table's words and the room that its columns need.

    Attributes:
        head: Headings.
        body: Rows as they are said.
        total: Last row, or None.
        numbers: Places of columns that stand on the right.
        least: Ems that a column needs at least.
        wanted: Ems with which nothing in it is broken.
    """

    head: list[str]
    body: list[list[str]]
    total: list[str] | None
    numbers: frozenset[int]
    least: list[float]
    wanted: list[float]


def measured(section: Section, letters: Letters) -> Measured:
    """Return the words of a section's table, and the widths that they need."""
    columns = section.columns
    head = [letters.printable(heading(column)) for column in columns]
    body = [
        [letters.printable(said(column, row[column.name])) for column in columns]
        for row in section.rows
    ]
    total = section.total and _total(section, section.total, letters)
    least, wanted = [], []
    for place, column in enumerate(columns):
        cells = {row[place] for row in body} | ({total[place]} if total else set())
        widest = max(ems(cell, bold=bool(total)) for cell in cells) if cells else 0.0
        needed = widest if column.kind in NUMBERS else _needed(cells, bold=bool(total))
        title = max(ems(word, bold=True) for word in head[place].split() or [""])
        least.append(max(needed, min(title, _WORD)) + 2 * _PAD)
        wanted.append(max(widest, ems(head[place], bold=True)) + 2 * _PAD)
    numbers = frozenset(p for p, column in enumerate(columns) if column.kind in NUMBERS)
    return Measured(head, body, total or None, numbers, least, wanted)


def _needed(cells: set[str], *, bold: bool) -> float:
    """Return the ems of the longest word, or of a whole short cell."""
    words = max((ems(word, bold=bold) for cell in cells for word in cell.split()), default=0.0)
    whole = max((ems(cell, bold=bold) for cell in cells), default=0.0)
    return max(min(words, _WORD), min(whole, _TEXT))


def _total(section: Section, total: Row, letters: Letters) -> list[str]:
    """Return the last row; what can't be summed stays empty, and its name stands at the left."""
    values = [(column, total.get(column.name)) for column in section.columns]
    row = [
        "" if value is None else letters.printable(said(column, value)) for column, value in values
    ]
    place = next(p for p, column in enumerate(section.columns) if column.name == head_of(section))
    row[place] = row[place] or letters.printable(text("report_page.total"))
    return row


def fitted(table: Measured, tall: float, wide: float) -> tuple[bool, float]:
    """Return whether the paper lies on its side for a table, and the size of its letters.

    *tall* and *wide* are the points across of the paper as it stands and as it lies.
    """
    needed = sum(table.least)
    for lying, size in SIZES:
        if needed * size <= (wide if lying else tall):
            return lying, size
    return SIZES[-1]


def flowable(table: Measured, size: float, room: float, letters: Letters) -> Any:
    """Return the table for *room* points across; it breaks over pages and repeats its head."""
    widths = _widths(table, size, room)
    cell, cell_right = style(size), style(size, right=True)
    bold, bold_right = style(size, bold=True), style(size, bold=True, right=True)

    def set_in(words: str, place: int, *, strong: bool) -> Any:
        if ems(words, bold=strong) * size <= widths[place] - 2 * _PAD * size + 0.01:
            return words
        right = place in table.numbers
        chosen = (bold_right if right else bold) if strong else (cell_right if right else cell)
        return Paragraph(letters.markup(words), chosen)

    def row_of(row: Sequence[str], *, strong: bool) -> list[Any]:
        return [set_in(words, place, strong=strong) for place, words in enumerate(row)]

    rows = [row_of(table.head, strong=True), *(row_of(row, strong=False) for row in table.body)]
    if table.total:
        rows.append(row_of(table.total, strong=True))
    made = LongTable(rows, colWidths=widths, repeatRows=1, hAlign="LEFT")
    made.setStyle(_style(table, size))
    return made


def _widths(table: Measured, size: float, room: float) -> list[float]:
    """Return points for each column: what it needs, and its part of what is left over."""
    least = [ems_needed * size for ems_needed in table.least]
    spare = room - sum(least)
    if spare < 0:
        return [width * room / sum(least) for width in least]
    wishes = [wanted * size - have for wanted, have in zip(table.wanted, least, strict=True)]
    wishes = [max(wish, 0) for wish in wishes]
    share = min(spare / sum(wishes), 1) if sum(wishes) else 0
    return [have + wish * share for have, wish in zip(least, wishes, strict=True)]


def _style(table: Measured, size: float) -> TableStyle:
    last = -1 if table.total is None else -2
    commands = [
        ("FONT", (0, 0), (-1, -1), PLAIN, size, size * 1.25),
        ("FONT", (0, 0), (-1, 0), BOLD, size, size * 1.25),
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("VALIGN", (0, 0), (-1, 0), "BOTTOM"),
        ("LEFTPADDING", (0, 0), (-1, -1), _PAD * size),
        ("RIGHTPADDING", (0, 0), (-1, -1), _PAD * size),
        ("TOPPADDING", (0, 0), (-1, -1), 0.22 * size),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 0.32 * size),
        ("BACKGROUND", (0, 0), (-1, 0), HEAD),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, INK),
        ("ROWBACKGROUNDS", (0, 1), (-1, last), (None, ZEBRA)),
        ("LINEBELOW", (0, -1), (-1, -1), 0.4, RULE),
    ]
    commands += [("ALIGN", (place, 0), (place, -1), "RIGHT") for place in sorted(table.numbers)]
    if table.total is not None:
        commands += [
            ("FONT", (0, -1), (-1, -1), BOLD, size, size * 1.25),
            ("LINEABOVE", (0, -1), (-1, -1), 0.8, INK),
            ("NOSPLIT", (0, -2), (-1, -1)),  # a sum never stands alone on a page
        ]
    return TableStyle(commands)
