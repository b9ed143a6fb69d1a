"""Names and places as they are typed anew: no name without a letter, no NIK or number in either.

Names stand unmasked where agents and officers look people up, so what is a secret elsewhere would
be open there. This is a rule of what is typed, not of what is read: a record that holds such words
already stays readable, countable and sendable, and the central goes on taking it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from perisai_cli.domain.errors import Problem
from perisai_cli.domain.reading import Reading

_IN_A_NAME = 8
"""Digits of a name that are one too many, wherever they stand: ``0812345O90`` is a number, too."""

# A house number beside a post code has nine digits at most; a phone number written apart has ten.
_IN_A_PLACE = re.compile(r"\d{8}|\d(?:[ .\u2010-\u2015-]*\d){9}")

Check = Callable[[str], str | None]
"""Returns what is wrong with words, the last part of a code, or None."""


def name_fault(words: str) -> str | None:
    """Return ``no_letters`` or ``digits`` where words can't be a person's name, else None.

    A letter of any script will do, and a single one: there are people who are called so.
    """
    if not any(sign.isalpha() for sign in words):
        return "no_letters"
    return "digits" if sum(sign.isdigit() for sign in words) >= _IN_A_NAME else None


def place_fault(words: str) -> str | None:
    """Return ``digits`` where an address or a place holds a NIK or a phone number, else None."""
    return "digits" if _IN_A_PLACE.search(words) else None


def word_faults(loose: dict[str, Any], held: dict[str, Any] | None = None) -> list[Problem]:
    """Return the faults of names and places in a worker's JSON, whatever else is wrong with it.

    Words that the record *held* before are not typed anew: they bar no correction of other words.
    """
    before = {words for words, _, _, _ in _words(Reading(held or {}, []))}
    return [
        Problem(f"{code}.{fault}", pointer)
        for words, pointer, code, check in _words(Reading(loose, []))
        if words not in before and (fault := check(words))
    ]


def _words(worker: Reading) -> Iterator[tuple[str, str, str, Check]]:
    """Yield names and places, where each stands, its code, and what checks it."""
    for inner, member, code, check in _members(worker):
        words = inner.members.get(member)
        if isinstance(words, str) and words.strip():
            yield words, f"{inner.pointer}/{member}", code, check


def _members(worker: Reading) -> Iterator[tuple[Reading, str, str, Check]]:
    yield worker, "name", "name", name_fault
    yield worker, "birth_place", "birth_place", place_fault
    if address := worker.inner("address", "address"):
        yield address, "text", "address.text", place_fault
        yield address, "village", "address.village", place_fault
    for job in worker.each("occupations", "occupations", 10):
        yield job, "place", "occupation.place", place_fault
    for heir in worker.each("heirs", "heirs", 10):
        yield heir, "name", "heir.name", name_fault
    for child in worker.each("children", "children", 10):
        yield child, "name", "child.name", name_fault
    attestation = worker.inner("attestation", "attestation")
    if witness := attestation and attestation.inner("witness", "witness"):
        yield witness, "name", "witness.name", name_fault
        yield witness, "role", "witness.role", place_fault
