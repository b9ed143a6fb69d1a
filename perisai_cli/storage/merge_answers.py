"""What a merged dataset asks its supervisor, and what follows from the answers.

Answers are applied anew after every merge, in the order in which they were given, each only while
its sides still stand; so the result depends on the books and the answers, and on nothing else.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from perisai_cli.domain.facts import REFUSED
from perisai_cli.domain.ledger import PROMISED
from perisai_cli.domain.outbox import DUPLICATE, WITHDRAWN
from perisai_cli.storage.dataset import KINDS, Dataset
from perisai_cli.storage.merge_stand_in import stand_in
from perisai_cli.storage.variants import (
    BOTH,
    CONTENTS,
    MONTH_TWICE,
    SAME_PERSON,
    QuestionKind,
    question_id,
    side_of,
)

SCHEMA = 1
_TABLE_OF = {kind: table for table, kind in KINDS.items()}
_NOT_MONEY = (*REFUSED, WITHDRAWN)


class Question(NamedTuple):
    """What only a person can tell: of several sides that can't all be right, which is.

    Attributes:
        id: The same for the same kind and sides, in every dataset.
        kind: ``conflict`` (contents or agents of one record), ``same_person`` (records of one NIK)
            or ``month_twice`` (payments for the same month of the same member).
        sides: Record ids, in their order; of contents ``ID:HASH:AGENT``.
    """

    id: str
    kind: QuestionKind
    sides: tuple[str, ...]


class Answer(NamedTuple):
    """An answer: the side that is right, counted from 1, or ``BOTH``."""

    question: Question
    choice: int
    at: str
    by: str


class _Money(NamedTuple):
    id: str
    start: int
    end: int


def choices(dataset: Dataset) -> dict[str, int]:
    """Return the answers by the ids of their questions."""
    rows = dataset.connection.rows("SELECT id, choice FROM answers")
    return {row["id"]: row["choice"] for row in rows}


def answers(dataset: Dataset) -> list[Answer]:
    """Return the answers in the order in which they were given."""
    rows = dataset.connection.rows("SELECT * FROM answers ORDER BY number")
    return [Answer(_question(row), row["choice"], row["at"], row["by"]) for row in rows]


def open_questions(dataset: Dataset) -> list[Question]:
    """Return what is not answered yet, by kind."""
    return [_question(row) for row in dataset.connection.rows(
        "SELECT id, kind, sides FROM questions ORDER BY kind, sides")]  # fmt: skip


def open_count(dataset: Dataset) -> int:
    """Return how many questions are open."""
    row = dataset.connection.row("SELECT count(*) AS n FROM questions")
    return 0 if row is None else int(row["n"])


def _question(row: Any) -> Question:
    return Question(row["id"], row["kind"], tuple(json.loads(row["sides"])))


def keep(dataset: Dataset, answer: Answer, reason: str, vault: Any) -> None:
    """Keep an answer, in place of an earlier one, inside the caller's transaction."""
    question = answer.question
    dataset.connection.run(
        "INSERT OR REPLACE INTO answers (id, kind, sides, choice, at, by, number, schema, envelope)"
        " VALUES (?, ?, ?, ?, ?, ?, (SELECT coalesce(max(number), 0) + 1 FROM answers), ?, ?)",
        question.id, question.kind, json.dumps(question.sides), answer.choice, answer.at,
        answer.by, SCHEMA, vault.seal("merged:answer", question.id, SCHEMA, {"reason": reason}),
    )  # fmt: skip


def reason_of(dataset: Dataset, question: str, vault: Any) -> str:
    """Return why a question was answered as it was."""
    row = dataset.connection.row("SELECT schema, envelope FROM answers WHERE id = ?", question)
    assert row is not None  # the caller has the answer
    opened: dict[str, Any] = vault.open("merged:answer", question, row["schema"], row["envelope"])
    return str(opened["reason"])


def take_back(dataset: Dataset, question: str) -> None:
    """Forget an answer, inside the caller's transaction."""
    dataset.connection.run("DELETE FROM answers WHERE id = ?", question)


def settle(dataset: Dataset) -> None:
    """Apply the answers to what counts, and ask what is open, inside the caller's transaction."""
    connection = dataset.connection
    given = answers(dataset)
    for row in list(connection.rows("SELECT id, kind, standing FROM counted WHERE overruled = 1")):
        _stand(dataset, row["kind"], row["id"], row["standing"])
    connection.run("UPDATE counted SET overruled = 0 WHERE overruled = 1")
    stands_for: dict[str, str] = {}
    for answer in given:
        if answer.question.kind == SAME_PERSON and answer.choice != BOTH:
            stands_for |= _one_person(dataset, answer)
    stand_in(dataset, stands_for)
    for answer in given:
        if answer.question.kind == MONTH_TWICE and answer.choice != BOTH:
            _one_payment(dataset, answer)
    settled = {answer.question.id for answer in given}
    asked = itertools.chain(_contents(dataset), _persons(dataset), _months(dataset))
    connection.run("DELETE FROM questions")
    connection.run_many(
        "INSERT OR IGNORE INTO questions (id, kind, sides) VALUES (?, ?, ?)",
        [(each.id, each.kind, json.dumps(each.sides)) for each in asked if each.id not in settled],
    )


