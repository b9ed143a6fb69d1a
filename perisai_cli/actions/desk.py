"""The desk that enrolling and correcting share: one open store, its agent's day, and the law."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from perisai_cli.actions.app import App
from perisai_cli.actions.guard import Guard
from perisai_cli.actions.register import OfficeList
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.guard import Question
from perisai_cli.domain.identity import mask_nik
from perisai_cli.domain.ids import new_id
from perisai_cli.domain.typed_words import word_faults
from perisai_cli.protocol.bodies import enrolment_body
from perisai_cli.rules.eligibility import examine
from perisai_cli.rules.law import load_law
from perisai_cli.rules.trace import Quote
from perisai_cli.storage.answers import Answers
from perisai_cli.storage.questions import Asked
from perisai_cli.storage.records import Finished, Records
from perisai_cli.storage.store import Profile, Store


@dataclass(frozen=True, slots=True)
class Ready:
    """A worker that passed every check, priced, and ready to be recorded.

    ``asked`` are the guard's questions, once the worker is recorded.
    """

    finished: Finished
    quote: Quote
    warnings: tuple[Problem, ...]
    asked: tuple[Asked, ...] = ()

    @property
    def nik_masked(self) -> str:
        """The worker's NIK as it may be shown."""
        return mask_nik(self.finished.worker["nik"])


class Desk:
    """One open store with what is needed to examine workers and record them."""

    def __init__(self, app: App, store: Store):
        self.app = app
        self.store = store
        self.profile: Profile = store.profile
        self.records = Records(store, self.profile.agent, store.device.id)
        self.answers = Answers(store)
        self._office_list = OfficeList(app.home, store)
        self.guard = Guard(store, self.profile)
        self._law = load_law()

    def examine(
        self,
        loose: dict[str, Any],
        record_id: str | None = None,
        held: dict[str, Any] | None = None,
    ) -> Ready:
        """Return the worker in *loose* JSON, ready to be recorded under a new or a given id.

        *held* is the worker as it was recorded before: its words are not typed anew.

        Raises:
            InvalidInput: every fault of the worker at once.
        """
        now = self.app.clock()
        day = self.app.today(self.profile.region)
        seen = examine(loose, day, now, self._law)
        faults = (*seen.faults, *word_faults(loose, held))
        if faults or seen.worker is None or seen.quote is None:
            raise InvalidInput.of(faults)
        worker, quote = seen.worker, seen.quote
        body = enrolment_body(worker, quote, self._law.digest, day, now)
        finished = Finished(
            id=record_id or new_id(now),
            worker=body["worker"],
            body=body,
            region=worker.region,
            programs=worker.programs,
            tier=quote.tier,
            start=str(worker.start),
            months=worker.months,
            sector=worker.sector,
            payer=worker.payer,
            amount=quote.total,
            rules=self._law.digest,
        )
        doubts = (*self._clock_doubt(day), *self.doubts_of_nik(worker.nik))
        return Ready(finished, quote, (*doubts, *seen.warnings))

    def doubts_of_nik(self, nik: str) -> tuple[Problem, ...]:
        """Return what this device knows of a NIK that is about to be enrolled; never a verdict.

        Nothing where the NIK is a record's of this store: the office may have it from here.
        """
        found = self._office_list.doubts(nik)
        return () if found and self.records.same_nik(nik) else found

    def questions(self, ready: Ready) -> tuple[Question, ...]:
        """Return what the guard asks about a worker that is about to be recorded."""
        return self.guard.questions(ready.finished, self.app.clock())

    def record(self, ready: Ready, now: datetime, answers: Mapping[str, str]) -> Ready:
        """Record an examined worker with the guard's questions, within ``guard.recording``.

        *answers* are the agent's, by the code of the question; what has none stays open.

        Raises:
            InvalidInput: ``worker.already_here``, or an answer can't be kept; nothing was written.
        """
        finished, asked = self.guard.asking(ready.finished, answers, now)
        self.records.finalise(finished, now)
        self.guard.recorded(finished, asked, now)
        if not asked:
            return ready
        open_ones = [each.question for each in asked if each.answer is None]
        told = (Problem(question.code, None, question.facts) for question in open_ones)
        return replace(
            ready, finished=finished, asked=tuple(asked), warnings=(*ready.warnings, *told)
        )

    def _clock_doubt(self, day: date) -> tuple[Problem, ...]:
        """Warn when the device's day is before the law that it carries was last checked."""
        checked = self._law.parameter("jkk.bpu_tiers").values[-1].checked
        facts: dict[str, str | int] = {"day": day.isoformat()}
        return (Problem("clock.behind", None, facts),) if day < checked else ()


@contextmanager
def open_desk(app: App) -> Iterator[Desk]:
    """Yield a desk on the unlocked store, and close the store afterwards."""
    with app.store() as store:
        yield Desk(app, store)
