"""The guard at the desk: what it asks about a worker, and what the agent answers, then or later.

Nothing here refuses, holds or delays a record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from perisai_cli.domain.guard import (
    OF_THE_DAY,
    REASONS,
    Question,
    Seen,
    Trace,
    checked_answer,
    questions_about,
    questions_of_person,
)
from perisai_cli.domain.period import age_on, parse_day, timestamp, zone_of
from perisai_cli.domain.thresholds import thresholds
from perisai_cli.protocol.bodies import questions_of, with_questions
from perisai_cli.storage.questions import END_OF_ID, Asked, Memory, Questions

if TYPE_CHECKING:
    from perisai_cli.storage.records import Finished
    from perisai_cli.storage.store import Profile, Store


class Guard:
    """Asks about the workers of one store; what it remembers is read once a transaction."""

    def __init__(self, store: Store, profile: Profile):
        self.kept = Questions(store, profile.agent)
        self._store = store
        self._profile = profile
        self._limits = thresholds()
        self._memory: Memory | None = None
        self._shown: tuple[Finished, tuple[Question, ...]] | None = None
        self._own_phone: str | None = None
        self._agent_name = plain(profile.name)
        self._traced: tuple[dict[str, Any] | None, Trace | None] = (None, None)

    @property
    def most_sharing(self) -> int:
        """How far records that share a number are counted; beyond, nothing is asked any more."""
        return self._limits["shared_phone.records"] * self._limits["again.times"] ** 5

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Hold one transaction in which workers are recorded."""
        with self._store.connection.transaction():
            self.kept.fill_phones()
            self._own_phone = self.kept.own_phone()
            before = self.kept.memory()
            self._memory = Memory(list(before.recent), dict(before.asked))
            try:
                yield
                if self._memory != before:
                    self.kept.remember(self._memory)
            finally:
                self._memory, self._traced = None, (None, None)

    def questions(self, finished: Finished, now: datetime) -> tuple[Question, ...]:
        """Return what to ask about a worker; what was shown once is what will be recorded."""
        if self._shown is not None and self._shown[0] is finished:
            return self._shown[1]
        if self._memory is None:
            with self.recording():
                asked = self._questions(finished, now)
            self._shown = (finished, asked)
            return asked
        return self._questions(finished, now)

    def _questions(self, finished: Finished, now: datetime) -> tuple[Question, ...]:
        assert self._memory is not None  # held by ``recording``
        seen = self._seen(finished, now)
        return questions_about(seen, self._memory.recent, self._memory.asked, self._limits)

    def asking(
        self, finished: Finished, answers: Mapping[str, str], now: datetime
    ) -> tuple[Finished, list[Asked]]:
        """Return a new worker with the questions in the body, and the questions to keep.

        Raises:
            InvalidInput: an answer can't be kept; nothing was recorded.
        """
        questions = self.questions(finished, now)
        given = {
            question.code: checked_answer(question.code, answers[question.code])
            for question in questions
            if answers.get(question.code)
        }
        asked = self.kept.new(finished.id, questions, given, now)
        return self._telling(finished, asked), asked

    def recorded(self, finished: Finished, asked: list[Asked], now: datetime) -> None:
        """Keep what was asked about a worker who is recorded now, and remember the worker."""
        assert self._memory is not None  # held by ``recording``
        self.kept.keep(asked)
        day = now.astimezone(zone_of(self._profile.region)).date().isoformat()
        codes = {each.question.code for each in asked}
        self._memory.asked |= {code: day for code in OF_THE_DAY if code in codes}
        self._memory.note(self._trace(finished, now), self._limits["window.records"])

    def correcting(self, finished: Finished, now: datetime) -> tuple[Finished, list[Asked]]:
        """Return a corrected worker with all that was ever asked, and the questions that are new.

        Must be called within ``recording``.
        """
        assert self._memory is not None
        known = self.kept.of(finished.id)
        codes = {each.question.code for each in known}
        seen = self._seen(finished, now)
        found = questions_of_person(seen, self._memory.recent, self._limits)
        fresh = [question for question in found if question.code not in codes]
        new = self.kept.new(finished.id, fresh, {}, now)
        return self._telling(finished, [*known, *new]), new

    def corrected(self, finished: Finished, new: list[Asked], now: datetime) -> None:
        """Keep what is asked about a worker who was corrected."""
        assert self._memory is not None
        self.kept.keep(new)
        self._memory.note(self._trace(finished, now), self._limits["window.records"])

    @staticmethod
    def _telling(finished: Finished, asked: list[Asked]) -> Finished:
        if not asked and not questions_of(finished.body):
            return finished
        told = sorted((each.wire for each in asked), key=lambda wire: wire["code"])
        return replace(finished, body=with_questions(finished.body, told))

    def _seen(self, finished: Finished, now: datetime) -> Seen:
        worker = finished.worker
        phone = worker.get("phone")
        return Seen(
            trace=self._trace(finished, now),
            local=now.astimezone(zone_of(self._profile.region)),
            sharing=1 + self.kept.sharing(phone, finished.id, self.most_sharing) if phone else 0,
            own_phone=bool(phone) and phone == self._own_phone,
            agent_is_heir=any(
                plain(heir["name"]) == self._agent_name for heir in worker.get("heirs", ())
            ),
        )

    def _trace(self, finished: Finished, now: datetime) -> Trace:
        """Return what will be remembered of a worker: made once, when the questions are asked."""
        worker, trace = self._traced
        if trace is None or worker is not finished.worker or trace.at != timestamp(now):
            trace = self._made_trace(finished, now)
            self._traced = (finished.worker, trace)
        return trace

    def _made_trace(self, finished: Finished, now: datetime) -> Trace:
        worker = finished.worker
        address = worker.get("address", {})
        parts = ("text", "rt", "rw", "village", "region")
        place = "|".join(plain(address.get(part, "")) for part in parts) if address else ""
        return Trace(
            record=finished.id[-END_OF_ID:],
            at=timestamp(now),
            age=age_on(
                parse_day(worker["birth_date"]), parse_day(finished.body["captured"]["day"])
            ),
            address=self._mark("address", place) if place else "",
            heirs=tuple(
                sorted(
                    {self._mark("heir", plain(heir["name"])) for heir in worker.get("heirs", ())}
                )
            ),
        )

    def _mark(self, kind: str, words: str) -> str:
        return self._store.vault.mark(kind, words)[:8].hex()


def plain(words: str) -> str:
    """Return a name or an address as it is compared: its letters and digits, in small letters."""
    return "".join(filter(str.isalnum, words.casefold()))


def question_json(asked: Asked) -> dict[str, Any]:
    """Return a question as JSON output tells it."""
    told: dict[str, Any] = {
        "code": asked.question.code,
        "facts": asked.question.facts,
        "asked_at": asked.asked_at,
        "answer": asked.answer,
        "answered_at": asked.answered_at,
    }
    return told | {"reasons": list(REASONS.get(asked.question.code, ()))}
