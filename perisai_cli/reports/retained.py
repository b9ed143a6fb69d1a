"""Who is still protected: retention by cohort, and the league of agents that counts nothing else.

A cohort is the members who wished to begin in the same month. A member is protected in a month when
confirmed money covers it. A month is looked at once it is over.
"""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import NamedTuple

from perisai_cli.domain.facts import month_of
from perisai_cli.reports.asked import Asked, share
from perisai_cli.reports.model import Chart, Column, Note, Report, Row, Section, Source
from perisai_cli.reports.tally import Tally
from perisai_cli.reports.words import month

HORIZONS = (1, 3, 6)
"""Months after the first by which the league weighs: still protected, one earns as many points."""

LONGEST = 12
RECENT = 6
"""Cohorts that the short picture shows, the newest ones that are old enough to compare."""

ALL = "all"

_MEMBERS = """
    SELECT agent, start, count(*) FROM members
    WHERE standing IN ('accepted', 'pending', 'held') AND day <= :day AND start <= :month
    GROUP BY agent, start
"""
# How many of a group's members have the month so far after their first covered by this payment.
_COVERS = """sum(CASE WHEN cohort + {after} BETWEEN start + again AND start + months - 1
    THEN 1 ELSE 0 END)"""
_PROTECTED = f"""
    SELECT agent, cohort, {", ".join(_COVERS.format(after=after) for after in range(LONGEST + 1))}
    FROM payments
    WHERE money = 'confirmed' AND standing IN ('accepted', 'pending', 'held')
        AND member_standing IN ('accepted', 'pending', 'held')
        AND day <= :day AND cohort <= :month
    GROUP BY agent, cohort
"""  # noqa: S608 - our own words


class Kept(NamedTuple):
    """Members and how many of them were protected, by agent, cohort and months after the first."""

    members: Counter[tuple[str, int]]
    protected: Counter[tuple[str, int, int]]
    last: int


def kept(source: Source, asked: Asked) -> Kept:
    """Return what retention is worked out from; ``last`` is the newest month that is over."""
    values: dict[str, str | int] = {"day": asked.day.isoformat(), "month": asked.month}
    members = Counter({(row[0], row[1]): int(row[2]) for row in source.rows(_MEMBERS, **values)})
    protected: Counter[tuple[str, int, int]] = Counter()
    for agent, cohort, *counts in source.rows(_PROTECTED, **values):
        for after, count in enumerate(counts):
            protected[agent, cohort, after] = int(count)
    return Kept(members, protected, asked.month - 1)


def retention_report(source: Source, asked: Asked) -> Report:
    """Return retention by cohort."""
    found = curves(kept(source, asked), LONGEST * 5)
    return Report("retention", asked.day.isoformat(), source.origin, [found], found)


def league_report(source: Source, asked: Asked) -> Report:
    """Return the league of agents."""
    found = league(kept(source, asked))
    return Report("agents", asked.day.isoformat(), source.origin, [found], found)


def curves(found: Kept, most: int) -> Section:
    """Return the share still protected, month by month, of all cohorts and of the newest ones."""
    columns = (
        Column("cohort", "code", "report_cohort"), Column("month_after", "count"),
        Column("members", "count"), Column("protected", "count"), Column("share", "percent"),
    )  # fmt: skip
    by_cohort = _by_cohort(found)
    newest = sorted({cohort for cohort, _ in by_cohort})[-most:]
    rows = _curve(ALL, by_cohort)
    for cohort in newest:
        rows += _curve(
            str(month_of(cohort)), {k: v for k, v in by_cohort.items() if k[0] == cohort}
        )
    return Section(
        "retention",
        columns,
        rows,
        chart=Chart("line", "month_after", ("share",), series="cohort"),
        notes=(Note("retention", {"last": month(str(month_of(found.last)))}),),
    )


def _by_cohort(found: Kept) -> dict[tuple[int, int], tuple[int, int]]:
    """Return members and protected by cohort and months after its first that are over."""
    members: Counter[int] = Counter()
    protected: Counter[tuple[int, int]] = Counter()
    for (_agent, cohort), count in found.members.items():
        members[cohort] += count
    for (_agent, cohort, after), count in found.protected.items():
        protected[cohort, after] += count
    return {
        (cohort, after): (count, protected[cohort, after])
        for cohort, count in members.items()
        for after in range(min(LONGEST, found.last - cohort) + 1)
    }


def _curve(cohort: str, counted: dict[tuple[int, int], tuple[int, int]]) -> list[Row]:
    rows: list[Row] = []
    for after in range(LONGEST + 1):
        pairs = [pair for (_, at), pair in counted.items() if at == after]
        members, protected = (
            (sum(column) for column in zip(*pairs, strict=True)) if pairs else (0, 0)
        )
        if members:
            rows.append(
                {
                    "cohort": cohort,
                    "month_after": after,
                    "members": members,
                    "protected": protected,
                    "share": share(protected, members),
                }
            )
    return rows


def month_six(found: Kept) -> tuple[int, int, Decimal | None]:
    """Return members old enough for month six, the protected among them, and their share."""
    pairs = [pair for (_, after), pair in _by_cohort(found).items() if after == HORIZONS[-1]]
    members, protected = sum(pair[0] for pair in pairs), sum(pair[1] for pair in pairs)
    return members, protected, share(protected, members)


def league(found: Kept) -> Section:
    """Return the agents by members still protected, not by heads."""
    sums = [
        Column(f"{name}_{after}", "count")
        for after in HORIZONS
        for name in ("eligible", "protected")
    ]
    tally = Tally((Column("agent", "text"),), (*sums, Column("heads", "count")))
    for (agent, cohort), count in found.members.items():
        tally.add((agent,), heads=count)
        for after in HORIZONS:
            if cohort + after <= found.last:
                protected = found.protected[agent, cohort, after]
                tally.add((agent,), **{f"eligible_{after}": count, f"protected_{after}": protected})
    rows = [_scored(row) for row in tally.rows()]
    rows.sort(key=lambda row: (-int(str(row["points"])), str(row["agent"])))
    rows = [_ranked(rank, row) for rank, row in enumerate(rows, 1)]
    return Section(
        "agents",
        (
            Column("rank", "count"), *tally.columns[:-1], Column("share_6", "percent"),
            Column("points", "points"), Column("heads", "count"),
        ),
        rows,
        total=_ranked(None, _scored(tally.total())),
        chart=Chart("bar", "agent", ("points",)),
        notes=(Note("league"), Note("league_own_choice")),
    )  # fmt: skip


def _ranked(rank: int | None, row: Row) -> Row:
    ranked: Row = {"rank": rank}
    return ranked | row


def _scored(row: Row) -> Row:
    """Return a row of the league with its points, and with the share that is still protected."""
    points = sum(after * int(str(row[f"protected_{after}"])) for after in HORIZONS)
    last = HORIZONS[-1]
    part, whole = int(str(row[f"protected_{last}"])), int(str(row[f"eligible_{last}"]))
    return row | {f"share_{last}": share(part, whole), "points": points}
