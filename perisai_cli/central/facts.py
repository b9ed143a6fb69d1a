"""The clear facts that stand beside each record for reports: what of its body names nobody.

A body may hold anything until it is accepted. One that does not have its kind's form gives no
facts but the day in its id, so that its record still counts by kind and standing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.fact_forms import unfit
from perisai_cli.domain.facts import Fact, Whose, held_of, member_of, paid_of, returned_of
from perisai_cli.domain.ids import is_id, new_id
from perisai_cli.domain.outbox import ENROLMENT, OUTREACH, PAYMENT, REACTIVATION
from perisai_cli.protocol.messages import ItemProblem

COLUMNS = (
    "day", "region", "programs", "tier", "start", "months", "sector", "payer", "owner", "rules",
    "quality", "member", "money", "moved", "type", "present", "interested",
)  # fmt: skip
"""Columns of a record that hold facts; its ``amount`` is one more, which every body may carry."""

_BEYOND = f"{253_370_764_800_000:012x}"
"""Milliseconds of the year 9999, as an id begins with them: beyond lies no day."""
_NOT_THE_FORM = (
    InvalidInput, AttributeError, LookupError, OverflowError, RecursionError, TypeError, ValueError,
)  # fmt: skip


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
    fact: Fact | None
    try:
        fact = _MAKERS[kind](whose, body)
    except _NOT_THE_FORM:  # a refused body, a withdrawal or an erasure
        fact = None
    if fact is None or unfit(fact) is not None:
        return dict.fromkeys(COLUMNS) | {"day": whose.day}
    found = fact._asdict()
    return {name: found.get(name) for name in COLUMNS}


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
