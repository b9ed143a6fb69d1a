"""Photos that belong to records: sealed beside them, named by their bodies, sent after them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from perisai_cli.domain.attachments import CARD, MEDIA
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.bodies import attachments_of, with_attachments
from perisai_cli.storage.database import Connection
from perisai_cli.storage.records import Record
from perisai_cli.storage.revisions import renew
from perisai_cli.storage.store import Store

SCHEMA = 1
WAITING, SENDING, SENT = "waiting", "sending", "sent"

# What a record that has its verdict names; a refused or disputed one is settled first.
_DUE = (
    "attachments.state <> 'sent' AND until_rev IS NULL AND acked_rev = records.rev"
    " AND records.state IN ('accepted', 'held', 'duplicate')"
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A photo that is to be sent.

    Attributes:
        since: When it was taken in (UTC); with the next two, its place in the order.
        record_id: The record that it belongs to.
        sha256: Its hash, as the record's body names it.
        size: Its size in octets.
        offset: How much of it the central has acknowledged.
        begun: Whether any of it was put on the wire before.
    """

    since: str
    record_id: str
    sha256: str
    size: int
    offset: int
    begun: bool


@dataclass(frozen=True, slots=True)
class Held:
    """How a record's present photo stands: its hash, its size, and its state."""

    sha256: str
    size: int
    state: str


class Photos:
    """The photos of one store."""

    def __init__(self, store: Store):
        self._store = store

    # Taking in; within the caller's transaction

    def attach(self, record: Record, sha256: str, photo: bytes, rev: int, now: datetime) -> None:
        """Make revision *rev* of a record the one that names this photo in place of any other.

        The former photo stays until no unanswered revision can name it (``drop_replaced``).
        """
        connection, record_id = self._store.connection, record.summary.id
        card = {"kind": CARD, "sha256": sha256, "size": len(photo), "media": MEDIA}
        body = with_attachments(record.body, [card])
        renew(self._store, record_id, rev, body, now)
        connection.run(
            "UPDATE attachments SET until_rev = ? WHERE record_id = ? AND until_rev IS NULL",
            rev, record_id,
        )  # fmt: skip
        connection.run(
            "INSERT INTO attachments (record_id, sha256, kind, media, size, schema, rev,"
            " created_at, envelope) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (record_id, sha256) DO UPDATE SET rev = excluded.rev, until_rev = NULL",
            record_id, sha256, CARD, MEDIA, len(photo), SCHEMA, rev, timestamp(now),
            self._store.vault.seal_octets("attachments", _place(record_id, sha256), SCHEMA, photo),
        )  # fmt: skip
        self._store.journal(now, "photo.attached", record_id=record_id, rev=rev, size=len(photo))

    # Reading

    def held(self, record: Record) -> Held | None:
        """Return how the photo that a record names stands, if it names one."""
        named = [each["sha256"] for each in attachments_of(record.body) if each["kind"] == CARD]
        row = self._store.connection.row(
            "SELECT sha256, size, state FROM attachments WHERE record_id = ? AND sha256 = ?",
            record.summary.id, named[0] if named else "",
        )  # fmt: skip
        return None if row is None else Held(row["sha256"], row["size"], row["state"])

    def content(self, waiting: Waiting) -> bytes | None:
        """Return the octets of a photo, opened; None where another process dropped it meanwhile."""
        row = self._store.connection.row(
            "SELECT schema, envelope FROM attachments WHERE record_id = ? AND sha256 = ?",
            waiting.record_id, waiting.sha256,
        )  # fmt: skip
        if row is None:
            return None
        place = _place(waiting.record_id, waiting.sha256)
        return self._store.vault.open_octets("attachments", place, row["schema"], row["envelope"])

    # Sending; each step in a transaction of its own

    def next_waiting(self, after: Waiting | None) -> Waiting | None:
        """Return the oldest photo that is to be sent, of those that come *after* another."""
        place = ("", "", "") if after is None else (after.since, after.record_id, after.sha256)
        row = self._store.connection.row(
            "SELECT attachments.created_at AS since, record_id, sha256, size, sent_offset,"  # noqa: S608
            " attachments.state FROM attachments JOIN records ON records.id = record_id"
            f" WHERE {_DUE}"
            " AND (attachments.created_at, record_id, sha256) > (?, ?, ?)"
            " ORDER BY attachments.created_at, record_id, sha256 LIMIT 1",
            *place,
        )
        if row is None:
            return None
        return Waiting(
            since=row["since"],
            record_id=row["record_id"],
            sha256=row["sha256"],
            size=row["size"],
            offset=row["sent_offset"],
            begun=row["state"] == SENDING,
        )

    def reached(
        self, waiting: Waiting, offset: int, now: datetime, *, whole: bool, state: dict[str, str]
    ) -> None:
        """Keep how much of a photo the central has, and what it said of its commits."""
        with self._store.connection.transaction():
            touched = self._store.connection.run(
                "UPDATE attachments SET state = ?, sent_offset = ?"
                " WHERE record_id = ? AND sha256 = ?",
                SENT if whole else SENDING, offset, waiting.record_id, waiting.sha256,
            )  # fmt: skip
            for key, value in state.items():
                self._store.set_state(key, value)
            if whole and touched:
                self._store.journal(now, "photo.sent", record_id=waiting.record_id)

    def drop_replaced(self) -> None:
        """Remove photos that were replaced, once every revision that named them is answered for."""
        gone = (
            "until_rev IS NOT NULL AND until_rev <="
            " (SELECT acked_rev FROM records WHERE records.id = record_id)"
        )
        if self._store.connection.row(f"SELECT 1 FROM attachments WHERE {gone} LIMIT 1"):  # noqa: S608
            with self._store.connection.transaction():
                self._store.connection.run(f"DELETE FROM attachments WHERE {gone}")  # noqa: S608

    def ask_again(self) -> None:
        """Ask the central about every photo at the next sync: it was put back from a backup."""
        with self._store.connection.transaction():
            self._store.connection.run("UPDATE attachments SET state = 'sending'")


def photo_counts(connection: Connection) -> dict[str, int]:
    """Return how many photos of standing records wait and how many arrived."""
    row = connection.row(
        "SELECT coalesce(sum(attachments.state <> 'sent'), 0) AS waiting,"
        " coalesce(sum(attachments.state = 'sent'), 0) AS arrived"
        " FROM attachments JOIN records ON records.id = record_id"
        " WHERE until_rev IS NULL AND records.state <> 'withdrawn'"
    )
    assert row is not None  # a sum without rows is a row
    return {"waiting": row["waiting"], "arrived": row["arrived"]}


def carried(record: Record) -> dict[str, Any]:
    """Return the member of a body that a correction takes over from the revision before it."""
    held = attachments_of(record.body)
    return {"attachments": held} if held else {}


def _place(record_id: str, sha256: str) -> str:
    return f"{record_id}|{sha256}"
