"""A bill of percentages: what is owed for employees or a building site, line by line.

Every percentage is taken of the whole base at once and rounded once; a relief is a factor of it,
as PP 49/2020 writes it (1 % times 0,24 % of the wage).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from perisai_cli.domain.errors import Problem
from perisai_cli.domain.money import rupiah
from perisai_cli.domain.period import Month
from perisai_cli.rules.benefit import doubts as doubts_of
from perisai_cli.rules.benefit import in_percent
from perisai_cli.rules.law import Law
from perisai_cli.rules.parameter import Value
from perisai_cli.rules.relief import Waived
from perisai_cli.rules.rounding import half_up, is_exact
from perisai_cli.rules.trace import Line, sums, totals_of


class Bill(NamedTuple):
    """What is to be paid, line by line, with what belongs beside it.

    Attributes:
        lines: What is owed; their sum is the total.
        warnings: Doubts and conditions to tell beside the number.
        information: What others put in or what is inside a line already; never in the total.
        deferred: What of the lines may be paid later; it stays in the total.
    """

    lines: tuple[Line, ...]
    warnings: tuple[Problem, ...]
    information: tuple[Line, ...] = ()
    deferred: tuple[Line, ...] = ()

    @property
    def total(self) -> int:
        """Whole rupiah over all lines."""
        return sum(line.amount for line in self.lines)

    def by(self, attribute: str) -> dict[str, int]:
        """Return the amounts summed by an attribute of the lines, in order of appearance."""
        return sums(self.lines, attribute)

    def as_json(self) -> dict[str, Any]:
        """Return the bill as JSON values (``cli.md``: the contract of calculators)."""
        return {
            "total": self.total,
            "lines": [line.as_json() for line in self.lines],
            "totals": totals_of(self.lines),
            "information": [line.as_json() for line in self.information],
            "deferred": [line.as_json() for line in self.deferred],
        }


class Charge(NamedTuple):
    """What a line is made of, before it is worked out.

    Attributes:
        code: Programme, or the part of one.
        borne_by: Who bears it.
        pieces: Rates and the whole rupiah that each is taken of; their products are summed.
        law: The values that it rests on, the rate first.
    """

    code: str
    borne_by: str
    pieces: tuple[tuple[Decimal, int], ...]
    law: tuple[Value, ...]


def line_of(charge: Charge, month: Month, law: Law, waived: Waived | None = None) -> Line:
    """Return *charge* worked out for *month*, less what a relief waives.

    An amount that is no whole rupiah is rounded half up and cites that rule of this tool.

    Raises:
        NoRuleInForce: the rounding is wanted in a month before all rules.
    """
    full = sum((rate * base for rate, base in charge.pieces), Decimal(0))
    left = 1 - Decimal(waived.value.value) if waived else Decimal(1)
    relieved = (waived.value,) if waived else ()
    exact = is_exact(full) and is_exact(full * left)
    rounded = () if exact else (law.parameter("rounding.percentages").on(month),)
    return Line(
        code=charge.code,
        borne_by=charge.borne_by,
        month=str(month),
        amount=half_up(full * left),
        full_amount=half_up(full),
        relief=waived.code if waived else None,
        base=sum(base for _, base in charge.pieces),
        law=(*charge.law, *relieved, *rounded),
        working=_working(charge.pieces, left),
    )


def _working(pieces: tuple[tuple[Decimal, int], ...], left: Decimal) -> str:
    """Return the arithmetic, such as ``1 % × (0,24 % × Rp3.000.000)``."""
    whole = " + ".join(f"{in_percent(rate)} × {rupiah(base)}" for rate, base in pieces)
    return whole if left == 1 else f"{in_percent(left)} × ({whole})"


def doubts(*groups: tuple[Line, ...]) -> tuple[Problem, ...]:
    """Return the doubts of every value that the lines rest on, each once."""
    return doubts_of(value for lines in groups for line in lines for value in line.law)
