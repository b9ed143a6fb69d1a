"""What a calculator is asked for."""

from __future__ import annotations

from typing import NamedTuple

from perisai_cli.domain.period import Month


class BpuRequest(NamedTuple):
    """What a BPU quote is asked for.

    Attributes:
        tier: Tier 1-33.
        programs: Programme codes, in the order in which lines are wanted.
        start: First contribution month.
        months: How many months, 1 or more.
        sector: ``transport`` or ``other``.
        payer: One of ``terms.PAYERS``.
        owner: The member owns a business and employs others.
        income: Declared income in whole rupiah a month, if it is known.
    """

    tier: int
    programs: tuple[str, ...]
    start: Month
    months: int
    sector: str = "other"
    payer: str = "self"
    owner: bool = False
    income: int | None = None
