"""Lines of a chart, such as what is left of a cohort month by month."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from perisai_cli.reports.drawing import WIDTH, Dot, Shape, Stroke, Words, cut, reach
from perisai_cli.reports.figures import Figures, Number, Series, round_up

_TOP = 26.0
_TALL = 150.0
_NAME = 112.0
_LINE = 13.0
_DOTS = 6

Point = tuple[float, float]


class _Plot:
    """The frame that lines are drawn in: where a place along the axis and a number stand."""

    def __init__(self, drawn: Figures):
        self.high = round_up(max(value for each in drawn.series for _, value in each.known()))
        measure = drawn.series[0]
        self.ticks = [(share, measure.said(self._tick(share))) for share in (0, 1, 2)]
        self.left = max(reach(words) for _, words in self.ticks) + 5
        names = [reach(series.name) + 18 for series in drawn.series]
        self.right = WIDTH - min(_NAME, max(names)) - 10
        self.bottom = _TOP + max(_TALL, _LINE * len(names))
        self._steps = max(len(drawn.labels) - 1, 1)

    def _tick(self, share: int) -> Number:
        tick = self.high * share / 2
        return int(tick) if tick == tick.to_integral_value() else tick

    def across(self, place: int) -> float:
        """Return where the label of this place stands."""
        return self.left + (self.right - self.left) * place / self._steps

    def up(self, value: Number) -> float:
        """Return how far down from the top a number stands; none stands below 0."""
        share = float(max(Decimal(value), Decimal(0)) / self.high)
        return self.bottom - (self.bottom - _TOP) * share


def lines(drawn: Figures) -> tuple[float, list[Shape]]:
    """Return the height and the shapes of one line for each series, named at its right."""
    plot = _Plot(drawn)
    shapes: list[Shape] = [*_frame(drawn, plot)]
    ends: list[tuple[float, int]] = []
    for order, series in enumerate(drawn.series):
        known = series.known()
        if known:
            shapes += _line(series, order, plot)
            ends.append((plot.up(known[-1][1]), order))
    shapes += _names(drawn, ends, plot)
    return plot.bottom + 34, shapes


def _frame(drawn: Figures, plot: _Plot) -> Iterator[Shape]:
    """Yield what is measured, the rules across with their numbers, and the labels below."""
    measures = list(dict.fromkeys(series.column.name for series in drawn.series))
    if len(measures) == 1:
        yield Words(0, 10, cut(drawn.measure, WIDTH), bold=True)
    for share, words in plot.ticks:
        y = plot.bottom - (plot.bottom - _TOP) * share / 2
        yield Stroke(((plot.left, y), (plot.right, y)))
        yield Words(plot.left - 4, y + 4, words, "end", tone="soft")
    reached = -1000.0
    last = len(drawn.labels) - 1
    end = plot.across(last) - reach(drawn.labels[last]) / 2
    for place, label in enumerate(drawn.labels):
        x, half = plot.across(place), reach(label) / 2
        if place == last or (x - half > reached and x + half + 4 < end):
            yield Words(x, plot.bottom + 14, label, "middle", tone="soft")
            reached = x + half + 6
    yield Words((plot.left + plot.right) / 2, plot.bottom + 29, drawn.axis, "middle", tone="soft")


def _line(series: Series, order: int, plot: _Plot) -> Iterator[Shape]:
    """Yield a line, broken where a number is not known, and dots along it."""
    known = series.known()
    run: list[Point] = []
    before = None
    for place, value in known:
        if before is not None and place != before + 1:
            yield Stroke(tuple(run), order)
            run = []
        run.append((plot.across(place), plot.up(value)))
        before = place
    yield Stroke(tuple(run), order)
    step = max(len(series.values) // _DOTS, 1)
    for place, value in known:
        if place % step == 0 or place == known[-1][0]:
            yield Dot(plot.across(place), plot.up(value), order)


def _names(drawn: Figures, ends: list[tuple[float, int]], plot: _Plot) -> Iterator[Shape]:
    """Yield the names of the lines from top to bottom as the lines end, none upon another."""
    y, room = _TOP - _LINE, plot.bottom
    x = plot.right + 10
    for left, (end, order) in zip(range(len(ends) - 1, -1, -1), sorted(ends), strict=True):
        y = min(max(end, y + _LINE), room - left * _LINE)
        yield Stroke(((x - 2, y), (x + 12, y)), order)
        yield Dot(x + 5, y, order)
        name = drawn.series[order].name
        yield Words(x + 16, y + 4, cut(name, WIDTH - x - 16))
