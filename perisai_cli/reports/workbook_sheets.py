"""A sheet of a report's workbook: the table as it is, then what belongs beside it, and a chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from perisai_cli.domain.spreadsheet import FORMULA_SIGNS, MAX_ROWS, sheet_name
from perisai_cli.i18n import text
from perisai_cli.reports.figures import Figures, figures
from perisai_cli.reports.model import Column, Report, Section, Streamed
from perisai_cli.reports.words import note, short_title
from perisai_cli.reports.workbook_cells import (
    WIDEST,
    Cell,
    Maker,
    cell_text,
    headings,
    maker_of,
    number_format,
    widths,
)
from perisai_cli.reports.workbook_charts import Source, add_chart, in_table, label_of
from perisai_cli.reports.workbook_words import footer, header

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

    from perisai_cli.reports.model import Value

_A4 = 9
_LINE_HEIGHT, _MOST_LINES = 15, 12
_LEAST_COLUMNS = 4
_HALF_A_PAGE = 18
_BESIDE = 100
"""Letters that a table may be wide for its chart to stand beside it and not below."""

HEADING: dict[str, Any] = {
    "bold": True, "bg_color": "#D9E1F2", "border": 1, "text_wrap": True, "valign": "top",
}  # fmt: skip
_TOTAL: dict[str, Any] = {"bold": True, "top": 1}


class Pen:
    """The looks of cells, made once for a workbook."""

    def __init__(self, book: Workbook):
        self._book = book
        self._made: dict[tuple[str | None, bool, bool], Format] = {}
        self.heading = book.add_format(HEADING)
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.bold = book.add_format({"bold": True})
        self.count = book.add_format({"num_format": "#,##0"})
        self.sentence = book.add_format({"text_wrap": True, "valign": "top"})
        self.link = book.add_format({"font_color": "#0563C1", "underline": 1})

    def of(self, shown: str | None, *, total: bool = False, quoted: bool = False) -> Format:
        """Return the look of a number format; *quoted* text stays text when it is typed over."""
        key = (shown, total, quoted)
        if key not in self._made:
            looks = {"num_format": shown} if shown else {}
            looks |= _TOTAL if total else {}
            self._made[key] = self._book.add_format(looks | {"quote_prefix": quoted})
        return self._made[key]

    def write(
        self,
        sheet: Worksheet,
        row: int,
        column: int,
        cell: Cell,
        shown: str | None,
        *,
        total: bool = False,
    ) -> None:
        """Write one cell as what it is; an empty one only in a total, for its line."""
        if cell is None:
            if total:
                sheet.write_blank(row, column, None, self.of(shown, total=True))
        elif isinstance(cell, str):
            quoted = cell.startswith(FORMULA_SIGNS)
            sheet.write_string(row, column, cell, self.of(shown, total=total, quoted=quoted))
        else:
            sheet.write_number(row, column, cell, self.of(shown, total=total))


class Sheets:
    """The sheets of a workbook after its first, one section after another."""

    def __init__(self, book: Workbook, pen: Pen, taken: set[str], report: Report):
        self._book = book
        self._pen = pen
        self._taken = taken
        self._report = report

    def add(self, section: Section) -> tuple[str, int]:
        """Write a section, on as many sheets as it needs; return its first sheet and its rows."""
        names = headings(section)
        drawn = None if isinstance(section.rows, Streamed) else figures(section)
        wide = widths(section, names)
        if drawn is not None and in_table(section, drawn) is None:
            longest = max(len(label) for label in drawn.labels)
            wide[0] = min(max(wide[0], longest + 2), WIDEST)
        makers = [maker_of(column) for column in section.columns]
        count, first = 0, ""
        for part in parts(section.tuples()):
            sheet = self._book.add_worksheet(sheet_name(short_title(section), self._taken))
            first = first or sheet.get_name()
            self._head(sheet, names, wide)
            sheet.set_header(header(self._report, section))
            last = self._rows(sheet, section.columns, makers, part)
            sheet.autofilter(0, 0, last, len(names) - 1)
            count += last
        self._foot(sheet, section, makers, last, wide, drawn)
        return first, count

    def _head(self, sheet: Worksheet, names: Sequence[str], wide: Sequence[int]) -> None:
        for column, width in enumerate(wide):
            sheet.set_column(column, column, width)
        sheet.set_row(0, height(max(lines(*each) for each in zip(names, wide, strict=True))))
        for column, name in enumerate(names):
            sheet.write_string(0, column, name, self._pen.heading)
        sheet.freeze_panes(1, 0)
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer(footer(self._report))
        sheet.ignore_errors({"number_stored_as_text": f"A1:XFD{MAX_ROWS}"})

    def _rows(
        self,
        sheet: Worksheet,
        columns: Sequence[Column],
        makers: Sequence[Maker],
        rows: Iterable[tuple[Value, ...]],
    ) -> int:
        """Write the rows below the heading; return the last row's number, from 0."""
        shown = [number_format(column) for column in columns]
        number = 0
        for number, row in enumerate(rows, 1):
            for place, (make, value) in enumerate(zip(makers, row, strict=True)):
                self._pen.write(sheet, number, place, make(value), shown[place])
        return number

    def _foot(
        self,
        sheet: Worksheet,
        section: Section,
        makers: Sequence[Maker],
        last: int,
        wide: Sequence[int],
        drawn: Figures | None,
    ) -> None:
        """Write what stands below the table, as far as the sheet still has rows for it."""
        row = last + 1
        if section.total is not None and row < MAX_ROWS:
            self._total(sheet, section, makers, row)
            row += 1
        told = [note(each) for each in section.notes]
        told += [drawn.left_out] if drawn and drawn.left_out else []
        for sentence in told[: MAX_ROWS - row - 1]:
            row += 1
            self._sentence(sheet, row, cell_text(sentence), wide)
        if drawn is not None:
            self._chart(sheet, section, drawn, row + 2, wide)

    def _total(self, sheet: Worksheet, section: Section, makers: Sequence[Maker], row: int) -> None:
        assert section.total is not None
        for place, (column, make) in enumerate(zip(section.columns, makers, strict=True)):
            cell = make(section.total.get(column.name))
            shown = number_format(column)
            if place == 0 and cell is None:
                cell, shown = text("report_page.total"), None
            self._pen.write(sheet, row, place, cell, shown, total=True)

    def _sentence(self, sheet: Worksheet, row: int, sentence: str, wide: Sequence[int]) -> None:
        across = max(len(wide), _LEAST_COLUMNS)
        room = sum(wide) + 8 * (across - len(wide))
        sheet.set_row(row, height(lines(sentence, room)))
        sheet.merge_range(row, 0, row, across - 1, "", self._pen.sentence)
        sheet.write_string(row, 0, sentence, self._pen.sentence)

    def _chart(
        self, sheet: Worksheet, section: Section, drawn: Figures, row: int, wide: Sequence[int]
    ) -> None:
        """Put the chart beside a narrow table, or below; numbers of its own are written first."""
        cells = in_table(section, drawn)
        if cells is None:
            cells = self._drawn(sheet, section, drawn, row)
            row = cells.last + 2
        at = (row, 0)
        if sum(wide) <= _BESIDE:
            at = (1, max(len(wide), len(cells.values) + 1, _LEAST_COLUMNS) + 1)
        elif row > _HALF_A_PAGE:
            sheet.set_h_pagebreaks([row])  # no paper cuts it in two
        add_chart(self._book, sheet, at, section, drawn, cells)

    def _drawn(self, sheet: Worksheet, section: Section, drawn: Figures, row: int) -> Source:
        """Write the numbers that a chart draws, a label to a row and a series to a column."""
        label = label_of(section)
        sheet.write_string(row, 0, text("workbook.chart_figures"), self._pen.bold)
        named = [drawn.axis, *(series.name for series in drawn.series)]
        sheet.set_row(row + 1, height(2))
        for column, name in enumerate(named):
            sheet.write_string(row + 1, column, cell_text(name), self._pen.heading)
        first = row + 2
        columns = [label, *(series.column for series in drawn.series)]
        makers = [(maker_of(column), number_format(column)) for column in columns]
        for place, key in enumerate(drawn.keys):
            values = [key, *(series.values[place] for series in drawn.series)]
            for column, ((make, shown), value) in enumerate(zip(makers, values, strict=True)):
                self._pen.write(sheet, first + place, column, make(value), shown)
        last = first + len(drawn.keys) - 1
        return Source(first, last, 0, range(1, len(named)))


def parts(rows: Iterable[tuple[Value, ...]]) -> Iterator[Iterator[tuple[Value, ...]]]:
    """Yield the rows in parts that fit on a sheet; the first part is there even when empty."""
    left = iter(rows)
    yield islice(left, MAX_ROWS - 1)
    for following in left:
        yield islice(chain((following,), left), MAX_ROWS - 1)


def lines(told: str, width: int) -> int:
    """Return about how many lines *told* takes, broken at *width* letters."""
    return sum(1 + len(line) // max(width, 1) for line in told.split("\n"))


def height(count: int) -> int:
    """Return the height of a row of so many lines, in points; no sheet grows when it is opened."""
    return _LINE_HEIGHT * min(max(count, 1), _MOST_LINES)
