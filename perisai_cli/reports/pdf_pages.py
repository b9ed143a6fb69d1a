"""The sheets of a report on paper: title, sections, and a line above and below each page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)

from perisai_cli.i18n import language, text
from perisai_cli.reports import words
from perisai_cli.reports.charts import picture
from perisai_cli.reports.model import Report, Section
from perisai_cli.reports.pdf_blocks import Layout, arranged, blocks
from perisai_cli.reports.pdf_drawing import Drawn
from perisai_cli.reports.pdf_tables import Measured, fitted, flowable, measured
from perisai_cli.reports.pdf_type import PLAIN, RULE, SOFT, Letters, style

MARGIN = 40.0
"""Points left free around a page; title and page number stand in them."""

_SHEETS = {False: A4, True: landscape(A4)}
_LINE = 7.0
_KEPT = 90.0  # points below a heading that must have room on its page


class _Set(NamedTuple):
    """A section and how it is set: whether the paper lies, the size of letters, or as blocks."""

    section: Section
    letters: Letters
    table: Measured
    lying: bool
    size: float
    layout: Layout | None = None


def write_pages(report: Report, sections: list[Section], file: BinaryIO) -> None:
    """Write a report's *sections* (rows in lists) as a PDF to *file*."""
    letters = Letters()
    title = letters.printable(words.title(report))
    below = letters.printable(words.as_of(report.origin))
    parts = [_set(section) for section in sections]
    first = parts[0].lying  # a document begins with the first of its templates
    document = _Document(
        file,
        pageTemplates=[_template(first), _template(not first)],
        title=words.title(report),
        author="perisai",
        subject=words.as_of(report.origin),
        creator="perisai",
        lang=language(),
        invariant=1,
    )

    def canvas(*given: Any, **named: Any) -> _Sheets:
        return _Sheets(title, below, *given, **named)

    document.build([*_opening(report, letters), *_story(parts)], canvasmaker=canvas)


def _set(section: Section) -> _Set:
    letters = Letters()
    table = measured(section, letters)
    tall, wide = (width - 2 * MARGIN for width, _ in _SHEETS.values())
    found = fitted(table, tall, wide)
    if found is not None:
        return _Set(section, letters, table, *found)
    layout = arranged(table, tall, wide)
    return _Set(section, letters, table, layout.lying, layout.size, layout)


def _template(lying: bool) -> PageTemplate:
    width, height = _SHEETS[lying]
    inner = (width - 2 * MARGIN, height - 2 * MARGIN)
    frame = Frame(MARGIN, MARGIN, *inner, 0, 0, 0, 0)
    return PageTemplate("lying" if lying else "standing", [frame], pagesize=(width, height))


def _opening(report: Report, letters: Letters) -> list[Any]:
    """Return what stands at the top of the first sheet."""
    day = text("report_page.for_day", day=words.day(report.day))
    return [
        Paragraph(letters.markup(words.title(report)), style(17, bold=True, after=4)),
        Paragraph(letters.markup(day), style(9)),
        Paragraph(letters.markup(words.as_of(report.origin)), style(9, after=6)),
    ]


def _story(parts: list[_Set]) -> Iterator[Any]:
    """Yield the sections; paper is turned between two that want it otherwise."""
    lying = parts[0].lying
    for part in parts:
        if part.lying != lying:
            lying = part.lying
            yield NextPageTemplate("lying" if lying else "standing")
            yield PageBreak()
        yield from _section(part)
        if part.table.body:
            yield from _rows(part)
        yield from _notes(part.section, part.letters)


def _rows(part: _Set) -> Iterator[Any]:
    across, high = (side - 2 * MARGIN for side in _SHEETS[part.lying])
    if part.layout is None:
        yield flowable(part.table, part.size, across, part.letters)
    else:
        yield from blocks(part.table, part.layout, high)


def _heading() -> ParagraphStyle:
    return ParagraphStyle("heading", parent=style(12, bold=True, after=5), spaceBefore=16)


def _section(part: _Set) -> Iterator[Any]:
    """Yield the heading, and the chart with its sentences."""
    section, letters = part.section, part.letters
    heading = Paragraph(letters.markup(words.title(section)), _heading())
    heading.outline = letters.printable(words.title(section))
    drawn = picture(section)
    if drawn is not None:
        high = _SHEETS[part.lying][1] - 2 * MARGIN - _KEPT
        told = f"{drawn.told} {drawn.left_out}".strip()
        below = Paragraph(letters.markup(told), style(_LINE, after=6))
        yield KeepTogether([heading, Drawn(drawn, letters, high), Spacer(1, 3), below])
    else:
        yield CondPageBreak(_KEPT)
        yield heading
    if not section.rows:
        yield Paragraph(letters.markup(text("report_page.no_rows")), style(9, after=4))


def _notes(section: Section, letters: Letters) -> Iterator[Any]:
    yield Spacer(1, 4)
    told = [words.note(note) for note in section.notes]
    if letters.replaced:
        told.append(text("report_page.signs_replaced"))
    for note in told:
        yield Paragraph(f"• {letters.markup(note)}", style(_LINE + 0.5, after=2))


class _Document(BaseDocTemplate):  # type: ignore[misc]
    """A document that lists its sections beside the pages, where a reader shows that."""

    def afterFlowable(self, flowable: Any) -> None:  # noqa: N802 - reportlab's name
        """Note a section's heading and its place."""
        outline = getattr(flowable, "outline", None)
        if outline is not None:
            key = f"s{self.seq.nextf('section')}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(outline, key)


class _Sheets(Canvas):  # type: ignore[misc]
    """Pages that are finished once it is known how many there are."""

    def __init__(self, title: str, below: str, *given: Any, **named: Any):
        super().__init__(*given, **named)
        self._title_above, self._below = title, below
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - reportlab's name
        """Keep the page for later."""
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Write the margins of all pages, and the file."""
        kept = self._kept
        for number, page in enumerate(kept, 1):
            self.__dict__.update(page)
            self._margins(number, len(kept))
            super().showPage()
        super().save()

    def _margins(self, number: int, pages: int) -> None:
        width, height = self._pagesize
        right, foot = width - MARGIN, MARGIN - 14
        self.setFont(PLAIN, _LINE)
        self.setFillColor(SOFT)
        self.setStrokeColor(RULE)
        self.setLineWidth(0.4)
        if number > 1:
            self.drawString(MARGIN, height - MARGIN + 12, self._title_above)
            self.line(MARGIN, height - MARGIN + 8, right, height - MARGIN + 8)
        self.line(MARGIN, foot + 10, right, foot + 10)
        paged = text("report_page.page_of", page=number, pages=pages)
        self.drawRightString(right, foot, paged)
        room = right - MARGIN - stringWidth(paged, PLAIN, _LINE) - _LINE
        for place, line in enumerate(simpleSplit(self._below, PLAIN, _LINE, room)):
            self.drawString(MARGIN, foot - place * 1.2 * _LINE, line)
