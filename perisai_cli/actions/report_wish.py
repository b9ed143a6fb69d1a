"""What report is wished for, as it was typed, and what a report is asked for because of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from perisai_cli.domain.coverage import Figure, packaged, read_figures
from perisai_cli.domain.errors import InvalidInput, plain_name
from perisai_cli.domain.period import parse_day
from perisai_cli.reports import weekly
from perisai_cli.reports.asked import FIRST, LAST, Asked
from perisai_cli.rules.law import load_law

OWN = "store"

ENROLMENTS = "enrollments"
"""The one report that may name people; it is built beside the store that can open them."""

FROM_A_DAY = (ENROLMENTS, "summary", "funnel")
"""Reports of a span of days that is the asker's to choose; the weekly's is its week."""

_ONLY = {
    "since": FROM_A_DAY, "until": FROM_A_DAY,
    "week": ("weekly",), "figures": ("weekly", "coverage"),
}  # fmt: skip
"""What is asked of some reports alone, and would be passed over in silence by the others."""

COVERAGE_FILE = "coverage.csv"
"""Under this name in the home an office puts figures of its own in place of the packaged ones."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What report is wanted, of which source, and where it goes.

    Attributes:
        name: ``ENROLMENTS`` or one of ``catalogue.NAMES``.
        source: One of ``SOURCES``.
        output: A file, a folder, ``-`` for stdout, or None for none: rows come back as data.
        forms: Formats, with commas; None to go by the file's suffix.
        since: First local day of recording, ``YYYY-MM-DD``.
        until: Last such day.
        on: The day that the report tells of; the present one when left out.
        week: ISO week of the weekly report; the present one when left out.
        figures: File of published figures that takes the place of the packaged ones.
        unmask: Reason to show NIKs and names in full, of enrolments; kept in the journal.
    """

    name: str
    source: str = OWN
    output: str | None = None
    forms: str | None = None
    since: str | None = None
    until: str | None = None
    on: str | None = None
    week: str | None = None
    figures: Path | None = None
    unmask: str | None = None


def asked_of(wish: Wish, today: date, figures: tuple[Figure, ...]) -> Asked:
    """Return what a report is asked for on the day *today*.

    Raises:
        InvalidInput: ``day.format``, ``day.far``, ``week.format``, ``week.to_come``, ``week.day``;
            ``report.span``: its first day is after its last; ``report.option``: another report is
            asked for that.
    """
    for name, reports in _ONLY.items():
        if getattr(wish, name) is not None and wish.name not in reports:
            raise InvalidInput("report.option", field=f"/{name}")
    since, until = _day("since", wish.since), _day("until", wish.until)
    if since and until and since > until:
        raise InvalidInput("report.span", field="/since")
    on, week = _day("on", wish.on), None
    if wish.name == "weekly":
        week = wish.week or weekly.week_of(on or today)
        since, until = weekly.days_of(week)
        week = weekly.week_of(since)
        if since > today:
            raise InvalidInput("week.to_come", field="/week")
        if on is not None and not since <= on <= until:
            raise InvalidInput("week.day", field="/on", week=week)
        on = on or min(until, today)
    return Asked(on or today, since or FIRST, until or LAST, load_law(), figures, week, today)


def _day(name: str, typed: str | None) -> date | None:
    try:
        day = None if typed is None else parse_day(typed)
    except ValueError:
        raise InvalidInput("day.format", field=f"/{name}") from None
    if day is not None and day.year not in weekly.YEARS:
        years = {"first": weekly.YEARS[0], "last": weekly.YEARS[-1]}
        raise InvalidInput("day.far", field=f"/{name}", **years)
    return day


def figures_of(home: Path, wish: Wish) -> tuple[Figure, ...]:
    """Return the published figures: of the file that was named, of the home's, or the packaged.

    Raises:
        InvalidInput: ``coverage.file``, ``coverage.columns`` or ``coverage.row``, each with the
            file's name.
    """
    own = home / COVERAGE_FILE
    path = wish.figures or (own if own.exists() else None)
    if path is None:
        return packaged()
    try:
        return read_figures(path.read_text(encoding="utf-8-sig").splitlines())
    except (OSError, UnicodeDecodeError):
        raise InvalidInput("coverage.file", field="/figures", file=plain_name(path)) from None
    except InvalidInput as error:
        [told] = error.problems
        file = {"file": plain_name(path)}
        raise InvalidInput(told.code, field="/figures", **told.facts, **file) from None
