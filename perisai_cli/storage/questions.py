"""What the guard asked and was answered, sealed beside the records, and what it remembers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from perisai_cli.domain.guard import Question, Trace
from perisai_cli.domain.period import timestamp
from perisai_cli.storage.database import Connection
from perisai_cli.storage.store import Store

SCHEMA = 1
END_OF_ID = 12
"""Letters of an id that the guard remembers a record by: the last group, which is random."""

_MEMORY, _OWN_PHONE, _FILLED = "guard", "own_phone", "phones_indexed"
_REMEMBERED = tuple(Trace.__dataclass_fields__)
_FILL_PAGE = 500
_OPEN = (
    "FROM questions JOIN records ON records.id = record_id"
    " WHERE answered_at IS NULL AND records.state <> 'withdrawn'"
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about one record, and its answer once there is one.

    Attributes:
        record_id: The record.
        question: What was asked.
        asked_at: When (UTC).
        answer: Code of a common reason, or the agent's own words; None while it is open.
        answered_at: When it was answered (UTC).
        by: Id of the agent who answered.
    """

    record_id: str
    question: Question
    asked_at: str
    answer: str | None = None
    answered_at: str | None = None
    by: str | None = None

    @property
    def wire(self) -> dict[str, str]:
        """The question as the record's body tells it."""
        told = {"code": self.question.code, "asked_at": self.asked_at}
        if self.answer is not None and self.answered_at is not None:
            told |= {"answer": self.answer, "answered_at": self.answered_at}
        return told


@dataclass(slots=True)
class Memory:
    """The last workers recorded, and the local day on which each question of the day was asked."""

    recent: list[Trace] = field(default_factory=list)
    asked: dict[str, str] = field(default_factory=dict)

    def note(self, trace: Trace, most: int) -> None:
        """Remember a worker in place of an older trace of the same record, and forget the oldest.

        A record that is corrected keeps its place and its time.
        """
        for index, known in enumerate(self.recent):
            if known.record == trace.record:
                kept = Trace(trace.record, known.at, trace.age, trace.address, trace.heirs)
                self.recent[index] = kept
                return
        self.recent = [*self.recent, trace][-most:]


