"""Sums of money as people write them in a cell: whole rupiah, or a fault where they mean two."""

from __future__ import annotations

import re
from decimal import Decimal

from perisai_cli.domain.money import MAX_RUPIAH
from perisai_cli.sheets.draft import Draft
from perisai_cli.sheets.model import Cell
from perisai_cli.sheets.texts import written

_PLAIN = re.compile(r"[0-9]+(?:[.,]0{1,2})?", re.ASCII)
_GROUPED = re.compile(r"([0-9]{1,3}(?:([.,])[0-9]{3})(?:\2[0-9]{3})*)(?:([.,])0{1,2})?", re.ASCII)
_UNIT = re.compile(r"([0-9]+(?:[.,][0-9]+)*) ?(jt|juta|jutaan|mio|rb|ribu|ribuan|k)\.?", re.ASCII)
_BEFORE = re.compile(r"^(?:(?:rp|idr|kurang lebih|sekitar|kira-kira|±|\+/-|~|:)\.? ?)+")
_AFTER = re.compile(
    r"(?:,-|\.-|,--|-)?(?: ?(?:/|per|se) ?(?:bulan|bln|month|mo))?(?: ?rupiah)?(?:,-|-)?$"
)
_RANGE = re.compile(r"[0-9][^0-9]*(?:-|–|s/d|sd|sampai|to)[^0-9]*[0-9]")
_UNLIKELY, _CLEAR = 100_000, 10_000
"""Below the first a month's income is asked about; below the second, dots can mean millions."""

POINTER = "/income"


def read_income(draft: Draft, cell: Cell) -> None:
    """Read the monthly income."""
    amount: int | None
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        amount = int(cell) if cell == int(cell) else None
        if amount is None:
            draft.fault("income.value", POINTER)
    else:
        amount = _of_text(draft, written(cell).lower())
    if amount is None:
        return
    if not 0 < amount <= MAX_RUPIAH:
        draft.fault("income.value", POINTER)
        return
    if amount < _UNLIKELY:
        draft.warn("income.small", POINTER)
    draft.loose["income"] = amount


def _of_text(draft: Draft, text: str) -> int | None:
    plain = _AFTER.sub("", _BEFORE.sub("", text)).strip()
    if _PLAIN.fullmatch(plain):
        return int(re.split("[.,]", plain)[0])
    if found := _GROUPED.fullmatch(plain):
        # 1.500 may be fifteen hundred or one and a half million; 1.500,00 and 850.000 are clear.
        amount = int(re.sub("[.,]", "", found[1]))
        if found[3] == found[2]:
            draft.fault("income.value", POINTER)
        elif amount < _CLEAR and not found[3]:
            draft.fault("income.ambiguous", POINTER)
        else:
            return amount
        return None
    if found := _UNIT.fullmatch(plain):
        return _of_unit(draft, found[1], found[2])
    draft.fault("income.range" if _RANGE.search(plain) else "income.value", POINTER)
    return None


def _of_unit(draft: Draft, number: str, unit: str) -> int | None:
    """Return a sum such as ``1,5 jt`` or ``750 rb``."""
    worth = 10**6 if unit in ("jt", "juta", "jutaan", "mio") else 1000
    parts = re.split("[.,]", number)
    if len(parts) == 1:
        amount = Decimal(parts[0])
    elif len(parts) == 2 and not (len(parts[1]) == 3 and worth == 10**6):
        thousands = worth == 1000 and len(parts[1]) == 3
        amount = Decimal("".join(parts) if thousands else ".".join(parts))
    else:
        draft.fault("income.ambiguous", POINTER)
        return None
    amount *= worth
    if amount != int(amount):
        draft.fault("income.value", POINTER)
        return None
    return int(amount)
