"""What merging asks, side by side: from which book each side comes, and in what they differ."""

from __future__ import annotations

from typing import Any, NamedTuple

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.merge_compare import different, equal, flat, masked, seen
from perisai_cli.actions.merge_questions import names_of
from perisai_cli.actions.merge_reason import checked_reason
from perisai_cli.actions.merged import Merged, open_merged, shown
from perisai_cli.domain.facts import Paid, Whose, month_of
from perisai_cli.protocol.bodies import is_erasure, is_withdrawal
from perisai_cli.protocol.book_facts import restored, worker_of
from perisai_cli.storage import merge_answers
from perisai_cli.storage.handovers import facts_of
from perisai_cli.storage.merge_answers import Answer, Question
from perisai_cli.storage.merging import Merging
from perisai_cli.storage.variants import CONTENTS, MONTH_TWICE, Variant, side_of

_TOLD = ("standing", "agent", "author", "office", "day", "rev")
_BOOK = ("book", "device", "made_at")


class _Side(NamedTuple):
    """One side: what is told of it, and the body where it is known, and holds anything yet."""

    told: dict[str, Any]
    body: dict[str, Any] | None


class _View(NamedTuple):
    """The merged data as they are looked at: masked, or in full for a reason."""

    merged: Merged
    merging: Merging
    unmask: bool


def merge_questions(app: App, *, answered: bool = False, unmask: str | None = None) -> Result:
    """Return the open questions side by side, or those that were answered.

    Args:
        app: The world.
        answered: Whether to return the answered ones.
        unmask: Reason to show persons and personal values in full; kept in the journal.

    Raises:
        InvalidInput: ``merge.reason`` or ``merge.reason_names`` of *unmask*.
    """
    with open_merged(app) as merged, merged.data.one_moment():
        view = _View(merged, Merging(merged.data, merged.store.vault), unmask is not None)
        given = merge_answers.answers(merged.data) if answered else []
        asked = [each.question for each in given]
        asked = asked if answered else merge_answers.open_questions(merged.data)
        if unmask is not None:
            _note(view, asked, unmask)
        items = [_shown(view, each) for each in asked]
        for item, answer in zip(items, given, strict=False):
            item["answer"] = _answer(merged, answer)
        count = merge_answers.open_count(merged.data)
    return Result("merge questions", {"count": len(items), "open": count, "items": items})


def _note(view: _View, asked: list[Question], typed: str) -> None:
    """Tell the journal why persons are shown, before they are."""
    merged = view.merged
    names = (name for each in asked for name in names_of(merged, view.merging, each))
    reason = checked_reason(typed, names, "--unmask")
    with merged.store.connection.transaction():
        merged.store.journal(
            merged.app.clock(), "merge.questions_unmasked", by=merged.by, reason=reason
        )


def _answer(merged: Merged, answer: Answer) -> dict[str, Any]:
    reason = merge_answers.reason_of(merged.data, answer.question.id, merged.store.vault)
    return {"choice": answer.choice, "at": answer.at, "by": answer.by, "reason": reason}


def _shown(view: _View, question: Question) -> dict[str, Any]:
    """Return a question with all sides that it was asked with, whatever came of them since."""
    found = _contents(view, question) if question.kind == CONTENTS else _records(view, question)
    bodies = [side.body for side in found if side.body is not None]
    differs = different(bodies) if question.kind != MONTH_TWICE else []
    fields = [None if side.body is None else dict(flat(side.body)) for side in found]
    values = seen(fields, differs, unmask=view.unmask)
    hidden = masked(fields, differs)
    sides = [
        {"number": number} | side.told | {"values": open_ones, "masked": others}
        for number, (side, open_ones, others) in enumerate(
            zip(found, values, hidden, strict=True), 1
        )
    ]
    same = equal(bodies) if question.kind != MONTH_TWICE else []
    told = {"id": question.id, "kind": question.kind, "compared": len(bodies)}
    return told | {"differs": differs, "same": same, "sides": sides}


