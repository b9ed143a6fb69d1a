"""The numbers of a section that its chart draws, picked from the rows once for every renderer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from perisai_cli.i18n import text
from perisai_cli.reports.drawing import LINES, LONG_LABEL, WIDTH, cut, reach
from perisai_cli.reports.model import Chart, Column, Row, Section, Value
from perisai_cli.reports.words import count, heading, said

BARS = 40
"""More bars than these are a list, and the table is one already."""

SUMMED = frozenset({"count", "rupiah", "points"})
_ORDERED = frozenset({"count", "day", "month", "moment", "points"})

Number = int | Decimal


class Series(NamedTuple):
    """One measure or one line: a number, or None where none is known, for each label."""

    name: str
    column: Column
    values: tuple[Number | None, ...]

    def said(self, value: Number | None) -> str:
        """Return one of its numbers as a person reads it."""
        return said(self.column, value)

    def known(self) -> list[tuple[int, Number]]:
        """Return the numbers that are known, with the place of their label."""
        return [(place, value) for place, value in enumerate(self.values) if value is not None]


@dataclass(frozen=True, slots=True)
class Figures:
    """What is drawn.

    Attributes:
        form: Form of the chart.
        axis: Heading of the labels' column.
        labels: Names of bars, points or tiles.
        keys: Raw values of the labels.
        series: At least one, and in it at least one known number.
        left_out: A sentence about rows or lines that are not drawn, or empty.
        adds: Whether the numbers of a series add up to something.
    """

    form: str
    axis: str
    labels: tuple[str, ...]
    keys: tuple[Value, ...]
    series: tuple[Series, ...]
    left_out: str = ""
    adds: bool = True

    @property
    def measure(self) -> str:
        """Heading of the column that is drawn, where it is one."""
        return heading(self.series[0].column)


def figures(section: Section) -> Figures | None:
    """Return what a section's chart draws; None where it has no chart, or no number is known."""
    chart = section.chart
    if chart is None:
        return None
    columns = {column.name: column for column in section.columns}
    rows = list(section.rows)
    drawn = _lines(chart, columns, rows) if chart.form == "line" else _bars(chart, columns, rows)
    return drawn if any(series.known() for series in drawn.series) else None


def _bars(chart: Chart, columns: dict[str, Column], rows: list[Row]) -> Figures:
    label = columns[chart.label]
    whole = _together(chart, columns, rows)
    keys = list(whole)
    most = _most(chart, [said(label, key) for key in keys])
    if len(keys) > most:
        keys = keys[-most:] if label.kind in _ORDERED else keys[:most]
    left = len(whole) - len(keys)
    series = tuple(
        Series(heading(columns[name]), columns[name], tuple(whole[key][place] for key in keys))
        for place, name in enumerate(chart.values)
    )
    return Figures(
        chart.form,
        heading(label),
        tuple(said(label, key) for key in keys),
        tuple(keys),
        series,
        text("report_chart.rows_left_out", count=count(left)) if left else "",
        chart.adds,
    )


def _most(chart: Chart, labels: Sequence[str]) -> int:
    """Return how many bars still fit a sheet of paper: fewer where each takes more room."""
    if chart.form == "tiles":
        return len(labels)
    many = len(chart.values) if chart.form == "bar" else 1
    if any(reach(label) > LONG_LABEL for label in labels):
        many += 1
    return BARS // many


def _together(
    chart: Chart, columns: dict[str, Column], rows: list[Row]
) -> dict[Value, list[Number | None]]:
    """Return the numbers of each label; where rows share one, what can be summed is."""
    whole: dict[Value, list[Number | None]] = {}
    for row in rows:
        numbers = [_number(row.get(name)) for name in chart.values]
        into = whole.setdefault(row[chart.label], numbers)
        if into is numbers:
            continue
        for place, number in enumerate(numbers):
            before = into[place]
            if before is None:
                into[place] = number
            elif number is not None and columns[chart.values[place]].kind in SUMMED:
                into[place] = before + number
    return whole


