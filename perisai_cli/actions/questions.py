"""The guard's questions after the fact: which are open, and answering them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.actions.guard import question_json
from perisai_cli.domain import outbox
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.guard import checked_answer
from perisai_cli.domain.identity import mask_nik
from perisai_cli.domain.phones import normalise_phone
from perisai_cli.protocol.bodies import with_questions
from perisai_cli.storage.questions import Asked, open_questions
from perisai_cli.storage.records import Record
from perisai_cli.storage.revisions import renew

SENT_AT_ONCE = (outbox.QUEUED, outbox.ACCEPTED, outbox.HELD)
"""States in which an answer makes a revision; in the others it goes with the correction."""


def worker_questions(app: App, *, answered_too: bool) -> Result:
    """Return the guard's open questions, record by record; or those with an answer as well."""
    with open_desk(app) as desk:
        ids = list(desk.guard.kept.records(answered_too=answered_too))
        items = [item(desk, desk.records.record(each), answered_too=answered_too) for each in ids]
        waiting = open_questions(desk.store.connection)
    return Result("worker questions", {"count": len(items), "open": waiting, "items": items})


def item(desk: Desk, record: Record, *, answered_too: bool = True) -> dict[str, Any]:
    """Return a record with its questions, or with the open ones alone, as JSON values."""
    asked = desk.guard.kept.of(record.summary.id)
    shown = [each for each in asked if answered_too or each.answer is None]
    return {
        "id": record.summary.id,
        "rev": record.summary.rev,
        "state": record.summary.state,
        "nik_masked": mask_nik(record.worker["nik"]),
        "day": record.body["captured"]["day"],
        "questions": [question_json(each) for each in shown],
    }


def worker_answer(app: App, record_id: str, answers: Mapping[str, Any]) -> Result:
    """Answer questions about one record, by their codes.

    Raises:
        InvalidInput: the id is unknown, or every answer at fault; nothing was kept.
    """
    with open_desk(app) as desk:
        record = answer(desk, desk.records.record(record_id), answers)
        waiting = open_questions(desk.store.connection)
        data = {"answered": len(answers), "open": waiting, "items": [item(desk, record)]}
        return Result("worker answer", data | {"pending": desk.answers.pending()})


def answer(desk: Desk, record: Record, answers: Mapping[str, Any]) -> Record:
    """Keep answers in one transaction, as the record's next revision where it can be sent.

    Raises:
        InvalidInput: ``answer.not_asked`` and every other fault of the answers.
    """
    record_id, state = record.summary.id, record.summary.state
    if state in (outbox.DRAFT, outbox.WITHDRAWN):
        raise InvalidInput("record.not_open", field="/id", state=state)
    known = {each.question.code: each for each in desk.guard.kept.of(record_id)}
    given = _checked(known, answers)
    now = desk.app.clock()
    with desk.store.connection.transaction():
        rev = record.summary.rev
        desk.records.still(record_id, rev)
        answered = [desk.guard.kept.answered(known[code], said, now) for code, said in given]
        desk.guard.kept.keep(answered)
        if state in SENT_AT_ONCE:
            rev = desk.records.next_rev(record.summary)
            told = [each.wire for each in desk.guard.kept.of(record_id)]
            renew(desk.store, record_id, rev, with_questions(record.body, told), now)
        # No code: the journal outlives an erasure, and a code may tell an age.
        count = len(given)
        desk.store.journal(now, "question.answered", record_id=record_id, rev=rev, count=count)
    return desk.records.record(record_id)


def _checked(known: Mapping[str, Asked], answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the answers as they are kept."""
    if not answers:
        raise InvalidInput("answer.missing")
    checked: list[tuple[str, str]] = []
    faults: list[Problem] = []
    for number, (code, said) in enumerate(answers.items()):
        if code not in known:
            # What stands where a code should be may be anything, and is not repeated.
            choices = ", ".join(known) or "–"
            faults.append(Problem("answer.not_asked", f"/{number}", {"choices": choices}))
        elif not isinstance(said, str):
            faults.append(Problem("answer.format", f"/{code}"))
        else:
            try:
                checked.append((code, checked_answer(code, said)))
            except InvalidInput as error:
                faults += error.problems
    if faults:
        raise InvalidInput.of(tuple(faults))
    return checked


def own_number(app: App, typed: str) -> Result:
    """Keep the agent's own telephone number, sealed, and count the records that hold it.

    Raises:
        InvalidInput: it is no mobile number.
    """
    with open_desk(app) as desk:
        phone = normalise_phone(typed)
        with desk.guard.recording():
            desk.guard.kept.keep_own_phone(phone)
            desk.store.journal(app.clock(), "own_number.kept")
            most = desk.guard.most_sharing
            records = desk.guard.kept.sharing(phone, "", most)
    return Result("worker own-number", {"records": records})
