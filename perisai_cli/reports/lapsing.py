"""Who is covered, who is due and who lapses on a day, told from confirmed money alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from perisai_cli.domain.errors import InvalidInput, NoRuleInForce
from perisai_cli.domain.facts import month_of
from perisai_cli.reports.asked import OF_AGENT, Asked, agent_order, apart
from perisai_cli.reports.contributed import Splitter
from perisai_cli.reports.model import Chart, Column, Note, Report, Section, Source
from perisai_cli.reports.tally import Tally
from perisai_cli.reports.then import relation
from perisai_cli.reports.words import month
from perisai_cli.rules.request import BpuRequest

ACTIVE, ENDING, LAPSED, NEVER, NOT_BEGUN = "active", "ending", "lapsed", "never", "not_begun"
COVERED = (ACTIVE, ENDING)
"""States in which the day's month is paid; ``ending`` when the one after it is not."""

GRACE = "grace"

_LAST = """
    CASE WHEN latest > :month THEN coalesce((
            SELECT max(CASE WHEN paid.start + paid.months - 1 < :month
                THEN paid.start + paid.months - 1 ELSE :month END)
            FROM payments AS paid WHERE paid.member = members.id
            AND paid.start <= :month AND paid.money = 'confirmed' AND paid.day <= :day
            AND paid.standing IN ('accepted', 'pending', 'held')), 0)
        WHEN covered >= :month THEN :month ELSE coalesce(covered, 0) END
"""
"""The last paid month that is not after the day's; 0 for none. Only who has paid ahead by a payment
of its own needs a look at the payments."""

_FURTHER = """
    CASE WHEN covered <= :month THEN 0 WHEN latest <= :month THEN 1
        WHEN EXISTS (SELECT 1 FROM payments AS paid WHERE paid.member = members.id
            AND paid.start <= :month + 1 AND paid.start + paid.months - 1 > :month
            AND paid.money = 'confirmed' AND paid.day <= :day
            AND paid.standing IN ('accepted', 'pending', 'held')) THEN 1
        ELSE 0 END
"""
"""1 where the month after the day's is paid, too."""

_GROUP = "agent, region, standing, programs, tier, sector, payer, owner"
_OPEN = "standing IN ('accepted', 'pending', 'held') AND day <= :day"


def _not_begun(members: str) -> str:
    """Return the question that counts members by wish and by the months until their first."""
    return f"""
        SELECT {_GROUP}, start - :month, count(*) FROM (
            SELECT {_GROUP}, start, {_LAST} AS last FROM {members}
            WHERE {_OPEN} AND start > :month) AS standings
        WHERE last = 0 GROUP BY {_GROUP}, start
    """  # noqa: S608 - our own words


def _question(grace: int, members: str) -> str:
    """Return the question that counts members by wish, in one column for each state."""
    counted = [
        "CASE WHEN last = :month AND further = 1 THEN 1 ELSE 0 END",
        "CASE WHEN last = :month AND further = 0 THEN 1 ELSE 0 END",
        *(f"CASE WHEN last = :month - {unpaid} THEN 1 ELSE 0 END" for unpaid in _steps(grace)),
        f"CASE WHEN last > 0 AND last < :month - {grace} THEN 1 ELSE 0 END",
        "CASE WHEN last = 0 AND start <= :month THEN 1 ELSE 0 END",
    ]
    sums = ", ".join(f"sum({each})" for each in counted)
    return f"""
        SELECT {_GROUP}, {sums} FROM (
            SELECT {_GROUP}, start, {_LAST} AS last, {_FURTHER} AS further
            FROM {members} WHERE {_OPEN} AND (start <= :month OR covered > 0)) AS standings
        GROUP BY {_GROUP}
    """  # noqa: S608 - our own words, and a number of months


def _steps(grace: int) -> range:
    return range(1, grace + 1)


class Cell(NamedTuple):
    """Members who agree in what they wished for and in how they are covered.

    ``months`` counts, in grace, the months in a row without payment and, before the first month
    wished for, the months until then; 0 in every other state.
    """

    agent: str
    region: str
    standing: str
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
    def wished(self) -> tuple[str, int, str, str, int]:
        """What a month's price depends on."""
        return self.programs, self.tier, self.sector, self.payer, self.owner

    @property
    def step(self) -> str:
        """The state, and in grace how many months are unpaid (``grace_2``)."""
        return f"{GRACE}_{self.months}" if self.state == GRACE else self.state


class Into(Protocol):
    """What adds cells up."""

    def add(self, cell: Cell) -> None:
        """Add one cell."""


def pour(found: Iterable[Cell], *into: Into) -> None:
    """Add every cell to all of these: cells are as many as members, and are never kept."""
    for cell in found:
        for each in into:
            each.add(cell)


