"""NIKs and phone numbers as cells hold them, and what spreadsheets and hands do to their digits."""

from __future__ import annotations

import re
from decimal import Decimal

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.identity import NIK_LENGTH, clean_nik, parse_nik
from perisai_cli.domain.phones import normalise_phone
from perisai_cli.sheets.draft import Draft
from perisai_cli.sheets.model import Cell
from perisai_cli.sheets.texts import clean, written

_EXACT_DOUBLES = 2**53
"""Above it a number cell holds even numbers alone, whatever was typed: NIKs of Papua lie there."""
_SCIENTIFIC = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]{1,3}")
_AS_FORMULA = re.compile(r'="?([0-9]+)"?')
_FRACTION = re.compile(r"([0-9]+)[.,]0+")
_QUOTES = "'’‘`´\""
_LOOKALIKES = str.maketrans("OoIl|", "00111")
_LABEL = re.compile(r"(?:(?:no|hp|wa|telp|tlp|tel|whatsapp)\b[\s.:/]*)+(?=[+(0-9])", re.I)
_PLAIN_PHONE = re.compile(r"08[0-9]{8,11}", re.ASCII)
_DASHES = str.maketrans("‐‑‒–—_", "------")
_WITHOUT_ZERO = re.compile(r"8[0-9]{8,11}", re.ASCII)

LETTERS, LETTERS_MENDED = "nik.letters", "nik.letters_mended"


def read_nik(draft: Draft, cell: Cell) -> None:
    """Read the NIK, and tell the ways in which a spreadsheet or a hand has damaged it."""
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        _read_number(draft, int(cell))
        return
    text = written(cell).strip(_QUOTES)
    if _SCIENTIFIC.fullmatch(text):
        draft.fault("nik.scientific", "/nik")
        return
    if found := _AS_FORMULA.fullmatch(text):
        text = found[1]
    elif found := _FRACTION.fullmatch(text):
        _read_number(draft, int(found[1]))
        return
    if draft.doubt == "rounded" and text.endswith("0"):
        draft.fault("nik.rounded", "/nik")
        return
    _read_digits(draft, text)


def _read_number(draft: Draft, number: int) -> None:
    """Read a NIK that was typed as a number, of which a spreadsheet keeps fifteen digits."""
    long = number >= 10 ** (NIK_LENGTH - 1)
    lost = number % 10 == 0 or (number > _EXACT_DOUBLES and number % 2 == 0)
    if long and lost:
        draft.fault("nik.rounded", "/nik")
    else:
        _read_digits(draft, str(number))


def _read_digits(draft: Draft, text: str) -> None:
    digits = clean_nik(text)
    if not digits.isdigit():
        _read_with_letters(draft, digits)
        return
    try:
        draft.nik = parse_nik(digits, draft.today)
    except InvalidInput as error:
        draft.fault(error.code, "/nik", **error.problems[0].facts)
    else:
        draft.loose["nik"] = draft.nik.digits


def _read_with_letters(draft: Draft, digits: str) -> None:
    """Keep a NIK with O for 0 or l for 1 until the birth date proves or fails to prove it."""
    mended = digits.translate(_LOOKALIKES)
    if not (mended.isascii() and mended.isdigit()):
        draft.fault("nik.characters", "/nik")
        return
    try:
        draft.nik = parse_nik(mended, draft.today)
    except InvalidInput:
        draft.fault(LETTERS, "/nik")
        return
    draft.loose["nik"] = mended
    draft.warn(LETTERS_MENDED, "/nik")


def settle_letters(draft: Draft, *, proven: bool) -> None:
    """Take back a NIK mended letter by letter unless the birth date beside it says the same."""
    if proven or not any(each.code == LETTERS_MENDED for each in draft.warnings):
        return
    draft.warnings = [each for each in draft.warnings if each.code != LETTERS_MENDED]
    draft.nik = None
    draft.loose.pop("nik", None)
    draft.fault(LETTERS, "/nik")


def read_phone(draft: Draft, cell: Cell) -> None:
    """Read the phone number, with the zero that a number cell loses put back."""
    text = written(cell)
    if _PLAIN_PHONE.fullmatch(text):
        draft.loose["phone"] = "+62" + text[1:]
        return
    text = _LABEL.sub("", clean(text.strip(_QUOTES)).translate(_DASHES))
    if _SCIENTIFIC.fullmatch(text):
        draft.fault("phone.scientific", "/phone")
        return
    if found := _FRACTION.fullmatch(text):
        text = found[1]
    if text.startswith("0062"):
        text = "+" + text[2:]
    bare = text.translate({32: None, 45: None, 46: None})
    if _WITHOUT_ZERO.fullmatch(bare):
        text = "0" + bare
        draft.warn("phone.zero_added", "/phone")
    elif bare.startswith("+620"):  # +62 (0)812…
        text = bare[3:]
    try:
        draft.loose["phone"] = normalise_phone(text)
    except InvalidInput as error:
        draft.fault(error.code, "/phone")
