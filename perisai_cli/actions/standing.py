"""What the ledger and the list of who is due both ask of a member's record."""

from __future__ import annotations

from datetime import date, datetime

from perisai_cli.actions.desk import Desk
from perisai_cli.domain import outbox
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.ledger import RECEIVED
from perisai_cli.domain.money import rupiah
from perisai_cli.domain.period import Month, local_day
from perisai_cli.rules.request import BpuRequest
from perisai_cli.storage.payments import payments_of
from perisai_cli.storage.records import Record


def open_member(desk: Desk, member_id: str) -> Record:
    """Return the record of the member with this id, or the end of one.

    Raises:
        InvalidInput: it is unknown, no enrolment's, or not open.
    """
    record = desk.records.record(member_id)
    if record.summary.kind != outbox.ENROLMENT:
        raise InvalidInput("payment.no_member", field="/member")
    if record.summary.state in (outbox.DRAFT, outbox.WITHDRAWN):
        raise InvalidInput("record.not_open", field="/member", state=record.summary.state)
    return record


def stands(member: Record) -> bool:
    """Tell whether an enrolment is a membership, or may yet become one without being mended.

    Whoever has a number stays a member while a later correction is held, refused or in conflict:
    the central lets what stood before it stand. A duplicate has lost the person to another record.
    """
    state = member.summary.state
    if member.assigned.get("kpj") and state != outbox.DUPLICATE:
        return True
    return state not in outbox.ATTENTION


def sent_back(member: Record) -> tuple[Problem, ...]:
    """Return the warning that belongs beside money for someone whom the office sent back."""
    if stands(member):
        return ()
    return (Problem("payment.sent_back", None, {"state": member.summary.state}),)


def cash_in_hand(desk: Desk, record: Record) -> tuple[Problem, ...]:
    """Return the warning that money lies in the agent's hand for a record that is taken back.

    The record is a member's or a payment's own; money that went on to a channel is told by it.
    """
    summary = record.summary
    member = summary.id if summary.kind == outbox.ENROLMENT else None
    if summary.kind == outbox.PAYMENT:
        member = str(record.body.get("payment", {}).get("member", ""))
    held = payments_of(desk.store.connection, member) if member else ()
    amount = sum(
        each.payment.amount
        for each in held
        if each.payment.money == RECEIVED and summary.id in (each.id, each.payment.member)
    )
    return (Problem("payment.in_hand", None, {"amount": rupiah(amount)}),) if amount else ()


def wish_of(member: Record) -> BpuRequest:
    """Return what a member enrolled for: tier, programmes, sector, payer and first months."""
    summary = member.summary
    assert summary.start  # every enrolment has these three
    assert summary.tier
    assert summary.programs
    return BpuRequest(
        tier=summary.tier,
        programs=tuple(summary.programs.split(",")),
        start=Month.parse(summary.start),
        months=summary.months or 1,
        sector=summary.sector or "other",
        payer=summary.payer or "self",
        owner=bool(member.worker.get("owner")),
    )


def numbered(desk: Desk) -> dict[str, date]:
    """Return the local day on which each record was first accepted, when its number came."""
    found = desk.store.connection.rows(
        "SELECT record_id, min(at) AS at FROM journal WHERE action = 'enrolment.answered'"
        " AND json_extract(facts, '$.verdict') IN ('accepted', 'unchanged') GROUP BY record_id"
    )
    region = desk.profile.region
    return {row["record_id"]: local_day(datetime.fromisoformat(row["at"]), region) for row in found}
