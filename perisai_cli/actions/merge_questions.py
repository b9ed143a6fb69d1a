"""What merging asks: several sides that can't all be right, shown together, and the answers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.merge import conclude
from perisai_cli.actions.merge_reason import checked_reason
from perisai_cli.actions.merged import Merged, masked, open_merged
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.facts import Paid, Whose, month_of
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.book_facts import restored, worker_of
from perisai_cli.storage import merge_answers
from perisai_cli.storage.handovers import facts_of
from perisai_cli.storage.merge_answers import Answer, Question
from perisai_cli.storage.merging import Merging
from perisai_cli.storage.variants import BOTH, CONTENTS, MONTH_TWICE, Variant, side_of

_TOLD = ("standing", "agent", "author", "office", "day", "rev")
_ASIDE = ("captured", "questions", "moved")
"""Members of a body that differ between any two and tell nothing of who is right."""

_OPEN_TO_SEE = frozenset({
    "programs", "start", "months", "tier", "sector", "payer", "owner", "amount", "total", "money",
    "region", "type", "day", "present", "channel",
})  # fmt: skip
"""Fields whose values tell nobody who a person is, so that they are shown where they differ."""

_LEAST = 4  # letters of a question's id: fewer are sooner a slip than a choice


def merge_questions(app: App, *, answered: bool = False) -> Result:
    """Return the open questions side by side, or those that were answered."""
    with open_merged(app) as merged:
        merging = Merging(merged.data, merged.store.vault)
        if answered:
            items = [
                _answered(merged, merging, each) for each in merge_answers.answers(merged.data)
            ]
        else:
            items = [
                _shown(merged, merging, each) for each in merge_answers.open_questions(merged.data)
            ]
        count = merge_answers.open_count(merged.data)
    return Result("merge questions", {"count": len(items), "open": count, "items": items})


def merge_answer(app: App, named: str, choice: int, reason: str) -> Result:
    """Keep an answer to a question, and let it count: the side from 1 on, or ``BOTH``.

    Raises:
        InvalidInput: ``merge.no_question``, ``merge.side``, ``merge.not_both``, ``merge.reason`` or
            ``merge.reason_names``; nothing was changed.
    """
    with open_merged(app) as merged, merged.data.transaction():
        question = _question(merged, named)
        sides = len(question.sides)
        if not 0 <= choice <= sides:
            raise InvalidInput("merge.side", field="--choose", sides=sides)
        if choice == BOTH and question.kind == CONTENTS:
            raise InvalidInput("merge.not_both", field="--both")
        merging = Merging(merged.data, merged.store.vault)
        why = checked_reason(reason, _names(merged, merging, question))
        replaced = question.id in merge_answers.choices(merged.data)
        answer = Answer(question, choice, timestamp(app.clock()), merged.by)
        merge_answers.keep(merged.data, answer, why, merged.store.vault)
        left = _apply(merged, merging, question)
        _note(merged, "merge.answered", question, choice=choice, reason=why)
    data = {"id": question.id, "kind": question.kind, "choice": choice, "open": left}
    return Result("merge answer", data | {"replaced": replaced})


def merge_take_back(app: App, named: str, reason: str) -> Result:
    """Take back an answer; where its sides still stand, the question is open again.

    Raises:
        InvalidInput: ``merge.no_question``, ``merge.reason`` or ``merge.reason_names``.
    """
    with open_merged(app) as merged, merged.data.transaction():
        given = {each.question.id: each.question for each in merge_answers.answers(merged.data)}
        question = _named(named, given)
        merging = Merging(merged.data, merged.store.vault)
        why = checked_reason(reason, _names(merged, merging, question))
        merge_answers.take_back(merged.data, question.id)
        left = _apply(merged, merging, question)
        _note(merged, "merge.answer_taken_back", question, reason=why)
    data = {"id": question.id, "kind": question.kind, "choice": None, "open": left}
    return Result("merge answer", data)


def _apply(merged: Merged, merging: Merging, question: Question) -> int:
    """Let what was decided about a question count; return how many are open.

    This is inside the transaction of the dataset, which began before anything was read: what is
    decided is decided about what stands there.
    """
    if question.kind == CONTENTS:
        merging.count_again(question.sides[0].split(":")[0])
    conclude(merged.data, merged.data.kept("read_at") or timestamp(merged.app.clock()))
    return merge_answers.open_count(merged.data)


def _note(merged: Merged, action: str, question: Question, **facts: str | int) -> None:
    """Tell the journal, before the dataset's commit: of more than was done perhaps, never less."""
    told = {"question": question.id, "kind": question.kind, "by": merged.by} | facts
    with merged.store.connection.transaction():
        merged.store.journal(merged.app.clock(), action, **told)


