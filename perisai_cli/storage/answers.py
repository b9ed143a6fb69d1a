"""The sync's side of the store: what is pending, what was sent, what was answered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from perisai_cli.domain.outbox import Claimed, Outcome, Standing, next_state
from perisai_cli.storage import erasure, replies
from perisai_cli.storage.database import Connection
from perisai_cli.storage.store import Store

# A draft has revision 0 and is never behind, so the partial index alone answers these.
_PENDING = "acked_rev < rev"
COUNTS = ("pending", "accepted", "held", "duplicate", "needs_fix", "conflict", "withdrawn")


def counts(connection: Connection) -> dict[str, int]:
    """Return how many finalised records stand where; the numbers sum to all of them.

    A record that waits for the central counts as pending whatever its last state was.
    """
    found = connection.rows(
        f"SELECT CASE WHEN {_PENDING} THEN 'pending' ELSE state END AS standing, count(*) AS n"  # noqa: S608
        " FROM records WHERE state <> 'draft' GROUP BY 1"
    )
    by_standing = {row["standing"]: row["n"] for row in found}
    return {name: by_standing.get(name, 0) for name in COUNTS}


def state_value(connection: Connection, key: str) -> str | None:
    """Return a value of the sync's own state without unlocking the store."""
    row = connection.row("SELECT value FROM sync_state WHERE key = ?", key)
    return None if row is None else str(row["value"])


class Answers:
    """Claims what is to be sent and settles what was answered, each in one transaction."""

    def __init__(self, store: Store):
        self._store = store

    def pending(self) -> int:
        """Return how many records wait."""
        sql = f"SELECT count(*) AS n FROM records WHERE {_PENDING}"  # noqa: S608
        row = self._store.connection.row(sql)
        return 0 if row is None else int(row["n"])

    def oldest_pending(self, after: str) -> str | None:
        """Return since when the oldest record after this id waits, if one does."""
        row = self._store.connection.row(
            f"SELECT created_at FROM records WHERE {_PENDING} AND id > ? ORDER BY id LIMIT 1",  # noqa: S608
            after,
        )
        return None if row is None else str(row["created_at"])

    def claim(self, after: str, limit: int) -> list[Claimed]:
        """Mark up to *limit* waiting records after this id as on the wire, and return them.

        A revision claimed for the first time stands on the newest one that was answered or on the
        wire before; claimed again, it keeps that base.
        """
        connection = self._store.connection
        with connection.transaction():
            connection.run(
                f"UPDATE records SET base_rev = max(acked_rev, sent_rev), sent_rev = rev"  # noqa: S608
                f" WHERE sent_rev < rev AND id IN"
                f" (SELECT id FROM records WHERE {_PENDING} AND id > ? ORDER BY id LIMIT ?)",
                after, limit,
            )  # fmt: skip
            return self.peek(after, limit)

    def peek(self, after: str, limit: int) -> list[Claimed]:
        """Return what ``claim`` would, marking nothing."""
        rows = self._store.connection.rows(
            f"SELECT id, rev, base_rev, kind, schema, envelope FROM records"  # noqa: S608
            f" WHERE {_PENDING} AND id > ? ORDER BY id LIMIT ?",
            after, limit,
        )  # fmt: skip
        return [self._claimed(row) for row in rows]

    def _claimed(self, row: Any) -> Claimed:
        content = self._store.vault.open("records", row["id"], row["schema"], row["envelope"])
        return Claimed(
            id=row["id"],
            rev=row["rev"],
            base_rev=row["base_rev"],
            kind=row["kind"],
            hash=content["hash"],
            body=content["body"],
        )

    def settle(
        self, outcomes: Sequence[Outcome], now: datetime, state: dict[str, str]
    ) -> list[Standing]:
        """Take in the central's verdicts and the sync's new state, all in one transaction."""
        with self._store.connection.transaction():
            standings = [self._take(outcome, now) for outcome in outcomes]
            for key, value in state.items():
                self._store.set_state(key, value)
        return standings

    def _take(self, outcome: Outcome, now: datetime) -> Standing:
        connection = self._store.connection
        row = connection.row("SELECT * FROM records WHERE id = ?", outcome.id)
        assert row is not None  # claimed from this very store, and nothing finalised is deleted
        before = Standing(row["rev"], row["acked_rev"], row["state"])
        if outcome.rev > before.rev:  # this store was put back from an older copy of itself
            self._store.journal(
                now, "answer.ahead", record_id=row["id"], rev=outcome.rev, seq=outcome.seq
            )
            return before
        after = next_state(before, outcome.rev, outcome.verdict)
        if outcome.verdict == "retry" or outcome.rev < before.acked_rev:
            return after
        current = outcome.rev == row["rev"]
        connection.run(
            "UPDATE records SET acked_rev = ?, state = ?, acked_seq = coalesce(?, acked_seq),"
            " verdict = ?, reply = ?, canonical_id = ? WHERE id = ?",
            after.acked_rev, after.state, outcome.seq, outcome.verdict,
            self._reply(row, outcome),
            outcome.canonical_id if current else row["canonical_id"], row["id"],
        )  # fmt: skip
        facts = {"verdict": outcome.verdict, "seq": outcome.seq}
        self._store.journal(
            now, "enrolment.answered", record_id=row["id"], rev=outcome.rev, **facts
        )
        return after

    def _reply(self, row: Any, outcome: Outcome) -> bytes | None:
        """Return what to keep of an answer: nothing of a person who was erased meanwhile."""
        erased = row["programs"] is None  # every other finalised record has some
        return None if erased else replies.sealed(self._store.vault, row, outcome)

    def erase(self, ids: Sequence[str], now: datetime) -> None:
        """Erase what this store holds of records that were erased elsewhere; they are sent so."""
        erasure.erase_known(self._store, ids, now)

    def known(self, ids: Sequence[str]) -> set[str]:
        """Return which of these ids are records of this store."""
        marks = ", ".join("?" * len(ids))
        sql = f"SELECT id FROM records WHERE state <> 'draft' AND id IN ({marks})"  # noqa: S608
        return {row["id"] for row in self._store.connection.rows(sql, *ids)}

    def state(self, key: str) -> str | None:
        """Return a value of the sync's own state."""
        return state_value(self._store.connection, key)

    def session(self) -> dict[str, Any]:
        """Return what is kept of the session with the central."""
        return self._store.sealed("session") or {}

    def keep_session(self, facts: dict[str, Any]) -> None:
        """Keep the session's facts, sealed, in a transaction of its own."""
        with self._store.connection.transaction():
            self._store.seal("session", facts)

    def central(self) -> dict[str, str]:
        """Return who the central is that this store belongs to; empty before the first sync."""
        return self._store.sealed("central") or {}

    def keep_central(self, facts: dict[str, str]) -> None:
        """Keep who the central is, sealed, in a transaction of its own."""
        with self._store.connection.transaction():
            self._store.seal("central", facts)
