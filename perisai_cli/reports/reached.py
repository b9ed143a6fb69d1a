"""The funnel of outreach: who came, who wanted it, who enrolled, who has paid; by agent."""

from __future__ import annotations

from perisai_cli.reports.asked import OF_AGENT, Asked, agent_order, class_of
from perisai_cli.reports.model import Chart, Column, Note, Report, Row, Section, Source
from perisai_cli.reports.tally import Tally

STAGES = ("attended", "interested", "enrolled", "paid")

_EVENTS = """
    SELECT agent, standing, count(*), sum(present), sum(interested), sum(enrolled), sum(paid),
        count(enrolled), count(paid)
    FROM events WHERE standing <> 'withdrawn' AND day BETWEEN :since AND :until
    GROUP BY agent, standing
"""
_KNOWN = ("told", "paid_told")


def report(source: Source, asked: Asked) -> Report:
    """Return the funnel of a span of days."""
    found = section(source, asked)
    return Report("funnel", asked.day.isoformat(), source.origin, [found], found)


def section(source: Source, asked: Asked) -> Section:
    """Return the funnel by agent; a stage that nobody can tell is None, not 0."""
    names = ("events", *STAGES, *_KNOWN)
    tally = Tally(OF_AGENT, [Column(name, "count") for name in names])
    for agent, standing, *counts in source.rows(_EVENTS, **asked.span()):
        sums = {name: int(value or 0) for name, value in zip(names, counts, strict=True)}
        tally.add((agent, str(class_of(standing))), **sums)
    rows = [_told(row) for row in tally.rows(agent_order)]
    return Section(
        "funnel",
        (*tally.columns[: -len(_KNOWN)], Column("events_told", "count")),
        rows,
        chart=Chart("bar", "agent", ("attended",)),
        notes=(Note("funnel"),),
    )


def _told(row: Row) -> Row:
    """Return a row whose last stages are None where no event tells of them."""
    told, paid = row.pop("told"), row.pop("paid_told")
    unknown: Row = {name: None for name, known in (("enrolled", told), ("paid", paid)) if not known}
    return row | unknown | {"events_told": told}
