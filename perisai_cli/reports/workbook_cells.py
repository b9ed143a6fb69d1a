"""What a report's values are in a workbook's cells: numbers, days and months; all else is text.

A cell is text, a whole number, or a float where a workbook knows nothing else: the share of 50.88 %
is 0.5088 there, and a moment is a day with its fraction. What is not known is an empty cell.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from perisai_cli.domain.period import Month, zone_of
from perisai_cli.domain.spreadsheet import MAX_TEXT, printable
from perisai_cli.i18n import language
from perisai_cli.reports.model import NUMBERS, Column, Kind, Section, Streamed, Value
from perisai_cli.reports.words import heading, said

Cell = str | int | float | None
Maker = Callable[[Any], Cell]

TEXT = "@"
"""Number format of what stays text, even when it is typed over."""

PLACE = "51"
"""Region on whose clock moments are told; the clock's name stands beside them."""

_LAST_EXACT = 10**15
_SURELY_FITS = MAX_TEXT // 2
_FIRST_DAY = date(1901, 1, 1)  # before it, the days of a sheet are numbered wrongly
_DAY_0 = date(1899, 12, 30).toordinal()
_SECONDS = 86_400
_SAMPLE = 2_000
_WIDTHS: dict[Kind, int] = {
    "text": 24, "code": 18, "count": 10, "points": 10, "rupiah": 16, "percent": 10, "day": 18,
    "month": 16, "moment": 24,
}  # fmt: skip
_NARROWEST, WIDEST, _HEADING = 8, 80, 14
_FILTER_SIGN = 3


def number_format(column: Column) -> str | None:
    """Return how a spreadsheet shows a column's values, dates in the user's language.

    What stands as it is, such as an id, is shown as text, so that it stays one when it is typed
    over. None for words that nobody takes for a number.
    """
    if column.kind == "code":
        return None if column.words else TEXT
    spoken = "[$-421]" if language() == "id" else "[$-409]"
    zone = zone_of(PLACE).tzname(None)
    formats: dict[Kind, str] = {
        "text": TEXT, "count": "#,##0", "points": "#,##0", "rupiah": '"Rp"#,##0',
        "percent": "0.00%", "day": f"{spoken}d mmmm yyyy", "month": f"{spoken}mmmm yyyy",
        "moment": f'{spoken}d mmm yyyy hh:mm "{zone}"',
    }  # fmt: skip
    return formats[column.kind]


def maker_of(column: Column) -> Maker:
    """Return what makes the cell of each of a column's values."""
    if column.kind == "percent":
        return _share
    if column.kind in NUMBERS:
        return _number
    if column.kind == "moment":
        return _moment
    if column.kind in ("day", "month"):
        return _Remembered(_day if column.kind == "day" else _month).__getitem__
    if column.words:
        return _Remembered(lambda value: cell_text(said(column, value))).__getitem__
    return _as_text(column)


def cells_of(column: Column, make: Maker, values: Sequence[Any]) -> Iterable[Cell]:
    """Return the cells of many values of a column at once, as ``make`` of the column makes each.

    Most values are their own cells; that is told of all of them together, which is much faster.
    """
    as_they_are = False
    if column.kind in NUMBERS - {"percent"}:
        if None not in values:
            as_they_are = -_LAST_EXACT < min(values) <= max(values) < _LAST_EXACT
    elif column.kind in ("text", "code") and not column.words:
        as_they_are = _are_plain(values)
    return values if as_they_are else map(make, values)


def _are_plain(values: Sequence[Any]) -> bool:
    """Tell whether all values are texts that a cell takes; an empty text makes an empty cell."""
    try:
        together = "".join(values)
    except TypeError:  # there are others among them
        return False
    fit = len(together) < _SURELY_FITS or max(map(len, values)) < _SURELY_FITS
    return fit and together.isprintable()


def cell_text(told: str) -> str:
    """Return text as a cell takes it: no signs that XML forbids, cut where a cell ends."""
    if len(told) < _SURELY_FITS and told.isprintable():
        return told
    kept = "".join(
        sign if sign >= " " or sign in "\t\n\r" else "\ufffd" for sign in printable(told)
    )
    units = kept.encode("utf-16-le")
    if len(units) <= 2 * MAX_TEXT:
        return kept
    return units[: 2 * (MAX_TEXT - 1)].decode("utf-16-le", "ignore") + "…"


def headings(section: Section) -> list[str]:
    """Return the headings of a section's columns; two that say the same are numbered."""
    found: list[str] = []
    for column in section.columns:
        name = wanted = cell_text(heading(column)) or column.name
        number = 1
        while name in found:
            number += 1
            name = f"{wanted} ({number})"
        found.append(name)
    return found


def widths(section: Section, names: Sequence[str]) -> list[int]:
    """Return how wide the columns must be, in letters, for headings, first rows and the total."""
    rows = [] if isinstance(section.rows, Streamed) else list(section.rows)[:_SAMPLE]
    rows += [] if section.total is None else [section.total]
    wide = []
    for column, name in zip(section.columns, names, strict=True):
        told = [len(said(column, row.get(column.name))) for row in rows]
        longest = max(told, default=_WIDTHS[column.kind])
        words = max(len(word) for word in name.split() or [""])
        least = max(words, min(len(name), _HEADING)) + _FILTER_SIGN
        wide.append(min(max(longest + 2, least, _NARROWEST), WIDEST))
    return wide


def _number(value: int | None) -> Cell:
    if value is None or -_LAST_EXACT < value < _LAST_EXACT:
        return value
    return str(value)


def _share(value: Decimal | int | None) -> Cell:
    return None if value is None else float(Decimal(value).scaleb(-2))


def _day(value: str) -> Cell:
    if not value:
        return None
    day = date.fromisoformat(value)
    return day.toordinal() - _DAY_0 if day >= _FIRST_DAY else value


def _month(value: str) -> Cell:
    return _day(Month.parse(value).first_day().isoformat()) if value else None


def _moment(value: str | None) -> Cell:
    if not value:
        return None
    local = datetime.fromisoformat(value).astimezone(zone_of(PLACE))
    seconds = local.hour * 3600 + local.minute * 60 + local.second
    return local.toordinal() - _DAY_0 + seconds / _SECONDS


def _as_text(column: Column) -> Maker:
    told = _Remembered(lambda value: cell_text(said(column, value))).__getitem__

    def cell(value: Value) -> Cell:
        if value.__class__ is not str:
            return told(value)
        if len(value) < _SURELY_FITS and value.isprintable():
            return value or None
        return cell_text(value) or None

    return cell


class _Remembered(dict[Any, Cell]):
    """The cells that a column's values make, each made once: few values stand in many rows."""

    def __init__(self, make: Maker):
        super().__init__({None: None})
        self._make = make

    def __missing__(self, value: Any) -> Cell:
        made = self[value] = self._make(value)
        return made
