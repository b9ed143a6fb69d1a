"""Rows on paper that no table has room for: a block each, its headings beside its values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from reportlab.platypus import Flowable, KeepTogether

from perisai_cli.reports.model import Kind
from perisai_cli.reports.pdf_tables import WHOLE, WORD, Measured, shared_out
from perisai_cli.reports.pdf_type import BOLD, INK, PLAIN, RULE, SOFT, ems
from perisai_cli.reports.unbroken import broken, has_digit, needed

LAYOUTS = (
    (False, 8.0, 3), (False, 7.0, 3), (False, 8.0, 2), (False, 7.0, 2),
    (True, 8.0, 2), (True, 7.0, 2), (True, 8.0, 1), (True, 7.0, 1), (True, 6.0, 1), (True, 5.0, 1),
)  # fmt: skip
"""What is tried for blocks, from the most readable on: (paper on its side, points, columns)."""

_LEADING = 1.25
_ABOVE, _BELOW = 0.5, 0.7  # ems of a block above its first line and below its last
_NAME, _VALUE = 11.0, 12.0  # ems that a heading and a value get at least, where they need them
_NEAR, _APART = 0.6, 1.6  # ems between a heading and its value, and between two columns
_ROUNDING = 0.001


class Layout(NamedTuple):
    """How blocks are set.

    Attributes:
        lying: Whether the paper lies on its side.
        size: Points of a letter.
        room: Ems across.
        columns: Places of the table's columns that stand below each other in each column here.
        widths: Ems of the headings and of the values of each column here, in turn.
    """

    lying: bool
    size: float
    room: float
    columns: list[list[int]]
    widths: list[float]


class Printed(NamedTuple):
    """Words in a line of a block: ems from the left, the text, and whose it is."""

    at: float
    text: str
    tone: str


def arranged(table: Measured, tall: float, wide: float) -> Layout:
    """Return the most readable layout that breaks no number; the roomiest where all of them do.

    *tall* and *wide* are the points across of the paper as it stands and as it lies.
    """
    rows = [*table.body, *([table.total] if table.total else [])]
    places = [place for place in range(len(table.head)) if place not in table.lead]
    names = {place: _name_room(table.head[place]) for place in places}
    values = {
        place: _value_room(table.kinds[place], {row[place] for row in rows}) for place in places
    }
    led = {piece for row in rows for piece in _leading(table, row) if has_digit(piece)}
    longest = max((ems(piece, bold=True) for piece in led), default=0.0)
    for lying, size, across in LAYOUTS:
        room = (wide if lying else tall) / size
        columns = _parted(places, across)
        rooms = [pair for column in columns for pair in _rooms(column, names, values)]
        least, wanted = [each for each, _ in rooms], [each for _, each in rooms]
        if sum(least) <= room and longest <= room:
            return Layout(lying, size, room, columns, shared_out(least, wanted, room))
    return Layout(lying, size, room, columns, [*least[:1], room - sum(least[:1])])


def _rooms(
    column: list[int],
    names: dict[int, tuple[float, float]],
    values: dict[int, tuple[float, float]],
) -> Iterator[tuple[float, float]]:
    """Yield the ems that a column's headings, then its values need, at least and at best."""
    for each, gap in ((names, _NEAR), (values, _APART)):
        least, wanted = zip(*(each[place] for place in column), strict=True)
        yield max(least) + gap + _ROUNDING, max(wanted) + gap + _ROUNDING


def _name_room(name: str) -> tuple[float, float]:
    said = f"{name}:"
    return needed([said], ems, word=WORD, sentence=_NAME), ems(said)


def _value_room(kind: Kind, cells: set[str]) -> tuple[float, float]:
    widest = max(map(ems, cells), default=0.0)
    if kind not in WHOLE:
        return needed(cells, ems, word=WORD, sentence=_VALUE), widest
    pieces = {piece for cell in cells for piece in _pieces(kind, cell)}
    return max(map(ems, pieces), default=0.0), widest


