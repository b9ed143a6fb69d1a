"""A dataset: records of many agents, encrypted on this device, for reports to be asked of.

Its personal fields are sealed by the vault of the store beside it, its facts are clear. It is a
copy: whatever it holds stands in the agents' stores or at the central, but for what its owner has
decided about it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from perisai_cli.domain.facts import REFUSED, Fact, Paid
from perisai_cli.domain.outbox import HELD
from perisai_cli.storage.database import Connection
from perisai_cli.storage.dataset_file import memory_dataset, open_dataset
from perisai_cli.storage.dataset_tables import COVERING, NEW_MEMBERS, PAID_INDEXES, TABLES
from perisai_cli.storage.vault import Vault

SCHEMA = 1
MERGED, CENTRAL = "merged", "central"
NAMES = (MERGED, CENTRAL)
"""Datasets that a home can have: one merged from agents' books, one fetched from a central."""

KINDS = {
    "members": "enrolment", "payments": "payment", "returns": "reactivation", "events": "outreach",
}  # fmt: skip
Reason = tuple[str, str, str, str, str, int]
"""Kind, standing, agent, region, code, and how many records."""

_PUT = {
    table: f"INSERT OR REPLACE INTO {table} ({', '.join(fact._fields)})"  # noqa: S608 - our names
    f" VALUES ({', '.join('?' * len(fact._fields))})"
    for fact, table in TABLES.items()
}
_SEALED = (
    "INSERT INTO sealed (name, schema, envelope) VALUES (?, ?, ?) ON CONFLICT (name)"
    " DO UPDATE SET schema = excluded.schema, envelope = excluded.envelope"
)
_STANDS = "standing NOT IN ('needs_fix', 'duplicate', 'conflict', 'withdrawn')"
_COUNTS = f"money = 'confirmed' AND {_STANDS}"
_NEW = "SELECT member FROM temp.fresh"
"""Members who are new or have something new; a fill from nothing names nobody and means all."""

_FRESH = (
    "DROP TABLE IF EXISTS temp.fresh",
    """CREATE TEMP TABLE fresh AS SELECT member FROM payments WHERE again IS NULL
        UNION SELECT id FROM members WHERE covered IS NULL""",
)
_PLACED = """UPDATE payments SET (region, cohort, member_standing, agent, again) = (
    SELECT of.region, of.start, of.standing, coalesce(of.agent, payments.author), 0
    FROM (SELECT 1) LEFT JOIN members AS of ON of.id = payments.member)"""
# Which of a payment's first months an earlier one covers. Few members have any, and an index alone
# tells who: it has no ids, which decide between payments that begin in the same month.
_TWICE = f"""CREATE TEMP TABLE twice AS SELECT id, months FROM (
    SELECT id, min(months, max(0, 1 + max(start + months - 1) OVER (
        PARTITION BY member ORDER BY start, id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) - start)) AS months
    FROM payments WHERE {_COUNTS} AND member IN (
        SELECT member FROM (
            SELECT member, start, max(start + months) OVER (
                PARTITION BY member ORDER BY start
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS next
            FROM payments WHERE {_COUNTS}{{those}}) WHERE next > start)) WHERE months > 0"""  # noqa: S608 - our own words
_AGAIN = """UPDATE payments SET again = twice.months FROM temp.twice
    WHERE twice.id = payments.id"""
_COVERED = f"""UPDATE members SET (covered, latest) = (
    SELECT coalesce(max(start + months - 1), 0), coalesce(max(start), 0) FROM payments
    WHERE member = members.id AND {_COUNTS})"""  # noqa: S608 - our own words
_WHOLE = (_PLACED, *PAID_INDEXES, _TWICE.format(those=""), _AGAIN, _COVERED, NEW_MEMBERS)
_PART = (
    *_FRESH,
    f"{_PLACED} WHERE member IN ({_NEW})",
    _TWICE.format(those=f" AND member IN ({_NEW})"),
    _AGAIN,
    f"{_COVERED} WHERE id IN ({_NEW})",
    "DROP TABLE temp.fresh",
)
_INDEXED = "SELECT 1 FROM sqlite_schema WHERE name = 'payments_member'"
_PAYS_FOR = """SELECT there.id, there.member FROM json_each(?) AS came
    JOIN payments AS there ON there.id = came.value"""
