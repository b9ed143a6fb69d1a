"""What a report's workbook says about itself: what it is, of when, and on what its numbers rest."""

from __future__ import annotations

from datetime import datetime

from perisai_cli.i18n import text
from perisai_cli.reports.model import Report, Section
from perisai_cli.reports.words import as_of, day, note, title
from perisai_cli.reports.workbook_cells import cell_text

_MOST_IN_FOOTER = 200
_MOST_IN_HEADER = 110
"""A header holds 255 signs, both sides together."""


def named(of: Report | Section) -> str:
    """Return the title of a report or of a section as a cell takes it."""
    return cell_text(title(of))


def explained(report: Report) -> list[str]:
    """Return of when and whence the numbers are, and which day they are told for."""
    return [cell_text(as_of(report.origin)), text("report_page.for_day", day=day(report.day))]


def notes(section: Section) -> list[str]:
    """Return the sentences that belong beside a section's numbers."""
    return [cell_text(note(each)) for each in section.notes]


def made_at(report: Report) -> datetime:
    """Return the moment (UTC) that a workbook says it was made at: that of its newest data."""
    moment = report.origin.as_of or f"{report.day}T00:00:00Z"
    return datetime.fromisoformat(moment).replace(tzinfo=None, microsecond=0)


def header(report: Report, section: Section) -> str:
    """Return the first lines of a printed page: which section; of when and whence."""
    above, below = (
        line[:_MOST_IN_HEADER].replace("&", "&&")
        for line in (named(section), cell_text(as_of(report.origin)))
    )
    return f"&L{above}\n{below}"


def footer(report: Report) -> str:
    """Return the last line of a printed page: which report, which page."""
    told = named(report)[:_MOST_IN_FOOTER].replace("&", "&&")
    return f"&L{told}&R{text('report_page.page_of', page='&P', pages='&N')}"
