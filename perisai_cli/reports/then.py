"""Members and payments as they stood on a past day: what was recorded later is left out.

A source keeps what rests on several payments as of now. On a past day it is worked out anew, from
the payments that were recorded by then.
"""

from __future__ import annotations

from perisai_cli.reports.asked import Asked
from perisai_cli.reports.model import Source

_COUNTS = "money = 'confirmed' AND standing IN ('accepted', 'pending', 'held') AND day <= :day"

MEMBERS = f"""(
    SELECT members.id AS id, agent, region, standing, programs, tier, sector, payer, owner, day,
        start, coalesce(paid.last_paid, 0) AS covered, coalesce(paid.last_begun, 0) AS latest
    FROM members LEFT JOIN (
        SELECT member, max(start + months - 1) AS last_paid, max(start) AS last_begun
        FROM payments WHERE {_COUNTS} GROUP BY member) AS paid ON paid.member = members.id
    ) AS members"""  # noqa: S608 - our own words

PAYMENTS = f"""(
    SELECT agent, cohort, start, months, money, standing, member_standing, day,
        CASE WHEN before IS NULL OR before < start THEN 0
            WHEN before >= start + months - 1 THEN months ELSE before - start + 1 END AS again
    FROM (
        SELECT agent, cohort, start, months, money, standing, member_standing, day,
            max(start + months - 1) OVER (PARTITION BY member ORDER BY start, id
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
        FROM payments WHERE {_COUNTS}) AS told
    ) AS payments"""  # noqa: S608 - our own words

_THEN = {"members": MEMBERS, "payments": PAYMENTS}
_LATER = "SELECT max(day) FROM payments"


def relation(name: str, source: Source, asked: Asked) -> str:
    """Return what to ask for ``members`` or ``payments``: the relation, or what it was then."""
    for (newest,) in source.rows(_LATER):
        if newest is not None and newest > asked.day.isoformat():
            return _THEN[name]
    return name
