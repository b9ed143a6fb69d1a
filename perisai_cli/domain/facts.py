"""What a report knows of a record: the part of it that names nobody, the same from every source.

A store, a bundle of its records and the central hold the same bodies; all of them make their facts
here, so that a sum is the same whichever of them it is taken from.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.identity import parse_nik
from perisai_cli.domain.ids import moment_of
from perisai_cli.domain.outbox import (
    ACCEPTED,
    ATTENTION,
    CONFLICT,
    DRAFT,
    DUPLICATE,
    HELD,
    NEEDS_FIX,
    WITHDRAWN,
)
from perisai_cli.domain.outreach import INTERESTED
from perisai_cli.domain.period import Month, local_day
from perisai_cli.domain.regions import region_doubt

PENDING = "pending"
"""Standing of a final record that the central has not answered for."""

STANDINGS = (ACCEPTED, PENDING, HELD, DUPLICATE, NEEDS_FIX, CONFLICT, WITHDRAWN)
REFUSED = ATTENTION
"""Standings that reports add up as sent back; what is withdrawn is owed by nobody."""

QUALITY = (
    "no_phone", "no_address", "nik_region_unknown", "nik_region_retired", "nik_birth_differs",
    "nik_sex_differs", "nik_unreadable", "no_heir", "one_word_name",
)  # fmt: skip
"""Findings about the data of a member, each a bit of ``quality`` in this order; none is a fault."""


class Whose(NamedTuple):
    """Who recorded something and how it stands.

    Attributes:
        id: Record id.
        rev: Its revision.
        standing: One of ``STANDINGS``.
        agent: The agent who recorded it.
        office: Id of the agent's office; empty where it is not known.
        zone: Region code of the agent's clock.
    """

    id: str
    rev: int
    standing: str
    agent: str
    office: str
    zone: str

    @property
    def day(self) -> str:
        """The day of the record's first draft on its agent's clock, ``YYYY-MM-DD``."""
        return local_day(moment_of(self.id), self.zone).isoformat()


class Member(NamedTuple):
    """An enrolment as reports count it; ``start`` is a month's number (see ``number_of``)."""

    id: str
    rev: int
    standing: str
    agent: str
    author: str
    office: str
    day: str
    region: str
    programs: str
    tier: int
    start: int
    months: int
    sector: str
    payer: str
    owner: int
    amount: int
    rules: str
    quality: int


class Paid(NamedTuple):
    """A payment as reports count it.

    ``moved`` is the day on which its money came to the state that it is in.
    """

    id: str
    rev: int
    standing: str
    agent: str
    author: str
    office: str
    day: str
    member: str
    programs: str
    tier: int
    start: int
    months: int
    sector: str
    payer: str
    owner: int
    amount: int
    rules: str
    money: str
    moved: str


class Returned(NamedTuple):
    """A reactivation as reports count it: of which member, and what it quotes."""

    id: str
    rev: int
    standing: str
    agent: str
    author: str
    office: str
    day: str
    member: str
    start: int
    months: int
    amount: int


class Held(NamedTuple):
    """An event as reports count it.

    ``enrolled`` and ``paid`` are known to the device alone on which the event was recorded; None
    elsewhere.
    """

    id: str
    rev: int
    standing: str
    agent: str
    author: str
    office: str
    day: str
    region: str
    type: str
    present: int
    interested: int
    enrolled: int | None
    paid: int | None


Fact = Member | Paid | Returned | Held


def number_of(month: Month) -> int:
    """Return a month as the number of months since year 0, by which reports reckon."""
    return month.year * 12 + month.month - 1


