"""Charts of a section: bars, stacked bars, lines and tiles, as shapes for a page or for paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from perisai_cli.reports import curves, tiles
from perisai_cli.reports.drawing import (
    LABEL,
    LONG_LABEL,
    WIDTH,
    Block,
    Picture,
    Shape,
    Stroke,
    Words,
    cut,
    fill_of,
    legend,
    reach,
)
from perisai_cli.reports.figures import Figures, Number, Series, figures, round_down, told
from perisai_cli.reports.model import Section

_GAP = 6.0
_PARTS = 130.0


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
        longest = max(reach(label) for label in drawn.labels)
        self.above = longest > LONG_LABEL
        self.left = 0.0 if self.above else min(LABEL, longest) + _GAP
        right = WIDTH - max(map(reach, texts), default=0) - _GAP
        self.low, self.high = Decimal(min(0, *numbers)), Decimal(max(0, *numbers))
        self._span = self.high - self.low or Decimal(1)
        self._room = Decimal(max(right - self.left, 30))
        self.zero = self.at(0)

    def at(self, number: Number) -> float:
        """Return the place of a number across the drawing."""
        along = (Decimal(number) - self.low) * self._room / self._span
        return self.left + float(along)

    def label(self, label: str, y: float) -> tuple[Words, float]:
        """Return the name of a bar, and the middle of the bar beside or below it."""
        if self.above:
            return Words(0, y + 3, cut(label, WIDTH)), y + 14
        return Words(self.left - _GAP, y + 3, cut(label, LABEL), "end"), y


def _bars(drawn: Figures) -> tuple[float, list[Shape]]:
    """Return bars, one below another for each measure of a row."""
    numbers = [value for series in drawn.series for _, value in series.known()]
    texts = [series.said(value) for series in drawn.series for value in series.values]
    scale = _Scale(drawn, numbers, texts)
    shapes, y = _head(drawn)
    thick = 12 if len(drawn.series) == 1 else 11
    for place, label in enumerate(drawn.labels):
        words, y = scale.label(label, y)
        shapes.append(words)
        top = y
        for order, series in enumerate(drawn.series):
            shapes += _bar(series, place, order, y, scale, thick)
            y += thick + 1
        shapes.append(_base(scale, top, y))
        y += 5
    return y - 5, shapes


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
    """Return one bar a row, in a part for each measure.

    The parts' numbers stand at its end, never their sum: what is accepted and what was sent back
    do not add up to anything. Where they are too long for that, a scale below tells their size.
    """
    rows = [[max(each.values[place] or 0, 0) for each in drawn.series] for place in _places(drawn)]
    texts = [_parts(drawn, place) for place in _places(drawn)]
    fitting = max(map(reach, texts)) <= _PARTS
    scale = _Scale(drawn, [sum(row) for row in rows], texts if fitting else [])
    shapes, y = _head(drawn)
    for place, label in enumerate(drawn.labels):
        words, y = scale.label(label, y)
        shapes += [words, *_stack(rows[place], y, scale)]
        if fitting:
            shapes.append(Words(scale.at(sum(rows[place])) + 4, y + 3, texts[place]))
        y += 18
    if fitting:
        return y - 5, shapes
    return y + 12, [*shapes, *_yardstick(drawn, scale, y)]


def _stack(parts: list[Number], y: float, scale: _Scale) -> Iterator[Shape]:
    """Yield one bar in its parts, and the line that it begins at."""
    reached: Number = 0
    for order, value in enumerate(parts):
        begin, reached = scale.at(reached), reached + value
        if value:
            yield Block(begin, y - 6, max(scale.at(reached) - begin, 0.7), 12, fill_of(order))
    yield _base(scale, y, y + 13)


def _places(drawn: Figures) -> range:
    return range(len(drawn.labels))


def _parts(drawn: Figures, place: int) -> str:
    return " + ".join(series.said(series.values[place]) for series in drawn.series)


def _yardstick(drawn: Figures, scale: _Scale, y: float) -> Iterator[Shape]:
    """Yield a length and the number that it stands for."""
    if not scale.high:
        return
    size = round_down(scale.high)
    end = scale.at(size)
    yield Stroke(((scale.zero, y - 5), (scale.zero, y), (end, y), (end, y - 5)))
    yield Words(scale.zero, y + 12, f"= {drawn.series[0].said(size)}", tone="soft")


def _base(scale: _Scale, top: float, end: float) -> Stroke:
    """Return the line that a bar begins at."""
    return Stroke(((scale.zero, top - 8), (scale.zero, end - 5)))


def _head(drawn: Figures) -> tuple[list[Shape], float]:
    """Return what the bars measure, and the middle of the first bar."""
    names = [series.name for series in drawn.series]
    if len(names) == 1:
        return [Words(0, 10, cut(names[0], WIDTH), bold=True)], 26
    shapes, y = legend(names, 10)
    return shapes, y + 2
