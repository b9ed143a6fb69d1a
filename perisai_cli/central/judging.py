"""Judges one body on its own: what the rules, the quote and the calendar say about an enrolment.

Pure: whether the same person is already enrolled, and whether the revision fits, is for ``upsert``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from pydantic import Field, ValidationError

from perisai_cli.domain.attachments import MAX_ATTACHMENTS, MAX_OCTETS
from perisai_cli.domain.errors import Problem
from perisai_cli.domain.people import Worker
from perisai_cli.domain.period import local_day, parse_day
from perisai_cli.protocol.bodies import is_erasure, is_withdrawal
from perisai_cli.protocol.messages import FieldError, ItemProblem, Message, Sha256
from perisai_cli.protocol.questions import MAX_QUESTIONS, AskedQuestion
from perisai_cli.rules.eligibility import examine
from perisai_cli.rules.law import Law

TITLES = {
    "attestation.critically_ill": "A person must look: the worker declared a critical illness.",
    "body.malformed": "The body does not have the form of its kind.",
    "captured.future": "A person must look: the day of capture lies ahead of the central's.",
    "captured.past": "A person must look: the day of capture is long past.",
    "hash.mismatch": "The body is not what its hash says.",
    "internal": "The central failed at this item; send it again.",
    "nik.duplicate": "Another record holds the same NIK.",
    "photo.awaited": "The photo of the card has not arrived whole yet.",
    "photo.missing": "This office asks for a photo of the card.",
    "quote.mismatch": "The quoted total differs under the same rules.",
    "quote.other_rules": "The total was quoted under other rules and differs.",
    "worker.faults": "The worker can't be enrolled as sent.",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one body deserves by itself.

    Attributes:
        status: ``accepted``, ``held``, ``rejected``, ``withdrawn`` or ``erased``.
        problem: Why, unless it is accepted.
        nik: The sixteen digits that the record stands for while it is accepted or held.
    """

    status: str
    problem: ItemProblem | None = None
    nik: str | None = None


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


class _Captured(Message):
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
    captured: _Captured
    attachments: list[_Attachment] = Field(default=[], max_length=MAX_ATTACHMENTS)
    # Kept and shown to officers; a machine draws nothing from them.
    questions: list[AskedQuestion] = Field(default=[], max_length=MAX_QUESTIONS)


class _Withdrawn(Message):
    at: datetime
    reason: str = Field(max_length=200)


class _Withdrawal(Message):
    withdrawn: _Withdrawn


class _Erasure(Message):
    erased: _Withdrawn


def problem_of(code: str, *problems: Problem) -> ItemProblem:
    """Return an item's problem; its ``errors`` name the code itself where no others are given."""
    errors = [
        FieldError(pointer=problem.field, code=problem.code, facts=problem.facts or None)
        for problem in problems or (Problem(code),)
    ]
    return ItemProblem(type=code, title=TITLES.get(code, code), errors=errors)


def amount_of(body: dict[str, Any]) -> int | None:
    """Return the rupiah that a body quotes, as sent; None where it quotes no whole number.

    A refused body may hold anything in its place, and a withdrawal quotes nothing.
    """
    quote = body.get("quote")
    total = quote.get("total") if isinstance(quote, dict) else None
    return total if type(total) is int else None


def judge(body: dict[str, Any], now: datetime, laws: Laws) -> Judgement:
    """Return the judgement of a body that arrived at the moment *now*."""
    try:
        if is_withdrawal(body):
            _Withdrawal.model_validate(body)
            return Judgement("withdrawn")
        if is_erasure(body):
            _Erasure.model_validate(body)
            return Judgement("erased")
        return _judge_enrolment(_Enrolment.model_validate(body), now, laws)
    except ValidationError as error:
        return Judgement("rejected", problem_of("body.malformed", *_misshapen(error)))


def _misshapen(error: ValidationError) -> list[Problem]:
    """Return where a body breaks its form; unknown members are not named, only what holds them."""
    places = (
        fault["loc"][:-1] if fault["type"] == "extra_forbidden" else fault["loc"]
        for fault in error.errors(include_input=False)
    )
    pointers = dict.fromkeys("".join(f"/{step}" for step in place) for place in places)
    return [Problem("body.malformed", pointer or None) for pointer in pointers]


def _judge_enrolment(sent: _Enrolment, now: datetime, laws: Laws) -> Judgement:
    try:
        day = parse_day(sent.captured.day)
    except ValueError:
        fault = Problem("body.malformed", "/captured/day")
        return Judgement("rejected", problem_of("body.malformed", fault))
    law = laws.of(sent.quote.rules)
    examined = examine(sent.worker, day, now, law)
    if examined.worker is None or examined.quote is None:
        return Judgement("rejected", problem_of("worker.faults", *examined.faults))
    wrong = _quote_fault(sent.quote, examined.quote.total, law.digest)
    if wrong:
        return Judgement("rejected", problem_of(wrong.code, wrong))
    worker = examined.worker
    doubts = []
    # A day's grace: the worker's day may begin up to two hours before that of the head office.
    if day > local_day(now, worker.region) + timedelta(days=1):
        doubts.append(Problem("captured.future", "/captured/day"))
    if day < local_day(now, worker.region) - PATIENCE:
        doubts.append(Problem("captured.past", "/captured/day"))
    doubts += _declared(worker)
    if doubts:
        return Judgement("held", problem_of(doubts[0].code, *doubts), worker.nik)
    return Judgement("accepted", nik=worker.nik)


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
