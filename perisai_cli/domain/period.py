"""Months, ranges of months, days as the law and people write them, and Indonesia's three clocks."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


_YEARS = range(1, 3000)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

WIB = timezone(timedelta(hours=7), "WIB")
WITA = timezone(timedelta(hours=8), "WITA")
WIT = timezone(timedelta(hours=9), "WIT")

# Keppres 41/1987: Bali, both Nusa Tenggara, Sulawesi, and Kalimantan but for its west and middle;
# Maluku and Papua are an hour further on.
_WITA_PROVINCES = frozenset(
    {"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"}
)
_WIT_PROVINCES = frozenset({"81", "82", "91", "92", "93", "94", "95", "96"})


class Month(NamedTuple):
    """A calendar month, the unit in which contributions are owed."""

    year: int
    month: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Return the month written ``YYYY-MM``.

        Raises:
            ValueError: another form, a month outside 01-12, or a year from 3000 on, which is a
                slip of the keys (and leaves room to add months to any month that was typed).
        """
        year, month = _numbers(text, (4, 2))
        if year not in _YEARS or not 1 <= month <= 12:
            raise ValueError
        return cls(year, month)

    @classmethod
    def of(cls, day: date) -> Month:
        """Return the month that *day* lies in."""
        return cls(day.year, day.month)

    def plus(self, months: int) -> Month:
        """Return the month *months* later (earlier when negative)."""
        index = self.year * 12 + self.month - 1 + months
        return Month(index // 12, index % 12 + 1)

    def first_day(self) -> date:
        """Return the first day of this month."""
        return date(self.year, self.month, 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"


def _numbers(text: str, widths: tuple[int, ...]) -> list[int]:
    """Return the numbers between the dashes of *text*, each of its width in ASCII digits."""
    parts = text.split("-")
    if tuple(map(len, parts)) != widths or not all(p.isascii() and p.isdigit() for p in parts):
        raise ValueError
    return [int(part) for part in parts]


def months_from(start: Month, count: int) -> Iterator[Month]:
    """Yield *count* months, *start* first."""
    return (start.plus(offset) for offset in range(count))


def parse_day(text: str) -> date:
    """Return the day written ``YYYY-MM-DD``.

    Raises:
        ValueError: another form, or no such day.
    """
    if _DAY.fullmatch(text) is None:
        raise ValueError
    return date.fromisoformat(text)


def age_on(birth: date, day: date) -> int:
    """Return the age in whole years of someone born on *birth*, on *day*."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def zone_of(region: str) -> timezone:
    """Return the clock of the province that a region code begins with (WIB unless WITA or WIT)."""
    province = region[:2]
    if province in _WITA_PROVINCES:
        return WITA
    return WIT if province in _WIT_PROVINCES else WIB


def local_day(moment: datetime, region: str) -> date:
    """Return the calendar day at *moment* where *region* lies."""
    return moment.astimezone(zone_of(region)).date()


def timestamp(moment: datetime) -> str:
    """Return *moment* as UTC text to the second, as it is stored and sent."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
