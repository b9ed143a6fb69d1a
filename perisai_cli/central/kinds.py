"""What the kinds of record are to the central: how each is judged, and what money each carries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from pydantic import Field, ValidationError

from perisai_cli.central.judging import Judgement, Laws, judge_enrolment, malformed
from perisai_cli.central.judging_outreach import judge_event
from perisai_cli.central.judging_payment import judge_payment, judge_reactivation
from perisai_cli.domain.outbox import ENROLMENT, OUTREACH, PAYMENT, REACTIVATION, Kind
from perisai_cli.protocol.bodies import is_erasure, is_withdrawal
from perisai_cli.protocol.messages import Message

_JUDGES: dict[Kind, Callable[[dict[str, Any], datetime, Laws], Judgement]] = {
    ENROLMENT: judge_enrolment,
    OUTREACH: judge_event,
    REACTIVATION: judge_reactivation,
    PAYMENT: judge_payment,
}


class _Ended(Message):
    at: datetime
    reason: str = Field(max_length=200)


class _Withdrawal(Message):
    withdrawn: _Ended


class _Erasure(Message):
    erased: _Ended


def judge(kind: Kind, body: dict[str, Any], now: datetime, laws: Laws) -> Judgement:
    """Return the judgement of a body that arrived at the moment *now*."""
    try:
        if is_withdrawal(body):
            _Withdrawal.model_validate(body)
            return Judgement("withdrawn")
        if is_erasure(body):
            _Erasure.model_validate(body)
            return Judgement("erased")
        return _JUDGES[kind](body, now, laws)
    except ValidationError as error:
        return malformed(*_misshapen(error))


def _misshapen(error: ValidationError) -> list[str | None]:
    """Return where a body breaks its form; unknown members are not named, only what holds them."""
    places = (
        fault["loc"][:-1] if fault["type"] == "extra_forbidden" else fault["loc"]
        for fault in error.errors(include_input=False)
    )
    pointers = dict.fromkeys("".join(f"/{step}" for step in place) for place in places)
    return [pointer or None for pointer in pointers]


def amount_of(kind: Kind, body: dict[str, Any]) -> int | None:
    """Return the rupiah that a body carries, as sent; None where it carries no whole number.

    An enrolment and a reactivation carry what they quote, every other kind its ``amount``. A
    refused body may hold anything in its place, and a withdrawal carries nothing.
    """
    quote = body.get("quote")
    quoted = quote.get("total") if isinstance(quote, dict) else None
    total = quoted if kind in (ENROLMENT, REACTIVATION) else body.get("amount")
    return total if type(total) is int else None


def is_numbered(kind: Kind) -> bool:
    """Tell whether accepted records of a kind are given a membership number."""
    return kind == ENROLMENT
