"""Money by how far it has come and how long it has stayed there, and whose hands it is in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from perisai_cli.domain.ledger import CONFIRMED, MONEY, RECEIVED, REMITTED
from perisai_cli.reports.asked import OF_AGENT, Asked, agent_order, apart, class_of
from perisai_cli.reports.model import Chart, Column, Note, Report, Row, Section, Source
from perisai_cli.reports.tally import Tally

AGES = ((3, "0-3"), (7, "4-7"), (14, "8-14"), (30, "15-30"))
OLDEST = "31+"
"""Days since money came to its state, in steps; the last has no end."""

_BY_AGE = """
    SELECT money, standing, moved, count(*), sum(amount) FROM payments WHERE day <= :day
    GROUP BY money, standing, moved
"""
_BY_AGENT = """
    SELECT author, money, standing, sum(amount), min(moved) FROM payments
    WHERE day <= :day AND (standing IN ('accepted', 'pending', 'held')
        OR standing IN ('needs_fix', 'duplicate', 'conflict') AND money IN ('received', 'remitted'))
    GROUP BY author, money, standing
"""


def report(source: Source, asked: Asked) -> Report:
    """Return money by state and age, and by agent."""
    sections = [by_age(source, asked), by_agent(source, asked)]
    return Report("money", asked.day.isoformat(), source.origin, sections, sections[0])


def age_of(moved: str, day: date) -> str:
    """Return the step of age of money that came to its state on a day; empty where none is told.

    What was refused for its form may tell neither state nor day.
    """
    if not moved:
        return ""
    days = (day - date.fromisoformat(moved)).days
    return next((name for limit, name in AGES if days <= limit), OLDEST)


def _place(name: str, order: Sequence[str]) -> int:
    return order.index(name) if name in order else len(order)


def by_age(source: Source, asked: Asked) -> Section:
    """Return payments and rupiah by state and age."""
    tally = Tally(
        (Column("money", "code", "money"), Column("age_days", "code")),
        (*apart("records", "count"), *apart("amount", "rupiah")),
    )
    for money, standing, moved, count, amount in source.rows(_BY_AGE, day=asked.day.isoformat()):
        named = class_of(standing)
        if named is not None:
            counted = {f"records_{named}": int(count), f"amount_{named}": int(amount)}
            tally.add((money, age_of(moved, asked.day)), **counted)
    steps = [name for _, name in AGES] + [OLDEST]
    return Section(
        "money_by_age",
        tally.columns,
        tally.rows(lambda key: (_place(key[0], MONEY), _place(key[1], steps))),
        total=tally.total(),
        notes=(Note("money_by_age"),),
    )


def by_agent(source: Source, asked: Asked) -> Section:
    """Return the money that each agent recorded, and since when the oldest cash is in the hand.

    It stays with who recorded it, whoever has the members now. What was sent back counts in a row
    of its own where the money was really taken: received, or paid in.
    """
    tally = Tally(OF_AGENT, [Column(f"amount_{money}", "rupiah") for money in MONEY])
    oldest: dict[tuple[str, str], str] = {}
    for author, money, standing, amount, moved in source.rows(_BY_AGENT, day=asked.day.isoformat()):
        key = (author, str(class_of(standing)))
        tally.add(key, **{f"amount_{money}": int(amount)})
        if money == RECEIVED and moved:  # several standings are sent back, some without a day
            oldest[key] = min(moved, oldest.get(key, moved))
    rows = [
        row | _in_hand(oldest.get((str(row["agent"]), str(row["class"]))), asked.day)
        for row in tally.rows(agent_order)
    ]
    drawn = tuple(f"amount_{money}" for money in (RECEIVED, REMITTED, CONFIRMED))
    return Section(
        "money_by_agent",
        (*tally.columns, Column("oldest_cash", "day"), Column("days_in_hand", "count")),
        rows,
        chart=Chart("stacked", "agent", drawn),
        notes=(Note("money_by_agent"),),
        first=("agent", "class", "amount_received", "days_in_hand"),
    )


def _in_hand(since: str | None, day: date) -> Row:
    """Return since when, and for how many days, cash is in an agent's hand."""
    days = None if since is None else max(0, (day - date.fromisoformat(since)).days)
    return {"oldest_cash": since, "days_in_hand": days}
