"""What each member of a report's facts may hold: one rule for a book and for the central.

Who recorded something and how it stands is for its source to tell; the rest came in a body that
anybody can have written, and reports rest on it without a second look.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from perisai_cli.domain.facts import QUALITY, Fact, Held, Member, Paid, Returned, number_of
from perisai_cli.domain.ledger import MONEY
from perisai_cli.domain.money import MAX_RUPIAH
from perisai_cli.domain.outreach import EVENT_TYPES, MAX_PRESENT
from perisai_cli.domain.period import Month, parse_day
from perisai_cli.domain.terms import MAX_MONTHS, PAYERS, PROGRAMS, SECTORS

HEAD = 6
"""How many members of every fact tell who recorded it and how it stands; the rest is what it is."""

MAX_TIER = 33
"""How many tiers of income there are (PP 44/2015, Lampiran I); a test compares the law's table."""

_FIRST, _LAST = number_of(Month(2000, 1)), number_of(Month(2999, 12))
_REGION = re.compile(r"[0-9]{2}(?:[0-9]{2})?")
_RULES = re.compile(r"[0-9a-f]{1,64}")
_RECORD = re.compile(r"(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})?")

Form = Callable[[Any], bool]


def unfit(fact: Fact, *, emptied: bool = False) -> str | None:
    """Return the name of the first member that can't be such a record's; None where all can.

    Of an *emptied* record (withdrawn or erased) any member may be blank, too: empty or 0.
    """
    for name, fits, value in zip(fact._fields[HEAD:], _OF[type(fact)], fact[HEAD:], strict=True):
        if not fits(value) and not (emptied and _is_blank(value)):
            return name
    return None


def _is_blank(value: object) -> bool:
    return (type(value) is int and value == 0) or (type(value) is str and not value)


def _whole(low: int, high: int) -> Form:
    return lambda value: type(value) is int and low <= value <= high


def _counted(value: object) -> bool:
    """Tell whether *value* is a number of people; None is for who does not know."""
    return value is None or (type(value) is int and 0 <= value <= MAX_PRESENT)


def _one_of(choices: tuple[str, ...]) -> Form:
    return lambda value: type(value) is str and value in choices


def _written(form: re.Pattern[str]) -> Form:
    return lambda value: type(value) is str and form.fullmatch(value) is not None


def _is_day(value: object) -> bool:
    try:
        return type(value) is str and bool(parse_day(value))
    except ValueError:
        return False


def _are_programs(value: object) -> bool:
    if type(value) is not str:
        return False
    codes = value.split(",")
    return set(codes) <= set(PROGRAMS) and len(set(codes)) == len(codes)


_FORMS: dict[str, Form] = {
    "day": _is_day,
    # Two digits: a place of which the province alone is known.
    "region": _written(_REGION),
    "programs": _are_programs,
    "tier": _whole(1, MAX_TIER),
    "start": _whole(_FIRST, _LAST),
    "months": _whole(1, MAX_MONTHS),
    "sector": _one_of(SECTORS),
    "payer": _one_of(PAYERS),
    "owner": _whole(0, 1),
    "amount": _whole(0, MAX_RUPIAH),
    "rules": _written(_RULES),
    "quality": _whole(0, (1 << len(QUALITY)) - 1),
    "member": _written(_RECORD),
    "money": _one_of(MONEY),
    "moved": _is_day,
    "type": _one_of(EVENT_TYPES),
    "present": _whole(0, MAX_PRESENT),
    "interested": _whole(0, MAX_PRESENT),
    "enrolled": _counted,
    "paid": _counted,
}
_OF: dict[type[Fact], tuple[Form, ...]] = {
    kind: tuple(_FORMS[name] for name in kind._fields[HEAD:])
    for kind in (Member, Paid, Returned, Held)
}
