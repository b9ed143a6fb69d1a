"""How many people a day brought so far, from clear columns alone, and which record came last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from perisai_cli.domain.period import timestamp
from perisai_cli.storage.database import Connection


@dataclass(frozen=True, slots=True)
class DaySoFar:
    """People recorded since a moment, and what they themselves are to pay, in whole rupiah."""

    people: int
    rupiah: int


def day_so_far(connection: Connection, since: datetime) -> DaySoFar:
    """Return how many people were recorded since a moment, and what is to be collected from them.

    What someone else pays for a person is not counted as money.
    """
    row = connection.row(
        "SELECT count(*) AS people, coalesce(sum(CASE payer WHEN 'self' THEN amount END), 0)"
        " AS rupiah FROM records WHERE kind = 'enrolment'"
        " AND state NOT IN ('draft', 'withdrawn') AND created_at >= ?",
        timestamp(since),
    )
    assert row is not None
    return DaySoFar(row["people"], row["rupiah"])


def last_recorded(connection: Connection) -> str | None:
    """Return the id of the enrolment that was recorded last, if there is one."""
    row = connection.row(
        "SELECT id FROM records WHERE kind = 'enrolment'"
        " AND state NOT IN ('draft', 'withdrawn') ORDER BY created_at DESC, id DESC LIMIT 1"
    )
    return None if row is None else str(row["id"])
