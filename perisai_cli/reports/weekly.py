"""The one file on Friday: what is new this week, where everything stands, and what needs a hand."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.reports import (
    cliff,
    contributed,
    covering,
    enrolled,
    lapsing,
    money,
    reached,
    retained,
    sent_back,
)
from perisai_cli.reports.asked import CLASSES, FIRST, Asked, apart, class_of
from perisai_cli.reports.model import Column, Note, Report, Section, Source
from perisai_cli.reports.tally import Tally
from perisai_cli.reports.words import count, day_of, percent

_WEEK = re.compile(r"([0-9]{4})-[Ww]([0-9]{2})")
YEARS = range(2000, 3000)
"""Years whose days and weeks are reported on."""
_FIGURES = ("new", "enrolled", "covered", lapsing.ENDING, lapsing.GRACE, lapsing.LAPSED)
_OLD_DAYS = 7
"""Age of a merged book, in days, from which it is told on the first page."""
_OWN_NOTES = ("unsplit", "withdrawn_left_out")
"""Notes that tell of one section alone."""


def week_of(day: date) -> str:
    """Return the ISO week of a day, such as ``2026-W47``."""
    year, week, _ = day.isocalendar()
    return f"{year:04d}-W{week:02d}"


def days_of(week: str) -> tuple[date, date]:
    """Return the Monday and the Sunday of a week.

    Raises:
        InvalidInput: ``week.format``: it is none.
    """
    found = _WEEK.fullmatch(week)
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else None
    except (ValueError, OverflowError):
        monday = None
    if monday is None or not {monday.year, monday.year + 1} & {*YEARS}:
        raise InvalidInput("week.format", field="/week")
    return monday, monday + timedelta(days=6)


def report(source: Source, asked: Asked) -> Report:
    """Return every section; the week's own numbers first.

    *asked* spans the week, and its day is the week's last one or, in the week itself, today.
    """
    ever = asked._replace(since=FIRST)
    counted = enrolled.cells(source, ever)
    new = enrolled.by_author(source, asked)
    by_state, by_agent = lapsing.ByState(asked), lapsing.ByAgent(asked)
    here, rises = covering.Here(), cliff.Rises(asked)
    lapsing.pour(lapsing.cells(source, asked), by_state, by_agent, here, rises)
    due = by_state.section()
    kept = retained.kept(source, asked)
    paid = contributed.tally(source, asked)
    sections = [
        _headline(new, counted, due, kept, _warnings(source, asked)),
        replace(enrolled.section(new, "author"), key="new_by_author"),
        *(_again(enrolled.section(counted, name)) for name in enrolled.EVER),
        contributed.by_month(paid),
        _again(contributed.section(paid)),
        money.by_age(source, asked),
        money.by_agent(source, asked),
        due,
        by_agent.section(),
        sent_back.reasons(source, asked),
        sent_back.standings(source, asked),
        sent_back.quality(source, asked),
        retained.league(kept),
        retained.curves(kept, retained.RECENT),
        *covering.sections_of(here, asked),
        reached.section(source, asked),
        *_once(rises.sections()),
    ]
    facts = {
        "week": asked.week or week_of(asked.day),
        "since": asked.since.isoformat(),
        "until": asked.until.isoformat(),
    }
    return Report("weekly", asked.day.isoformat(), source.origin, sections, facts=facts)


def _headline(
    new: list[enrolled.Cell],
    counted: list[enrolled.Cell],
    due: Section,
    kept: retained.Kept,
    told: list[Note],
) -> Section:
    """Return the few numbers to begin with; the first one is the one that counts."""
    tally = Tally((Column("figure", "code", "report_figure"),), apart("records", "count"))
    for figure in _FIGURES:
        tally.add((figure,))
    for figure, cells in (("new", new), ("enrolled", counted)):
        for each in (cell for cell in cells if cell.dimension == "total"):
            named = class_of(each.standing)
            tally.add((figure,), **({f"records_{named}": each.records} if named else {}))
    for row in due.rows:
        state = str(row["cover"]).partition("_")[0]  # grace in one, however long
        records = {f"records_{name}": int(str(row[f"members_{name}"])) for name in CLASSES[:3]}
        if state in lapsing.COVERED:
            tally.add(("covered",), **records)
        if state in (lapsing.ENDING, lapsing.GRACE, lapsing.LAPSED):
            tally.add((state,), **records)
    rows = tally.rows(lambda key: _FIGURES.index(key[0]))
    notes = (_month_six(kept), *told, Note("classes"))
    return Section("headline", tally.columns, rows, notes=notes)


def _month_six(kept: retained.Kept) -> Note:
    """Return the number that counts: the share still protected in month six."""
    members, protected, part = retained.month_six(kept)
    if part is None:
        return Note("month_six_none")
    facts = {"members": count(members), "protected": count(protected), "share": percent(part)}
    return Note("month_six", facts)


def _warnings(source: Source, asked: Asked) -> list[Note]:
    """Return what belongs on the first page: open questions, old books, a week that is past."""
    origin, today, notes = source.origin, asked.today or asked.day, []
    if origin.questions:
        notes.append(Note("open_questions", {"count": origin.questions}))
    if origin.oldest is not None:
        age = (min(asked.day, today) - day_of(origin.oldest)).days
        if age > _OLD_DAYS:
            notes.append(Note("old_book", {"agent": origin.oldest_of, "days": age}))
    if asked.until < today:
        notes.append(Note("past_week"))
    return notes


def _again(section: Section) -> Section:
    """Return a section without the notes that stand below an earlier one."""
    told = [each for each in section.notes if each.code in _OWN_NOTES]
    return replace(section, notes=tuple(told))


def _once(sections: list[Section]) -> list[Section]:
    return [sections[0], *map(_again, sections[1:])]
