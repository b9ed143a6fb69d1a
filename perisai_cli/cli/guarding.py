"""The guard on a terminal: its questions one by one with usual answers, and the witness."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.actions.questions import answer, item
from perisai_cli.cli import answer_checks as checks
from perisai_cli.cli.output import sentence, tell
from perisai_cli.cli.questions import GoBack, ask
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.guard import REASONS, Question, checked_answer
from perisai_cli.domain.identity import mask_nik
from perisai_cli.i18n import known, text
from perisai_cli.storage.questions import open_questions
from perisai_cli.storage.records import Record


def ask_questions(
    questions: Sequence[Question],
    answered: dict[str, str] | None = None,
    keep: Callable[[dict[str, str]], None] | None = None,
) -> dict[str, str]:
    """Ask each question; return the answers by code, without those left for later by Enter.

    Args:
        questions: What is asked; nothing when there is nothing odd.
        answered: Answers given before the program was stopped; they are not asked for again.
        keep: Is handed all answers after each of them.

    Raises:
        GoBack: the answer was ``<``.
    """
    given = answered or {}
    answers = {each.code: given[each.code] for each in questions if each.code in given}
    for question in questions:
        if question.code in answers:
            continue
        said = ask_question(question)
        if said:
            answers[question.code] = said
            if keep is not None:
                keep(answers)
    return answers


def ask_question(question: Question) -> str:
    """Ask one question; return a reason's code or a few words, or nothing for later.

    Raises:
        GoBack: the answer was ``<``.
    """
    reasons = REASONS.get(question.code, ())
    tell("", f"? {worded(question)}")
    for number, reason in enumerate(reasons, 1):
        tell(f"  {number}  {text(f'guard_reason.{reason}')}")

    def check(typed: str) -> str:
        if typed.isascii() and typed.isdigit():
            if 1 <= int(typed[:3]) <= len(reasons):
                return reasons[int(typed) - 1]
            raise InvalidInput("answer.number", choices=f"1–{len(reasons)}")
        return checked_answer(question.code, typed) if typed else ""

    return ask(text("guard.answer"), check)


def worded(question: Question) -> str:
    """Return a question in the user's language."""
    return sentence("warning", Problem(question.code, None, question.facts))


def answer_worded(said: str) -> str:
    """Return an answer in the user's language: a common reason by its words, others as they are."""
    key = f"guard_reason.{said}"
    return text(key) if known(key) else said


def ask_witness(answers: dict[str, Any]) -> None:
    """Ask who else heard the declaration, and keep it in the answers' attestation; Enter is nobody.

    Raises:
        GoBack: the answer was ``<``.
    """
    attestation = dict(answers.get("attestation", {}))
    attestation.pop("witness", None)
    name = ask(text("ask.witness"), checks.name("witness.name", required=False))
    if name:
        check = checks.place("witness.role", checks.NAME_LIMIT, required=False)
        role = ask(text("ask.witness_role"), check)
        attestation["witness"] = {"name": name} | ({"role": role} if role else {})
    answers["attestation"] = attestation


def answer_open(app: App, record_id: str | None) -> Result:
    """Go through the open questions of one record or of all, and keep what is answered.

    Each record's answers are on the disk before the next one is asked about. ``<`` ends it.
    """
    with open_desk(app) as desk:
        wanted = [desk.records.summary(record_id).id] if record_id else desk.guard.kept.records()
        items: list[dict[str, Any]] = []
        answered = 0
        for each in list(wanted):
            record = desk.records.record(each)
            tell("", *_about(record))
            try:
                given = ask_questions(_open(desk, each))
            except GoBack:
                break
            if given:
                record = answer(desk, record, given)
                answered += len(given)
                items.append(item(desk, record))
        data = {"answered": answered, "open": open_questions(desk.store.connection)}
        pending = desk.answers.pending()
    return Result("worker answer", data | {"items": items, "pending": pending})


def _open(desk: Desk, record_id: str) -> list[Question]:
    asked = desk.guard.kept.of(record_id)
    return [each.question for each in asked if each.answer is None]


def _about(record: Record) -> Iterator[str]:
    facts = {"name": record.worker["name"], "nik": mask_nik(record.worker["nik"])}
    yield text("guard.about", day=record.body["captured"]["day"], **facts)