def cells(source: Source, asked: Asked) -> Iterator[Cell]:
    """Yield the members whom nobody sent back, counted by cover.

    Raises:
        NoRuleInForce: the grace period of the day's month is not known.
    """
    grace: int = asked.law.parameter("cover.grace_months").on_day(asked.day).value
    values: dict[str, str | int] = {"month": asked.month, "day": asked.day.isoformat()}
    in_grace = [(GRACE, unpaid) for unpaid in _steps(grace)]
    states = [(ACTIVE, 0), (ENDING, 0), *in_grace, (LAPSED, 0), (NEVER, 0)]
    members = relation("members", source, asked)
    for row in source.rows(_question(grace, members), **values):
        for (state, months), count in zip(states, row[8:], strict=True):
            if count:
                yield Cell._make((*row[:8], state, months, int(count)))
    for row in source.rows(_not_begun(members), **values):
        yield Cell._make((*row[:8], NOT_BEGUN, row[8], int(row[9])))


def report(source: Source, asked: Asked) -> Report:
    """Return cover and dues by state, and by agent."""
    by_state, by_agent = ByState(asked), ByAgent(asked)
    pour(cells(source, asked), by_state, by_agent)
    sections = [by_state.section(), by_agent.section()]
    return Report("due", asked.day.isoformat(), source.origin, sections, sections[0])


class ByState:
    """Members by cover, what their next month costs, and what a rescue costs."""

    _members = apart("members", "count")[:3]
    _costs_apart = (*apart("next", "rupiah")[:3], *apart("rescue", "rupiah")[:3])

    def __init__(self, asked: Asked):
        cover = Column("cover", "code", "report_cover")
        self._tally = Tally((cover,), (*self._members, *self._costs_apart))
        self._costs, self._unpriced = _Costs(asked), 0
        self._notes = [
            Note("due_by_state", {"month": month(str(month_of(asked.month)))}),
            Note("grace_secondary"),
        ]

    def add(self, cell: Cell) -> None:
        """Add one cell."""
        counted = {f"members_{cell.standing}": cell.members}
        known = self._costs(cell)
        if known is None:
            self._unpriced += cell.members
        else:
            counted[f"next_{cell.standing}"] = known[0] * cell.members
            counted[f"rescue_{cell.standing}"] = known[1] * cell.members
        self._tally.add((cell.step,), **counted)

    def section(self) -> Section:
        """Return the section."""
        unpriced = [Note("unpriced", {"count": self._unpriced})] if self._unpriced else []
        return Section(
            "due_by_state", self._tally.columns, self._tally.rows(_urgency),
            total=self._tally.total(),
            chart=Chart("stacked", "cover", tuple(column.name for column in self._members)),
            first=("cover", "members_accepted", "rescue_accepted", "next_accepted"),
            notes=(*self._notes, *unpriced),
        )  # fmt: skip


def _urgency(key: tuple[str, ...]) -> tuple[int, str]:
    order = (ACTIVE, ENDING, GRACE, LAPSED, NEVER, NOT_BEGUN)
    return order.index(key[0].partition("_")[0] if key[0].startswith(GRACE) else key[0]), key[0]


class _Costs:
    """What a member's next month costs, and what covers the day's month again; each wish once."""

    def __init__(self, asked: Asked):
        self._splitter = Splitter(asked.law)
        self._month = asked.month
        self._kept: dict[tuple[object, ...], tuple[int, int] | None] = {}

    def __call__(self, cell: Cell) -> tuple[int, int] | None:
        """Return both costs; None where no rate is in force in one of the months."""
        key = (*cell.wished, cell.state, cell.months)
        if key not in self._kept:
            try:
                self._kept[key] = (self._next(cell), self._rescue(cell))
            except (InvalidInput, NoRuleInForce):  # told below the table
                self._kept[key] = None
        return self._kept[key]

    def _next(self, cell: Cell) -> int:
        """Return what the month after the day's costs; nothing for who begins later than that."""
        owed = cell.state != NOT_BEGUN or cell.months == 1
        return self._of(cell, self._month + 1) if owed else 0

    def _of(self, cell: Cell, month: int) -> int:
        return sum(self._splitter.month(cell.wish(month)).values())

    def _rescue(self, cell: Cell) -> int:
        if cell.state in (ACTIVE, ENDING, NOT_BEGUN):
            return 0
        unpaid = cell.months or 1  # after the grace period old arrears do not count
        months = range(self._month - unpaid + 1, self._month + 1)
        return sum(self._of(cell, month) for month in months)


class ByAgent:
    """Members by agent and cover, each standing in a row of its own."""

    def __init__(self, asked: Asked):
        names = (ACTIVE, ENDING, GRACE, LAPSED, NEVER, NOT_BEGUN)
        sums = [Column(f"members_{name}", "count") for name in names]
        self._tally = Tally(OF_AGENT, sums)
        self._note = Note("due_by_agent", {"month": month(str(month_of(asked.month)))})

    def add(self, cell: Cell) -> None:
        """Add one cell."""
        self._tally.add((cell.agent, cell.standing), **{f"members_{cell.state}": cell.members})

    def section(self) -> Section:
        """Return the section."""
        rows = self._tally.rows(agent_order)
        return Section("due_by_agent", self._tally.columns, rows, notes=(self._note,))
