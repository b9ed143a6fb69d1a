"""A single long section as a workbook, streamed by rustpy-xlsxwriter in memory that stays level.

It has what a table of a million rows needs: kinds of cells, a heading that stays, filters. Small
sections with their charts are written by XlsxWriter.
"""

from __future__ import annotations

import errno
import importlib.util
import os
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import islice, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from perisai_cli.domain.spreadsheet import MAX_ROWS, sheet_name
from perisai_cli.i18n import text
from perisai_cli.reports.model import Report, Section, Streamed
from perisai_cli.reports.words import short_title
from perisai_cli.reports.workbook_cells import (
    TEXT,
    Cell,
    cells_of,
    headings,
    maker_of,
    number_format,
    widths,
)
from perisai_cli.reports.workbook_words import explained, footer, made_at, named, notes

if TYPE_CHECKING:
    from rustpy_xlsxwriter import Format

_TEMPORARY = "TMP" if os.name == "nt" else "TMPDIR"
_PROPERTIES = "docProps/core.xml"
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_A4 = 9
_BATCH, _SAMPLE = 100, 100
_WIDTH = 90.0
_LINE_HEIGHT = 15.0
_CORE = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"\
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"\
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>{title}</dc:title>\
<dcterms:created xsi:type="dcterms:W3CDTF">{at}</dcterms:created>\
<dcterms:modified xsi:type="dcterms:W3CDTF">{at}</dcterms:modified></cp:coreProperties>"""


def can_write(section: Section) -> bool:
    """Tell whether the library is installed, and the section has a row to give it a heading by."""
    found = importlib.util.find_spec("rustpy_xlsxwriter") is not None
    return found and next(iter(section.tuples()), None) is not None


def write_plain(report: Report, path: Path) -> int:
    """Write a report of one section to *path*; return how many rows it has.

    Raises:
        OSError: the disk is full or fails.
    """
    (section,) = report.sections
    length = section.rows.length if isinstance(section.rows, Streamed) else None
    if length is None:
        length = len(section.rows) if isinstance(section.rows, Sequence) else 0
    sheets = _sheets_for(length)
    while True:
        rows = _Rows(section)
        _write_sheets(report, section, rows, sheets, path)
        rows.read_on()
        if _sheets_for(rows.count) == sheets:
            break
        sheets = _sheets_for(rows.count)  # it was not known, or not well: now it is
    _settle_properties(report, path)
    return rows.count


def _sheets_for(length: int) -> int:
    return max(1, -(-length // (MAX_ROWS - 1)))


class _Rows:
    """The rows of a section as the library takes them, counted while they are read."""

    def __init__(self, section: Section):
        self.count = 0
        self._left = section.tuples()
        self._names = headings(section)
        self._columns = section.columns
        self._makers = [maker_of(column) for column in section.columns]

    def sheet(self) -> Iterator[dict[str, Cell]]:
        """Yield the rows of the next sheet."""
        left = islice(self._left, MAX_ROWS - 1)
        while rows := list(islice(left, _BATCH)):
            self.count += len(rows)
            columns = zip(self._columns, self._makers, zip(*rows, strict=True), strict=True)
            cells = zip(*(cells_of(*each) for each in columns), strict=True)
            yield from map(dict, map(zip, repeat(self._names), cells))

    def read_on(self) -> None:
        """Count the rows that no sheet had room for."""
        for _ in self._left:
            self.count += 1


@contextmanager
def _parts_beside(path: Path) -> Iterator[None]:
    """Let the library keep its parts, which have no name, on the disk that the file goes to.

    What may name people passes over no other disk than the one that it is asked to be on.
    """
    before = os.environ.get(_TEMPORARY)
    os.environ[_TEMPORARY] = str(path.resolve().parent)
    try:
        yield
    finally:
        if before is None:
            del os.environ[_TEMPORARY]
        else:
            os.environ[_TEMPORARY] = before


def _write_sheets(report: Report, section: Section, rows: _Rows, sheets: int, path: Path) -> None:
    from rustpy_xlsxwriter import write_worksheets

    taken: set[str] = set()
    about = sheet_name(text("workbook.about"), taken)
    names = [sheet_name(short_title(section), taken) for _ in range(sheets)]
    told = [*explained(report), *notes(section)]
    data: list[tuple[str, Any]] = [(about, [{named(report): sentence} for sentence in told])]
    data += [(name, rows.sheet()) for name in names]
    with _told_as_os_error(), _parts_beside(path), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a sheet without rows, when there are fewer than told
        write_worksheets(data, str(path), **_options(report, section, about, names))


def _options(report: Report, section: Section, about: str, names: list[str]) -> dict[str, Any]:
    """Return how the sheets look: the first one's sentences, and the table on the others."""
    from rustpy_xlsxwriter import Format

    heads = headings(section)
    wide = widths(section, heads)
    shown = _shown(section)
    looks = {
        head: Format().set_num_format(each) for head, each in zip(heads, shown, strict=True) if each
    }
    widest = {head: float(width) for head, width in zip(heads, wide, strict=True)}
    lines = max(1 + len(head) // width for head, width in zip(heads, wide, strict=True))
    page = {
        "landscape": True, "paper_size": _A4, "fit_to_pages": (1, 0), "repeat_rows": 0,
        "footer": footer(report),
    }  # fmt: skip
    texts = [head for head, each in zip(heads, shown, strict=True) if each == TEXT]

    def each(option: Any) -> dict[str, Any]:
        return dict.fromkeys(names, option)

    return {
        "freeze_panes": each({"row": 1, "col": 0}),
        "autofilter": each(True),
        "header_format": each(_heading()) | {about: _heading()},
        "column_formats": each(looks) | {about: {named(report): _wrapped()}},
        "column_widths": each(widest) | {about: [_WIDTH]},
        "row_heights": each({0: _LINE_HEIGHT * lines}),
        "page_setup": each(page),
        "ignore_errors": each(texts),
    }


def _shown(section: Section) -> list[str | None]:
    """Return the number formats of the columns.

    A format costs time at every cell. Text is text without one; only what would become a number if
    it were typed over, such as a NIK, is told to stay what it is.
    """
    first = list(islice(section.tuples(), _SAMPLE))
    formats: list[str | None] = []
    for column, values in zip(section.columns, zip(*first, strict=True), strict=True):
        shown = number_format(column)
        digits = any(isinstance(value, str) and value.strip("+- ").isdigit() for value in values)
        formats.append(shown if digits or shown != TEXT else None)
    return formats


def _heading() -> Format:
    from rustpy_xlsxwriter import Format

    plain = Format().set_bold().set_background_color("#D9E1F2").set_border("thin")
    return plain.set_text_wrap().set_align("top")


def _wrapped() -> Format:
    from rustpy_xlsxwriter import Format

    return Format().set_text_wrap().set_align("top")


@contextmanager
def _told_as_os_error() -> Iterator[None]:
    """Raise what the library says of a full or failing disk as the system would have said it."""
    try:
        yield
    except RuntimeError as error:
        if not str(error).startswith("Excel write error"):
            raise
        raise OSError(errno.EIO, "workbook") from None
    except BaseException as error:
        # Its parts grow where they can't be written to: the library then gives up like this.
        if type(error).__name__ != "PanicException":
            raise
        raise OSError(errno.ENOSPC, "workbook") from None


def _settle_properties(report: Report, path: Path) -> None:
    """Put the report's own title and moment in place of the clock's, so that octets repeat.

    They stand behind the sheets in the file: only its end is written anew.
    """
    at = f"{made_at(report).isoformat()}Z"
    core = _CORE.format(title=escape(named(report)), at=at)
    with ZipFile(path, "a", ZIP_DEFLATED) as book:
        begin = book.getinfo(_PROPERTIES).header_offset
        behind = [each for each in book.infolist() if each.header_offset >= begin]
        kept = {each.filename: book.read(each) for each in behind} | {_PROPERTIES: core.encode()}
        for each in behind:
            book.filelist.remove(each)
            del book.NameToInfo[each.filename]
        book.start_dir = begin
        for name, content in kept.items():
            place = ZipInfo(name, _NO_TIME)
            place.compress_type = ZIP_DEFLATED
            book.writestr(place, content)
