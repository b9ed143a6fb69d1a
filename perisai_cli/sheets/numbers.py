"""Numbers as spreadsheets keep them: exact, without the noise of binary fractions, or days."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Context, Decimal, InvalidOperation

FIRST_DAY_1900 = date(1899, 12, 30)
FIRST_DAY_1904 = date(1904, 1, 1)

_EXCEL_DIGITS = Context(prec=15)  # what Excel keeps and shows; the rest is noise of its binary
_LARGEST = 10**30
_LAST_SERIAL = 2_958_465  # 31 December 9999
_WHOLE = re.compile(r"-?[0-9]{1,30}", re.ASCII)
_BUILT_IN_DAYS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
_NOT_A_PATTERN = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')


def exact(text: str) -> int | Decimal:
    """Return the number in *text* as an int where it is whole.

    Raises:
        ValueError: no number, none that is finite, or one beyond all measure.
    """
    if _WHOLE.fullmatch(text):
        return int(text)
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise ValueError from None
    if not number.is_finite() or abs(number) >= _LARGEST or number.adjusted() < -100:
        raise ValueError
    if number != number.to_integral_value():
        number = number.normalize(_EXCEL_DIGITS)
    return int(number) if number == number.to_integral_value() else number


def day_of(serial: int | Decimal, first_day: date) -> date | None:
    """Return the day with this *serial*, or None where there is none, as on Excel's 29 Feb 1900."""
    days = int(serial)
    if not 1 <= days <= _LAST_SERIAL - 1500:
        return None
    if first_day == FIRST_DAY_1900 and days <= 60:
        # Excel takes 1900 for a leap year: its days up to 28 February are one further on.
        return None if days == 60 else first_day + timedelta(days + 1)
    return first_day + timedelta(days)


def shows_days(format_id: int, pattern: str | None) -> bool:
    """Tell whether a number format shows its numbers as days."""
    if pattern is None:
        return format_id in _BUILT_IN_DAYS
    plain = _NOT_A_PATTERN.sub("", pattern.split(";")[0]).lower()
    if plain in ("general", "standard"):
        return False
    return any(letter in plain for letter in "dy") or "mmm" in plain