def _gone(record_id: str, agent: str | None = None) -> _Side:
    """Return a side that newer books took away: its number stays, an answer may name it."""
    nothing = dict.fromkeys(("kind", *_TOLD, *_BOOK, "name_masked", "nik_masked", "emptied"))
    return _Side({"id": record_id, "gone": True} | nothing | {"agent": agent, "known": False}, None)


# Contents of one record


def _contents(view: _View, question: Question) -> list[_Side]:
    record_id = question.sides[0].split(":")[0]
    found = {
        side_of(each.id, each.hash, each.agent): each for each in view.merging.of_record(record_id)
    }
    return [
        _content(view, found[side]) if side in found else _gone(record_id, side.split(":", 2)[2])
        for side in question.sides
    ]


def _content(view: _View, variant: Variant) -> _Side:
    body = view.merging.body(variant)
    whose = Whose(variant.id, variant.rev, "", variant.agent, variant.office, variant.zone)
    fact = None if variant.erased else restored(variant.kind, whose, variant.fact)
    told = {
        "id": variant.id,
        "gone": False,
        "kind": variant.kind,
        "standing": variant.standing,
        "agent": variant.agent,
        "author": variant.agent,
        "office": variant.office,
        "day": whose.day,
        "rev": variant.rev,
        "hash": variant.hash,
    }
    told |= _book(variant) | _state(variant, body) | _person(view, worker_of(variant.kind, body))
    if isinstance(fact, Paid):
        told |= _paid(fact._asdict())
    return _Side(told, body if told["known"] and not told["emptied"] else None)


def _state(variant: Variant, body: dict[str, Any]) -> dict[str, Any]:
    """Return whether the body of a side is known, and whether it was emptied."""
    erased = variant.erased or is_erasure(body)
    emptied = "erased" if erased else "withdrawn" if is_withdrawal(body) else None
    return {"emptied": emptied, "known": bool(body)}


def _book(variant: Variant | None) -> dict[str, Any]:
    """Return from which book a side is, from which device, and when that was made."""
    return {name: None if variant is None else getattr(variant, name) for name in _BOOK}


# Records


def _records(view: _View, question: Question) -> list[_Side]:
    return [_record(view, question, side) for side in question.sides]


def _record(view: _View, question: Question, record_id: str) -> _Side:
    facts = facts_of(view.merged.data, record_id)
    if not facts:
        return _erased(view, record_id) or _gone(record_id)
    told: dict[str, Any] = {"id": record_id, "gone": False, "kind": facts.get("kind")}
    told |= {name: facts.get(name) for name in _TOLD}
    told |= _book(_counted(view, record_id, facts))
    of_money = question.kind == MONTH_TWICE
    worker = view.merged.worker(str(facts.get("member")) if of_money else record_id)
    told |= {"emptied": None, "known": of_money or bool(worker)} | _person(view, worker)
    if of_money:
        return _Side(told | _paid(facts), None)
    return _Side(told, worker or None)


def _erased(view: _View, record_id: str) -> _Side | None:
    """Return a record of which nothing but its erasure is left; None where there is no such."""
    for variant in view.merging.of_record(record_id):
        if variant.erased:
            told = _gone(record_id, variant.agent).told | _book(variant)
            left = {"gone": False, "kind": variant.kind, "rev": variant.rev, "emptied": "erased"}
            return _Side(told | left | {"author": variant.agent}, None)
    return None


def _counted(view: _View, record_id: str, facts: dict[str, Any]) -> Variant | None:
    """Return the variant of a record that counts: its recorder's, in that revision and content."""
    row = view.merged.data.connection.row("SELECT hash FROM counted WHERE id = ?", record_id)
    counted = (facts["author"], facts["rev"], row["hash"] if row else None)
    found = view.merging.of_record(record_id)
    fitting = (each for each in found if (each.agent, each.rev, each.hash) == counted)
    return next(fitting, None)


def _person(view: _View, worker: dict[str, Any]) -> dict[str, Any]:
    return shown(worker, unmask=view.unmask)


def _paid(facts: dict[str, Any]) -> dict[str, Any]:
    """Return what tells one payment from another; nothing of it names anybody."""
    money = {name: facts.get(name) for name in ("member", "months", "amount", "money")}
    return money | {"start": str(month_of(facts["start"])) if facts.get("start") else None}
