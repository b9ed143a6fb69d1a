"""Finds people by what somebody remembers of them: part of a name, slips and all, or of a NIK."""

from __future__ import annotations

import re
import unicodedata
from typing import Any, NamedTuple

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.identity import NIK_LENGTH, clean_nik

MAX_TYPED = 80
_LEAST_LETTERS, _LEAST_DIGITS = 2, 3
_WHOLE, _BEGINS, _WITHIN = 100, 95, 90
_NEAR_ENOUGH = 80
_LONG = 5  # letters; a part of a name that is shorter than this is near nearly every name
_NOT_WORDS = re.compile(r"[^0-9a-z]+")


class Sought(NamedTuple):
    """What is looked for: the digits of a NIK, or else words of a name in plain letters."""

    digits: str
    words: str

    @property
    def empty(self) -> bool:
        """Nothing was typed, which everybody fits."""
        return not (self.digits or self.words)


def read_sought(typed: str) -> Sought:
    """Return what the person typed, ready to be compared.

    Raises:
        InvalidInput: ``search.too_short``: almost everybody would fit.
    """
    digits = clean_nik(typed)
    if digits.isascii() and digits.isdigit():
        if not _LEAST_DIGITS <= len(digits) <= NIK_LENGTH:
            raise InvalidInput("search.too_short", letters=_LEAST_LETTERS, digits=_LEAST_DIGITS)
        return Sought(digits, "")
    words = plain(typed[:MAX_TYPED])
    if len(words) < _LEAST_LETTERS:
        raise InvalidInput("search.too_short", letters=_LEAST_LETTERS, digits=_LEAST_DIGITS)
    return Sought("", words)


def plain(words: str) -> str:
    """Return words in small letters without accents or signs, one space between them."""
    apart = unicodedata.normalize("NFKD", words).replace("'", "")
    bare = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return _NOT_WORDS.sub(" ", bare.lower()).strip()


def fit(sought: Sought, worker: dict[str, Any]) -> int:
    """Return how well a worker fits, 100 the best; 0 for a worker who was not meant."""
    if sought.digits:
        return _nik_fit(sought.digits, str(worker.get("nik", "")))
    return _name_fit(sought.words, plain(str(worker.get("name", ""))))


def _nik_fit(digits: str, nik: str) -> int:
    if digits not in nik:
        return 0
    if digits == nik:
        return _WHOLE
    return _BEGINS if nik.startswith(digits) or nik.endswith(digits) else _WITHIN


def _name_fit(words: str, name: str) -> int:
    """Compare with and without the spaces, since people part names differently (Ni Luh, Niluh)."""
    from rapidfuzz import fuzz

    joined, whole = words.replace(" ", ""), name.replace(" ", "")
    if not whole:
        return 0
    if joined == whole:
        return _WHOLE
    if f" {words}" in f" {name}":
        return _BEGINS
    if joined in whole:
        return _WITHIN
    near = max(fuzz.ratio(joined, whole), *(fuzz.ratio(joined, part) for part in name.split()))
    if _LONG <= len(joined) < len(whole):
        near = max(near, fuzz.partial_ratio(joined, whole))
        near = max(near, fuzz.partial_token_sort_ratio(words, name) if " " in words else 0)
    return min(int(near), _WITHIN - 1) if near >= _NEAR_ENOUGH else 0
