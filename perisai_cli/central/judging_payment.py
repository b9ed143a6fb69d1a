"""Judges payments and reactivations: the price is worked out again, and each month is paid once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field, ValidationError

from perisai_cli.central.judging import (
    Captured,
    Judgement,
    Laws,
    captured_day,
    clock_doubts,
    judge_enrolment,
    malformed,
    problem_of,
)
from perisai_cli.domain.errors import InvalidInput, NoRuleInForce, Problem
from perisai_cli.domain.ledger import (
    CHANNELS,
    MONEY,
    REFERENCE_LIMIT,
    arrived_by,
    is_reference,
    needs_reference,
)
from perisai_cli.domain.period import Month, months_from
from perisai_cli.domain.terms import MAX_MONTHS, PAYERS, PROGRAMS, SECTORS
from perisai_cli.protocol.messages import Message, RecordId
from perisai_cli.rules.contribution import quote_bpu
from perisai_cli.rules.request import BpuRequest

_MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"
_CODE = r"^[a-z0-9-]{1,20}$"


class _Facts(Message):
    member: RecordId
    programs: list[str] = Field(min_length=1, max_length=len(PROGRAMS))
    start: str = Field(pattern=_MONTH)
    months: int = Field(strict=True, ge=1, le=MAX_MONTHS)
    tier: int = Field(strict=True, ge=1)
    sector: str = Field(pattern=_CODE)
    payer: str = Field(pattern=_CODE)
    owner: bool = Field(default=False, strict=True)
    money: str = Field(pattern=_CODE)
    channel: str | None = Field(default=None, pattern=_CODE)
    reference: str | None = Field(default=None, min_length=1, max_length=40)
    moved: dict[str, datetime]


class _Payment(Message):
    payment: _Facts
    amount: int = Field(strict=True)
    rules: str = Field(max_length=64)
    captured: Captured


def judge_payment(body: dict[str, Any], now: datetime, laws: Laws) -> Judgement:
    """Return the judgement of a payment.

    Raises:
        ValidationError: the body does not have the form of a payment.
    """
    sent = _Payment.model_validate(body)
    day = captured_day(sent.captured)
    if day is None:
        return malformed("/captured/day")
    faults = _faults(sent.payment)
    if faults:
        return Judgement("rejected", problem_of("payment.faults", *faults))
    law = laws.of(sent.rules)
    try:
        total = quote_bpu(_request(sent.payment), law).total
    except (InvalidInput, NoRuleInForce) as error:
        return Judgement("rejected", problem_of("payment.faults", *error.problems))
    if total != sent.amount:
        code = "quote.mismatch" if sent.rules == law.digest else "quote.other_rules"
        wrong = Problem(code, "/amount", {"sent": sent.amount, "computed": total})
        return Judgement("rejected", problem_of(code, wrong))
    months = months_claimed(body["payment"])
    doubts = clock_doubts(day, now, "")
    if doubts:
        return Judgement("held", problem_of(doubts[0].code, *doubts), months=months)
    return Judgement("accepted", months=months)


def judge_reactivation(body: dict[str, Any], now: datetime, laws: Laws) -> Judgement:
    """Return the judgement of a reactivation: that of an enrolment, but it claims no NIK.

    The member stands in the register already, by another record.

    Raises:
        ValidationError: the body does not have the form of a reactivation.
    """
    whole = dict(body)
    member = whole.pop("member", None)
    try:
        _Member.model_validate({"member": member})
    except ValidationError:
        return malformed("/member")
    judged = judge_enrolment(whole, now, laws)
    return Judgement(judged.status, judged.problem)


class _Member(Message):
    member: RecordId | None


def months_claimed(payment: dict[str, Any]) -> tuple[str, ...]:
    """Return a key for each programme and month of a payment: (worker, programme, month)."""
    months = months_from(Month.parse(payment["start"]), payment["months"])
    return tuple(
        f"{payment['member']}/{program}/{month}"
        for month in months
        for program in payment["programs"]
    )


def _request(facts: _Facts) -> BpuRequest:
    return BpuRequest(
        tier=facts.tier,
        programs=tuple(facts.programs),
        start=Month.parse(facts.start),
        months=facts.months,
        sector=facts.sector,
        payer=facts.payer,
        owner=facts.owner,
    )


def _faults(facts: _Facts) -> list[Problem]:
    """Return what a payment says that no payment of this tool's says."""
    known = {
        "/payment/programs": set(facts.programs) <= set(PROGRAMS)
        and len(set(facts.programs)) == len(facts.programs),
        "/payment/sector": facts.sector in SECTORS,
        "/payment/payer": facts.payer in PAYERS,
        "/payment/money": facts.money in MONEY,
        "/payment/channel": facts.channel is None or facts.channel in CHANNELS,
        "/payment/moved": set(facts.moved) <= set(MONEY) and facts.money in facts.moved,
    }
    faults = [Problem("payment.value", pointer) for pointer, fits in known.items() if not fits]
    if faults:
        return faults
    [money] = [each for each in MONEY if each == facts.money]
    if needs_reference(money) and not facts.reference:
        return [Problem("reference.needed", "/payment/reference")]
    if facts.reference is not None and not is_reference(facts.reference):
        return [Problem("reference.format", "/payment/reference", {"limit": REFERENCE_LIMIT})]
    try:
        arrived_by(money, facts.channel)
    except InvalidInput as error:
        return list(error.problems)
    return []
