"""Records that were carried into an online form: how far each came, and what the form gave back.

What came back is kept in this store alone (``docs/decisions/0031``), sealed like everything
personal; only the portal's name, the state and the moment can be read without the key.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from perisai_cli.domain.period import timestamp
from perisai_cli.domain.portal_return import CameBack
from perisai_cli.storage.store import Store

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Crossing:
    """One record at one portal.

    Attributes:
        record_id: The record.
        portal: The portal's id.
        state: One of ``portal_return.STATES``.
        at: When it last changed (UTC).
        rev: The record's revision that was carried.
        next: Number of the next step to put in, while it is under way; 0 when it is not.
        digest: Content of the map that ``next`` counts in.
        back: What the form gave back.
    """

    record_id: str
    portal: str
    state: str
    at: str
    rev: int
    next: int
    digest: str
    back: CameBack


class Carried:
    """What was carried out of one store. Methods that write expect the caller's transaction."""

    def __init__(self, store: Store):
        self._store = store

    def keep(self, crossing: Crossing, now: datetime) -> None:
        """Keep how far a record came; a change of its state is a line in the journal."""
        before = self.at(crossing.record_id, crossing.portal)
        content = {
            "rev": crossing.rev,
            "next": crossing.next,
            "digest": crossing.digest,
            "back": crossing.back.as_json(),
        }
        place = _place(crossing.record_id, crossing.portal)
        self._store.connection.run(
            "INSERT INTO carried (record_id, portal, state, schema, at, envelope)"
            " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (record_id, portal) DO UPDATE SET"
            " state = excluded.state, schema = excluded.schema, at = excluded.at,"
            " envelope = excluded.envelope",
            crossing.record_id, crossing.portal, crossing.state, SCHEMA, timestamp(now),
            self._store.vault.seal("carried", place, SCHEMA, content),
        )  # fmt: skip
        if before is None or (before.state, before.back) != (crossing.state, crossing.back):
            self._store.journal(
                now, f"portal.{crossing.state}", record_id=crossing.record_id, rev=crossing.rev,
                portal=crossing.portal,
            )  # fmt: skip

    def at(self, record_id: str, portal: str) -> Crossing | None:
        """Return how far a record came at a portal; None where it was never begun."""
        row = self._store.connection.row(
            "SELECT * FROM carried WHERE record_id = ? AND portal = ?", record_id, portal
        )
        return None if row is None else self._opened(row)

    def of(self, record_id: str) -> list[Crossing]:
        """Return how far a record came at each portal that it was carried to."""
        rows = self._store.connection.rows(
            "SELECT * FROM carried WHERE record_id = ? ORDER BY portal", record_id
        )
        return [self._opened(row) for row in rows]

    def each(self) -> Iterator[Crossing]:
        """Yield everything that was carried, opening one row at a time."""
        rows = self._store.connection.rows("SELECT * FROM carried ORDER BY record_id, portal")
        return (self._opened(row) for row in rows)

    def _opened(self, row: sqlite3.Row) -> Crossing:
        place = _place(row["record_id"], row["portal"])
        content = self._store.vault.open("carried", place, row["schema"], row["envelope"])
        return Crossing(
            record_id=row["record_id"],
            portal=row["portal"],
            state=row["state"],
            at=row["at"],
            rev=content["rev"],
            next=content["next"],
            digest=content["digest"],
            back=CameBack(**content["back"]),
        )


def _place(record_id: str, portal: str) -> str:
    return f"{record_id}|{portal}"
