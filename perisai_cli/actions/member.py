"""Where one member stands: the payments and reactivations of a record, and the cover they give."""

from __future__ import annotations

from datetime import date
from typing import Any

from perisai_cli.actions.desk import Desk
from perisai_cli.actions.standing import numbered
from perisai_cli.domain import outbox
from perisai_cli.domain.ledger import confirmed_months
from perisai_cli.rules.cover import Cover, Membership, state_on
from perisai_cli.rules.law import load_law
from perisai_cli.storage.payments import payments_of
from perisai_cli.storage.records import Record

NOT_COVERED, NUMBERED, WITHDRAWN = "not_covered", "number_given", "withdrawn"
"""Cover of whoever has no number, no confirmed month yet, or no enrolment that stands."""


def standing(desk: Desk, record: Record) -> dict[str, Any]:
    """Return a member's cover, payments and reactivations as JSON values."""
    cover = _cover(desk, record)
    until = cover.until if isinstance(cover, Cover) else None
    grace = cover.grace_until if isinstance(cover, Cover) else None
    return {
        "cover": cover.state if isinstance(cover, Cover) else cover,
        "covered_until": until.isoformat() if until else None,
        "lapses_after": grace.isoformat() if grace else None,
        "payments": _payments(desk, record.summary.id),
        "reactivations": _reactivations(desk, record.summary.id),
    }


def _cover(desk: Desk, record: Record) -> Cover | str:
    """Return the cover that confirmed money gives, or why there can't be any yet."""
    if record.summary.state == outbox.WITHDRAWN:
        return WITHDRAWN
    if not record.assigned:
        return NOT_COVERED
    connection, region = desk.store.connection, desk.profile.region
    held = payments_of(connection, record.summary.id)
    number = numbered(desk).get(record.summary.id, date.max)
    paid = confirmed_months(each.payment for each in held if each.stands)
    cover = state_on(desk.app.today(region), Membership(paid, number), load_law())
    return NUMBERED if cover.until is None else cover


def _payments(desk: Desk, member: str) -> list[dict[str, Any]]:
    return [
        {
            "id": each.id,
            "rev": each.rev,
            "state": each.state,
            "start": str(each.payment.start),
            "months": each.payment.months,
            "amount": each.payment.amount,
            "money": each.payment.money,
        }
        for each in payments_of(desk.store.connection, member)
    ]


def _reactivations(desk: Desk, member: str) -> list[dict[str, Any]]:
    found = desk.store.connection.rows(
        "SELECT id, rev, state, start, months, amount FROM records"
        " WHERE member_id = ? AND kind = ? AND state <> 'withdrawn' ORDER BY id",
        member, outbox.REACTIVATION,
    )  # fmt: skip
    return [dict(row) for row in found]
