"""Who came to an event: sealed, on this device alone, and forgotten in time.

Interest, days and links stand in the clear, so that what is due can be counted without a
passphrase; names and phone numbers stand in the envelope and nowhere else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.outreach import CONTACT_TEXT, Attendee
from perisai_cli.domain.period import timestamp
from perisai_cli.domain.traces import fragments
from perisai_cli.storage.database import Connection
from perisai_cli.storage.erasure import swept
from perisai_cli.storage.store import Store

SCHEMA = 1

_DUE = "follow_up IS NOT NULL AND follow_up <= ? AND enrolled_id IS NULL"
# Whoever asked to be called on a later day is not forgotten before it.
_STALE = (
    "named = 1 AND enrolled_id IS NULL AND date(created_at) < ?"
    " AND (follow_up IS NULL OR follow_up < ?)"
)


@dataclass(frozen=True, slots=True)
class Kept:
    """One attendee as this store knows them; ``name`` and ``phone`` only while they are kept."""

    id: str
    event_id: str
    interest: str
    follow_up: str | None
    enrolled_id: str | None
    created_at: str
    name: str | None
    phone: str | None


class Attendees:
    """The attendees of one store. Methods that write expect the caller's transaction."""

    def __init__(self, store: Store):
        self._store = store

    def add(self, attendee_id: str, event_id: str, came: Attendee, now: datetime) -> None:
        """Keep someone who came to an event, under an id made once."""
        at = timestamp(now)
        follow_up = came.follow_up.isoformat() if came.follow_up else None
        self._store.connection.run(
            "INSERT INTO attendees (id, event_id, interest, named, follow_up, schema, created_at,"
            " updated_at, envelope) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            attendee_id, event_id, came.interest, int(came.name is not None), follow_up, SCHEMA,
            at, at, self._seal(attendee_id, _content(came, at)),
        )  # fmt: skip
        self._store.journal(now, "attendee.added", record_id=event_id, attendee=attendee_id)

    def of_event(self, event_id: str) -> list[Kept]:
        """Return who came to an event, in the order in which they were written down."""
        sql = "SELECT * FROM attendees WHERE event_id = ? ORDER BY id"
        return [self._opened(row) for row in self._store.connection.rows(sql, event_id)]

    def due(self, day: date) -> list[Kept]:
        """Return who is to be asked again by *day*, longest due first."""
        sql = f"SELECT * FROM attendees WHERE {_DUE} ORDER BY follow_up, id"  # noqa: S608
        rows = self._store.connection.rows(sql, day.isoformat())
        return [self._opened(row) for row in rows]

    def one(self, named: str) -> Kept:
        """Return the attendee whose id is, or uniquely ends or begins with, what was typed.

        Raises:
            InvalidInput: ``attendee.unknown`` or ``attendee.ambiguous``.
        """
        part = named.strip().lower()
        if len(part) < 4 or set(part) - set("0123456789abcdef-"):
            raise InvalidInput("attendee.unknown", field="/id")
        rows = self._store.connection.rows(
            "SELECT * FROM attendees WHERE substr(id, 1, ?) = ? OR substr(id, -?) = ? LIMIT 2",
            len(part), part, len(part), part,
        )  # fmt: skip
        found = list(rows)
        if len(found) != 1:
            code = "attendee.ambiguous" if found else "attendee.unknown"
            raise InvalidInput(code, field="/id")
        return self._opened(found[0])

    def postpone(self, kept: Kept, follow_up: date, now: datetime) -> None:
        """Note that someone was asked again, and on which day to ask next."""
        self._store.connection.run(
            "UPDATE attendees SET follow_up = ?, updated_at = ? WHERE id = ?",
            follow_up.isoformat(), timestamp(now), kept.id,
        )  # fmt: skip
        self._store.journal(now, "attendee.postponed", record_id=kept.event_id, attendee=kept.id)

    def link(self, kept: Kept, record_id: str, now: datetime) -> None:
        """Tie an attendee to their enrolment; the name is kept there, and here no more."""
        self._store.connection.run(
            "UPDATE attendees SET enrolled_id = ?, follow_up = NULL, updated_at = ? WHERE id = ?",
            record_id, timestamp(now), kept.id,
        )  # fmt: skip
        self._empty(kept.id)
        self._store.journal(now, "attendee.enrolled", record_id=record_id, attendee=kept.id)

    def forget(self, ids: Sequence[str], now: datetime) -> None:
        """Destroy names and phone numbers; who came and what they wanted stays counted."""
        for attendee_id in ids:
            self._store.connection.run(
                "UPDATE attendees SET follow_up = NULL, updated_at = ? WHERE id = ?",
                timestamp(now), attendee_id,
            )  # fmt: skip
            self._empty(attendee_id)
        self._store.journal(now, "attendees.forgotten", count=len(ids))

    def enrolled(self) -> list[tuple[str, str, bool]]:
        """Return event, standing enrolment and whether a payment for it is confirmed, of each."""
        rows = self._store.connection.rows(
            "SELECT DISTINCT event_id, enrolled_id, EXISTS (SELECT 1 FROM records AS paid"
            " WHERE paid.kind = 'payment' AND paid.money = 'confirmed'"
            " AND paid.state NOT IN ('needs_fix', 'duplicate', 'conflict', 'withdrawn')"
            " AND paid.member_id = enrolled_id) AS paid"
            " FROM attendees JOIN records ON records.id = enrolled_id"
            " WHERE records.state NOT IN ('draft', 'withdrawn')"
        )
        return [(row["event_id"], row["enrolled_id"], bool(row["paid"])) for row in rows]

    def payments_recorded(self) -> bool:
        """Tell whether this store holds any payment at all, so that none can be told from 0."""
        sql = "SELECT 1 FROM records WHERE kind = 'payment' LIMIT 1"
        return self._store.connection.row(sql) is not None

    def stale(self, before: date, today: date) -> list[str]:
        """Return ids of those written down before a day who did not enrol and await no call."""
        sql = f"SELECT id FROM attendees WHERE {_STALE} ORDER BY id"  # noqa: S608
        rows = self._store.connection.rows(sql, before.isoformat(), today.isoformat())
        return [row["id"] for row in rows]

    def traces(self, ids: Sequence[str]) -> list[bytes]:
        """Return pieces of what is about to be destroyed, to be looked for afterwards."""
        sql = "SELECT envelope FROM attendees WHERE id = ?"
        return [
            piece
            for attendee_id in ids
            for row in self._store.connection.rows(sql, attendee_id)
            for piece in fragments(row["envelope"])
        ]

    def swept(self, traces: Sequence[bytes]) -> bool:
        """Return whether no file of the store holds any of these pieces, after clearing up."""
        return swept(self._store.connection, traces)

    def _empty(self, attendee_id: str) -> None:
        self._store.connection.run(
            "UPDATE attendees SET named = 0, envelope = ? WHERE id = ?",
            self._seal(attendee_id, {}), attendee_id,
        )  # fmt: skip

    def _seal(self, attendee_id: str, content: dict[str, Any]) -> bytes:
        return self._store.vault.seal("attendees", attendee_id, SCHEMA, content)

    def _opened(self, row: sqlite3.Row) -> Kept:
        content = self._store.vault.open("attendees", row["id"], row["schema"], row["envelope"])
        return Kept(
            id=row["id"],
            event_id=row["event_id"],
            interest=row["interest"],
            follow_up=row["follow_up"],
            enrolled_id=row["enrolled_id"],
            created_at=row["created_at"],
            name=content.get("name"),
            phone=content.get("phone"),
        )


def due_count(connection: Connection, day: date) -> int:
    """Return how many people are to be asked again by *day*; no passphrase is needed."""
    return _count(connection, _DUE, day.isoformat())


def stale_count(connection: Connection, before: date, today: date) -> int:
    """Return how many names wait to be forgotten; no passphrase is needed."""
    return _count(connection, _STALE, before.isoformat(), today.isoformat())


def _count(connection: Connection, condition: str, *values: str) -> int:
    row = connection.row(f"SELECT count(*) AS n FROM attendees WHERE {condition}", *values)  # noqa: S608
    return 0 if row is None else int(row["n"])


def _content(came: Attendee, at: str) -> dict[str, Any]:
    """Return what is sealed of someone: nothing at all of whoever does not agree to be called."""
    if came.name is None:
        return {}
    consent = {"given": True, "text": CONTACT_TEXT, "at": at}
    content: dict[str, Any] = {"name": came.name, "consent": consent}
    return content | ({"phone": came.phone} if came.phone else {})
