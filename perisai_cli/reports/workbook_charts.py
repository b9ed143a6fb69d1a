"""Charts of a report's workbook: Excel's own, drawn from cells that a person can read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from perisai_cli.reports.figures import Figures, told
from perisai_cli.reports.model import Column, Section
from perisai_cli.reports.workbook_cells import cell_text, number_format
from perisai_cli.reports.workbook_words import named

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

# From dark to light and back, so that neighbours differ on black and white paper.
_COLOURS = ("#1F4E79", "#F4B183", "#2E75B6", "#C9C9C9", "#70AD47", "#FFD966", "#7030A0", "#A5A5A5")
_DASHES = ("solid", "dash", "square_dot", "long_dash", "dash_dot", "round_dot", "long_dash_dot")
_MARKERS = ("circle", "square", "triangle", "diamond", "x", "star", "plus", "long_dash")

_WIDTH, _LINE_HEIGHT, _LEAST, _BAR, _FRAME = 760, 380, 260, 22, 130
_MOST = 600  # what a sheet of paper has room for, below the repeated heading
_LONGEST_NAME = 255


class Source(NamedTuple):
    """Cells of a sheet that its chart is drawn from.

    Attributes:
        first: Row of the first label, from 0.
        last: Row of the last one.
        label: Column of the labels.
        values: Column of each series.
    """

    first: int
    last: int
    label: int
    values: Sequence[int]


def in_table(section: Section, drawn: Figures) -> Source | None:
    """Return the cells of the table itself, where they stand as the chart draws them.

    None where the chart draws sums of rows, or lines that the table holds one below another.
    """
    chart = section.chart
    if chart is None or chart.form == "line":
        return None
    keys = [row[chart.label] for row in section.rows]
    start = keys.index(drawn.keys[0])
    if len(set(keys)) < len(keys) or keys[start : start + len(drawn.keys)] != list(drawn.keys):
        return None
    place = {column.name: number for number, column in enumerate(section.columns)}
    values = [place[name] for name in chart.values]
    last = start + len(drawn.keys)
    return Source(start + 1, last, place[chart.label], values)


def label_of(section: Section) -> Column:
    """Return the column whose values name the bars or points of a section's chart."""
    assert section.chart is not None
    return next(each for each in section.columns if each.name == section.chart.label)


def add_chart(
    book: Workbook,
    sheet: Worksheet,
    at: tuple[int, int],
    section: Section,
    drawn: Figures,
    cells: Source,
) -> None:
    """Put a section's chart on its sheet, with its upper left corner in the cell *at*."""
    title, at_home = named(section), sheet.get_name()
    line = drawn.form == "line"
    kinds: dict[str, Any] = {"type": "line" if line else "bar", "name": title[:_LONGEST_NAME]}
    if drawn.form == "stacked":
        kinds["subtype"] = "stacked"
    chart = book.add_chart(kinds)
    for number, column in enumerate(cells.values):
        chart.add_series(
            {
                "name": cell_text(drawn.series[number].name)[:_LONGEST_NAME],
                "categories": [at_home, cells.first, cells.label, cells.last, cells.label],
                "values": [at_home, cells.first, column, cells.last, column],
                **(_line(number) if line else _bar(number)),
            }
        )
    _dress(chart, title, label_of(section), drawn)
    chart.set_size({"width": _WIDTH, "height": _height(drawn)})
    options = {"description": told(drawn), "object_position": 2}
    sheet.insert_chart(*at, chart, options)


def _bar(number: int) -> dict[str, Any]:
    colour = _COLOURS[number % len(_COLOURS)]
    return {"fill": {"color": colour}, "border": {"color": "#404040", "width": 0.5}, "gap": 60}


def _line(number: int) -> dict[str, Any]:
    colour = _COLOURS[number % len(_COLOURS)]
    marker = {"type": _MARKERS[number % len(_MARKERS)], "size": 5}
    dash = _DASHES[number % len(_DASHES)]
    return {"line": {"color": colour, "width": 1.75, "dash_type": dash}, "marker": marker}


def _dress(chart: Any, title: str, label: Column, drawn: Figures) -> None:
    """Name the chart and its axes; the first bar stands on top, as the first row does."""
    small = {"size": 9}
    chart.set_title({"name": title[:_LONGEST_NAME], "name_font": {"size": 12}})
    names: dict[str, Any] = {"name": drawn.axis, "name_font": small, "num_font": small}
    names |= {"text_axis": True, "num_format": number_format(label) or "General"}
    measure = drawn.series[0].column
    numbers: dict[str, Any] = {"num_font": small, "num_format": number_format(measure)}
    numbers["major_gridlines"] = {"visible": True, "line": {"color": "#D9D9D9", "width": 0.5}}
    if len({series.column.name for series in drawn.series}) == 1:
        numbers |= {"name": drawn.measure, "name_font": small}
    if drawn.form == "line":
        chart.set_x_axis(names)
        chart.set_y_axis(numbers)
    else:
        chart.set_y_axis(names | {"reverse": True, "label_position": "low"})
        chart.set_x_axis(numbers)
    chart.set_legend({"none": True} if len(drawn.series) == 1 else {"position": "bottom"})
    chart.show_blanks_as("gap")


def _height(drawn: Figures) -> int:
    if drawn.form == "line":
        return _LINE_HEIGHT
    bars = len(drawn.labels) * (1 if drawn.form == "stacked" else len(drawn.series))
    return min(max(_LEAST, _FRAME + _BAR * bars), _MOST)
