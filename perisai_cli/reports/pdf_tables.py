"""Tables on paper: as wide as they must be, in letters as large as they can be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import LongTable, Paragraph, TableStyle

from perisai_cli.i18n import text
from perisai_cli.reports.model import NUMBERS, Kind, Row, Section
from perisai_cli.reports.pdf_type import BOLD, HEAD, INK, PLAIN, RULE, ZEBRA, Letters, ems, style
from perisai_cli.reports.shown import head_of
from perisai_cli.reports.unbroken import needed
from perisai_cli.reports.words import heading, said

SIZES = ((False, 8.0), (False, 7.0), (True, 8.0), (True, 7.0), (True, 6.0), (True, 5.0))
"""What is tried for a table, from the most readable on: (paper on its side, points)."""

WHOLE: frozenset[Kind] = NUMBERS | {"day", "month", "moment"}
"""Kinds of columns whose cells are never broken, not even between their words."""

WORD = 11.0
"""Ems up to which a word is never broken; one with a digit in it never is."""

_PAD = 0.45  # ems at either side of a cell
_ROUNDING = 0.01  # points by which words may be wider than their cell, as far as sums can tell
_LED = 2  # columns that may stand in a row's lead beside its head
_TEXT = 14.0  # ems that a column of text has at least, where it needs them


class Measured(NamedTuple):
    """A table's words and the room that its columns need.

    Attributes:
        head: Headings.
        body: Rows as they are said.
        total: Last row, or None.
        kinds: Of what kind each column is.
        lead: Places of the columns that a row goes by.
        numbers: Places of columns that stand on the right.
        least: Ems that a column needs at least.
        wanted: Ems with which nothing in it is broken.
    """

    head: list[str]
    body: list[list[str]]
    total: list[str] | None
    kinds: list[Kind]
    lead: list[int]
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
        widest, least_of = _rooms(cells, column.kind, bold=bool(total))
        title = needed(head[place].split(), _bold, word=WORD, sentence=0.0)
        least.append(max(least_of, title) + 2 * _PAD)
        wanted.append(max(widest, _bold(head[place])) + 2 * _PAD)
    kinds = [column.kind for column in columns]
    numbers = frozenset(place for place, kind in enumerate(kinds) if kind in NUMBERS)
    return Measured(head, body, total or None, kinds, _lead(section), numbers, least, wanted)


def _bold(text: str) -> float:
    return ems(text, bold=True)


def _rooms(cells: set[str], kind: Kind, *, bold: bool) -> tuple[float, float]:
    """Return the ems of the widest cell, and those that the cells need at least."""
    wide = _bold if bold else ems
    widest = max(map(wide, cells), default=0.0)
    return widest, widest if kind in WHOLE else needed(cells, wide, word=WORD, sentence=_TEXT)


def _lead(section: Section) -> list[int]:
    """Return the places of what a row goes by: its head, and what comes first and is no number."""
    names = [column.name for column in section.columns]
    head, *first = (names.index(name) for name in (head_of(section), *section.first[:_LED]))
    return [head, *(p for p in first if p != head and section.columns[p].kind not in NUMBERS)]


def _total(section: Section, total: Row, letters: Letters) -> list[str]:
    """Return the last row; what can't be summed stays empty, and its name stands at the left."""
    values = [(column, total.get(column.name)) for column in section.columns]
    row = [
        "" if value is None else letters.printable(said(column, value)) for column, value in values
    ]
    place = next(p for p, column in enumerate(section.columns) if column.name == head_of(section))
    row[place] = row[place] or letters.printable(text("report_page.total"))
    return row


def fitted(table: Measured, tall: float, wide: float) -> tuple[bool, float] | None:
    """Return whether the paper lies on its side for a table, and the size of its letters.

    None is returned where no paper holds the columns side by side.

    *tall* and *wide* are the points across of the paper as it stands and as it lies.
    """
    least = sum(table.least)
    for lying, size in SIZES:
        if least * size <= (wide if lying else tall):
            return lying, size
    return None


def flowable(table: Measured, size: float, room: float, letters: Letters) -> Any:
    """Return the table for *room* points across; it breaks over pages and repeats its head."""
    widths = [size * each for each in shared_out(table.least, table.wanted, room / size)]
    plain = [_cell(size, right=right, bold=False) for right in (False, True)]
    bold = [_cell(size, right=right, bold=True) for right in (False, True)]

    def set_in(words: str, place: int, *, strong: bool) -> Any:
        if ems(words, bold=strong) * size <= widths[place] - 2 * _PAD * size + _ROUNDING:
            return words
        return Paragraph(letters.markup(words), (bold if strong else plain)[place in table.numbers])

    def row_of(row: Sequence[str], *, strong: bool) -> list[Any]:
        return [set_in(words, place, strong=strong) for place, words in enumerate(row)]

    rows = [row_of(table.head, strong=True), *(row_of(row, strong=False) for row in table.body)]
    if table.total:
        rows.append(row_of(table.total, strong=True))
    made = LongTable(rows, colWidths=widths, repeatRows=1, hAlign="LEFT")
    made.setStyle(_style(table, size))
    return made


def _cell(size: float, *, right: bool, bold: bool) -> ParagraphStyle:
    plain = style(size, bold=bold, right=right)
    side = "leftIndent" if right else "rightIndent"
    return ParagraphStyle("cell", parent=plain, **{side: -_ROUNDING})


def shared_out(least: list[float], wanted: list[float], room: float) -> list[float]:
    """Return a width for each column: what it needs, and its part of what is left over."""
    spare = room - sum(least)
    if spare < 0:
        return [width * room / sum(least) for width in least]
    wishes = [max(wish - have, 0) for wish, have in zip(wanted, least, strict=True)]
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
