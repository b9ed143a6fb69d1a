"""What reports ask of the central: its records as the same four relations that a dataset has.

Each question gets a prelude of the relations that it names, over the central's own tables, so that
one text of SQL serves a dataset, SQLite and PostgreSQL. A body without its form counts by kind and
standing alone: its numbers are 0 and its codes are empty.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, select, text

from perisai_cli.central.commits import last_commit
from perisai_cli.central.database import Database
from perisai_cli.central.keys import setting
from perisai_cli.central.tables import agents, commits

Reason = tuple[str, str, str, str, str, int]
"""Kind, standing, agent, region, code, and how many records."""

KINDS = {
    "members": "enrolment", "payments": "payment", "returns": "reactivation", "events": "outreach",
}  # fmt: skip
_PAGE = 5000
_WORDS = re.compile(r"[a-z_]+")
_WITH = re.compile(r"\s*WITH\s+(RECURSIVE\s+)?", re.IGNORECASE)

_STANDING = "CASE {t}.status WHEN 'rejected' THEN 'needs_fix' ELSE {t}.status END"
_OF_OFFICE = "agent IN (SELECT agent FROM agents WHERE office = :central_office)"
_COUNTS = "i.status IN ('accepted', 'held') AND i.money = 'confirmed'"
"""Payments whose months cover, in the words of the table."""

_AMOUNT = "CASE WHEN i.months IS NULL THEN 0 ELSE coalesce(i.amount, 0) END AS amount"
_MONTHS = "coalesce(i.start, 0) AS start, coalesce(i.months, 0) AS months"
_WISH = f"""coalesce(i.programs, '') AS programs, coalesce(i.tier, 0) AS tier, {_MONTHS},
    coalesce(i.sector, '') AS sector, coalesce(i.payer, '') AS payer,
    coalesce(i.owner, 0) AS owner, {_AMOUNT}, coalesce(i.rules, '') AS rules"""
_REGION = "coalesce(i.region, '') AS region"
_TABLES = {
    "members": f"{_REGION}, {_WISH}, coalesce(i.quality, 0) AS quality",
    "payments": f"""i.member, {_WISH}, coalesce(i.money, '') AS money,
        coalesce(i.moved, i.day) AS moved,
        CASE WHEN m.id IS NOT NULL THEN coalesce(m.region, '') END AS region,
        CASE WHEN m.id IS NOT NULL THEN coalesce(m.start, 0) END AS cohort,
        {_STANDING.format(t="m")} AS member_standing""",
    "returns": f"coalesce(i.member, '') AS member, {_MONTHS}, {_AMOUNT}",
    "events": f"""{_REGION}, coalesce(i.type, '') AS type, coalesce(i.present, 0) AS present,
        coalesce(i.interested, 0) AS interested, CAST(NULL AS BIGINT) AS enrolled,
        CAST(NULL AS BIGINT) AS paid""",
}
_COVER = ", coalesce(paid.covered, 0) AS covered, coalesce(paid.latest, 0) AS latest"
# The months that an earlier payment, in the order of first months, has covered up to.
_BEFORE = f""", CASE WHEN {_COUNTS} THEN 1 ELSE 0 END AS counts,
    max(CASE WHEN {_COUNTS} THEN i.start + i.months - 1 ELSE 0 END)
    OVER (PARTITION BY i.member ORDER BY i.start, i.id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before"""
_AGAIN = """SELECT one.*, CASE WHEN counts = 0 OR before IS NULL OR before < start THEN 0
    WHEN before - start + 1 > months THEN months ELSE before - start + 1 END AS again
    FROM ({}) AS one"""


class CentralFacts:
    """The facts of a central, all of one moment; a context manager that holds its transaction.

    Args:
        database: The central's.
        office: The office whose agents' records are seen; None for all.
    """

    def __init__(self, database: Database, office: str | None = None):
        self._database = database
        self._office = office
        self._open = ExitStack()
        self._connection: Connection

    def __enter__(self) -> Self:
        """Begin the moment that every answer is of."""
        self._connection = self._open.enter_context(self._database.reading())
        if not self._on_sqlite:  # a report thinks between its questions, as long as it likes
            self._connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End it."""
        self._open.__exit__(kind, error, trace)

    @property
    def central(self) -> str:
        """The central's id."""
        return setting(self._connection, "central_id")

    @property
    def as_of(self) -> str:
        """The moment (UTC) of the newest commit; empty before the first."""
        newest = select(commits.c.committed_at).order_by(commits.c.seq.desc()).limit(1)
        return self._connection.scalar(newest) or ""

    @property
    def seq(self) -> int:
        """The number of the newest commit."""
        return last_commit(self._connection).seq

    @property
    def has_agents(self) -> bool:
        """Whether the office has any agent here."""
        wanted = select(agents.c.agent).limit(1)
        if self._office is not None:
            wanted = wanted.where(agents.c.office == self._office)
        return self._connection.scalar(wanted) is not None

    def rows(self, sql: str, **values: str | int) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a question, a page at a time; placeholders are ``:name``."""
        if self._office is not None:
            values["central_office"] = self._office
        streamed = {"yield_per": _PAGE}
        asked = text(self._whole(sql))
        found = self._connection.execute(asked, values, execution_options=streamed)
        self._open.callback(found.close)  # whoever asked may not have read to the end
        for row in found:
            yield tuple(map(_plain, row))

    def reasons(self) -> list[Reason]:
        """Return why records were held or sent back, counted."""
        counts: Counter[tuple[str, str, str, str, str]] = Counter()
        for table, kind in KINDS.items():
            region = "coalesce(region, '')" if table != "returns" else "''"
            sql = (
                f"SELECT standing, agent, {region}, codes, count(*) FROM {table}"  # noqa: S608
                " WHERE standing IN ('held', 'duplicate', 'needs_fix') AND codes IS NOT NULL"
                " GROUP BY 1, 2, 3, 4"
            )
            for standing, agent, where, codes, records in self.rows(sql):
                for code in codes.split(","):
                    counts[kind, standing, agent, where, code] += records
        return [(*key, counts[key]) for key in sorted(counts)]

    @property
    def _on_sqlite(self) -> bool:
        return self._connection.dialect.name == "sqlite"

    def _whole(self, sql: str) -> str:
        """Return a question with the relations that it names before it."""
        words = set(_WORDS.findall(sql))
        parts = [
            f"{table} AS NOT MATERIALIZED ({self._relation(table, words)})"
            for table in KINDS
            if table in words
        ]
        if not parts:
            return sql
        own = _WITH.match(sql)
        if own is None:
            return f"WITH {', '.join(parts)} {sql}"
        return f"WITH {own[1] or ''}{', '.join(parts)}, {sql[own.end() :]}"

    def _relation(self, table: str, words: set[str]) -> str:
        """Return a relation, with the columns that cost something only where they are named."""
        by = "coalesce(m.agent, i.agent)" if table == "payments" else "i.agent"
        columns, joined = _TABLES[table], ""
        of_office = self._office is not None
        if table == "payments":
            joined = " LEFT JOIN items AS m ON m.id = i.member AND m.kind = 'enrolment'"
            joined += " AND m.status <> 'erased'" + (f" AND m.{_OF_OFFICE}" if of_office else "")
        if table == "members" and words & {"covered", "latest"}:
            columns += _COVER
            joined = f" LEFT JOIN ({self._paid()}) AS paid ON paid.member = i.id"
        once = table == "payments" and "again" in words
        columns += _BEFORE if once else ""
        sql = (
            f"SELECT {self._head(by)}, {columns} FROM items AS i"  # noqa: S608 - our own words
            f" JOIN agents AS a ON a.agent = i.agent{joined}"
            f" WHERE i.kind = '{KINDS[table]}' AND i.status <> 'erased'"
            + (" AND a.office = :central_office" if of_office else "")
        )
        return _AGAIN.format(sql) if once else sql

    def _head(self, agent: str) -> str:
        # SQLite sorts text by its octets; PostgreSQL does where it is told to.
        octets = "" if self._on_sqlite else ' COLLATE "C"'
        return (
            f"i.id, i.rev, {_STANDING.format(t='i')} AS standing, {agent}{octets} AS agent,"
            f" i.agent{octets} AS author, a.office{octets} AS office, i.day, i.codes"
        )

    def _paid(self) -> str:
        mine = f" AND i.{_OF_OFFICE}" if self._office is not None else ""
        return (
            "SELECT i.member, max(i.start + i.months - 1) AS covered, max(i.start) AS latest"  # noqa: S608
            f" FROM items AS i WHERE i.kind = 'payment' AND {_COUNTS}{mine} GROUP BY i.member"
        )


def _plain(value: Any) -> Any:
    """Return a whole number as such: PostgreSQL gives sums in a type of their own."""
    return int(value) if type(value) is Decimal else value
