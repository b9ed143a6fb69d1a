"""Writing records of any kind: the first revision, the next ones, the withdrawal.

A kind adds what it is about by an ``Entry``; that revisions count up, wait to be sent and stand in
the journal is the same for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.outbox import Kind
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.canonical import body_hash
from perisai_cli.storage import conflicts
from perisai_cli.storage.store import Store

SCHEMA = 1

COLUMNS = (
    "region", "programs", "tier", "start", "months", "sector", "payer", "amount", "rules",
    "member_id", "money", "nik_index", "phone_index",
)  # fmt: skip
"""Columns that an entry may fill beside its body; what it does not name is NULL."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One revision of a record, ready to be written down.

    Attributes:
        id: The record's id, made once and for ever.
        kind: What the record is.
        body: The body that goes over the wire.
        columns: Values of ``COLUMNS``; ``amount`` in whole rupiah, ``programs`` joined by commas.
        worker: What is kept of the worker where the body holds it in another form.
    """

    id: str
    kind: Kind
    body: dict[str, Any]
    columns: Mapping[str, Any] = field(default_factory=dict)
    worker: dict[str, Any] | None = None

    def values(self) -> tuple[Any, ...]:
        """Return the values of ``COLUMNS``, in their order."""
        return tuple(self.columns.get(name) for name in COLUMNS)

    def told(self) -> dict[str, Any]:
        """Return what the journal keeps of this revision: how far its money came, where it has."""
        money = self.columns.get("money")
        return {} if money is None else {"money": money}


class Entries:
    """Writes the records of one store; every method expects the caller's transaction."""

    def __init__(self, store: Store, agent: str, device: str):
        self._store = store
        self._agent = agent
        self._device = device

    def add(self, entry: Entry, now: datetime) -> None:
        """Record an entry as revision 1, to be sent."""
        at = timestamp(now)
        names, marks = ", ".join(COLUMNS), ", ".join("?" * len(COLUMNS))
        self._store.connection.run(
            "INSERT INTO records (id, kind, rev, state, schema, author, device, created_at,"  # noqa: S608
            f" updated_at, {names}, envelope)"
            f" VALUES (?, ?, 1, 'queued', ?, ?, ?, ?, ?, {marks}, ?)",
            entry.id, entry.kind, SCHEMA, self._agent, self._device, at, at, *entry.values(),
            self._envelope(entry.id, entry.body, entry.worker),
        )  # fmt: skip
        self._store.journal(
            now, f"{entry.kind}.recorded", record_id=entry.id, rev=1, **entry.told()
        )

    def replace(self, entry: Entry, seen_rev: int, now: datetime) -> int:
        """Replace a record's content by its next revision; return that revision's number.

        *seen_rev* is the revision that the correction was made from.

        Raises:
            InvalidInput: ``record.changed``: another process made a revision meanwhile.
        """
        rev = self.following(entry.id, seen_rev)
        names = ", ".join(f"{name} = ?" for name in COLUMNS)
        self._store.connection.run(
            "UPDATE records SET rev = ?, state = 'queued', updated_at = ?,"  # noqa: S608
            f" canonical_id = NULL, {names}, envelope = ? WHERE id = ?",
            rev, timestamp(now), *entry.values(),
            self._envelope(entry.id, entry.body, entry.worker), entry.id,
        )  # fmt: skip
        self._store.journal(
            now, f"{entry.kind}.corrected", record_id=entry.id, rev=rev, **entry.told()
        )
        return rev

    def take_back(self, entry: Entry, seen_rev: int, now: datetime) -> int:
        """Make the next revision of a record its withdrawal, whose body *entry* has.

        Raises:
            InvalidInput: ``record.changed``: another process made a revision meanwhile.
        """
        rev = self.following(entry.id, seen_rev)
        self._store.connection.run(
            "UPDATE records SET rev = ?, state = 'withdrawn', updated_at = ?,"
            # Its NIK is free, whatever comes back.
            " nik_index = NULL, phone_index = NULL, envelope = ? WHERE id = ?",
            rev, timestamp(now), self._envelope(entry.id, entry.body, entry.worker), entry.id,
        )  # fmt: skip
        reason = entry.body["withdrawn"]["reason"]
        self._store.journal(
            now, f"{entry.kind}.withdrawn", record_id=entry.id, rev=rev, reason=reason
        )
        return rev

    def following(self, record_id: str, seen_rev: int) -> int:
        """Return the number that follows the revision that was seen, and any newer one known.

        Raises:
            InvalidInput: ``record.changed``: another process made a revision meanwhile.
        """
        self.still(record_id, seen_rev)
        return conflicts.newest_revision(self._store, record_id, seen_rev) + 1

    def still(self, record_id: str, seen_rev: int) -> None:
        """Check that the revision that was seen is the newest one here.

        Raises:
            InvalidInput: ``record.changed``: another process made a revision meanwhile.
        """
        row = self._store.connection.row("SELECT rev FROM records WHERE id = ?", record_id)
        if row is None or row["rev"] != seen_rev:
            raise InvalidInput("record.changed", field="/id")

    def _envelope(
        self, record_id: str, body: dict[str, Any], worker: dict[str, Any] | None
    ) -> bytes:
        content: dict[str, Any] = {"hash": body_hash(body), "body": body}
        carried = body.get("worker")
        if worker is not None and carried is not worker and carried != worker:
            content["worker"] = worker
        return self._seal(record_id, content)

    def _seal(self, record_id: str, content: dict[str, Any]) -> bytes:
        return self._store.vault.seal("records", record_id, SCHEMA, content)
