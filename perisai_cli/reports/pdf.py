"""A report on A4 paper."""

from __future__ import annotations

from pathlib import Path

from perisai_cli.reports.model import Report
from perisai_cli.reports.shown import PAGE_ROWS, shown


def write_pdf(report: Report, path: Path) -> int:
    """Write *report* as a PDF in the user's language; return how many rows it shows.

    The same report in the same language gives the same bytes.

    Raises:
        OSError: the file can't be written.
    """
    from perisai_cli.reports.pdf_pages import write_pages

    sections = [shown(section, PAGE_ROWS) for section in report.sections]
    with path.open("wb") as file:
        write_pages(report, sections, file)
    return sum(len(list(section.rows)) for section in sections)
