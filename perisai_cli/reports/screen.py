"""Charts for a terminal as plain values: how long a bar is, how high each step of a line."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from perisai_cli.reports.figures import Figures, Series, figures
from perisai_cli.reports.model import Section

SCREEN_ROWS = 200
"""Rows of one section on a screen; more is for a file."""


class Bar(NamedTuple):
    """One bar: its name, its numbers as they are said, and its parts (0 to 1) of the longest."""

    label: str
    numbers: str
    parts: tuple[Decimal, ...]


class Bars(NamedTuple):
    """Bars, and the names of what is measured: one name for each part of a bar."""

    names: tuple[str, ...]
    bars: tuple[Bar, ...]
    left_out: str


class Curve(NamedTuple):
    """One line: its name, each number's part of the highest (0 to 1), its ends as they are said."""

    name: str
    heights: tuple[Decimal | None, ...]
    first: str
    last: str


class Curves(NamedTuple):
    """Lines over the same labels, and the headings of what is measured and of the labels."""

    measure: str
    axis: str
    labels: tuple[str, ...]
    curves: tuple[Curve, ...]
    left_out: str


def chart(section: Section) -> Bars | Curves | None:
    """Return the chart of a section; None where it has none, or no number is known."""
    drawn = figures(section)
    if drawn is None:
        return None
    if drawn.form == "line":
        return _curves(drawn)
    return _stacked(drawn) if drawn.form == "stacked" else _bars(drawn)


def _bars(drawn: Figures) -> Bars:
    """Return a bar for each measure of a row; one below 0 has no length."""
    high = max(value for series in drawn.series for _, value in series.known())
    several = len(drawn.series) > 1
    bars = [
        Bar(
            f"{label}, {series.name}" if several else label,
            series.said(series.values[place]),
            (_share(series.values[place], high),),
        )
        for place, label in enumerate(drawn.labels)
        for series in drawn.series
    ]
    return Bars(tuple(series.name for series in drawn.series), tuple(bars), drawn.left_out)


def _stacked(drawn: Figures) -> Bars:
    """Return a bar a row, in a part for each measure; the numbers stand apart, never summed."""
    places = range(len(drawn.labels))
    sums = [sum(max(each.values[place] or 0, 0) for each in drawn.series) for place in places]
    bars = [
        Bar(
            drawn.labels[place],
            " + ".join(series.said(series.values[place]) for series in drawn.series),
            tuple(_share(series.values[place], max(sums)) for series in drawn.series),
        )
        for place in places
    ]
    return Bars(tuple(series.name for series in drawn.series), tuple(bars), drawn.left_out)


def _curves(drawn: Figures) -> Curves:
    high = max(value for series in drawn.series for _, value in series.known())
    curves = [_curve(series, high) for series in drawn.series if series.known()]
    return Curves(drawn.measure, drawn.axis, drawn.labels, tuple(curves), drawn.left_out)


def _curve(series: Series, high: int | Decimal) -> Curve:
    heights = [None if value is None else _share(value, high) for value in series.values]
    known = series.known()
    return Curve(series.name, tuple(heights), series.said(known[0][1]), series.said(known[-1][1]))


def _share(value: int | Decimal | None, of: int | Decimal) -> Decimal:
    if value is None or of <= 0:
        return Decimal(0)
    return max(Decimal(value) / Decimal(of), Decimal(0))
