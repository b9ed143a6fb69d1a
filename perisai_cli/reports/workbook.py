"""A report as a workbook: a first sheet that says what it is, then a sheet for each section.

The same report gives the same octets: the workbook says that it was made at the moment of its
newest data. No text in it is ever a formula or a link.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perisai_cli.domain.spreadsheet import sheet_name
from perisai_cli.i18n import text
from perisai_cli.reports.model import Report, Section, Streamed
from perisai_cli.reports.workbook_plain import can_write, write_plain
from perisai_cli.reports.workbook_sheets import Pen, Sheets, height, lines
from perisai_cli.reports.workbook_words import explained, made_at, named, notes

if TYPE_CHECKING:
    from xlsxwriter import Workbook

MANY = 50_000
"""Rows from which on a section is written without keeping it in memory."""

_WIDTH, _LETTERS, _A4 = 90, 105, 9
_OPTIONS: dict[str, Any] = {
    "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
}  # fmt: skip


def write_xlsx(report: Report, path: Path) -> int:
    """Write a report as a workbook to *path*; return how many rows its sections have.

    A single section of many rows is written by rustpy-xlsxwriter where it is installed, else by
    XlsxWriter like the others: the cells are the same, it only takes longer.

    Raises:
        OSError: the disk is full or fails.
    """
    if len(report.sections) == 1 and is_long(report.sections[0]) and can_write(report.sections[0]):
        return write_plain(report, path)
    with _book(path, level=any(map(is_long, report.sections))) as book:
        return _fill(book, report)


def is_long(section: Section) -> bool:
    """Tell whether a section may have more rows than memory should hold."""
    if isinstance(section.rows, Streamed):
        return True
    return isinstance(section.rows, Sequence) and len(section.rows) > MANY


@contextmanager
def _book(path: Path, *, level: bool) -> Iterator[Workbook]:
    """Yield a workbook; with *level* memory, its parts wait in a folder beside it."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    # Not in the system's folder: a part holds what the workbook holds. By its name, whoever sweeps
    # up after a process that was killed knows whose it was.
    parts = Path(tempfile.mkdtemp(prefix=f"{path.name}-", dir=path.resolve().parent))
    try:
        keeping = {"constant_memory": True, "tmpdir": str(parts)} if level else {"in_memory": True}
        book = Workbook(str(path), _OPTIONS | keeping)
        try:
            yield book
            book.close()
        finally:
            for sheet in book.worksheets() if level else ():
                sheet._opt_close()
    except FileCreateError as error:
        raise OSError(getattr(error.args[0], "errno", 0), "workbook") from None
    finally:
        shutil.rmtree(parts, ignore_errors=True)


def _fill(book: Workbook, report: Report) -> int:
    book.set_properties({"title": named(report), "created": made_at(report)})
    pen = Pen(book)
    taken: set[str] = set()
    first = book.add_worksheet(sheet_name(text("workbook.about"), taken))
    sheets = Sheets(book, pen, taken, report)
    written = [(section, *sheets.add(section)) for section in report.sections]
    first.set_column(0, 0, _WIDTH)
    first.set_column(1, 1, 12)
    first.set_paper(_A4)
    first.fit_to_pages(1, 0)
    first.write_string(0, 0, named(report), pen.title)
    row = _sentences(first, pen, 1, explained(report))
    first.write_string(row + 1, 0, text("report_page.contents"), pen.heading)
    first.write_string(row + 1, 1, text("workbook.rows"), pen.heading)
    row += 2
    for section, sheet, rows in written:
        link = sheet.replace("'", "''")
        first.write_url(row, 0, f"internal:'{link}'!A1", pen.link, named(section))
        first.write_number(row, 1, rows, pen.count)
        row = _sentences(first, pen, row + 1, notes(section))
    first.activate()
    return sum(rows for _, _, rows in written)


def _sentences(sheet: Any, pen: Pen, row: int, sentences: Sequence[str]) -> int:
    for number, sentence in enumerate(sentences, row):
        sheet.set_row(number, height(lines(sentence, _LETTERS)))
        sheet.write_string(number, 0, sentence, pen.sentence)
    return row + len(sentences)