_ANEW = (
    "UPDATE members SET covered = NULL WHERE id = ?",
    "UPDATE payments SET again = NULL WHERE member = ?",
)


class Dataset:
    """An open dataset. Methods that write expect the caller's transaction."""

    def __init__(self, name: str, connection: Connection, vault: Vault):
        self.name = name
        self.connection = connection
        self._vault = vault

    # Writing

    def put(self, facts: Iterable[Fact]) -> None:
        """Keep facts, each in place of what was kept under its id."""
        sorted_out: dict[str, list[Fact]] = {}
        for fact in facts:
            sorted_out.setdefault(TABLES[type(fact)], []).append(fact)
        paid = {
            fact.id: fact.member for fact in sorted_out.get("payments", ()) if type(fact) is Paid
        }
        before = self._pay_for(list(paid))
        self._work_out_anew(member for each, member in before.items() if member != paid[each])
        for table, rows in sorted_out.items():
            self.connection.run_many(_PUT[table], rows)

    def put_persons(self, persons: Iterable[tuple[str, Mapping[str, Any]]]) -> None:
        """Keep what concerns a person, sealed, by record id.

        Its members, each where it is known: ``worker``, ``assigned``, ``codes`` (why the record was
        held or sent back).
        """
        self.connection.run_many(
            "INSERT OR REPLACE INTO persons (id, schema, envelope) VALUES (?, ?, ?)",
            ((each, SCHEMA, self._sealed("person", each, dict(told))) for each, told in persons),
        )

    def remove(self, ids: Sequence[str]) -> None:
        """Remove records that were erased, and all that concerns their persons."""
        self._work_out_anew((*ids, *self._pay_for(ids).values()))
        for table in (*TABLES.values(), "persons"):
            self.connection.run_many(
                f"DELETE FROM {table} WHERE id = ?",  # noqa: S608 - our names
                ((each,) for each in ids),
            )

    def _pay_for(self, ids: Sequence[str]) -> dict[str, str]:
        """Return the members for whom payments of these ids pay that are here and worked out.

        Before the first time nothing is, and no index leads from a member to the payments.
        """
        if not ids or self.connection.row(_INDEXED) is None:
            return {}
        found = self.connection.rows(_PAYS_FOR, json.dumps(ids))
        return {row["id"]: row["member"] for row in found}

    def _work_out_anew(self, members: Iterable[str]) -> None:
        """Let what rests on the payments of members be worked out anew."""
        marked = [(each,) for each in dict.fromkeys(members)]
        for statement in _ANEW if marked and self.connection.row(_INDEXED) is not None else ():
            self.connection.run_many(statement, marked)

    def keep(self, key: str, value: str) -> None:
        """Keep something about the dataset itself, in clear; it names nobody."""
        self.connection.run(
            "INSERT INTO meta (key, value) VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            key, value,
        )  # fmt: skip

    def seal(self, name: str, facts: dict[str, Any]) -> None:
        """Keep facts sealed under a name."""
        self.connection.run(_SEALED, name, SCHEMA, self._sealed("sealed", name, facts))

    def derive(self) -> None:
        """Work out what rests on several rows, once all that came is there."""
        derived = self.connection.row(
            "SELECT 1 FROM payments WHERE again IS NOT NULL"
            " UNION ALL SELECT 1 FROM members WHERE covered IS NOT NULL LIMIT 1"
        )
        for statement in (*(_PART if derived else _WHOLE), "DROP TABLE temp.twice", *COVERING):
            self.connection.run(statement)
        self.seal("reasons", {"counts": [list(reason) for reason in self._count_reasons()]})
        self.connection.run("ANALYZE")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the write lock; commit at the end, or undo everything."""
        with self.connection.transaction():
            yield

    # Reading

    @contextmanager
    def one_moment(self) -> Iterator[None]:
        """Answer every question as of now, whatever others write meanwhile."""
        self.connection.run("BEGIN")
        try:
            self.kept("")  # only what reads first fixes the moment
            yield
        finally:
            self.connection.run("ROLLBACK")

    def rows(self, sql: str, values: Mapping[str, str | int]) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a question about facts."""
        return self.connection.tuples(sql, values)

    def kept(self, key: str) -> str | None:
        """Return what is kept in clear under a key."""
        row = self.connection.row("SELECT value FROM meta WHERE key = ?", key)
        return None if row is None else str(row["value"])

    def sealed(self, name: str) -> dict[str, Any] | None:
        """Return the facts sealed under a name."""
        row = self.connection.row("SELECT schema, envelope FROM sealed WHERE name = ?", name)
        return None if row is None else self._opened("sealed", name, row)

    def reasons(self) -> list[Reason]:
        """Return what was held or sent back and why, counted."""
        return [tuple(each) for each in (self.sealed("reasons") or {"counts": []})["counts"]]

    def person(self, record_id: str) -> dict[str, Any]:
        """Return what is kept of a record's person; empty where nothing is."""
        row = self.connection.row("SELECT schema, envelope FROM persons WHERE id = ?", record_id)
        return {} if row is None else self._opened("person", record_id, row)

    def opened_rows(
        self, sql: str, values: Mapping[str, str | int]
    ) -> Iterator[tuple[tuple[Any, ...], dict[str, Any]]]:
        """Yield the rows of a question that ends in ``id, schema, envelope`` of ``persons``.

        Each comes without these three, beside what they hold.
        """
        for row in self.connection.named_rows(sql, values):
            *told, record_id, schema, envelope = tuple(row)
            if envelope is None:
                yield tuple(told), {}
            else:
                place = self._place("person", record_id)
                yield tuple(told), self._vault.open(*place, schema, envelope)

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def _count_reasons(self) -> list[Reason]:
        counts: Counter[tuple[str, str, str, str, str]] = Counter()
        wanted = ", ".join(f"'{standing}'" for standing in (HELD, *REFUSED))
        for table, kind in KINDS.items():
            region = "region" if table != "returns" else "''"
            sql = (
                f"SELECT standing, agent, coalesce({region}, ''), {table}.id, schema, envelope"  # noqa: S608
                f" FROM {table} JOIN persons ON persons.id = {table}.id"
                f" WHERE standing IN ({wanted})"
            )
            for (standing, agent, where), told in self.opened_rows(sql, {}):
                for code in dict.fromkeys(told.get("codes", ())):
                    counts[kind, standing, agent, where, code] += 1
        return [(*key, counts[key]) for key in sorted(counts)]

    def _place(self, table: str, row: str) -> tuple[str, str]:
        return f"dataset:{self.name}:{table}", row

    def _sealed(self, table: str, row: str, content: dict[str, Any]) -> bytes:
        return self._vault.seal(*self._place(table, row), SCHEMA, content)

    def _opened(self, table: str, row: str, found: Any) -> dict[str, Any]:
        return self._vault.open(*self._place(table, row), found["schema"], found["envelope"])


def dataset(home: Path, name: str, vault: Vault, *, create: bool = False) -> Dataset:
    """Return a dataset of *home*, made where it is not there yet and *create* says so.

    Raises:
        InvalidInput: ``dataset.none``: there is none.
        StoreUnusable: it is damaged or newer; it is left untouched.
        DiskTrouble: the disk is full or fails.
    """
    return Dataset(name, open_dataset(home, name, create=create), vault)


def passing_dataset(vault: Vault) -> Dataset:
    """Return a dataset in memory that is gone when it is closed: for the facts of one store."""
    return Dataset("own", memory_dataset(), vault)
