"""What a month costs a self-employed member of each sector, and when that changes."""

from __future__ import annotations

from typing import NamedTuple

from perisai_cli.domain.errors import NoRuleInForce
from perisai_cli.domain.period import Month
from perisai_cli.domain.terms import SECTORS
from perisai_cli.rules.contribution import quote_bpu
from perisai_cli.rules.law import Law
from perisai_cli.rules.request import BpuRequest
from perisai_cli.rules.trace import Line

PROGRAMS = ("jkk", "jkm")
LOWEST_TIER = 1
_MONTHS_AHEAD = 36


class SectorPrice(NamedTuple):
    """One month's price in whole rupiah for a member who pays for themselves.

    Attributes:
        sector: ``transport`` or ``other``.
        month: The month that it is the price of.
        base: Income base of the tier.
        lines: A line for each programme, with its relief and its law.
        until: Last month with this price, or None where no change is known.
        later: The price in the month after *until*, or None likewise.
    """

    sector: str
    month: Month
    base: int
    lines: tuple[Line, ...]
    until: Month | None
    later: int | None

    @property
    def total(self) -> int:
        """What the month costs."""
        return sum(line.amount for line in self.lines)

    @property
    def full(self) -> int:
        """What it would cost without any relief."""
        return sum(line.full_amount for line in self.lines)


def sector_prices(month: Month, law: Law, tier: int = LOWEST_TIER) -> dict[str, SectorPrice]:
    """Return the price of JKK and JKM in *month* for each sector.

    Raises:
        NoRuleInForce: a programme has no rate in *month*.
    """
    return {sector: _price(sector, month, law, tier) for sector in SECTORS}


def _price(sector: str, month: Month, law: Law, tier: int) -> SectorPrice:
    present = quote_bpu(BpuRequest(tier, PROGRAMS, month, 1, sector), law)
    for ahead in range(1, _MONTHS_AHEAD + 1):
        try:
            later = quote_bpu(BpuRequest(tier, PROGRAMS, month.plus(ahead), 1, sector), law).total
        except NoRuleInForce:
            break
        if later != present.total:
            until = month.plus(ahead - 1)
            return SectorPrice(sector, month, present.base, present.lines, until, later)
    return SectorPrice(sector, month, present.base, present.lines, None, None)