def _parted(places: list[int], across: int) -> list[list[int]]:
    """Return places in as many columns, in order from the top down, none of them empty."""
    high = -(-len(places) // across)
    return [places[begin : begin + high] for begin in range(0, len(places), high or 1)]


def _pieces(kind: Kind, cell: str) -> list[str]:
    """Return the parts of a cell that are never broken; a moment is a day and a time."""
    if kind == "moment" and cell.count(" ") > 2:
        day, *clock = cell.rsplit(" ", 2)
        return [day, " ".join(clock)]
    return [cell] if kind in WHOLE else cell.split()


def _leading(table: Measured, row: Sequence[str]) -> Iterator[str]:
    """Yield the pieces of the line that a row goes by."""
    for number, place in enumerate(place for place in table.lead if row[place].strip()):
        if number:
            yield "·"
        if row is not table.total:
            yield from f"{table.head[place]}:".split()
        yield from _pieces(table.kinds[place], row[place])


def blocks(table: Measured, layout: Layout, page: float) -> Iterator[Any]:
    """Yield a block for each row, on pages of *page* points; the sum stays with the last row."""
    made = (Block(list(_lines(table, layout, row)), layout, page) for row in table.body)
    if table.total is None:
        yield from made
        return
    *before, last = made
    yield from before
    total = Block(list(_lines(table, layout, table.total)), layout, page, rule=INK)
    yield KeepTogether([last, total])


def _lines(table: Measured, layout: Layout, row: Sequence[str]) -> Iterator[list[Printed]]:
    def bold(text: str) -> float:
        return ems(text, bold=True)

    for line in broken(_leading(table, row), bold, layout.room):
        yield [Printed(0, line, "lead")]
    columns = []
    left = 0.0
    for number, places in enumerate(layout.columns):
        name, value = layout.widths[2 * number : 2 * number + 2]
        columns.append(list(_column(table, row, places, (left, name, value))))
        left += name + value
    for at in range(max(map(len, columns), default=0)):
        yield [each for column in columns if at < len(column) for each in column[at]]


def _column(
    table: Measured, row: Sequence[str], places: list[int], room: tuple[float, float, float]
) -> Iterator[list[Printed]]:
    """Yield the lines of a column; what says nothing, as in a sum, takes none."""
    left, name, value = room
    for place in places:
        if not row[place].strip():
            continue
        names = list(broken(f"{table.head[place]}:".split(), ems, name - _NEAR))
        pieces = _pieces(table.kinds[place], row[place])
        values = list(broken(pieces, ems, value - _APART))
        for at in range(max(len(names), len(values))):
            line = [Printed(left, names[at], "name")] if at < len(names) else []
            yield line + ([Printed(left + name, values[at], "value")] if at < len(values) else [])


class Block(Flowable):  # type: ignore[misc]
    """The lines of one row below a thin rule; they part only where no page holds all of them."""

    def __init__(self, lines: list[list[Printed]], layout: Layout, page: float, rule: Any = RULE):
        super().__init__()
        self._lines, self._layout, self._page, self._rule = lines, layout, page, rule

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Return how much room it takes."""
        self.width = self._layout.room * self._layout.size
        ems_high = _ABOVE + len(self._lines) * _LEADING + _BELOW
        self.height = ems_high * self._layout.size
        return self.width, self.height

    def split(self, width: float, height: float) -> list[Any]:
        """Return two parts where it is longer than a page, else nothing: it goes on the next."""
        self.wrap(width, height)
        fitting = int((height / self._layout.size - _ABOVE - _BELOW) / _LEADING)
        if self.height < self._page or fitting < 1:
            return []
        layout, page = self._layout, self._page
        parts = self._lines[:fitting], self._lines[fitting:]
        return [Block(parts[0], layout, page, self._rule), Block(parts[1], layout, page, None)]

    def draw(self) -> None:
        """Draw the rule and the lines."""
        ink, size = self.canv, self._layout.size
        if self._rule is not None:
            ink.setStrokeColor(self._rule)
            ink.setLineWidth(0.8 if self._rule is INK else 0.4)
            ink.line(0, self.height, self.width, self.height)
        y = self.height - (_ABOVE + 1) * size
        for line in self._lines:
            for at, text, tone in line:
                ink.setFont(BOLD if tone == "lead" else PLAIN, size)
                ink.setFillColor(SOFT if tone == "name" else INK)
                ink.drawString(at * size, y, text)
            y -= _LEADING * size
