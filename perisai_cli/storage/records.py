"""Records: drafts, the outbox, and what the central answered; the outbox is a query, not a copy."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from perisai_cli.domain import outbox
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.outbox import Kind, Standing
from perisai_cli.domain.period import timestamp
from perisai_cli.storage import replies
from perisai_cli.storage.entries import SCHEMA, Entries, Entry

KIND = outbox.ENROLMENT


@dataclass(frozen=True, slots=True)
class Summary:
    """What may be read of a record without opening its envelope (see ``CLEAR_COLUMNS``).

    ``amount`` is the record's money in whole rupiah: what an enrolment quotes for all months.
    ``programs`` are joined by commas.
    """

    id: str
    kind: Kind
    rev: int
    state: str
    acked_rev: int
    sent_rev: int
    created_at: str
    updated_at: str
    region: str | None
    programs: str | None
    tier: int | None
    start: str | None
    months: int | None
    sector: str | None
    payer: str | None
    amount: int | None
    rules: str | None
    canonical_id: str | None

    @property
    def standing(self) -> Standing:
        """Where the record stands towards the central."""
        return Standing(self.rev, self.acked_rev, self.state)

    @property
    def pending(self) -> bool:
        """Final, and not answered for by the central yet."""
        return self.state != outbox.DRAFT and self.standing.pending


@dataclass(frozen=True, slots=True)
class Record:
    """A record with its envelope opened.

    Attributes:
        summary: The clear part.
        worker: The worker's JSON, as it was normalised (loose while a draft); empty for other
            kinds than enrolments.
        body: The body that goes over the wire; empty while a draft.
        hash: SHA-256 of the body's canonical JSON; empty while a draft.
        assigned: Membership number and payment code, once the central gave them.
        problems: What the central said of this revision.
    """

    summary: Summary
    worker: dict[str, Any]
    body: dict[str, Any]
    hash: str
    assigned: dict[str, Any]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Finished:
    """A worker ready to be recorded: the wire body and the clear columns that go with it."""

    id: str
    worker: dict[str, Any]
    body: dict[str, Any]
    region: str
    programs: tuple[str, ...]
    tier: int
    start: str
    months: int
    sector: str
    payer: str
    amount: int
    rules: str

    def columns(self) -> dict[str, Any]:
        """Return the clear columns that tell what is wished for and what it costs."""
        return {
            "region": self.region,
            "programs": ",".join(self.programs),
            "tier": self.tier,
            "start": self.start,
            "months": self.months,
            "sector": self.sector,
            "payer": self.payer,
            "amount": self.amount,
            "rules": self.rules,
        }


class Records(Entries):
    """The records of one store. Methods that write expect the caller's transaction."""

    # Drafts

    def save_draft(self, record_id: str, loose: dict[str, Any], now: datetime) -> None:
        """Keep a half-filled worker under the id that the record will have for ever."""
        at = timestamp(now)
        self._store.connection.run(
            "INSERT INTO records (id, kind, rev, state, schema, author, device, created_at,"
            " updated_at, envelope) VALUES (?, ?, 0, 'draft', ?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET envelope = excluded.envelope,"
            " updated_at = excluded.updated_at WHERE state = 'draft'",
            record_id, KIND, SCHEMA, self._agent, self._device, at, at,
            self._seal(record_id, {"worker": loose}),
        )  # fmt: skip

    def drop_draft(self, record_id: str) -> None:
        """Remove a draft that the agent does not want; a finalised record is never removed."""
        self._store.connection.run(
            "DELETE FROM records WHERE id = ? AND state = 'draft'", record_id
        )

    # Finalising and editing

    def same_nik(self, nik: str, but: str | None = None) -> str | None:
        """Return the id of another live record with this NIK, if there is one."""
        row = self._store.connection.row(
            "SELECT id FROM records WHERE nik_index = ? AND state NOT IN ('draft', 'withdrawn')"
            " AND id <> ?",
            self._store.vault.blind_index(nik), but or "",
        )  # fmt: skip
        return None if row is None else str(row["id"])

    def finalise(self, finished: Finished, now: datetime) -> None:
        """Record a worker as revision 1, in place of the draft of the same id.

        Raises:
            InvalidInput: ``worker.already_here``: the NIK is in this store.
            InvalidInput: ``worker.recorded_meanwhile``: another process recorded the same draft.
        """
        self._refuse_same_nik(finished)
        self._store.connection.run(
            "DELETE FROM records WHERE id = ? AND state = 'draft'", finished.id
        )
        if self._store.connection.row("SELECT id FROM records WHERE id = ?", finished.id):
            raise InvalidInput("worker.recorded_meanwhile", other=finished.id[-8:])
        self.add(self._entry(finished), now)

    def correct(self, finished: Finished, seen: Summary, now: datetime) -> int:
        """Replace a record's content by its next revision; return that revision's number.

        *seen* is the record as the correction was made from.

        Raises:
            InvalidInput: ``record.changed``: another process made a revision meanwhile.
            InvalidInput: ``worker.already_here``: the corrected NIK is another record's.
        """
        self._refuse_same_nik(finished)
        return self.replace(self._entry(finished), seen.rev, now)

    def withdraw(self, record: Record, body: dict[str, Any], now: datetime) -> int:
        """Make the next revision of a record its withdrawal; return that revision's number.

        Raises:
            InvalidInput: ``record.changed``: another process made a revision meanwhile.
        """
        summary = record.summary
        entry = Entry(summary.id, summary.kind, body, worker=record.worker or None)
        return self.take_back(entry, summary.rev, now)

    def next_rev(self, seen: Summary) -> int:
        """Return the number of the revision that follows the one *seen*, and any that is newer.

        Raises:
            InvalidInput: ``record.changed``: another process made a revision meanwhile.
        """
        return self.following(seen.id, seen.rev)

    def _refuse_same_nik(self, finished: Finished) -> None:
        other = self.same_nik(finished.worker["nik"], but=finished.id)
        if other is not None:
            raise InvalidInput("worker.already_here", field="/nik", other=other, short=other[-8:])

    def _entry(self, finished: Finished) -> Entry:
        phone = finished.worker.get("phone")
        columns = finished.columns() | {
            "nik_index": self._store.vault.blind_index(finished.worker["nik"]),
            "phone_index": self._store.vault.mark("phone", phone) if phone else None,
        }
        return Entry(finished.id, KIND, finished.body, columns, finished.worker)

    # Reading

    def summary(self, record_id: str) -> Summary:
        """Return the clear part of the record whose id is, or uniquely begins with, *record_id*.

        Raises:
            InvalidInput: ``record.unknown`` or ``record.ambiguous``.
        """
        return _summary(self._find(record_id))

    def record(self, record_id: str) -> Record:
        """Return a record with its envelope opened; the id may be cut short if it stays unique."""
        return self._opened(self._find(record_id))

    def _find(self, record_id: str) -> sqlite3.Row:
        prefix = record_id.strip().lower()
        if len(prefix) < 4 or set(prefix) - set("0123456789abcdef-"):
            raise InvalidInput("record.unknown", field="/id")
        rows = self._store.connection.rows(
            "SELECT * FROM records WHERE substr(id, 1, ?) = ? OR substr(id, -?) = ? LIMIT 2",
            len(prefix), prefix, len(prefix), prefix,
        )  # fmt: skip
        found = list(rows)
        if not found:
            raise InvalidInput("record.unknown", field="/id")
        if len(found) > 1:
            raise InvalidInput("record.ambiguous", field="/id")
        return found[0]

    def each(
        self, states: tuple[str, ...] = outbox.STATES, kind: Kind | None = None
    ) -> Iterator[Record]:
        """Yield the records in *states*, of one kind or all, oldest first, one opened at a time."""
        marks = ", ".join("?" * len(states))
        sql = (
            f"SELECT * FROM records WHERE state IN ({marks})"  # noqa: S608 - marks
            " AND kind = coalesce(?, kind) ORDER BY id"
        )
        return (self._opened(row) for row in self._store.connection.rows(sql, *states, kind))

    def _opened(self, row: sqlite3.Row) -> Record:
        vault, record_id = self._store.vault, row["id"]
        content = vault.open("records", record_id, row["schema"], row["envelope"])
        reply = replies.opened(vault, row)
        return Record(
            summary=_summary(row),
            worker=content.get("worker") or content["body"].get("worker", {}),
            body=content.get("body", {}),
            hash=content.get("hash", ""),
            assigned=reply.assigned,
            problems=reply.problems,
        )


def _summary(row: sqlite3.Row) -> Summary:
    return Summary(**{name: row[name] for name in Summary.__dataclass_fields__})
