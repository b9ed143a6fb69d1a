"""The made-up region as facts, put together of what was drawn: no body is read for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

from perisai_cli.domain.facts import Fact, Held, Paid, Returned
from perisai_cli.domain.facts import Member as Enrolled
from region.calendar import day_text, local_number
from region.records import Event, Member, Payment, Return

RULES = "0123456789abcdef"
FINDINGS = (
    "no_phone", "no_address", "nik_region_unknown", "nik_region_retired", "nik_birth_differs",
    "nik_sex_differs", "nik_unreadable", "no_heir", "one_word_name",
)  # fmt: skip


def facts(records: Iterable[Member | Event]) -> Iterator[Fact]:
    """Yield the facts of records, a member's before those of its money."""
    for record in records:
        if isinstance(record, Event):
            yield held(record)
            continue
        yield enrolled(record)
        for payment in record.payments:
            yield paid(payment)
        for back in record.returns:
            yield returned(back)


def rev_of(record: Member | Payment | Return | Event) -> int:
    """Return the revision of a record: money has one for each of its states."""
    return len(record.moved) if isinstance(record, Payment) else 1


def _head(record: Member | Payment | Return | Event) -> tuple[str, int, str, str, str, str, str]:
    agent = record.agent
    day = day_text(local_number(record.moment, agent.zone))
    return (record.id, rev_of(record), record.standing, agent.name, agent.name, agent.office, day)


@lru_cache(maxsize=1024)
def _bits(flaws: tuple[str, ...]) -> int:
    return sum(1 << FINDINGS.index(flaw) for flaw in flaws)


def enrolled(member: Member) -> Enrolled:
    """Return the facts of an enrolment."""
    wish = member.wish
    return Enrolled(
        *_head(member), member.place, ",".join(wish.programs), wish.tier, member.start,
        member.months, wish.sector, wish.payer, int(wish.owner), member.amount, RULES,
        _bits(member.flaws),
    )  # fmt: skip


def paid(payment: Payment) -> Paid:
    """Return the facts of a payment."""
    wish = payment.wish
    money, moved = payment.moved[-1]
    return Paid(
        *_head(payment), payment.member, ",".join(wish.programs), wish.tier, payment.start,
        payment.months, wish.sector, wish.payer, int(wish.owner), payment.amount, RULES,
        money, day_text(local_number(moved, payment.agent.zone)),
    )  # fmt: skip


def returned(back: Return) -> Returned:
    """Return the facts of a reactivation."""
    return Returned(*_head(back), back.member, back.start, back.months, back.amount)


def held(event: Event) -> Held:
    """Return the facts of an event."""
    came = dict(event.attendees)
    return Held(
        *_head(event)[:6], day_text(event.day), event.region[:4], event.type,
        max(event.present, sum(came.values())), came.get("now", 0) + came.get("later", 0),
        event.enrolled, event.paid,
    )  # fmt: skip
