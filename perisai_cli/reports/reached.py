"""The funnel of outreach: who came, who wanted it, who enrolled, who has paid; by agent."""

from __future__ import annotations

from perisai_cli.reports.asked import Asked
from perisai_cli.reports.model import Chart, Column, Note, Report, Row, Section, Source

STAGES = ("attended", "interested", "enrolled", "paid")

_EVENTS = """
    SELECT agent, count(*), sum(present), sum(interested), sum(enrolled), sum(paid),
        count(enrolled), count(paid)
    FROM events WHERE standing <> 'withdrawn' AND day BETWEEN :since AND :until
    GROUP BY agent ORDER BY agent
"""


def report(source: Source, asked: Asked) -> Report:
    """Return the funnel of a span of days."""
    found = section(source, asked)
    return Report("funnel", asked.day.isoformat(), source.origin, [found], found)


def section(source: Source, asked: Asked) -> Section:
    """Return the funnel by agent; a stage that nobody can tell is None, not 0."""
    columns = (
        Column("agent", "text"), Column("events", "count"),
        *(Column(stage, "count") for stage in STAGES), Column("events_told", "count"),
    )  # fmt: skip
    rows: list[Row] = []
    for agent, events, present, interested, enrolled, paid, told, paid_told in source.rows(
        _EVENTS, **asked.span()
    ):
        rows.append(
            {
                "agent": agent,
                "events": int(events),
                "attended": int(present),
                "interested": int(interested),
                "enrolled": int(enrolled) if told else None,
                "paid": int(paid) if paid_told else None,
                "events_told": int(told),
            }
        )
    total: Row = {"agent": None}
    for column in columns[1:]:
        known = [value for row in rows if isinstance(value := row[column.name], int)]
        total[column.name] = sum(known) if known or not rows else None
    return Section(
        "funnel",
        columns,
        rows,
        total=total,
        chart=Chart("stacked", "agent", STAGES[:3]),
        notes=(Note("funnel"),),
    )
