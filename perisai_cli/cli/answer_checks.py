"""Checks of single answers: what was typed comes in, what is kept comes out, or a fault."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date

from perisai_cli.domain import terms
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.money import parse_rupiah
from perisai_cli.domain.period import Month, parse_day
from perisai_cli.domain.typed_words import name_fault, place_fault

NAME_LIMIT = 60
ADDRESS_LIMIT = 200
_NAME_AND_NUMBER = re.compile(r"(.*\S)\s+([1-9])")
_NO_NAMES = frozenset(("y", "ya", "yes", "t", "n", "tidak", "no"))
_SEXES = {"l": "M", "m": "M", "p": "F", "f": "F", "w": "F"}


def words(code: str, limit: int, *, required: bool) -> Callable[[str], str]:
    """Return a check of free text."""

    def check(typed: str) -> str:
        plain = " ".join(typed.split())
        if required and not plain:
            raise InvalidInput(f"{code}.missing")
        if len(plain) > limit:
            raise InvalidInput(f"{code}.length", limit=limit)
        if not plain.isprintable():
            raise InvalidInput(f"{code}.format")
        return plain

    return check


def name(code: str, *, required: bool) -> Callable[[str], str]:
    """Return a check of a person's name: no number, no signs alone, and no «yes» but typed twice.

    A question too many is easily answered with ``y``; and there are people whose name it is.
    """
    plain_name = _without(name_fault, code, words(code, NAME_LIMIT, required=required))
    doubted: set[str] = set()

    def check(typed: str) -> str:
        plain = plain_name(typed)
        if plain.lower() in _NO_NAMES - doubted:
            doubted.add(plain.lower())
            raise InvalidInput(f"{code}.yes_or_no")
        return plain

    return check


def place(code: str, limit: int, *, required: bool) -> Callable[[str], str]:
    """Return a check of an address or a place: nobody's NIK or phone number."""
    return _without(place_fault, code, words(code, limit, required=required))


def _without(
    fault_of: Callable[[str], str | None], code: str, check: Callable[[str], str]
) -> Callable[[str], str]:
    def checked(typed: str) -> str:
        plain = check(typed)
        if plain and (fault := fault_of(plain)):
            raise InvalidInput(f"{code}.{fault}")
        return plain

    return checked


def numbered(codes: tuple[str, ...], name: str) -> Callable[[str], str]:
    """Return a check of a choice typed as its number or its code."""

    def check(typed: str) -> str:
        if typed in codes:
            return typed
        if typed.isascii() and typed.isdigit() and 1 <= int(typed) <= len(codes):
            return codes[int(typed) - 1]
        raise InvalidInput(f"{name}.unknown", choices=f"1–{len(codes)}")

    return check


def listed(names: Iterable[str]) -> str:
    """Return choices as a question shows them: ``1 spouse, 2 child …``, none broken over lines."""
    whole = (name.replace(" ", "\u00a0") for name in names)
    return ", ".join(f"{number}\u00a0{name}" for number, name in enumerate(whole, 1))


def past_day(today: date) -> Callable[[str], str]:
    """Return a check of a birth date."""

    def check(typed: str) -> str:
        try:
            day = parse_day(typed)
        except ValueError:
            raise InvalidInput("birth_date.format", field="/birth_date") from None
        if day > today:
            raise InvalidInput("birth_date.format", field="/birth_date")
        return day.isoformat()

    return check


def sex(typed: str) -> str:
    """Return ``F`` or ``M`` for the first letter of a word in either language."""
    if typed.lower()[:1] not in _SEXES:
        raise InvalidInput("sex.unknown", field="/sex", choices="F, M")
    return _SEXES[typed.lower()[:1]]


def income(typed: str) -> int:
    """Return a month's income in whole rupiah."""
    try:
        return parse_rupiah(typed)
    except ValueError:
        raise InvalidInput("income.value", field="/income") from None


def month(typed: str) -> str:
    """Return a first contribution month."""
    try:
        return str(Month.parse(typed))
    except ValueError:
        raise InvalidInput("start.format", field="/start") from None


def month_count(typed: str) -> int:
    """Return a number of months."""
    if not (typed.isascii() and typed.isdigit() and 1 <= int(typed) <= terms.MAX_MONTHS):
        raise InvalidInput("months.value", field="/months", low=1, high=terms.MAX_MONTHS)
    return int(typed)


def heir() -> Callable[[str], tuple[str, str | None]]:
    """Return a check that gives an heir's name, and the relationship numbered after it."""
    called = name("heir.name", required=False)

    def check(typed: str) -> tuple[str, str | None]:
        plain = words("heir.name", NAME_LIMIT + 2, required=False)(typed)
        both = _NAME_AND_NUMBER.fullmatch(plain)
        if both is None:
            return called(plain), None
        relationship = numbered(terms.RELATIONSHIPS, "relationship")(both[2])
        return called(both[1]), relationship

    return check
