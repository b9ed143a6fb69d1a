"""Judges an enrolment on its own: what the rules, the quote and the calendar say about it.

Pure: whether the same person is already enrolled, and whether the revision fits, is for ``upsert``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from pydantic import Field

from perisai_cli.domain.attachments import MAX_ATTACHMENTS, MAX_OCTETS
from perisai_cli.domain.errors import Problem
from perisai_cli.domain.people import Worker
from perisai_cli.domain.period import local_day, parse_day
from perisai_cli.protocol.messages import FieldError, ItemProblem, Message, Sha256
from perisai_cli.protocol.questions import MAX_QUESTIONS, AskedQuestion
from perisai_cli.rules.eligibility import examine
from perisai_cli.rules.law import Law

TITLES = {
    "attestation.critically_ill": "A person must look: the worker declared a critical illness.",
    "body.malformed": "The body does not have the form of its kind.",
    "captured.future": "A person must look: the day of capture lies ahead of the central's.",
    "captured.past": "A person must look: the day of capture is long past.",
    "event.faults": "The event can't be recorded as sent.",
    "hash.mismatch": "The body is not what its hash says.",
    "internal": "The central failed at this item; send it again.",
    "nik.duplicate": "Another record holds the same NIK.",
    "payment.duplicate": "Another payment holds one of these months.",
    "payment.faults": "The payment can't be taken as sent.",
    "photo.awaited": "The photo of the card has not arrived whole yet.",
    "photo.missing": "This office asks for a photo of the card.",
    "quote.mismatch": "The quoted total differs under the same rules.",
    "quote.other_rules": "The total was quoted under other rules and differs.",
    "revision.other": "The central holds another version of this record.",
    "worker.faults": "The worker can't be enrolled as sent.",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one body deserves by itself.

    Attributes:
        status: ``accepted``, ``held``, ``rejected``, ``withdrawn`` or ``erased``.
        problem: Why, unless it is accepted.
        nik: The sixteen digits that the record stands for while it is accepted or held.
        months: Likewise the months of a member that a payment stands for, a programme at a time.
    """

    status: str
    problem: ItemProblem | None = None
    nik: str | None = None
    months: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Laws:
    """The rules that a central judges by.

    Attributes:
        current: Parameters in force, for whatever names no rules that are known here.
        find: Returns the published law with a digest, or None: an amount is computed again under
            the rules that it was quoted under.
    """

    current: Law
    find: Callable[[str], Law | None]

    def of(self, digest: str) -> Law:
        """Return the law with this digest if it was ever published here, else the current one."""
        return self.current if digest == self.current.digest else self.find(digest) or self.current


def only(law: Law) -> Laws:
    """Return the rules of a central that knows *law* and no other."""
    return Laws(law, lambda _digest: None)


PATIENCE = timedelta(days=92)
"""How long a record may be under way before an officer looks at the device's clock."""


class _Quoted(Message):
    total: int = Field(strict=True)
    tier: int = Field(strict=True)
    rules: str = Field(max_length=64)


class Captured(Message):
    """When a record was captured, and the calendar day of its place."""

    at: datetime
    day: str


class _Attachment(Message):
    kind: Literal["card"]
    sha256: Sha256
    size: int = Field(strict=True, ge=1, le=MAX_OCTETS)
    media: Literal["image/jpeg"]


class _Enrolment(Message):
    worker: dict[str, Any]
    quote: _Quoted
    captured: Captured
    attachments: list[_Attachment] = Field(default=[], max_length=MAX_ATTACHMENTS)
    # Kept and shown to officers; a machine draws nothing from them.
    questions: list[AskedQuestion] = Field(default=[], max_length=MAX_QUESTIONS)


def problem_of(code: str, *problems: Problem) -> ItemProblem:
    """Return an item's problem; its ``errors`` name the code itself where no others are given."""
    errors = [
        FieldError(pointer=problem.field, code=problem.code, facts=problem.facts or None)
        for problem in problems or (Problem(code),)
    ]
    return ItemProblem(type=code, title=TITLES.get(code, code), errors=errors)


def judge_enrolment(body: dict[str, Any], now: datetime, laws: Laws) -> Judgement:
    """Return the judgement of an enrolment.

    Raises:
        ValidationError: the body does not have the form of an enrolment.
    """
    sent = _Enrolment.model_validate(body)
    day = captured_day(sent.captured)
    if day is None:
        return malformed("/captured/day")
    law = laws.of(sent.quote.rules)
    examined = examine(sent.worker, day, now, law)
    if examined.worker is None or examined.quote is None:
        return Judgement("rejected", problem_of("worker.faults", *examined.faults))
    wrong = _quote_fault(sent.quote, examined.quote.total, law.digest)
    if wrong:
        return Judgement("rejected", problem_of(wrong.code, wrong))
    worker = examined.worker
    doubts = clock_doubts(day, now, worker.region) + _declared(worker)
    if doubts:
        return Judgement("held", problem_of(doubts[0].code, *doubts), worker.nik)
    return Judgement("accepted", nik=worker.nik)


def captured_day(captured: Captured) -> date | None:
    """Return the local day of capture, or None where it is no day."""
    try:
        return parse_day(captured.day)
    except ValueError:
        return None


def malformed(*pointers: str | None) -> Judgement:
    """Return the refusal of a body that breaks the form of its kind at these places."""
    faults = [Problem("body.malformed", pointer) for pointer in pointers]
    return Judgement("rejected", problem_of("body.malformed", *faults))


def clock_doubts(day: date, now: datetime, region: str) -> list[Problem]:
    """Return why an officer should look at the clock that gave a day of capture."""
    doubts = []
    # A day's grace: the region's day may begin up to two hours before that of the head office.
    if day > local_day(now, region) + timedelta(days=1):
        doubts.append(Problem("captured.future", "/captured/day"))
    if day < local_day(now, region) - PATIENCE:
        doubts.append(Problem("captured.past", "/captured/day"))
    return doubts


def _quote_fault(sent: _Quoted, computed: int, rules: str) -> Problem | None:
    """Return what is wrong with a quote; an equal total is right whichever rules it rests on."""
    if sent.total == computed:
        return None
    same_rules = sent.rules == rules
    code = "quote.mismatch" if same_rules else "quote.other_rules"
    return Problem(code, "/quote/total", {"sent": sent.total, "computed": computed})


def _declared(worker: Worker) -> list[Problem]:
    if not worker.attestation.critically_ill:
        return []
    return [Problem("attestation.critically_ill", "/attestation/critically_ill")]
