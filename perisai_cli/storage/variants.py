"""What books say of a record, and which of it counts: pure, and the same in whatever order.

A *variant* is one content of one revision, as one agent's books have it. What several books of an
agent say of the same variant is joined by ``joined``, which does not care which came first or how
often; ``still_counting`` and ``chosen`` look at the variants of one record alone. So the whole is a
function of the set of books.

A record is one agent's, as at the central. So no agent's revision or erasure ever goes before
another agent's variant: where two agents have one record, it counts as conflict until a person
tells whose it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from perisai_cli.domain.central_word import word_of
from perisai_cli.domain.outbox import CONFLICT, WITHDRAWN

QuestionKind = Literal["conflict", "same_person", "month_twice"]
CONTENTS: QuestionKind = "conflict"
SAME_PERSON: QuestionKind = "same_person"
MONTH_TWICE: QuestionKind = "month_twice"
KINDS: tuple[QuestionKind, ...] = (CONTENTS, SAME_PERSON, MONTH_TWICE)

BOTH = 0
"""The answer that all sides of a question are right: different people, different money."""


VariantKey = tuple[str, int, str]


@dataclass(frozen=True, slots=True)
class Variant:
    """One content of one revision of an agent's record, with the best that is known of it.

    Attributes:
        id: Record id.
        rev: The revision.
        hash: Hash of its body.
        kind: Kind of the record.
        erased: Whether this revision erases the record.
        standing: The highest word on it (``domain/central_word.py``).
        seq: The central's commit of that word; 0 where there is none.
        made_at: When the newest book that holds it was made.
        since: When the agent's oldest book that holds the record, in whatever revision, was made.
        book: That book's id; the members below are as that book has them.
        agent: The agent whose book it is.
        office: The agent's office.
        zone: Region code of the agent's clock.
        device: The device that made the book.
        fact: The record's facts from ``day`` on.
        persons: Whether the body is known.
        nik_index: Keyed hash of the member's NIK, where the body is known.
        envelope: The body, sealed; None where it is not known.
        reply: What the central gave and said: ``assigned``, ``given`` (the commit), ``codes``;
            empty where it did neither.
    """

    id: str
    rev: int
    hash: str
    kind: str
    erased: bool
    standing: str
    seq: int
    made_at: str
    since: str
    book: str
    agent: str
    office: str
    zone: str
    device: str
    fact: list[Any]
    persons: bool
    nik_index: bytes | None
    envelope: bytes | None
    reply: dict[str, Any]

    @property
    def key(self) -> VariantKey:
        """Agent, revision and hash: what tells it from the record's other variants."""
        return self.agent, self.rev, self.hash

    @property
    def said(self) -> tuple[Any, ...]:
        """All that what a supervisor sees may depend on, but for which book said it last."""
        return (
            self.standing, self.seq, self.since, self.agent, self.office, self.zone, self.device,
            self.fact, self.persons, self.reply,
        )  # fmt: skip


def joined(one: Variant, other: Variant) -> Variant:
    """Return what two books of an agent together say of the same variant."""
    newest = max(one, other, key=lambda each: (each.made_at, each.book))
    word = max(one, other, key=_word)
    given = max(one.reply, other.reply, key=_given)
    known = one if one.persons else other
    return replace(
        newest,
        since=min(one.since, other.since),
        standing=word.standing,
        seq=word.seq,
        reply=_reply(given, word.reply.get("codes", [])),
        persons=known.persons,
        nik_index=known.nik_index,
        envelope=known.envelope,
        erased=one.erased or other.erased,
    )


def _word(variant: Variant) -> tuple[Any, ...]:
    return *word_of(variant.standing, variant.seq), sorted(variant.reply.get("codes", []))


def _given(reply: Mapping[str, Any]) -> tuple[bool, int, str]:
    assigned = reply.get("assigned") or {}
    return bool(assigned), reply.get("given", 0), json.dumps(assigned, sort_keys=True)


def _reply(given: Mapping[str, Any], codes: list[str]) -> dict[str, Any]:
    assigned = given.get("assigned") or {}
    if not (assigned or codes):
        return {}
    return {"assigned": assigned, "given": given.get("given", 0), "codes": codes}


def still_counting(variants: Iterable[Variant]) -> list[Variant]:
    """Return those variants of one record that may count, in the order of hash and agent.

    Of each agent's the top revision counts; but an erasure goes before everything, whatever its
    revision: who asked to be forgotten stays forgotten.
    """
    of_agents: dict[str, list[Variant]] = {}
    for each in variants:
        of_agents.setdefault(each.agent, []).append(each)
    found = [each for group in of_agents.values() for each in _of_agent(group)]
    return sorted(found, key=lambda each: (each.hash, each.agent))


def _of_agent(group: list[Variant]) -> list[Variant]:
    since = min(each.since for each in group)
    found = [each for each in group if each.erased] or group
    top = max(each.rev for each in found)
    kept = (each for each in found if each.rev == top)
    return [each if each.since == since else replace(each, since=since) for each in kept]


def chosen(variants: Sequence[Variant], answers: Mapping[str, int]) -> tuple[Variant, str]:
    """Return which of the variants that may count does, and how the record stands.

    Where several stand side by side, the first hash counts until the question is answered, of the
    agent whose books have had the record for the longest time: no later book moves it.
    """
    if len(variants) == 1:
        return variants[0], variants[0].standing
    oldest, whose = min((each.since, each.agent) for each in variants)
    theirs = [each for each in variants if (each.since, each.agent) == (oldest, whose)]
    if not asks(variants):
        best = max(theirs, key=lambda each: (word_of(each.standing, each.seq), each.hash))
        return best, best.standing
    choice = answers.get(question_id(CONTENTS, sides_of(variants)))
    if choice is None:
        return theirs[0], CONFLICT
    counting = variants[choice - 1]
    return counting, counting.standing


def asks(variants: Sequence[Variant]) -> bool:
    """Tell whether a person must say which variant is right; of withdrawals nobody need."""
    return len(variants) > 1 and not all(
        each.erased or each.standing == WITHDRAWN for each in variants
    )


def sides_of(variants: Sequence[Variant]) -> list[str]:
    """Return the sides of the question which of the variants is right."""
    return [side_of(each.id, each.hash, each.agent) for each in variants]


def side_of(record_id: str, digest: str, agent: str) -> str:
    """Return a variant as a side of the question which of a record's variants is right."""
    return f"{record_id}:{digest}:{agent}"


def question_id(kind: QuestionKind, sides: Sequence[str]) -> str:
    """Return the id of a question: the same for the same kind and sides, wherever it is asked."""
    return hashlib.sha256("\n".join((kind, *sides)).encode()).hexdigest()[:12]
