"""Clocks, days and months of the made-up region, told without the package.

A moment is whole seconds since 1970 in UTC; a month is a number: ``year * 12 + month - 1``.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache

HOURS_AHEAD = dict.fromkeys(("51", "52", "53"), 8) | dict.fromkeys(
    ("91", "92", "93", "94", "95", "96"), 9
)
"""Bali and both Nusa Tenggara go eight hours before UTC, Papua nine."""

DAY = 86_400
_FIRST = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Return how many days after 1970 began a day is."""
    return (day - _FIRST).days


def local_number(moment: int, zone: str) -> int:
    """Return the number of the day that a clock in *zone* shows at a moment."""
    return (moment + HOURS_AHEAD[zone[:2]] * 3600) // DAY


@lru_cache(maxsize=4096)
def day_text(number: int) -> str:
    """Return the day of a number as ``YYYY-MM-DD``."""
    return (_FIRST + timedelta(days=number)).isoformat()


@lru_cache(maxsize=4096)
def month_of_day(number: int) -> int:
    """Return the month that the day of this number lies in."""
    day = _FIRST + timedelta(days=number)
    return day.year * 12 + day.month - 1


def month_number(text: str) -> int:
    """Return the number of the month written ``YYYY-MM``."""
    year, month = text.split("-")
    return int(year) * 12 + int(month) - 1


def month_text(number: int) -> str:
    """Return the month of a number as ``YYYY-MM``."""
    return f"{number // 12:04}-{number % 12 + 1:02}"


@lru_cache(maxsize=4096)
def first_day(month: int) -> int:
    """Return the number of a month's first day."""
    return day_number(date(month // 12, month % 12 + 1, 1))


def last_day(month: int) -> int:
    """Return the number of a month's last day."""
    return first_day(month) + calendar.monthrange(month // 12, month % 12 + 1)[1] - 1


def utc_text(moment: int) -> str:
    """Return a moment as the wire writes it."""
    told = datetime.fromtimestamp(moment, UTC)
    return told.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


MIDNIGHTS = tuple(
    int(datetime(2025, 12, 31, hour, minute, second, tzinfo=UTC).timestamp())
    for hour, minute, second in ((14, 59, 59), (15, 0, 0), (15, 59, 59), (16, 0, 0))
)
"""The last second of 2025 and the first of 2026, in Papua and then in Bali."""
