"""The facts of a record in a book: made of its body, or taken as the book gives them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any, get_type_hints

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.fact_forms import HEAD, unfit
from perisai_cli.domain.facts import (
    PENDING,
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
from perisai_cli.domain.outbox import (
    ACCEPTED,
    ATTENTION,
    ENROLMENT,
    HELD,
    REACTIVATION,
    WITHDRAWN,
)
from perisai_cli.domain.period import Month
from perisai_cli.protocol.bodies import is_erasure, is_withdrawal
from perisai_cli.protocol.book import BookRecord

OF_KIND: dict[str, type[Fact]] = {
    "enrolment": Member, "payment": Paid, "reactivation": Returned, "outreach": Held,
}  # fmt: skip
_HINTS = {fact: get_type_hints(fact) for fact in OF_KIND.values()}
_TAILS = {
    fact: tuple((name, _HINTS[fact][name]) for name in fact._fields[HEAD:])
    for fact in OF_KIND.values()
}
_UNFIT = (KeyError, TypeError, ValueError, AttributeError, OverflowError, InvalidInput)


def state_of(line: BookRecord) -> str:
    """Return the state of a record in a book: what holds nothing any more is owed by nobody.

    A central may send a withdrawal back; one that takes it later leaves it withdrawn.

    Raises:
        InvalidInput: ``book.record``: it is withdrawn, and its body stands.
    """
    if line.body is None:
        return line.state
    if line.state == WITHDRAWN and not line.emptied:
        raise InvalidInput("book.record", record=line.id)
    return WITHDRAWN if line.emptied and line.state not in ATTENTION else line.state


def worker_of(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    """Return the worker whom a record is about; empty where it is about none, or emptied."""
    if kind not in (ENROLMENT, REACTIVATION) or is_withdrawal(body) or is_erasure(body):
        return {}
    found: dict[str, Any] = body.get("worker") or {}
    return found


def fact_of(line: BookRecord, whose: Whose) -> Fact:
    """Return the facts of a record in a book.

    Raises:
        InvalidInput: ``book.record``: its body, or what the book gives, can't be such a record's.
    """
    try:
        fact, emptied = _fact(line, whose)
        if unfit(fact, emptied=emptied) is not None:
            raise ValueError
        _check_worker(worker_of(line.kind, line.body or {}))
    except _UNFIT:
        raise InvalidInput("book.record", record=line.id) from None
    return fact


def _fact(line: BookRecord, whose: Whose) -> tuple[Fact, bool]:
    """Return the facts of a record, and whether they are those of an emptied one."""
    if line.facts is not None:
        counts = whose.standing in (ACCEPTED, HELD, PENDING)
        return _given(OF_KIND[line.kind], whose, line.facts), not counts
    if line.body is None:
        raise ValueError
    if line.emptied:
        return _emptied(line.kind, whose, line.columns or {}), True
    return _MADE[line.kind](line, whose, line.body), False


def _check_worker(worker: dict[str, Any]) -> None:
    """Refuse a worker of whom not even a list can be written."""
    for name in ("nik", "name", "phone"):
        if not isinstance(worker.get(name) or "", str):
            raise TypeError(name)
    if not (worker.get("nik") or "").isascii():
        raise ValueError("nik")


def reduced(line: BookRecord, whose: Whose) -> dict[str, str | int | None]:
    """Return the facts of a record as a book without persons gives them."""
    fact = fact_of(line, whose)
    return dict(zip(fact._fields[HEAD:], fact[HEAD:], strict=True))


def restored(kind: str, whose: Whose, tail: list[Any]) -> Fact:
    """Return the facts of a record from who recorded it and what is kept from ``day`` on."""
    head = (whose.id, whose.rev, whose.standing, whose.agent, whose.agent, whose.office)
    return OF_KIND[kind](*head, *tail)


def _emptied(kind: str, whose: Whose, columns: dict[str, str | int | None]) -> Fact:
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
