"""The clear facts that stand beside each record for reports: what of its body names nobody.

A body may hold anything until it is accepted. One that does not have its kind's form gives no
facts but the day in its id, so that its record still counts by kind and standing.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.facts import Fact, Whose, held_of, member_of, paid_of, returned_of
from perisai_cli.domain.ids import is_id, new_id
from perisai_cli.domain.ledger import MONEY
from perisai_cli.domain.outbox import ENROLMENT, OUTREACH, PAYMENT, REACTIVATION
from perisai_cli.domain.outreach import EVENT_TYPES
from perisai_cli.domain.terms import MAX_MONTHS, PAYERS, PROGRAMS, SECTORS
from perisai_cli.protocol.messages import ItemProblem

COLUMNS = (
    "day", "region", "programs", "tier", "start", "months", "sector", "payer", "owner", "rules",
    "quality", "member", "money", "moved", "type", "present", "interested",
)  # fmt: skip
"""Columns of a record that hold facts; its ``amount`` is one more, which every body may carry."""

_MOST = 2**53
_BEYOND = f"{253_370_764_800_000:012x}"
"""Milliseconds of the year 9999, as an id begins with them: beyond lies no day."""
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_REGION = re.compile(r"[0-9]{4}")
_RULES = re.compile(r"[!-~]{0,64}")
_RECORD = re.compile(r"([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})?")
_NOT_THE_FORM = (
    InvalidInput, AttributeError, LookupError, OverflowError, RecursionError, TypeError, ValueError,
)  # fmt: skip

_Form = Callable[[Any], bool]


def facts_of(
    kind: str, body: dict[str, Any], record_id: str, region: str, now: datetime
) -> dict[str, Any]:
    """Return the columns of ``COLUMNS`` for a body; what does not belong to its kind is None.

    Args:
        kind: What the record is.
        body: What was sent, whatever it holds.
        record_id: In a UUIDv7 lies the moment of its first draft.
        region: Where the device's clock is, four digits.
        now: The moment it arrived, for ids that hold none.
    """
    whose = Whose(record_id if _is_dated(record_id) else new_id(now), 1, "", "", "", region)
    try:
        found = _MAKERS[kind](whose, body)._asdict()
    except _NOT_THE_FORM:  # a refused body, a withdrawal or an erasure
        found = {}
    if found and all(fits(found[name]) for name, fits in _FORMS.items() if name in found):
        return {name: found.get(name) for name in COLUMNS}
    return dict.fromkeys(COLUMNS) | {"day": whose.day}


def codes_of(problem: ItemProblem | None) -> str | None:
    """Return why a record waits or was sent back, each code once, as its column has it."""
    if problem is None or not problem.errors:
        return None
    return ",".join(dict.fromkeys(error.code for error in problem.errors))


def _is_dated(record_id: str) -> bool:
    """Tell whether an id holds a moment of a year that the calendar has."""
    return is_id(record_id) and record_id[:8] + record_id[9:13] < _BEYOND


def _member(whose: Whose, body: dict[str, Any]) -> Fact:
    return member_of(whose, body, date.fromisoformat(whose.day))


_MAKERS: dict[str, Callable[[Whose, dict[str, Any]], Fact]] = {
    ENROLMENT: _member,
    PAYMENT: paid_of,
    REACTIVATION: returned_of,
    OUTREACH: held_of,
}


def _whole(low: int, high: int) -> _Form:
    return lambda value: type(value) is int and low <= value <= high


def _one_of(choices: tuple[str, ...]) -> _Form:
    return lambda value: value in choices


def _written(form: re.Pattern[str]) -> _Form:
    return lambda value: type(value) is str and form.fullmatch(value) is not None


_FORMS: dict[str, _Form] = {
    "day": _written(_DAY),
    "region": _written(_REGION),
    "programs": lambda value: set(value.split(",")) <= set(PROGRAMS),
    "tier": _whole(0, _MOST),
    "months": _whole(1, MAX_MONTHS),
    "sector": _one_of(SECTORS),
    "payer": _one_of(PAYERS),
    "amount": _whole(-_MOST, _MOST),
    "rules": _written(_RULES),
    "member": _written(_RECORD),
    "money": _one_of(MONEY),
    "type": _one_of(EVENT_TYPES),
    "present": _whole(0, _MOST),
    "interested": _whole(0, _MOST),
}
