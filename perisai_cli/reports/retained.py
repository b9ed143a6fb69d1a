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
from perisai_cli.reports.then import relation
from perisai_cli.reports.words import month

HORIZONS = (1, 3, 6)
"""Months after the first by which the league weighs: still protected, one earns as many points."""

LONGEST = 12
RECENT = 6
"""Cohorts that the short picture shows, the newest ones that are old enough to compare."""

ALL = "all"

_MEMBERS = """
    SELECT agent, start, sum(CASE standing WHEN 'accepted' THEN 1 ELSE 0 END),
        sum(CASE standing WHEN 'accepted' THEN 0 ELSE 1 END)
    FROM members
    WHERE standing IN ('accepted', 'pending', 'held') AND day <= :day AND start <= :month
    GROUP BY agent, start
"""
# How many of a group's members have the month so far after their first covered by this payment.
_COVERS = """sum(CASE WHEN cohort + {after} BETWEEN start + again AND start + months - 1
    THEN 1 ELSE 0 END)"""
_COUNTED = ", ".join(_COVERS.format(after=after) for after in range(LONGEST + 1))
_PROTECTED = """
    SELECT agent, cohort, {counted} FROM {payments}
    WHERE money = 'confirmed' AND standing IN ('accepted', 'pending', 'held')
        AND member_standing = 'accepted' AND day <= :day AND cohort <= :month
    GROUP BY agent, cohort
"""
_NONE = (0,) * (LONGEST + 1)

Cohort = tuple[str, int]
"""An agent, and the number of the month that members wished to begin with."""


class Kept(NamedTuple):
    """Accepted members, and how many were protected so many months after their first.

    ``waiting`` are members whom the central has not accepted yet; ``last`` is the newest month that
    is over.
    """

    members: dict[Cohort, int]
    waiting: Counter[str]
    protected: dict[Cohort, tuple[int, ...]]
    last: int

    def at(self, cohort: Cohort, after: int) -> int:
        """Return how many of a cohort were protected *after* so many months."""
        return self.protected.get(cohort, _NONE)[after]


def kept(source: Source, asked: Asked) -> Kept:
    """Return what retention is worked out from."""
    values: dict[str, str | int] = {"day": asked.day.isoformat(), "month": asked.month}
    members: dict[Cohort, int] = {}
    waiting: Counter[str] = Counter()
    for agent, start, accepted, others in source.rows(_MEMBERS, **values):
        members[agent, start] = int(accepted)
        waiting[agent] += int(others)
    asking = _PROTECTED.format(counted=_COUNTED, payments=relation("payments", source, asked))
    protected = {
        (row[0], row[1]): tuple(int(count) for count in row[2:])
        for row in source.rows(asking, **values)
    }
    return Kept(members, waiting, protected, asked.month - 1)


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
    sums: dict[tuple[int, int], tuple[int, int]] = {}
    for (agent, cohort), count in found.members.items():
        for after in range(min(LONGEST, found.last - cohort) + 1 if count else 0):
            before = sums.get((cohort, after), (0, 0))
            protected = found.at((agent, cohort), after)
            sums[cohort, after] = (before[0] + count, before[1] + protected)
    return sums


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
    heads = (Column("heads", "count"), Column("heads_waiting", "count"))
    tally = Tally((Column("agent", "text"),), (*sums, *heads))
    for agent, count in found.waiting.items():
        tally.add((agent,), heads_waiting=count)
    for (agent, cohort), count in found.members.items():
        tally.add((agent,), heads=count)
        for after in HORIZONS:
            if cohort + after <= found.last:
                protected = found.at((agent, cohort), after)
                tally.add((agent,), **{f"eligible_{after}": count, f"protected_{after}": protected})
    rows = [_scored(row) for row in tally.rows()]
    rows.sort(key=lambda row: (-int(str(row["points"])), str(row["agent"])))
    judged = [row for row in rows if row[f"eligible_{HORIZONS[0]}"]]
    rows = [_ranked(rank, row) for rank, row in enumerate(judged, 1)] + [
        _ranked(None, row) for row in rows if row not in judged
    ]
    return Section(
        "agents",
        (
            Column("rank", "count"), *tally.columns[: -len(heads)], Column("share_6", "percent"),
            Column("points", "points"), *heads,
        ),
        rows,
        total=_ranked(None, _scored(tally.total())),
        chart=Chart("bar", "agent", ("points",)),
        notes=(Note("league"), Note("league_own_choice"), Note("league_not_judged")),
        first=("rank", "agent", "protected_6", "share_6", "points"),
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
