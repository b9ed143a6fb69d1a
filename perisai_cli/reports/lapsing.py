"""Who is covered, who is due and who lapses on a day, told from confirmed money alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from perisai_cli.domain.errors import NoRuleInForce
from perisai_cli.domain.facts import month_of
from perisai_cli.reports.asked import Asked, apart, class_of
from perisai_cli.reports.contributed import Splitter
from perisai_cli.reports.model import Chart, Column, Note, Report, Section, Source
from perisai_cli.reports.tally import Tally
from perisai_cli.rules.request import BpuRequest

ACTIVE, ENDING, LAPSED, NEVER, NOT_BEGUN = "active", "ending", "lapsed", "never", "not_begun"
COVERED = (ACTIVE, ENDING)
"""States in which the day's month is paid; ``ending`` when the one after it is not."""

GRACE = "grace"

# The last paid month that is not after the day's, and whether the month after the day's is paid.
# Only who has paid ahead in a payment of its own needs a look at the payments themselves.
_CELLS = """
    SELECT standing, agent, region, programs, tier, sector, payer, owner,
        CASE WHEN last = 0 AND start > :month THEN 'not_begun' WHEN last = 0 THEN 'never'
            WHEN last < :month AND :month - last <= :grace THEN 'grace'
            WHEN last < :month THEN 'lapsed' WHEN further = 1 THEN 'active'
            ELSE 'ending' END AS state,
        CASE WHEN last = 0 AND start > :month THEN start - :month
            WHEN last > 0 AND last < :month AND :month - last <= :grace THEN :month - last
            ELSE 0 END AS months,
        count(*)
    FROM (
        SELECT standing, agent, region, programs, tier, sector, payer, owner, start,
            CASE WHEN latest > :month THEN coalesce((
                    SELECT max(CASE WHEN paid.start + paid.months - 1 < :month
                        THEN paid.start + paid.months - 1 ELSE :month END)
                    FROM payments AS paid WHERE paid.member = members.id
                    AND paid.start <= :month AND paid.money = 'confirmed'
                    AND paid.standing IN ('accepted', 'pending', 'held')), 0)
                WHEN covered < :month THEN covered ELSE :month END AS last,
            CASE WHEN covered <= :month THEN 0 WHEN latest <= :month THEN 1
                WHEN EXISTS (SELECT 1 FROM payments AS paid WHERE paid.member = members.id
                    AND paid.start <= :month + 1 AND paid.start + paid.months - 1 > :month
                    AND paid.money = 'confirmed'
                    AND paid.standing IN ('accepted', 'pending', 'held')) THEN 1
                ELSE 0 END AS further
        FROM members WHERE standing IN ('accepted', 'pending', 'held') AND day <= :day
    ) AS standings
    GROUP BY agent, region, standing, programs, tier, sector, payer, owner, 9, 10
"""


class Cell(NamedTuple):
    """Members who agree in what they wished for and in how they are covered.

    ``months`` counts, in grace, the months in a row without payment and, before the first month
    wished for, the months until then; 0 in every other state.
    """

    standing: str
    agent: str
    region: str
    programs: str
    tier: int
    sector: str
    payer: str
    owner: int
    state: str
    months: int
    members: int

    def wish(self, month: int, months: int = 1) -> BpuRequest:
        """Return the request that prices months of such a member."""
        return BpuRequest(
            self.tier, tuple(self.programs.split(",")), month_of(month), months, self.sector,
            self.payer, bool(self.owner),
        )  # fmt: skip

    @property
    def step(self) -> str:
        """The state, and in grace how many months are unpaid (``grace_2``)."""
        return f"{GRACE}_{self.months}" if self.state == GRACE else self.state


def cells(source: Source, asked: Asked) -> list[Cell]:
    """Return the members whom nobody sent back, counted by cover.

    Raises:
        NoRuleInForce: the grace period of the day's month is not known.
    """
    grace = asked.law.parameter("cover.grace_months").on_day(asked.day).value
    values = {"month": asked.month, "grace": grace, "day": asked.day.isoformat()}
    return [Cell._make((*row[:10], int(row[10]))) for row in source.rows(_CELLS, **values)]


def report(source: Source, asked: Asked) -> Report:
    """Return cover and dues by state, and by agent."""
    found = cells(source, asked)
    sections = [by_state(found, asked), by_agent(found, asked)]
    return Report("due", asked.day.isoformat(), source.origin, sections, sections[0])


def by_state(found: Iterable[Cell], asked: Asked) -> Section:
    """Return members by cover, what their next month costs, and what a rescue costs."""
    members = apart("members", "count")[:3]
    costs = (Column("next_month", "rupiah"), Column("rescue", "rupiah"))
    tally = Tally((Column("cover", "code", "report_cover"),), (*members, *costs))
    splitter, unpriced = Splitter(asked.law), 0
    for cell in found:
        tally.add((cell.step,), **{f"members_{class_of(cell.standing)}": cell.members})
        try:
            cost = sum(splitter.month(cell.wish(asked.month + 1)).values())
            rescue = _rescue(splitter, cell, asked)
        except NoRuleInForce:
            unpriced += cell.members
            continue
        tally.add((cell.step,), next_month=cost * cell.members, rescue=rescue * cell.members)
    notes = [
        Note("due_by_state", {"month": str(month_of(asked.month))}), Note("grace_secondary"),
    ]  # fmt: skip
    if unpriced:
        notes.append(Note("unpriced", {"count": unpriced}))
    return Section(
        "due_by_state", tally.columns, tally.rows(_urgency), total=tally.total(),
        chart=Chart("stacked", "cover", tuple(column.name for column in members)),
        notes=tuple(notes),
    )  # fmt: skip


def _urgency(key: tuple[str, ...]) -> tuple[int, str]:
    order = (ACTIVE, ENDING, GRACE, LAPSED, NEVER, NOT_BEGUN)
    return order.index(key[0].partition("_")[0] if key[0].startswith(GRACE) else key[0]), key[0]


def _rescue(splitter: Splitter, cell: Cell, asked: Asked) -> int:
    """Return what covers the day's month again; nothing for who is covered or has yet to begin."""
    if cell.state in (ACTIVE, ENDING, NOT_BEGUN):
        return 0
    unpaid = cell.months or 1  # after the grace period old arrears do not count
    months = range(asked.month - unpaid + 1, asked.month + 1)
    return sum(sum(splitter.month(cell.wish(month)).values()) for month in months)


def by_agent(found: Iterable[Cell], asked: Asked) -> Section:
    """Return members by agent and cover."""
    names = [f"members_{name}" for name in (ACTIVE, ENDING, GRACE, LAPSED, NEVER, NOT_BEGUN)]
    tally = Tally((Column("agent", "text"),), [Column(name, "count") for name in names])
    for cell in found:
        tally.add((cell.agent,), **{f"members_{cell.state}": cell.members})
    return Section(
        "due_by_agent",
        tally.columns,
        tally.rows(),
        total=tally.total(),
        chart=Chart("stacked", "agent", tuple(names[:5])),
        notes=(Note("due_by_agent", {"month": str(month_of(asked.month))}),),
    )