class Questions:
    """The questions of one store. Methods that write expect the caller's transaction."""

    def __init__(self, store: Store, agent: str):
        self._store = store
        self._agent = agent

    # What the guard remembers

    def memory(self) -> Memory:
        """Return what the guard remembers."""
        kept = self._store.sealed(_MEMORY) or {"recent": [], "asked": {}}
        recent = [Trace(**trace | {"heirs": tuple(trace["heirs"])}) for trace in kept["recent"]]
        return Memory(recent, dict(kept["asked"]))

    def remember(self, memory: Memory) -> None:
        """Keep what the guard remembers, sealed."""
        recent = [{name: getattr(trace, name) for name in _REMEMBERED} for trace in memory.recent]
        self._store.seal(_MEMORY, {"recent": recent, "asked": memory.asked})

    def own_phone(self) -> str | None:
        """Return the agent's own number; None until it was told."""
        kept = self._store.sealed(_OWN_PHONE)
        return None if kept is None else str(kept["phone"])

    def keep_own_phone(self, phone: str) -> None:
        """Keep the agent's own number, sealed."""
        self._store.seal(_OWN_PHONE, {"phone": phone})

    # Telephone numbers, compared by their keyed hashes

    def sharing(self, phone: str, but: str, most: int) -> int:
        """Return how many records but one have this number, counting no further than *most*."""
        mark = self._store.vault.mark("phone", phone)
        row = self._store.connection.row(
            "SELECT count(*) AS n FROM (SELECT 1 FROM records WHERE phone_index = ? LIMIT ?)",
            mark, most,
        )  # fmt: skip
        count = 0 if row is None else int(row["n"])
        if not count:
            return 0
        own = self._store.connection.row(
            "SELECT 1 FROM records WHERE id = ? AND phone_index = ?", but, mark
        )
        return count - (own is not None)

    def fill_phones(self) -> None:
        """Give records that an earlier version wrote the hash of their number, once."""
        connection = self._store.connection
        if connection.row("SELECT 1 FROM meta WHERE key = ?", _FILLED):
            return
        after: str | None = ""
        while after is not None:
            after = self._fill_page(after)
        connection.run("INSERT INTO meta (key, value) VALUES (?, '1')", _FILLED)

    def _fill_page(self, after: str) -> str | None:
        """Fill some rows after an id; return the last one's id, or None when there was none."""
        rows = self._store.connection.rows(
            "SELECT id, schema, envelope FROM records WHERE id > ? AND kind = 'enrolment'"
            " AND phone_index IS NULL AND state NOT IN ('draft', 'withdrawn') ORDER BY id LIMIT ?",
            after, _FILL_PAGE,
        )  # fmt: skip
        last = None
        for row in list(rows):
            last = str(row["id"])
            content = self._store.vault.open("records", last, row["schema"], row["envelope"])
            phone = content["body"].get("worker", {}).get("phone")
            if phone:
                self._store.connection.run(
                    "UPDATE records SET phone_index = ? WHERE id = ?",
                    self._store.vault.mark("phone", phone), last,
                )  # fmt: skip
        return last

    # Questions

    def new(
        self,
        record_id: str,
        questions: Iterable[Question],
        answers: Mapping[str, str],
        now: datetime,
    ) -> list[Asked]:
        """Return questions as they are asked now, with those answers that came at once."""
        at = timestamp(now)
        return [
            Asked(record_id, question, at, answers[question.code], at, self._agent)
            if question.code in answers
            else Asked(record_id, question, at)
            for question in questions
        ]

    def keep(self, asked: Iterable[Asked]) -> None:
        """Keep questions and their answers; one that was asked before is replaced."""
        for each in asked:
            content: dict[str, Any] = {"facts": each.question.facts}
            if each.answer is not None:
                content |= {"answer": each.answer, "by": each.by}
            place = _place(each.record_id, each.question.code)
            self._store.connection.run(
                "INSERT INTO questions (record_id, code, asked_at, answered_at, schema, envelope)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (record_id, code) DO UPDATE SET"
                " answered_at = excluded.answered_at, schema = excluded.schema,"
                " envelope = excluded.envelope",
                each.record_id, each.question.code, each.asked_at, each.answered_at, SCHEMA,
                self._store.vault.seal("questions", place, SCHEMA, content),
            )  # fmt: skip

    def answered(self, asked: Asked, answer: str, now: datetime) -> Asked:
        """Return a question with its answer, given now by this store's agent."""
        at = timestamp(now)
        return Asked(asked.record_id, asked.question, asked.asked_at, answer, at, self._agent)

    def of(self, record_id: str) -> list[Asked]:
        """Return the questions about one record, in the order of their codes."""
        rows = self._store.connection.rows(
            "SELECT * FROM questions WHERE record_id = ? ORDER BY code", record_id
        )
        return [self._opened(row) for row in rows]

    def records(self, *, answered_too: bool = False) -> Iterator[str]:
        """Yield the ids of standing records with open questions, oldest first; or with any."""
        sql = f"SELECT DISTINCT record_id {_OPEN} ORDER BY record_id"
        if answered_too:
            sql = sql.replace("answered_at IS NULL AND ", "")
        for row in self._store.connection.rows(sql):
            yield row["record_id"]

    def _opened(self, row: Any) -> Asked:
        place = _place(row["record_id"], row["code"])
        content = self._store.vault.open("questions", place, row["schema"], row["envelope"])
        return Asked(
            record_id=row["record_id"],
            question=Question(row["code"], content["facts"]),
            asked_at=row["asked_at"],
            answer=content.get("answer"),
            answered_at=row["answered_at"],
            by=content.get("by"),
        )


def forget(store: Store, record_id: str) -> None:
    """Remove what the guard asked, was answered and remembers of a record, for good."""
    store.connection.run("DELETE FROM questions WHERE record_id = ?", record_id)
    kept = Questions(store, "")
    memory = kept.memory()
    recent = [trace for trace in memory.recent if trace.record != record_id[-END_OF_ID:]]
    if recent != memory.recent:
        kept.remember(Memory(recent, memory.asked))


def open_questions(connection: Connection) -> int:
    """Return how many questions about standing records wait for an answer."""
    row = connection.row(f"SELECT count(*) AS n {_OPEN}")
    return 0 if row is None else int(row["n"])


def _place(record_id: str, code: str) -> str:
    return f"{record_id}|{code}"
