"""The answers to what merging asks: which of several sides is right, or that all are."""

from __future__ import annotations

from collections.abc import Iterator

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.merge import conclude
from perisai_cli.actions.merge_reason import checked_reason
from perisai_cli.actions.merged import Merged, open_merged
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.book_facts import worker_of
from perisai_cli.storage import merge_answers
from perisai_cli.storage.handovers import facts_of
from perisai_cli.storage.merge_answers import Answer, Question
from perisai_cli.storage.merging import Merging
from perisai_cli.storage.variants import BOTH, CONTENTS

_LEAST = 4  # letters of a question's id: fewer are sooner a slip than a choice


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
        why = checked_reason(reason, names_of(merged, merging, question))
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
        why = checked_reason(reason, names_of(merged, merging, question))
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


def names_of(merged: Merged, merging: Merging, question: Question) -> Iterator[str]:
    """Yield the names of all whom a question is about."""
    for side in question.sides:
        record_id = side.split(":")[0]
        facts = facts_of(merged.data, record_id)
        for each in {record_id, str(facts.get("member") or record_id)}:
            yield str(merged.worker(each).get("name", ""))
        for variant in merging.of_record(record_id):
            yield str(worker_of(variant.kind, merging.body(variant)).get("name", ""))
