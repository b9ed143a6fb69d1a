"""Charts of a section: bars, stacked bars, lines and tiles, as shapes for a page or for paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from perisai_cli.reports import curves, tiles
from perisai_cli.reports.drawing import WIDTH, Block, Picture, Shape, Stroke, Words, cut, fill_of
from perisai_cli.reports.drawing import legend as legend_of
from perisai_cli.reports.drawing import reach
from perisai_cli.reports.figures import Figures, Number, Series, figures, told
from perisai_cli.reports.model import Section

_LABEL = 126.0
_GAP = 6.0


def picture(section: Section) -> Picture | None:
    """Return the chart of a section as a drawing; None where there is nothing to draw."""
    drawn = figures(section)
    if drawn is None:
        return None
    draw: dict[str, Callable[[Figures], tuple[float, list[Shape]]]] = {
        "bar": _bars,
        "stacked": _stacked,
        "line": curves.lines,
        "tiles": tiles.tiles,
    }
    height, shapes = draw[drawn.form](drawn)
    return Picture(height, tuple(shapes), told(drawn), drawn.left_out)


class _Scale:
    """Where a number stands between the labels on the left and the numbers on the right."""

    def __init__(self, drawn: Figures, numbers: list[Number], texts: list[str]):
        self.left = min(_LABEL, max(reach(label) for label in drawn.labels)) + _GAP
        right = WIDTH - max(reach(text) for text in texts) - _GAP
        low, high = min(0, *numbers), max(0, *numbers)
        self._low = Decimal(low)
        self._span = Decimal(high) - Decimal(low) or Decimal(1)
        self._room = Decimal(max(right - self.left, 30))
        self.zero = self.at(0)

    def at(self, number: Number) -> float:
        """Return the place of a number across the drawing."""
        along = (Decimal(number) - self._low) * self._room / self._span
        return self.left + float(along)


def _bars(drawn: Figures) -> tuple[float, list[Shape]]:
    """Return bars, one below another for each measure of a row."""
    numbers = [value for series in drawn.series for _, value in series.known()]
    texts = [series.said(value) for series in drawn.series for value in series.values]
    scale = _Scale(drawn, numbers, texts)
    shapes, y = _head(drawn)
    thick = 12 if len(drawn.series) == 1 else 11
    for place, label in enumerate(drawn.labels):
        shapes.append(_label(label, y + 3, scale))
        for order, series in enumerate(drawn.series):
            shapes += _bar(series, place, order, y, scale, thick)
            y += thick + 1
        y += 5
    return _closed(shapes, y, scale)


def _bar(
    series: Series, place: int, order: int, y: float, scale: _Scale, thick: int
) -> Iterator[Shape]:
    value = series.values[place]
    end = scale.zero if value is None else scale.at(value)
    left, right = min(end, scale.zero), max(end, scale.zero)
    if right > left:
        yield Block(left, y - 6, right - left, thick, fill_of(order))
    yield Words(right + 4, y + 3, series.said(value))


def _stacked(drawn: Figures) -> tuple[float, list[Shape]]:
    """Return one bar a row, in a part for each measure, with the sum at its end."""
    sums = [_sum(drawn, place) for place in range(len(drawn.labels))]
    first = drawn.series[0]
    scale = _Scale(drawn, [total or 0 for total in sums], [first.said(total) for total in sums])
    shapes, y = _head(drawn)
    for place, label in enumerate(drawn.labels):
        shapes.append(_label(label, y + 3, scale))
        reached: Number = 0
        for order, series in enumerate(drawn.series):
            value = max(series.values[place] or 0, 0)
            begin, reached = scale.at(reached), reached + value
            if value:
                width = max(scale.at(reached) - begin, 0.7)
                shapes.append(Block(begin, y - 6, width, 12, fill_of(order)))
        shapes.append(Words(scale.at(reached) + 4, y + 3, first.said(sums[place])))
        y += 18
    return _closed(shapes, y, scale)


def _sum(drawn: Figures, place: int) -> Number | None:
    known = [max(value, 0) for each in drawn.series if (value := each.values[place]) is not None]
    return sum(known) if known else None


def _head(drawn: Figures) -> tuple[list[Shape], float]:
    """Return what the bars measure, and the middle of the first bar."""
    names = [series.name for series in drawn.series]
    if len(names) == 1:
        return [Words(0, 10, cut(names[0], WIDTH), bold=True)], 26
    shapes, y = legend_of(names, 10)
    return shapes, y + 2


def _label(label: str, y: float, scale: _Scale) -> Words:
    return Words(scale.left - _GAP, y, cut(label, _LABEL), "end")


def _closed(shapes: list[Shape], y: float, scale: _Scale) -> tuple[float, list[Shape]]:
    """Return the drawing with the line that bars begin at."""
    top = min(shape.y for shape in shapes if isinstance(shape, Words) and shape.anchor == "end")
    line = Stroke(((scale.zero, top - 11), (scale.zero, y - 7)))
    return y - 5, [*shapes, line]
