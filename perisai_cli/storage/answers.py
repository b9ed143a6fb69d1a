"""The sync's side of the store: what is pending, what was sent, what was answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from typing import Any

from perisai_cli.domain import outbox
from perisai_cli.domain.errors import Problem
from perisai_cli.domain.outbox import Answered, Claimed, Outcome, Standing, next_state
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.bodies import is_erasure
from perisai_cli.storage import erasure, replies
from perisai_cli.storage.database import Connection
from perisai_cli.storage.store import Store

# A draft has revision 0 and is never behind, so the partial index alone answers these.
_PENDING = "acked_rev < rev"
# The mark names the revision, so that a correction is rid of it.
_ASIDE = "verdict = 'alone:' || rev"
_IN_LINE = f"{_PENDING} AND (verdict IS NULL OR verdict <> 'alone:' || rev)"
COUNTS = ("pending", "accepted", "held", "duplicate", "needs_fix", "conflict", "withdrawn")


def counts(connection: Connection) -> dict[str, int]:
    """Return how many finalised records of all kinds stand where; the numbers sum to all of them.

    A record that waits for the central counts as pending whatever its last state was.
    """
    found = connection.rows(
        f"SELECT CASE WHEN {_PENDING} THEN 'pending' ELSE state END AS standing, count(*) AS n"  # noqa: S608
        " FROM records WHERE state <> 'draft' GROUP BY 1"
    )
    by_standing = {row["standing"]: row["n"] for row in found}
    return {name: by_standing.get(name, 0) for name in COUNTS}


def sums(connection: Connection) -> dict[str, dict[str, tuple[int, int]]]:
    """Return records and whole rupiah by kind and by the state that the central answered with.

    What one kind of record promises and another confirms is never added up. Withdrawn money counts
    as 0, for nobody owes it.
    """
    found = connection.rows(
        "SELECT kind, state, count(*) AS records,"
        " sum(CASE state WHEN 'withdrawn' THEN 0 ELSE coalesce(amount, 0) END) AS amount"
        " FROM records WHERE state <> 'draft' AND acked_rev = rev GROUP BY kind, state"
    )
    summed: dict[str, dict[str, tuple[int, int]]] = {}
    for row in found:
        summed.setdefault(row["kind"], {})[row["state"]] = (row["records"], row["amount"])
    return summed


def state_value(connection: Connection, key: str) -> str | None:
    """Return a value of the sync's own state without unlocking the store."""
    row = connection.row("SELECT value FROM sync_state WHERE key = ?", key)
    return None if row is None else str(row["value"])