def month_of(number: int) -> Month:
    """Return the month with this number."""
    return Month(number // 12, number % 12 + 1)


def standing_of(state: str, *, pending: bool) -> str | None:
    """Return the standing of a record in a store; None for a draft."""
    if state == DRAFT:
        return None
    return state if state == WITHDRAWN or not pending else PENDING


def member_of(whose: Whose, body: dict[str, Any], today: date) -> Member:
    """Return the facts of an enrolment from its body."""
    worker, quote = body["worker"], body["quote"]
    return Member(
        *_head(whose),
        region=_region_of(worker),
        programs=",".join(worker["programs"]),
        tier=quote["tier"],
        start=number_of(Month.parse(worker["start"])),
        months=worker.get("months", 1),
        sector=worker.get("sector", "other"),
        payer=worker.get("payer", "self"),
        owner=int(bool(worker.get("owner"))),
        amount=quote["total"],
        rules=quote["rules"],
        quality=quality_of(worker, today),
    )


def paid_of(whose: Whose, body: dict[str, Any]) -> Paid:
    """Return the facts of a payment from its body."""
    facts = body["payment"]
    moved = datetime.fromisoformat(facts["moved"][facts["money"]])
    if moved.tzinfo is None:  # it would be read on whatever clock this device has
        raise ValueError
    return Paid(
        *_head(whose),
        member=facts["member"],
        programs=",".join(facts["programs"]),
        tier=facts["tier"],
        start=number_of(Month.parse(facts["start"])),
        months=facts["months"],
        sector=facts["sector"],
        payer=facts["payer"],
        owner=int(bool(facts.get("owner"))),
        amount=body["amount"],
        rules=body["rules"],
        money=facts["money"],
        moved=local_day(moved, whose.zone).isoformat(),
    )


def returned_of(whose: Whose, body: dict[str, Any]) -> Returned:
    """Return the facts of a reactivation from its body."""
    worker = body["worker"]
    return Returned(
        *_head(whose),
        member=body["member"] or "",
        start=number_of(Month.parse(worker["start"])),
        months=worker.get("months", 1),
        amount=body["quote"]["total"],
    )


def held_of(
    whose: Whose, body: dict[str, Any], enrolled: int | None = None, paid: int | None = None
) -> Held:
    """Return the facts of an event from its body, and from what its own device knows besides."""
    event, counts = body["event"], body.get("attendees", {})
    return Held(
        *_head(whose)[:6],
        day=event["day"],
        region=event["region"][:4],
        type=event["type"],
        # Those who gave their word were there, even where fewer heads were counted.
        present=max(event["present"], sum(counts.values())),
        interested=sum(counts.get(interest, 0) for interest in INTERESTED),
        enrolled=enrolled,
        paid=paid,
    )


def _head(whose: Whose) -> tuple[str, int, str, str, str, str, str]:
    return (
        whose.id, whose.rev, whose.standing, whose.agent, whose.agent, whose.office, whose.day,
    )  # fmt: skip


def _region_of(worker: dict[str, Any]) -> str:
    """Return the regency where a worker lives; the NIK's where no address says."""
    address = worker.get("address") or {}
    return str(address.get("region") or worker["nik"])[:4]


def quality_of(worker: dict[str, Any], today: date) -> int:
    """Return what is found about a worker's data, as bits of ``QUALITY``."""
    found = {
        "no_phone": not worker.get("phone"),
        "no_address": not worker.get("address"),
        "no_heir": not worker.get("heirs"),
        "one_word_name": len(str(worker.get("name", "")).split()) < 2,
    }
    found |= _nik_findings(worker, today)
    return sum(1 << QUALITY.index(name) for name, is_so in found.items() if is_so)


def _nik_findings(worker: dict[str, Any], today: date) -> dict[str, bool]:
    try:
        nik = parse_nik(str(worker.get("nik", "")), today)
    except InvalidInput:
        return {"nik_unreadable": True}
    doubt = region_doubt(nik.district)
    return {
        "nik_region_unknown": doubt == "unknown",
        "nik_region_retired": doubt == "retired",
        "nik_birth_differs": _differs(worker.get("birth_date"), nik.birth_date.isoformat()),
        "nik_sex_differs": _differs(worker.get("sex"), nik.sex),
    }


def _differs(told: str | None, read: str) -> bool:
    """Tell whether what was told is another than what a NIK says; untold is no other."""
    return bool(told) and told != read


def findings(quality: int) -> list[str]:
    """Return the names of the findings in ``quality``."""
    return [name for bit, name in enumerate(QUALITY) if quality >> bit & 1]
