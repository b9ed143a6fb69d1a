"""The NIK: sixteen digits that say where and when a person was first registered.

Six digits of district, the birth date as DDMMYY with 40 added to a woman's day, a serial number.
There is no check digit, so a NIK can be impossible but never proven right.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.period import age_on

NIK_LENGTH = 16
_SEPARATORS = str.maketrans("", "", " .-\u00a0\t\u2010\u2011\u2012\u2013\u2014")
_LIKELY_AGES = range(15, 111)


@dataclass(frozen=True, slots=True)
class Nik:
    """A NIK taken apart.

    Attributes:
        digits: The sixteen digits; shown to nobody but through ``mask_nik``.
        district: Code of the district that issued it, perhaps retired since.
        birth_date: The day that it encodes, in the likelier century.
        sex: ``F`` or ``M``.
        century_ambiguous: Neither century gives an age of 15 to 110.
    """

    digits: str
    district: str
    birth_date: date
    sex: str
    century_ambiguous: bool


def clean_nik(text: str) -> str:
    """Return *text* without the spaces, dots and dashes that people write in a NIK."""
    return text.translate(_SEPARATORS)


@lru_cache(maxsize=8)  # a row's NIK is taken apart where it is read and where it is checked
def parse_nik(text: str, today: date) -> Nik:
    """Return the NIK in *text*, taken apart as seen on *today*.

    Raises:
        InvalidInput: ``nik.characters``, ``nik.length``, ``nik.region``, ``nik.date`` or
            ``nik.serial``.
    """
    digits = clean_nik(text)
    if not (digits.isascii() and digits.isdigit()):
        raise InvalidInput("nik.characters")
    if len(digits) != NIK_LENGTH:
        raise InvalidInput("nik.length", count=len(digits))
    if "00" in (digits[:2], digits[2:4], digits[4:6]):
        raise InvalidInput("nik.region")
    if digits[12:] == "0000":
        raise InvalidInput("nik.serial")
    day = int(digits[6:8])
    woman = day > 40
    birth, ambiguous = _birth_date(day - 40 if woman else day, digits[8:10], digits[10:12], today)
    return Nik(digits, digits[:6], birth, "F" if woman else "M", ambiguous)


def _birth_date(day: int, month: str, year: str, today: date) -> tuple[date, bool]:
    """Return the likelier of the days that a two-digit year allows, and whether it is a guess."""
    possible: list[date] = []
    for century in (2000, 1900):
        try:
            birth = date(century + int(year), int(month), day)
        except ValueError:  # 29 February exists in one century only, or the date in none
            continue
        if birth <= today:
            possible.append(birth)
    if not possible:
        raise InvalidInput("nik.date")
    likely = [birth for birth in possible if age_on(birth, today) in _LIKELY_AGES]
    return (likely[0], False) if likely else (possible[0], True)


def mask_nik(digits: str) -> str:
    """Return a NIK fit for a screen, a log or an export: four digits, stars, four digits.

    The birth date, which would tell a person apart, is hidden.
    """
    if len(digits) != NIK_LENGTH:
        return "*" * NIK_LENGTH
    return f"{digits[:4]}{'*' * 8}{digits[-4:]}"


def mask_name(name: str) -> str:
    """Return the initials of *name* (``N. L. S.``), enough to tell two rows of an export apart."""
    return " ".join(f"{word[0]}." for word in name.split())