def _one_person(dataset: Dataset, answer: Answer) -> dict[str, str]:
    """Let one of several records of a person stand; return for whom it stands."""
    sides = answer.question.sides
    marks = ", ".join("?" * len(sides))
    rows = list(dataset.connection.rows(
        "SELECT nik_index FROM counted WHERE nik_index IS NOT NULL AND overruled = 0"  # noqa: S608
        f" AND standing NOT IN (?, ?) AND id IN ({marks})",
        WITHDRAWN, DUPLICATE, *sides,
    ))  # fmt: skip
    if len(rows) != len(sides) or len({row["nik_index"] for row in rows}) != 1:
        return {}
    winner = sides[answer.choice - 1]
    losers = [side for side in sides if side != winner]
    for loser in losers:
        _overrule(dataset, loser)
    return dict.fromkeys(losers, winner)


def _one_payment(dataset: Dataset, answer: Answer) -> None:
    """Let one of two payments for the same month stand."""
    sides = answer.question.sides
    found = [
        (row["member"], _Money(row["id"], row["start"], row["ends"]))
        for row in dataset.connection.rows(_MONEY.format(more="AND id IN (?, ?)"), *_NOT_MONEY,
                                           PROMISED, *sides)
    ]  # fmt: skip
    if len(found) != len(sides) or found[0][0] != found[1][0]:
        return
    if max(found[0][1].start, found[1][1].start) < min(found[0][1].end, found[1][1].end):
        _overrule(dataset, sides[2 - answer.choice])


def _overrule(dataset: Dataset, record_id: str) -> None:
    row = dataset.connection.row("SELECT kind FROM counted WHERE id = ?", record_id)
    assert row is not None  # the caller found it
    _stand(dataset, row["kind"], record_id, DUPLICATE)
    dataset.connection.run("UPDATE counted SET overruled = 1 WHERE id = ?", record_id)


def _stand(dataset: Dataset, kind: str, record_id: str, standing: str) -> None:
    # What rests on it is worked out anew (``Dataset.derive``).
    anew = {"members": ", covered = NULL", "payments": ", again = NULL"}
    table = _TABLE_OF[kind]
    dataset.connection.run(
        f"UPDATE {table} SET standing = ?{anew.get(table, '')} WHERE id = ?",  # noqa: S608
        standing, record_id,
    )  # fmt: skip


def _contents(dataset: Dataset) -> Iterator[Question]:
    """Yield the records of which two contents, or two agents, stand side by side."""
    sql = (
        "SELECT id, hash, agent FROM variants WHERE id IN (SELECT id FROM variants GROUP BY id"
        " HAVING count(*) > 1 AND sum(erased = 0 AND standing <> ?) > 0) ORDER BY id, hash, agent"
    )
    rows = list(dataset.connection.rows(sql, WITHDRAWN))
    for record_id, group in itertools.groupby(rows, key=lambda row: row["id"]):
        yield _asked(CONTENTS, [side_of(record_id, row["hash"], row["agent"]) for row in group])


def _persons(dataset: Dataset) -> Iterator[Question]:
    """Yield the records that stand for the same NIK."""
    rows = dataset.connection.rows(
        "SELECT nik_index, id FROM counted WHERE nik_index IS NOT NULL AND overruled = 0"
        " AND standing NOT IN (?, ?) ORDER BY nik_index, id",
        WITHDRAWN, DUPLICATE,
    )  # fmt: skip
    for _nik, group in itertools.groupby(rows, key=lambda row: row["nik_index"]):
        ids = [row["id"] for row in group]
        if len(ids) > 1:
            yield _asked(SAME_PERSON, ids)


_MONEY = (
    "SELECT id, member, start, start + months AS ends FROM payments"
    " WHERE standing NOT IN (?, ?, ?, ?) AND money <> ? {more} ORDER BY member, start, id"
)


def _months(dataset: Dataset) -> Iterator[Question]:
    """Yield pairs of payments whose money is more than promised, for the same member's months."""
    rows = dataset.connection.rows(_MONEY.format(more=""), *_NOT_MONEY, PROMISED)
    for _member, group in itertools.groupby(rows, key=lambda row: row["member"]):
        yield from _overlapping([_Money(row["id"], row["start"], row["ends"]) for row in group])


def _overlapping(paid: Sequence[_Money]) -> Iterator[Question]:
    furthest = paid[0] if paid else None
    for each in paid[1:]:
        assert furthest is not None
        if each.start < furthest.end:
            yield _asked(MONTH_TWICE, sorted((furthest.id, each.id)))
        furthest = max(furthest, each, key=lambda one: one.end)


def _asked(kind: QuestionKind, sides: Sequence[str]) -> Question:
    return Question(question_id(kind, sides), kind, tuple(sides))