class Answers:
    """Claims what is to be sent and settles what was answered, each in one transaction.

    *shield* is held around each transaction that takes answers in: a wish to stop waits for it.
    """

    def __init__(
        self, store: Store, shield: Callable[[], AbstractContextManager[None]] = nullcontext
    ):
        self._store = store
        self._shield = shield

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
                f" (SELECT id FROM records WHERE {_IN_LINE} AND id > ? ORDER BY id LIMIT ?)",
                after, limit,
            )  # fmt: skip
            return self.peek(after, limit)

    def peek(self, after: str, limit: int) -> list[Claimed]:
        """Return what ``claim`` would, marking nothing."""
        rows = self._store.connection.rows(
            f"SELECT id, rev, base_rev, kind, schema, envelope FROM records"  # noqa: S608
            f" WHERE {_IN_LINE} AND id > ? ORDER BY id LIMIT ?",
            after, limit,
        )  # fmt: skip
        return [self._claimed(row) for row in rows]

    def aside(self, limit: int) -> list[str]:
        """Return ids of waiting records whose present revision the central refused alone."""
        sql = f"SELECT id FROM records WHERE {_PENDING} AND {_ASIDE} ORDER BY id LIMIT ?"  # noqa: S608
        return [row["id"] for row in self._store.connection.rows(sql, limit)]

    def claim_aside(self, record_id: str) -> list[Claimed]:
        """Return the record with this id as ``claim`` does, if it waits and was refused alone."""
        rows = self._store.connection.rows(
            "SELECT id, rev, base_rev, kind, schema, envelope FROM records"  # noqa: S608
            f" WHERE {_PENDING} AND {_ASIDE} AND id = ?",
            record_id,
        )
        return [self._claimed(row) for row in rows]

    def set_aside(self, record_id: str, rev: int, problem: Problem, now: datetime) -> None:
        """Note that the central refused a revision alone, and why; it stays queued."""
        connection = self._store.connection
        with self._shield(), connection.transaction():
            row = connection.row("SELECT * FROM records WHERE id = ? AND rev = ?", record_id, rev)
            if row is None:  # corrected meanwhile: the refusal is of no concern any more
                return
            told = Outcome(record_id, rev, "retry", problems=(problem,))
            connection.run(
                "UPDATE records SET verdict = 'alone:' || rev, reply = ? WHERE id = ?",
                replies.sealed(self._store.vault, row, told), record_id,
            )  # fmt: skip
            self._store.journal(now, f"{row['kind']}.refused_alone", record_id=record_id, rev=rev)

    def answered(self, after: str, limit: int) -> list[Answered]:
        """Return records after this id whose present revision was answered for, in their order."""
        rows = self._store.connection.rows(
            "SELECT id, rev, state, schema, envelope FROM records"
            " WHERE state <> 'draft' AND acked_rev = rev AND id > ? ORDER BY id LIMIT ?",
            after, limit,
        )  # fmt: skip
        return [
            Answered(row["id"], row["rev"], self._content(row)["hash"], row["state"])
            for row in rows
        ]

    def forget(self, revisions: Sequence[tuple[str, int]], now: datetime) -> int:
        """Take back that these revisions were answered for, in one transaction; count them.

        One that was edited meanwhile waits already, and is passed over. Numbers that were given
        stay until the central gives others.
        """
        forgotten = 0
        with self._shield(), self._store.connection.transaction():
            for record_id, rev in revisions:
                changed = self._store.connection.run(
                    "UPDATE records SET acked_rev = 0, acked_seq = NULL, verdict = NULL,"
                    " canonical_id = NULL, state = CASE state WHEN ? THEN state ELSE ? END"
                    " WHERE id = ? AND rev = ? AND acked_rev = rev AND state <> 'draft'",
                    outbox.WITHDRAWN, outbox.QUEUED, record_id, rev,
                )  # fmt: skip
                if changed:
                    forgotten += 1
                    self._store.journal(now, "answer.lost", record_id=record_id, rev=rev)
        return forgotten

    def _claimed(self, row: Any) -> Claimed:
        content = self._content(row)
        return Claimed(
            id=row["id"],
            rev=row["rev"],
            base_rev=row["base_rev"],
            kind=row["kind"],
            hash=content["hash"],
            body=content["body"],
        )

    def _content(self, row: Any) -> dict[str, Any]:
        return self._store.vault.open("records", row["id"], row["schema"], row["envelope"])

    def settle(
        self, outcomes: Sequence[Outcome], now: datetime, state: dict[str, str]
    ) -> list[Standing]:
        """Take in the central's verdicts and the sync's new state, all in one transaction."""
        with self._shield(), self._store.connection.transaction():
            standings = [self._take(outcome, now) for outcome in outcomes]
            for key, value in state.items():
                self._store.set_state(key, value)
        return standings

    def settle_late(
        self, outcomes: Sequence[Outcome], now: datetime, state: dict[str, str]
    ) -> list[Standing]:
        """Take in those verdicts that are news here, as ``settle`` does; return where they stand.

        What came by file may come twice, late, or after the same records went online: a word on a
        record is passed over when the store knows the central's word of that commit or a later one.
        """
        with self._store.connection.transaction():
            news = [outcome for outcome in outcomes if self._is_news(outcome)]
            standings = [self._take(outcome, now) for outcome in news]
            if news:
                self._store.set_state("last_success", timestamp(now))
            for key, value in state.items():
                self._store.set_state(key, value)
        return standings

    def _is_news(self, outcome: Outcome) -> bool:
        row = self._store.connection.row(
            "SELECT acked_rev, acked_seq FROM records WHERE id = ? AND state <> 'draft'", outcome.id
        )
        if row is None or outcome.verdict == "retry" or outcome.rev < row["acked_rev"]:
            return False
        if outcome.rev > row["acked_rev"]:
            return True
        return outcome.seq is not None and outcome.seq > (row["acked_seq"] or 0)

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
            now, f"{row['kind']}.answered", record_id=row["id"], rev=outcome.rev, **facts
        )
        return after

    def _reply(self, row: Any, outcome: Outcome) -> bytes | None:
        """Return what to keep of an answer: nothing of a person who was erased meanwhile."""
        if row["state"] == outbox.WITHDRAWN and is_erasure(self._content(row)["body"]):
            return None
        return replies.sealed(self._store.vault, row, outcome)

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