def _lines(chart: Chart, columns: dict[str, Column], rows: list[Row]) -> Figures:
    label = columns[chart.label]
    keys = _in_order(label, dict.fromkeys(row[chart.label] for row in rows))
    place = {key: index for index, key in enumerate(keys)}
    found: dict[tuple[Value, str], list[Number | None]] = {}
    for row in rows:
        for name in chart.values:
            line = (row[chart.series] if chart.series else None, name)
            values = found.setdefault(line, [None] * len(keys))
            values[place[row[chart.label]]] = _number(row.get(name))
    kept = _spread(list(found), LINES)
    series = tuple(
        Series(_line_name(chart, columns, line), columns[line[1]], tuple(found[line]))
        for line in kept
    )
    facts = {"shown": len(kept), "all": count(len(found))}
    left_out = text("report_chart.lines_left_out", **facts) if len(kept) < len(found) else ""
    labels = tuple(said(label, key) for key in keys)
    return Figures(chart.form, heading(label), labels, tuple(keys), series, left_out)


def _line_name(chart: Chart, columns: dict[str, Column], line: tuple[Value, str]) -> str:
    measure = heading(columns[line[1]])
    if chart.series is None:
        return measure
    name = said(columns[chart.series], line[0])
    return name if len(chart.values) == 1 else f"{name}, {measure}"


def _in_order(label: Column, keys: Iterable[Value]) -> list[Value]:
    """Return keys along the axis: numbers and dates by their value, others as they came."""
    if label.kind not in _ORDERED:
        return list(keys)
    return sorted(keys, key=lambda key: (key is None, key if isinstance(key, int) else str(key)))


def _spread(lines: list[tuple[Value, str]], most: int) -> list[tuple[Value, str]]:
    """Return at most so many lines, evenly from the first to the last."""
    if len(lines) <= most:
        return lines
    return [lines[index * (len(lines) - 1) // (most - 1)] for index in range(most)]


def _number(value: Value) -> Number | None:
    known = isinstance(value, int | Decimal) and not isinstance(value, bool)
    return value if known else None  # type: ignore[return-value]


def round_up(number: Number) -> Decimal:
    """Return the first of 2, 4, 6, 8, 10, 20 … that is not below *number*."""
    step = Decimal(1)
    while number > step * 10:
        step *= 10
    return next(step * many for many in (2, 4, 6, 8, 10) if step * many >= number)


def round_down(number: Number) -> int:
    """Return the last of 1, 2, 5, 10, 20 … that is not above *number*, which is 1 or more."""
    step = int(10 ** (len(str(int(number))) - 1))
    return max(step * many for many in (1, 2, 5) if step * many <= number)


def told(drawn: Figures) -> str:
    """Return sentences that say what the chart shows."""
    if drawn.form == "line":
        return " ".join(_line_told(drawn, series) for series in drawn.series)
    return " ".join(_range_told(drawn, series) for series in drawn.series if series.known())


def _range_told(drawn: Figures, series: Series) -> str:
    known = series.known()
    labels = [cut(label, WIDTH) for label in drawn.labels]
    low = min(known, key=lambda each: each[1])
    high = max(known, key=lambda each: each[1])
    facts = {
        "name": series.name,
        "low": series.said(low[1]),
        "low_at": labels[low[0]],
        "high": series.said(high[1]),
        "high_at": labels[high[0]],
    }
    if len(known) == 1:
        return text("report_chart.one", **facts)
    if low[1] == high[1]:
        return text("report_chart.level", count=count(len(known)), **facts)
    if series.column.kind not in SUMMED or not drawn.adds:
        return text("report_chart.range", **facts)
    total = series.said(sum(value for _, value in known))
    return text("report_chart.range_total", total=total, **facts)


def _line_told(drawn: Figures, series: Series) -> str:
    known = series.known()
    if not known:
        return text("report_chart.line_unknown", name=series.name)
    (first, begin), (last, end) = known[0], known[-1]
    return text(
        "report_chart.line",
        name=series.name,
        first=series.said(begin),
        first_at=drawn.labels[first],
        last=series.said(end),
        last_at=drawn.labels[last],
    )
