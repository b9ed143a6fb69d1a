"""A sitting with one agent: whom to ask next, drafts that wait, and what each answer keeps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from perisai_cli.actions import neighbours
from perisai_cli.actions.desk import Desk
from perisai_cli.cli.asking import Answers, Interview
from perisai_cli.cli.edit_last import edit_last
from perisai_cli.cli.questions import KEEPS_ANSWERS, decided, keys_are
from perisai_cli.cli.stopping import Kept
from perisai_cli.domain import outbox
from perisai_cli.domain.identity import mask_nik
from perisai_cli.domain.ids import new_id
from perisai_cli.domain.period import Month, zone_of
from perisai_cli.i18n import text
from perisai_cli.storage.records import Record

_WIZARD = "wizard"
_OLD_STEP = "wizard_step"
"""What an earlier version kept in a draft; its number of a question means nothing any more."""


class Asked(NamedTuple):
    """Where an interview stands.

    Attributes:
        asking: The interview.
        step: The name of the next question.
        explained: The guard's questions that were answered, by their codes.
    """

    asking: Interview
    step: str
    explained: dict[str, str]


class Sitting:
    """One open desk with the options of the command; hands out interviews and keeps their drafts.

    Attributes:
        desk: The open desk.
        short: People come one after another: what they share is asked by one question.
        told: Warnings of the law that were shown; they are the same for everyone.
    """

    def __init__(self, desk: Desk, options: Answers, *, short: bool):
        self.desk = desk
        self.short = short
        self.told: set[str] = set()
        self._options = options

    def unfinished(self) -> Asked | None:
        """Return the interview of a draft that the person wants to go on with, if there is one."""
        for draft in list(self.desk.records.each((outbox.DRAFT,))):
            who = draft.worker.get("name") or mask_nik(str(draft.worker.get("nik", "")))
            if decided(text("wizard.resume", who=who, at=self._when(draft)), default=True):
                return self._resumed(draft)
            if decided(text("wizard.drop_draft"), default=False):
                self.drop(draft.summary.id)
        return None

    def _when(self, draft: Record) -> str:
        from datetime import datetime

        at = datetime.fromisoformat(draft.summary.updated_at)
        zone = zone_of(self.desk.profile.region)
        return f"{at.astimezone(zone):%Y-%m-%d %H:%M} {zone}"

    def _resumed(self, draft: Record) -> Asked:
        answers = dict(draft.worker)
        answers.pop(_OLD_STEP, None)
        kept: dict[str, Any] = answers.pop(_WIZARD, {})
        asking = self._asking(answers, draft.summary.id, short=bool(kept.get("short")))
        if "method" in kept:
            asking.defaults["method"] = kept["method"]
        return Asked(asking, kept.get("step", ""), kept.get("explained", {}))

    def next_person(self) -> Asked:
        """Return the interview of one more person, what neighbours share filled in."""
        short = self.short and neighbours.is_enough(self._offered(short=True))
        shared = self._offered(short=short)
        fixed: tuple[str, ...] = ("payer", "sector", "tier")
        if short:
            shared.setdefault("start", str(Month.of(self.desk.app.today(self.desk.profile.region))))
            fixed = (*neighbours.SHARED, "sector")
        answers = {name: shared[name] for name in fixed if name in shared}
        asking = self._asking(answers, new_id(self.desk.app.clock()), short=short)
        return Asked(asking, "", {})

    def _offered(self, *, short: bool) -> Answers:
        """Return what Enter may stand for; what is another's own only among neighbours."""
        shared = neighbours.of_neighbours(self.desk)
        return (shared if short else neighbours.of_anybody(shared)) | self._options

    def _asking(self, answers: Answers, record_id: str, *, short: bool) -> Interview:
        defaults = self._offered(short=short)
        asking = Interview(
            self.desk, answers, record_id, defaults,
            short=short, before=lambda: edit_last(self.desk),
        )  # fmt: skip
        asking.enrolling = True
        return asking

    def keep(self, asked: Asked) -> None:
        """Keep an interview as it stands, in one transaction."""
        asking = asked.asking
        place: dict[str, Any] = {"step": asked.step, "short": asking.short}
        place |= {"explained": asked.explained} if asked.explained else {}
        if "method" in asking.defaults:
            place["method"] = asking.defaults["method"]
        with self.desk.store.connection.transaction():
            content = asking.answers | {_WIZARD: place}
            self.desk.records.save_draft(asking.record_id, content, self.desk.app.clock())

    @contextmanager
    def keeping(self) -> Iterator[None]:
        """Hold questions whose answers are kept, and let a stop say so where there are any.

        Raises:
            Kept: the person stopped, and a draft is offered next time.
        """
        try:
            with keys_are(KEEPS_ANSWERS):
                yield
        except KeyboardInterrupt:
            if any(True for _ in self.desk.records.each((outbox.DRAFT,))):
                raise Kept from None
            raise

    def drop(self, record_id: str) -> None:
        """Throw a draft away."""
        with self.desk.store.connection.transaction():
            self.desk.records.drop_draft(record_id)
