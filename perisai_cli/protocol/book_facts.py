"""The facts of a record in a book: made of its body, or taken as the book gives them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any, get_type_hints

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.facts import (
    Fact,
    Held,
    Member,
    Paid,
    Returned,
    Whose,
    held_of,
    member_of,
    number_of,
    paid_of,
    returned_of,
)
from perisai_cli.domain.period import Month
from perisai_cli.protocol.bodies import is_erasure, is_withdrawal
from perisai_cli.protocol.book import BookRecord

HEAD = 6
"""How many members of every fact tell who recorded it and how it stands; the rest is what it is."""

OF_KIND: dict[str, type[Fact]] = {
    "enrolment": Member, "payment": Paid, "reactivation": Returned, "outreach": Held,
}  # fmt: skip
_HINTS = {fact: get_type_hints(fact) for fact in OF_KIND.values()}
_TAILS = {
    fact: tuple((name, _HINTS[fact][name]) for name in fact._fields[HEAD:])
    for fact in OF_KIND.values()
}
_CODES = re.compile(r"[\w.,:+-]{0,400}", re.ASCII)
_MOST = 2**53 - 1
_LAST_MONTH = 12 * 10_000
_UNFIT = (KeyError, TypeError, ValueError, AttributeError, OverflowError, InvalidInput)


def fact_of(line: BookRecord, whose: Whose) -> Fact:
    """Return the facts of a record in a book.

    Raises:
        InvalidInput: ``book.record``: its body, or what the book gives, can't be such a record's.
    """
    try:
        if line.facts is not None:
            return _checked(_given(OF_KIND[line.kind], whose, line.facts))
        body = line.body
        if body is None:
            raise KeyError
        if is_withdrawal(body) or is_erasure(body):
            return _checked(emptied(line.kind, whose, line.columns or {}))
        return _checked(_MADE[line.kind](line, whose, body))
    except _UNFIT:
        raise InvalidInput("book.record", field=None, record=line.id) from None


def reduced(line: BookRecord, whose: Whose) -> dict[str, str | int | None]:
    """Return the facts of a record as a book without persons gives them."""
    fact = fact_of(line, whose)
    return dict(zip(fact._fields[HEAD:], fact[HEAD:], strict=True))


def restored(kind: str, whose: Whose, tail: list[Any]) -> Fact:
    """Return the facts of a record from who recorded it and what is kept from ``day`` on."""
    head = (whose.id, whose.rev, whose.standing, whose.agent, whose.agent, whose.office)
    return OF_KIND[kind](*head, *tail)


def emptied(kind: str, whose: Whose, columns: dict[str, str | int | None]) -> Fact:
    """Return the facts of a withdrawn or erased record, whose body holds none any more.

    *columns* are what the store still keeps of it in clear; what it does not is 0 or empty.
    """
    start = columns.get("start")
    known: dict[str, Any] = {name: value for name, value in columns.items() if value is not None}
    known |= {"day": whose.day, "moved": whose.day, "member": columns.get("member_id") or ""}
    known["start"] = 0 if start is None else number_of(Month.parse(str(start)))
    blank: dict[Any, Any] = {str: "", int: 0}
    tail = [known.get(name, blank.get(hint)) for name, hint in _TAILS[OF_KIND[kind]]]
    return restored(kind, whose, tail)


def _given(kind: type[Fact], whose: Whose, facts: dict[str, str | int | None]) -> Fact:
    head = (whose.id, whose.rev, whose.standing, whose.agent, whose.agent, whose.office)
    if set(facts) != set(kind._fields[HEAD:]):
        raise KeyError
    return kind(*head, *(facts[name] for name in kind._fields[HEAD:]))  # type: ignore[arg-type]


def _checked(fact: Fact) -> Fact:
    """Return *fact* once its clear columns hold codes, days and whole numbers and nothing else."""
    texts = []
    for (name, hint), value in zip(_TAILS[type(fact)], fact[HEAD:], strict=True):
        if not isinstance(value, hint):
            raise TypeError(name)
        if isinstance(value, str):
            texts.append(value)
        elif value is not None and not 0 <= value <= _MOST:
            raise ValueError(name)
    if not _CODES.fullmatch(",".join(texts)):
        raise ValueError("text")
    date.fromisoformat(fact.day)
    if isinstance(fact, Paid):
        date.fromisoformat(fact.moved)
    if not isinstance(fact, Held) and not fact.start + fact.months < _LAST_MONTH:
        raise ValueError("start")
    return fact


def _member(_line: BookRecord, whose: Whose, body: dict[str, Any]) -> Member:
    # Seen on the record's own day, so that it is the same whenever it is merged.
    return member_of(whose, body, date.fromisoformat(whose.day))


def _paid(_line: BookRecord, whose: Whose, body: dict[str, Any]) -> Paid:
    return paid_of(whose, body)


def _returned(_line: BookRecord, whose: Whose, body: dict[str, Any]) -> Returned:
    return returned_of(whose, body)


def _held(line: BookRecord, whose: Whose, body: dict[str, Any]) -> Held:
    return held_of(whose, body, line.enrolled, line.paid)


_MADE: dict[str, Callable[[BookRecord, Whose, dict[str, Any]], Fact]] = {
    "enrolment": _member, "payment": _paid, "reactivation": _returned, "outreach": _held,
}  # fmt: skip
