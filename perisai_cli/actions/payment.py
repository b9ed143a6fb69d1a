"""The ledger as the agent keeps it: money promised, received, remitted and confirmed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any, NamedTuple

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.contribution import quote_json
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.actions.options import Options
from perisai_cli.actions.standing import numbered, open_member, sent_back, wish_of
from perisai_cli.domain import outbox
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.identity import mask_nik
from perisai_cli.domain.ids import new_id
from perisai_cli.domain.ledger import (
    CHANNELS,
    CONFIRMED,
    MONEY,
    PROMISED,
    RECEIVED,
    REFERENCE_LIMIT,
    REMITTED,
    Money,
    Payment,
    arrived_by,
    is_reference,
    moved_on,
    needs_reference,
    spoken_for,
)
from perisai_cli.domain.period import Month, months_from, timestamp
from perisai_cli.domain.terms import MAX_MONTHS
from perisai_cli.protocol.bodies import payment_body
from perisai_cli.rules.contribution import quote_bpu
from perisai_cli.rules.law import load_law
from perisai_cli.rules.owing import owing
from perisai_cli.rules.request import BpuRequest
from perisai_cli.storage.payments import Entered, Payments, payments, payments_of, sums_by_money
from perisai_cli.storage.records import Record

_MOVES: dict[Money, str] = {RECEIVED: "receive", REMITTED: "remit", CONFIRMED: "confirm"}


class Wish(NamedTuple):
    """What is recorded of a payment, as it was typed; None where it was not."""

    start: str | None = None
    months: str | None = None
    money: str | None = None
    channel: str | None = None
    reference: str | None = None


class _Read(NamedTuple):
    start: Month | None
    months: int | None
    money: Money
    channel: str | None
    reference: str | None


GoOn = Callable[[Problem], bool]
"""Asks whether to record money for someone whom the office sent back, given the warning."""


def payment_record(
    app: App, member_id: str, wish: Wish, go_on: GoOn = lambda _warning: True
) -> Result:
    """Record money for a member's next months, as far as it has come.

    Money that was really taken can always be recorded; where the office sent the person's record
    back, a warning says so.

    Raises:
        InvalidInput: ``confirm.no``: *go_on* was asked, and said no.
        InvalidInput: the member is unknown or not open, a value can't be used, or one of the months
            has a payment already.
        NoRuleInForce: the law held no rate in one of the months.
    """
    read = _read(wish, PROMISED)
    with open_desk(app) as desk:
        law, now, day = load_law(), app.clock(), app.today(desk.profile.region)
        record_id = new_id(now)
        returned = sent_back(open_member(desk, member_id))
        if not all(go_on(warning) for warning in returned):
            raise InvalidInput("confirm.no")
        # Which months are free is read and taken at once: two terminals may do this together.
        with desk.store.connection.transaction():
            member = open_member(desk, member_id)
            request = _request(desk, member, read)
            quote = quote_bpu(request, law)
            facts = _facts(member.summary.id, request) | _moved(read, {}, timestamp(now))
            payment = Payment(
                member.summary.id, request.programs, request.start, request.months, quote.total,
                read.money,
            )  # fmt: skip
            body = payment_body(facts, quote, law.digest, day, now)
            _ledger(desk).enter(record_id, payment, body, now)
        data = _told(record_id, 1, member, payment) | {"quote": quote_json(quote)}
        data["pending"] = desk.answers.pending()
    return Result("payment record", data, warnings=(*returned, *quote.warnings))


def payment_move(app: App, payment_id: str, wish: Wish) -> Result:
    """Record that the money of a payment moved on: its next revision, under the same id.

    Raises:
        InvalidInput: the payment is unknown or taken back, or its money can't come there.
    """
    with open_desk(app) as desk:
        record = desk.records.record(payment_id)
        entered = _entered(desk, record)
        read = _read(_by_the_same_channel(wish, record.body["payment"]), None)
        to = moved_on(entered.payment.money, read.money)
        now = app.clock()
        payment = replace(entered.payment, money=to)
        facts = record.body["payment"]
        facts |= _moved(read, facts["moved"], timestamp(now))
        body = record.body | {"payment": facts}
        with desk.store.connection.transaction():
            rev = _ledger(desk).move(entered, payment, body, now)
        member = desk.records.record(payment.member)
        data = _told(entered.id, rev, member, payment) | {"pending": desk.answers.pending()}
    return Result(f"payment {_MOVES[to]}", data, warnings=sent_back(member))


def payment_list(app: App, states: tuple[str, ...], member_id: str | None) -> Result:
    """Return the payments whose money is in *states*, of one member or of all, with sums."""
    known: tuple[Money, ...] = tuple(money for money in MONEY if money in states) or MONEY
    if set(states) - set(MONEY):
        raise InvalidInput("money.unknown", field="/money", choices=", ".join(MONEY))
    with open_desk(app) as desk:
        connection = desk.store.connection
        wanted = None if member_id is None else desk.records.summary(member_id).id
        items = [
            _told(each.id, each.rev, desk.records.record(each.payment.member), each.payment)
            for each in payments(connection, known)
            if wanted in (None, each.payment.member)
        ]
        by_money = sums_by_money(connection)
    sums = {
        money: {"count": by_money.get(money, (0, 0))[0], "amount": by_money.get(money, (0, 0))[1]}
        for money in MONEY
    }
    return Result("payment list", {"count": len(items), "items": items, "sums": sums})


def _read(wish: Wish, otherwise: Money | None) -> _Read:
    """Return a wish with its values read.

    Raises:
        InvalidInput: every value that can't be used.
    """
    options = Options()
    start = options.month("start", wish.start)
    months = options.whole("months", wish.months, 1, MAX_MONTHS)
    if otherwise is None:
        options.need("money", wish.money)
    typed = options.choice("money", wish.money, MONEY, otherwise or PROMISED)
    if wish.channel is not None:
        options.choice("channel", wish.channel, CHANNELS, "")
    if wish.reference is not None and not is_reference(wish.reference):
        options.fault("reference.format", "reference", limit=REFERENCE_LIMIT)
    options.check()
    [money] = [each for each in MONEY if each == typed]
    channel = arrived_by(money, wish.channel)
    if needs_reference(money) and not wish.reference:
        raise InvalidInput("reference.needed", field="/reference")
    return _Read(start, months, money, channel, wish.reference)


def _by_the_same_channel(wish: Wish, facts: dict[str, Any]) -> Wish:
    """Return a wish that names no channel with the one that the money was paid in at."""
    if wish.channel is None and facts["money"] == REMITTED:
        return wish._replace(channel=facts.get("channel"))
    return wish


def _entered(desk: Desk, record: Record) -> Entered:
    if record.summary.kind != outbox.PAYMENT:
        raise InvalidInput("payment.unknown", field="/id")
    member = record.body.get("payment", {}).get("member", "")
    found = [
        each for each in payments_of(desk.store.connection, member) if each.id == record.summary.id
    ]
    if not found:
        raise InvalidInput("record.not_open", field="/id", state=record.summary.state)
    return found[0]


def _request(desk: Desk, member: Record, read: _Read) -> BpuRequest:
    """Return what to price: the months that were said, or the next ones without a payment."""
    summary = member.summary
    held = [each.payment for each in payments_of(desk.store.connection, summary.id)]
    taken = spoken_for(held)
    start = read.start or _next_month(desk, member, held, taken)
    months = read.months or (summary.months if read.start is None and not taken else None) or 1
    doubled = sorted(set(months_from(start, months)) & taken)
    if doubled:
        listed = ", ".join(map(str, doubled))
        raise InvalidInput("payment.months_taken", field="/start", months=listed)
    return wish_of(member)._replace(start=start, months=months)


def _next_month(desk: Desk, member: Record, held: list[Payment], taken: frozenset[Month]) -> Month:
    """Return the month after the last one with a payment, or the first one of all.

    Months that went by unpaid are left out where they do not count any more.
    """
    wish = wish_of(member)
    following = max(taken).plus(1) if taken else wish.start
    day = desk.app.today(desk.profile.region)
    if following >= Month.of(day):
        return following
    number = numbered(desk).get(member.summary.id)
    return max(following, owing(wish, tuple(held), number, day, load_law()).month)


def _facts(member: str, request: BpuRequest) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "member": member,
        "programs": list(request.programs),
        "start": str(request.start),
        "months": request.months,
        "tier": request.tier,
        "sector": request.sector,
        "payer": request.payer,
    }
    return facts | ({"owner": True} if request.owner else {})


def _moved(read: _Read, moved: dict[str, str], at: str) -> dict[str, Any]:
    """Return the members of a payment's facts that tell how far its money has come, and how."""
    facts: dict[str, Any] = {"money": read.money, "moved": moved | {read.money: at}}
    if read.channel is not None:
        facts["channel"] = read.channel
    if read.reference is not None:
        facts["reference"] = read.reference.strip()
    return facts


def _ledger(desk: Desk) -> Payments:
    return Payments(desk.store, desk.profile.agent, desk.store.device.id)


def _told(record_id: str, rev: int, member: Record, payment: Payment) -> dict[str, Any]:
    whole = asdict(payment)
    return whole | {
        "id": record_id,
        "rev": rev,
        "start": str(payment.start),
        "programs": list(payment.programs),
        "nik_masked": mask_nik(str(member.worker.get("nik", ""))),
        "name": member.worker.get("name"),
    }
