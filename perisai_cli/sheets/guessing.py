"""What a column holds, by its cells: NIKs, days, phones, sums, sexes, names, and their doubts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from perisai_cli.sheets.model import Cell
from perisai_cli.sheets.texts import NOTHING, clean, plain

_NIK = re.compile(r"['’`]?[0-9][0-9 .\-]{14,22}[0-9]'?")
_SCIENTIFIC = re.compile(r"[1-9][.,][0-9]{2,}E\+?0?1[0-9]", re.I)
_PHONE = re.compile(r"(?:\+?62|0)?8[0-9 .\-]{8,15}")
_DAY = re.compile(r"(?:\w+, ?)?[0-9]{1,4}([-/. ])(?:[0-9]{1,2}|[a-z]{3,9})\1 ?[0-9]{2,4}", re.I)
_PLACE_AND_DAY = re.compile(
    r"[a-z .'()]{3,40}[,/ ]+[0-9]{1,2}[-/. ]+[a-z0-9]+[-/. ]+[0-9]{2,4}", re.I
)
_SUM = re.compile(
    r"rp\.? ?[0-9][0-9.,]+|[0-9]{1,3}(?:[.,][0-9]{3}){1,3}(?:[.,]00)?|[0-9]{6,8}", re.I
)
_COUNT = re.compile(r"(?:[1-9]|[1-5][0-9]|60)(?: ?(?:bulan|bln|months?))?", re.I | re.ASCII)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_NAME = re.compile(r"[^\W\d_][^\d_]{2,58}")
_SEXES = frozenset(
    {"l", "p", "lk", "pr", "m", "f", "w", "laki laki", "perempuan", "pria", "wanita"}
)

ENOUGH = 0.6
"""The part of the filled cells that must look alike."""
MANY = 5
"""Fewer cells than these prove no doubt."""


def _is_nik(cell: Cell) -> bool:
    if isinstance(cell, int) and not isinstance(cell, bool):
        return 10**15 <= cell < 10**16
    if not isinstance(cell, str):
        return False
    text = clean(cell)
    if _SCIENTIFIC.fullmatch(text):
        return True
    digits = sum(each.isdigit() for each in text)
    return digits == 16 and _NIK.fullmatch(text) is not None


def _is_day(cell: Cell) -> bool:
    return isinstance(cell, date) or (isinstance(cell, str) and bool(_DAY.fullmatch(clean(cell))))


def _is_place_and_day(cell: Cell) -> bool:
    return isinstance(cell, str) and _PLACE_AND_DAY.fullmatch(clean(cell)) is not None


def _is_phone(cell: Cell) -> bool:
    text = str(cell) if isinstance(cell, int) else clean(cell) if isinstance(cell, str) else ""
    return _PHONE.fullmatch(text.lstrip("'")) is not None


def _is_sex(cell: Cell) -> bool:
    return isinstance(cell, str) and plain(cell) in _SEXES


def _is_sum(cell: Cell) -> bool:
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return 100_000 <= cell < 10**8
    return isinstance(cell, str) and _SUM.fullmatch(clean(cell)) is not None


def _is_email(cell: Cell) -> bool:
    return isinstance(cell, str) and _EMAIL.fullmatch(clean(cell)) is not None


def _is_name(cell: Cell) -> bool:
    return isinstance(cell, str) and _NAME.fullmatch(clean(cell)) is not None


LOOKS: tuple[tuple[str, Callable[[Cell], bool]], ...] = (
    ("nik", _is_nik),
    ("phone", _is_phone),
    ("birth_date", _is_day),
    ("birth", _is_place_and_day),
    ("sex", _is_sex),
    ("email", _is_email),
    ("income", _is_sum),
)
"""A field to what its cells look like, the surest first."""


def filled(cells: Sequence[Cell]) -> list[Cell]:
    """Return the cells that hold something."""
    return [
        cell
        for cell in cells
        if cell is not None and not (isinstance(cell, str) and clean(cell).lower() in NOTHING)
    ]


def looks_like(cells: Sequence[Cell]) -> str | None:
    """Return the field that most of *cells* look like, if any."""
    held = filled(cells)
    for field, look in LOOKS:
        if held and sum(map(look, held)) >= ENOUGH * len(held):
            return field
    return None


def could_be_names(cells: Sequence[Cell]) -> bool:
    """Tell whether *cells* read like names of people: letters, and nearly all of them different."""
    held = filled(cells)
    different = {clean(cell).lower() for cell in held if isinstance(cell, str)}
    return (
        bool(held)
        and sum(map(_is_name, held)) >= 0.8 * len(held)
        and len(different) >= 0.8 * len(held)
    )


def doubt_of(field: str | None, cells: Sequence[Cell]) -> str | None:
    """Return the doubt that a column's cells show together, or None."""
    held = filled(cells)
    if field == "sex":
        letters = {plain(cell) for cell in held if isinstance(cell, str)}
        return "p_is_man" if {"p", "w"} <= letters and not letters & {"l", "pr"} else None
    if field != "nik":
        return None
    niks = [cell for cell in held if _is_nik(cell)]
    zeros = sum(str(cell).rstrip("'").endswith("0") for cell in niks)
    return "rounded" if len(niks) >= MANY and zeros >= ENOUGH * len(niks) else None


def only_small_numbers(cells: Sequence[Cell]) -> bool:
    """Tell whether *cells* are counts of months: whole numbers from 1 to 60."""
    texts = [str(cell) for cell in filled(cells)]
    return bool(texts) and all(map(_COUNT.fullmatch, texts))
