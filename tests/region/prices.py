"""What the made-up region's members owe: the oracle of the law tests, by number of month."""

from __future__ import annotations

from functools import cache

from rules.oracle import price

PROGRAMS = (("jkk", "jkm"), ("jkk", "jkm", "jht"))


@cache
def month_price(
    programs: tuple[str, ...], tier: int, sector: str, payer: str, owner: bool, month: int
) -> int:
    """Return what one month costs, all programmes together, in whole rupiah."""
    return sum(programme_price(each, tier, sector, payer, owner, month) for each in programs)


@cache
def programme_price(
    program: str, tier: int, sector: str, payer: str, owner: bool, month: int
) -> int:
    """Return what one programme costs in one month."""
    return price(tier, program, month // 12 * 100 + month % 12 + 1, sector, payer, owner)


@cache
def total_price(
    programs: tuple[str, ...],
    tier: int,
    sector: str,
    payer: str,
    owner: bool,
    start: int,
    months: int,
) -> int:
    """Return what some months in a row cost."""
    return sum(
        month_price(programs, tier, sector, payer, owner, month)
        for month in range(start, start + months)
    )