def _question(merged: Merged, named: str) -> Question:
    """Return the question that was named: an open one, or one that was answered before."""
    questions = [each.question for each in merge_answers.answers(merged.data)]
    questions += merge_answers.open_questions(merged.data)
    return _named(named, {each.id: each for each in questions})


def _named(named: str, questions: dict[str, Question]) -> Question:
    typed = named.strip().lower()
    found = [
        each for name, each in questions.items() if len(typed) >= _LEAST and name.startswith(typed)
    ]
    if len(found) != 1:
        raise InvalidInput("merge.no_question", field="/id")
    return found[0]


# Side by side


def _answered(merged: Merged, merging: Merging, answer: Answer) -> dict[str, Any]:
    reason = merge_answers.reason_of(merged.data, answer.question.id, merged.store.vault)
    given = {"choice": answer.choice, "at": answer.at, "by": answer.by, "reason": reason}
    return _shown(merged, merging, answer.question) | {"answer": given}


def _shown(merged: Merged, merging: Merging, question: Question) -> dict[str, Any]:
    """Return a question with its sides, masked, and the names of the fields that differ."""
    if question.kind == CONTENTS:
        record_id = question.sides[0].split(":")[0]
        found = {
            side_of(each.id, each.hash, each.agent): each for each in merging.of_record(record_id)
        }
        variants = [found[side] for side in question.sides if side in found]
        bodies = [merging.body(each) for each in variants]
        sides = [_content(*each) for each in zip(variants, bodies, strict=True)]
    else:
        sides = [_record(merged, question, side) for side in question.sides]
        bodies = [merged.data.person(side).get("worker") or {} for side in question.sides]
    differs = [] if question.kind == MONTH_TWICE else sorted(_different(bodies))
    for side, body in zip(sides, bodies, strict=True):
        side["values"] = _seen(body, differs)
    return {"id": question.id, "kind": question.kind, "differs": differs, "sides": sides}


def _seen(body: dict[str, Any], differs: list[str]) -> dict[str, Any]:
    """Return what stands in those of the fields that may be shown."""
    fields = dict(_fields(body))
    return {name: fields.get(name) for name in differs if name.split("/")[-1] in _OPEN_TO_SEE}


def _content(variant: Variant, body: dict[str, Any]) -> dict[str, Any]:
    whose = Whose(variant.id, variant.rev, "", variant.agent, variant.office, variant.zone)
    fact = None if variant.erased else restored(variant.kind, whose, variant.fact)
    told = {
        "id": variant.id,
        "kind": variant.kind,
        "standing": variant.standing,
        "agent": variant.agent,
        "author": variant.agent,
        "office": variant.office,
        "day": whose.day,
        "rev": variant.rev,
        "hash": variant.hash,
        "device": variant.device,
        "made_at": variant.made_at,
    }
    paid = _paid(fact._asdict()) if isinstance(fact, Paid) else {}
    return told | masked(worker_of(variant.kind, body)) | paid


def _record(merged: Merged, question: Question, record_id: str) -> dict[str, Any]:
    facts = facts_of(merged.data, record_id)
    told: dict[str, Any] = {"id": record_id, "kind": facts.get("kind")}
    told |= {name: facts.get(name) for name in _TOLD}
    if question.kind != MONTH_TWICE:
        return told | merged.masked(record_id)
    return told | _paid(facts)


def _paid(facts: dict[str, Any]) -> dict[str, Any]:
    """Return what tells one payment from another; nothing of it names anybody."""
    money = {name: facts.get(name) for name in ("member", "months", "amount", "money")}
    return money | {"start": str(month_of(facts["start"])) if facts.get("start") else None}


def _different(bodies: list[dict[str, Any]]) -> set[str]:
    """Return pointers to the fields in which bodies differ; never what stands in them."""
    flat = [dict(_fields(body)) for body in bodies]
    names = {name for fields in flat for name in fields}
    return {
        name for name in names if any(fields.get(name) != flat[0].get(name) for fields in flat[1:])
    }


def _fields(value: dict[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        if name in _ASIDE:
            continue
        if isinstance(inner, dict):
            yield from _fields(inner, f"{before}/{name}")
        else:
            yield f"{before}/{name}", inner


def _names(merged: Merged, merging: Merging, question: Question) -> Iterator[str]:
    """Yield the names of all whom a question is about."""
    for side in question.sides:
        record_id = side.split(":")[0]
        facts = facts_of(merged.data, record_id)
        for each in {record_id, str(facts.get("member") or record_id)}:
            yield str((merged.data.person(each).get("worker") or {}).get("name", ""))
        for variant in merging.of_record(record_id):
            yield str(worker_of(variant.kind, merging.body(variant)).get("name", ""))
