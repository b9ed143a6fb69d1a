"""Counts and sums of enrolments over the clear columns: reports that open no envelope."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from perisai_cli.storage.database import Connection

# Money of a withdrawn record waits for nobody, whether the central knows of it yet or not.
_STANDING = (
    "CASE WHEN state = 'withdrawn' THEN state WHEN acked_rev < rev THEN 'pending' ELSE state END"
)

# A dimension's name to the expression that a record is counted under.
_DIMENSIONS = {
    "total": "'all'",
    "region": "coalesce(region, '')",
    "program": "programs",
    "sector": "sector",
    "payer": "payer",
    "state": _STANDING,
    "period": "strftime('%Y-%m', created_at, :offset)",
}
DIMENSIONS = tuple(_DIMENSIONS)


@dataclass(frozen=True, slots=True)
class Cell:
    """Enrolments and whole rupiah under one key of a dimension, in one standing."""

    dimension: str
    key: str
    standing: str
    records: int
    amount: int


@dataclass(frozen=True, slots=True)
class Span:
    """Which enrolments a report is about: captured from *since* to *until* (local days, inclusive).

    ``offset_hours`` is the local clock's distance from UTC.
    """

    offset_hours: int
    since: str = "0000-01-01"
    until: str = "9999-12-31"

    def values(self) -> dict[str, str]:
        """Return the values of the placeholders that its statements hold."""
        offset = f"{self.offset_hours:+d} hours"
        return {"offset": offset, "since": self.since, "until": self.until}


_IN_SPAN = (
    "kind = 'enrolment' AND state <> 'draft'"
    " AND date(created_at, :offset) BETWEEN :since AND :until"
)


def cells(connection: Connection, dimension: str, span: Span) -> Iterator[Cell]:
    """Yield the cells of one dimension, in the order of its keys."""
    expression = _DIMENSIONS[dimension]
    sql = (
        f"SELECT {expression} AS key, {_STANDING} AS standing, count(*) AS records,"  # noqa: S608
        f" sum(amount) AS amount FROM records WHERE {_IN_SPAN} GROUP BY 1, 2 ORDER BY 1, 2"
    )
    for row in connection.named_rows(sql, span.values()):
        yield Cell(dimension, row["key"], row["standing"], row["records"], row["amount"] or 0)


def ids_in(connection: Connection, span: Span) -> Iterator[str]:
    """Yield the ids of the enrolments in a span, oldest first."""
    sql = f"SELECT id FROM records WHERE {_IN_SPAN} ORDER BY id"  # noqa: S608
    for row in connection.named_rows(sql, span.values()):
        yield row["id"]
