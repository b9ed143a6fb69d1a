"""What was held or sent back, and why; and what is found about the data of members."""

from __future__ import annotations

from collections import Counter

from perisai_cli.domain.facts import QUALITY, STANDINGS, findings
from perisai_cli.domain.outbox import ACCEPTED
from perisai_cli.reports.asked import Asked, apart, class_of, share
from perisai_cli.reports.model import Chart, Column, Note, Report, Row, Section, Source
from perisai_cli.reports.tally import Tally
from perisai_cli.reports.then import relation
from perisai_cli.reports.words import count as said_count
from perisai_cli.reports.words import day, day_of, moment

_ORDER = ("enrolment", "payment", "reactivation", "outreach")
_QUALITY = """
    SELECT quality, standing, count(*) FROM members
    WHERE standing <> 'withdrawn' AND day <= :day GROUP BY quality, standing
"""
_TWICE = """
    SELECT standing, count(*) FROM {payments} WHERE again > 0 AND money = 'confirmed'
        AND standing IN ('accepted', 'pending', 'held') AND day <= :day
    GROUP BY standing
"""
_ALONE = """
    SELECT standing, count(*) FROM payments
    WHERE member_standing IS NULL AND standing <> 'withdrawn' AND day <= :day
    GROUP BY standing
"""
_KINDS = """
    SELECT 'enrolment', standing, count(*), sum(amount) FROM members WHERE day <= :day
    GROUP BY agent, standing
    UNION ALL SELECT 'payment', standing, count(*), sum(amount) FROM payments WHERE day <= :day
    GROUP BY money, standing, moved
    UNION ALL SELECT 'reactivation', standing, count(*), sum(amount) FROM returns
    WHERE day <= :day GROUP BY standing
    UNION ALL SELECT 'outreach', standing, count(*), 0 FROM events WHERE day <= :day
    GROUP BY standing
"""


def returned_report(source: Source, asked: Asked) -> Report:
    """Return what was held or sent back by reason, and every standing by kind."""
    sections = [reasons(source, asked), standings(source, asked)]
    return Report("returned", asked.day.isoformat(), source.origin, sections, sections[0])


def quality_report(source: Source, asked: Asked) -> Report:
    """Return what is found about the data."""
    found = quality(source, asked)
    return Report("quality", asked.day.isoformat(), source.origin, [found], found)


def reasons(source: Source, asked: Asked) -> Section:
    """Return records held or sent back by kind, standing and reason, as they stand now.

    A reason has no day of its own: of a past day the section says that it tells the present.
    """
    columns = (
        Column("kind", "code", "kind"), Column("standing", "code", "standing_short"),
        Column("reason", "text", "error"), Column("records", "count"),
    )  # fmt: skip
    counts: Counter[tuple[str, str, str]] = Counter()
    for kind, standing, _agent, _region, code, records in source.reasons():
        counts[kind, standing, code] += records
    rows: list[Row] = [
        {"kind": kind, "standing": standing, "reason": code, "records": records}
        for (kind, standing, code), records in sorted(
            counts.items(), key=lambda item: (-item[1], item[0])
        )
    ]
    return Section(
        "returned", columns, rows, chart=Chart("bar", "reason", ("records",)),
        notes=(Note("returned"), *_of_now(source, asked)),
    )  # fmt: skip


def _of_now(source: Source, asked: Asked) -> list[Note]:
    newest = source.origin.as_of
    if not newest or asked.day >= day_of(newest):
        return []
    return [Note("returned_now", {"at": moment(newest), "day": day(asked.day.isoformat())})]


def standings(source: Source, asked: Asked) -> Section:
    """Return records and rupiah of every kind in every standing."""
    columns = (
        Column("kind", "code", "kind"), Column("standing", "code", "standing_short"),
        Column("records", "count"), Column("amount", "rupiah"),
    )  # fmt: skip
    tally = Tally(columns[:2], columns[2:])
    for kind, standing, records, amount in source.rows(_KINDS, day=asked.day.isoformat()):
        tally.add((kind, standing), records=int(records), amount=int(amount or 0))
    rows = tally.rows(lambda key: (_ORDER.index(key[0]), STANDINGS.index(key[1])))
    # Money that one kind promises and another confirms is never added up: no total.
    return Section("standings", columns, rows, notes=(Note("standings"),))


def quality(source: Source, asked: Asked) -> Section:
    """Return how many members have which finding about their data."""
    names = (*QUALITY, "month_paid_twice", "payment_without_member")
    tally = Tally((Column("finding", "code", "report_finding"),), apart("records", "count"))
    for name in names:
        tally.add((name,))
    accepted = 0
    for bits, standing, count in source.rows(_QUALITY, day=asked.day.isoformat()):
        accepted += int(count) if standing == ACCEPTED else 0
        for name in findings(int(bits)):
            tally.add((name,), **{f"records_{class_of(standing)}": int(count)})
    twice = _TWICE.format(payments=relation("payments", source, asked))
    for name, sql in ((names[-2], twice), (names[-1], _ALONE)):
        for standing, count in source.rows(sql, day=asked.day.isoformat()):
            tally.add((name,), **{f"records_{class_of(standing)}": int(count)})
    rows = [_shared(row, accepted) for row in tally.rows(lambda key: names.index(key[0]))]
    return Section(
        "quality",
        (*tally.columns, Column("of_accepted", "percent")),
        rows,
        chart=Chart(
            "stacked", "finding", tuple(column.name for column in tally.columns[1:]), adds=False
        ),
        notes=(Note("quality", {"members": said_count(accepted)}),),
    )


def _shared(row: Row, accepted: int) -> Row:
    """Return a row with its share of the accepted members; payments have none of them."""
    of_members = row["finding"] in QUALITY
    part = share(int(str(row["records_accepted"])), accepted) if of_members else None
    return row | {"of_accepted": part}
