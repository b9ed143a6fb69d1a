"""Rounding is law too: where no rule was found, half up to a whole rupiah, line by line.

No text on the rounding of percentages was found (the published examples are all exact); the choice
is told beside every amount that it changes.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal


def half_up(amount: Decimal) -> int:
    """Return *amount* rounded half up to a whole rupiah."""
    return int(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def is_exact(amount: Decimal) -> bool:
    """Tell whether *amount* is whole already, so that no rounding is done."""
    return amount == amount.to_integral_value()
