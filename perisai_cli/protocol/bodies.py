"""Bodies of records: what each kind, a withdrawal and an erasure look like on the wire.

An enrolment::

    {"worker": {…}, "quote": {"total": 50400, "rules": "…", "tier": 1},
     "captured": {"at": …, "day": …}}

It may name the photo of the card, which travels after it (``protocol/blobs.py``)::

    "attachments": [{"kind": "card", "sha256": "…", "size": 81234, "media": "image/jpeg"}]

It may tell what the guard asked about it (``domain/guard.py``); a later answer is a revision with
the same worker::

    "questions": [{"code": "guard.burst", "asked_at": …, "answer": "…", "answered_at": …}]

An event, which names nobody who came::

    {"event": {…}, "attendees": {"now": 3, "later": 5}, "captured": {"at": …, "day": …}}

Money for a member's months, and when it came to each of its states so far::

    {"payment": {"member": …, "programs": […], "start": "2026-12", "months": 3, "tier": 1,
     "sector": "other", "payer": "self", "money": "received", "channel": "cash",
     "moved": {"promised": …, "received": …}},
     "amount": 50400, "rules": "…", "captured": {"at": …, "day": …}}

A reactivation is an enrolment's body that names the member's own record::

    {"member": …, "worker": {…}, "quote": {…}, "captured": {…}}

A withdrawal, and an erasure, of a record of any kind, which carry nothing personal::

    {"withdrawn": {"at": …, "reason": "…"}}
    {"erased": {"at": …, "reason": "…"}}
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from perisai_cli.domain.outreach import Event
from perisai_cli.domain.people import Worker
from perisai_cli.domain.period import timestamp
from perisai_cli.rules.trace import Quote


def enrolment_body(
    worker: Worker, quote: Quote, rules: str, day: date, now: datetime
) -> dict[str, Any]:
    """Return the body of an enrolment captured on the local *day*, at the moment *now*.

    *rules* is the digest of the law that priced it.
    """
    return {
        "worker": worker.as_json(),
        "quote": {"total": quote.total, "tier": quote.tier, "rules": rules},
        "captured": {"at": timestamp(now), "day": day.isoformat()},
    }


def event_body(event: Event, interests: dict[str, int], day: date, now: datetime) -> dict[str, Any]:
    """Return the body of an event recorded on the local *day*, at the moment *now*.

    *interests* counts those who came by what they want.
    """
    attendees = {"attendees": interests} if interests else {}
    captured = {"at": timestamp(now), "day": day.isoformat()}
    return {"event": event.as_json(), **attendees, "captured": captured}


def payment_body(
    facts: dict[str, Any], quote: Quote, rules: str, day: date, now: datetime
) -> dict[str, Any]:
    """Return the body of a payment whose *facts* are those of its member, months and money."""
    return {
        "payment": facts,
        "amount": quote.total,
        "rules": rules,
        "captured": {"at": timestamp(now), "day": day.isoformat()},
    }


def withdrawal_body(reason: str, now: datetime) -> dict[str, Any]:
    """Return the body of a withdrawal: when and why, and nothing else."""
    return {"withdrawn": {"at": timestamp(now), "reason": reason}}


def is_withdrawal(body: dict[str, Any]) -> bool:
    """Tell whether a body withdraws its record."""
    return "withdrawn" in body


def with_attachments(body: dict[str, Any], attachments: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a body that names these photos and no others."""
    return body | {"attachments": attachments}


def attachments_of(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a body says of its photos, oldest kind of body included."""
    return list(body.get("attachments", []))


def with_questions(body: dict[str, Any], asked: list[dict[str, str]]) -> dict[str, Any]:
    """Return a body that tells these questions; without any it is the body as it was before."""
    kept = {name: value for name, value in body.items() if name != "questions"}
    return kept | ({"questions": asked} if asked else {})


def questions_of(body: dict[str, Any]) -> list[dict[str, str]]:
    """Return what a body tells of questions."""
    return list(body.get("questions", []))


def erasure_body(reason: str, now: datetime) -> dict[str, Any]:
    """Return the body of an erasure: when and why, and nothing else."""
    return {"erased": {"at": timestamp(now), "reason": reason}}


def is_erasure(body: dict[str, Any]) -> bool:
    """Tell whether a body erases its record."""
    return "erased" in body
