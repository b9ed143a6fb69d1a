"""Whole rupiah: parsed strictly, printed the Indonesian way."""

from __future__ import annotations

MAX_RUPIAH = 10**12
"""The largest amount that is taken from input (one trillion rupiah); more is a slip of the keys."""


def rupiah(amount: int) -> str:
    """Return *amount* as ``Rp16.800`` (``-Rp16.800`` below zero)."""
    sign = "-" if amount < 0 else ""
    return f"{sign}Rp{abs(amount):,}".replace(",", ".")


def parse_rupiah(text: str) -> int:
    """Return the whole positive rupiah that a person typed, such as ``1500000`` or ``Rp1.500.000``.

    Raises:
        ValueError: not whole positive rupiah, or dots that do not part thousands.
    """
    plain = text.strip()
    if plain[:2].lower() == "rp":
        plain = plain[2:].strip()
    groups = plain.split(".")
    if not all(group.isascii() and group.isdigit() for group in groups):
        raise ValueError
    if len(groups) > 1:
        first, *others = groups
        if len(first) > 3 or first.startswith("0") or any(len(group) != 3 for group in others):
            raise ValueError
    return check_rupiah(int("".join(groups)))


def check_rupiah(amount: object) -> int:
    """Return *amount* when it is a whole positive sum up to ``MAX_RUPIAH``.

    Raises:
        ValueError: a fraction, a boolean, zero, negative, or too large.
    """
    if isinstance(amount, bool) or not isinstance(amount, int):
        raise ValueError  # noqa: TRY004 - one kind of error for every unusable amount
    if not 0 < amount <= MAX_RUPIAH:
        raise ValueError
    return amount
