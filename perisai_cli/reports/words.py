"""How a report says its values, headings and titles in the user's language."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from perisai_cli.domain.money import rupiah
from perisai_cli.domain.period import Month, local_day, zone_of
from perisai_cli.domain.regions import region_label
from perisai_cli.i18n import known, language, text
from perisai_cli.reports.model import Column, Note, Origin, Report, Section, Value

_SHORT_ID = 12
"""Signs of a central's id that tell it from another for a person."""
_CLOCK = "51"
"""Region whose clock moments are told by, where no other is asked for."""

UNKNOWN = "–"
"""Stands where a number is not known, which is never the same as 0."""


def title(of: Report | Section) -> str:
    """Return the title of a report or of one of its sections."""
    key = of.name if isinstance(of, Report) else of.key
    return text(f"report_title.{key}", **of.facts)


def short_title(of: Section) -> str:
    """Return the title of a section where there is little room, as on the tab of a sheet."""
    key = f"report_sheet.{of.key}"
    return text(key) if known(key) else title(of)


def heading(column: Column) -> str:
    """Return the heading of a column."""
    return text(f"report_col.{column.name}")


def note(of: Note) -> str:
    """Return the sentence of a note."""
    return text(f"report_note.{of.code}", **of.facts)


def said(column: Column, value: Value) -> str:
    """Return a value as a person reads it."""
    if value is None or (value == "" and column.words != "region"):
        return UNKNOWN
    if isinstance(value, bool):
        return text(f"report.{'yes' if value else 'no'}")
    if column.words and isinstance(value, str):
        return _code(column.words, value)
    return _plain(column, value)


def _plain(column: Column, value: str | int | Decimal) -> str:
    if column.kind == "rupiah":
        return rupiah(int(value))
    if column.kind == "percent":
        return percent(Decimal(value))
    if column.kind in ("count", "points"):
        return count(int(value))
    if column.kind == "day":
        return day(str(value))
    if column.kind == "month":
        return month(str(value))
    return moment(str(value)) if column.kind == "moment" else str(value)


def _code(words: str, value: str) -> str:
    if words == "region":
        return region_label(value) or value or text("report.region_unknown")
    if words == "programs":
        return " + ".join(program.upper() for program in value.split(","))
    if words == "occupations":
        return " + ".join(_code("occupation", code) for code in value.split(","))
    if words == "problems":
        return "; ".join(_code("error", code) for code in value.split())
    if words == "report_cohort" and value[:1].isdigit():
        return month(value)
    key = f"{words}.{value}"
    return text(key) if known(key) else value


def count(number: int) -> str:
    """Return a count with its thousands parted (``1.991.468``)."""
    parted = f"{number:,}"
    return parted.replace(",", ".") if language() == "id" else parted


def percent(share: Decimal) -> str:
    """Return a percentage with at most two decimals (``50,88 %``)."""
    plain = f"{share.quantize(Decimal('0.01')):f}"
    return f"{plain.replace('.', ',') if language() == 'id' else plain} %"


def day(iso: str) -> str:
    """Return a day as people write it (``22 November 2026``)."""
    of = date.fromisoformat(iso)
    return f"{of.day} {text(f'month_name.{of.month}')} {of.year}"


def month(iso: str) -> str:
    """Return a month as people write it (``Desember 2026``)."""
    of = Month.parse(iso)
    return f"{text(f'month_name.{of.month}')} {of.year}"


def day_of(iso: str, region: str = _CLOCK) -> date:
    """Return the day of a moment on the clock of a region."""
    return local_day(datetime.fromisoformat(iso), region)


def moment(iso: str, region: str = _CLOCK) -> str:
    """Return a moment on the clock of a region, which is named beside it."""
    at = datetime.fromisoformat(iso).astimezone(zone_of(region))
    return f"{day(at.date().isoformat())} {at:%H.%M} {at.tzname()}"


def source(origin: Origin) -> str:
    """Return where numbers come from, in words."""
    key = f"report.from_{origin.source}{'_office' if origin.office else ''}"
    of = origin.of[:_SHORT_ID] if origin.source == "central" else origin.of
    return text(key, of=of, office=origin.office)


def as_of(origin: Origin) -> str:
    """Return the line that says of which moment, and from where, the numbers are."""
    if not origin.as_of:
        return text("report.no_data", source=source(origin))
    facts = {"at": moment(origin.as_of), "source": source(origin)}
    if origin.oldest is not None and origin.read_at is not None:
        facts |= {"oldest": moment(origin.oldest), "agent": origin.oldest_of}
        return text("report.as_of_merged", **facts, read=moment(origin.read_at))
    if origin.read_at is None:
        return text("report.as_of_source", **facts)
    return text("report.as_of_copy", **facts, read=moment(origin.read_at))
