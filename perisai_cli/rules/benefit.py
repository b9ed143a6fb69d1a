"""A benefit with its working: what the law gives for one event, line by line.

The programmes' own modules (``benefit_jkk`` and its sisters) make these; this one only says what
they look like, so that every benefit is explained, summed and shown in one way.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, NamedTuple

from perisai_cli.domain.errors import Problem
from perisai_cli.rules.parameter import Value
from perisai_cli.rules.trace import citation


class BenefitLine(NamedTuple):
    """One part of a benefit.

    Attributes:
        code: What it is, such as ``funeral``; ``i18n`` has its name under ``benefit.CODE``.
        amount: Whole rupiah.
        working: The arithmetic, with the law's numbers in it: ``48 × Rp1.000.000``.
        law: The values that it rests on, the one that gives the amount first.
        after_arrears: It is paid only once arrears are settled.
        estimate: The law's rule for it was not found; the amount is an estimate.
    """

    code: str
    amount: int
    working: str
    law: tuple[Value, ...]
    after_arrears: bool = False
    estimate: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the line as JSON values."""
        return {
            "code": self.code,
            "amount": self.amount,
            "working": self.working,
            "after_arrears": self.after_arrears,
            "estimate": self.estimate,
            "law": [citation(value) for value in self.law],
        }


class Benefit(NamedTuple):
    """What the law gives for one event.

    Attributes:
        lines: The parts; their sum is the total.
        warnings: Doubts and conditions to tell beside the number.
        facts: Further JSON values of the programme, such as a schedule by year.
        refused: Why nothing, or less, is given, with the values that say so.
    """

    lines: tuple[BenefitLine, ...]
    warnings: tuple[Problem, ...] = ()
    facts: dict[str, Any] | None = None
    refused: tuple[Value, ...] = ()

    @property
    def total(self) -> int:
        """What the law gives in the end, in whole rupiah."""
        return sum(line.amount for line in self.lines)

    @property
    def after_arrears(self) -> int:
        """What of it is paid only once arrears are settled."""
        return sum(line.amount for line in self.lines if line.after_arrears)

    def as_json(self) -> dict[str, Any]:
        """Return the benefit as JSON values: ``payable_now + after_arrears = total``."""
        return {
            "total": self.total,
            "payable_now": self.total - self.after_arrears,
            "after_arrears": self.after_arrears,
            "lines": [line.as_json() for line in self.lines],
            "refused_by": [citation(value) for value in self.refused],
        } | (self.facts or {})


def doubts(values: Iterable[Value]) -> tuple[Problem, ...]:
    """Return the doubts of *values* as warnings, each once."""
    codes = dict.fromkeys(value.doubt for value in values if value.doubt)
    return tuple(Problem(f"doubt.{code}") for code in codes)


def in_percent(share: Decimal) -> str:
    """Return a share as people write it here: ``Decimal("0.045")`` is ``4,5 %``."""
    return f"{(share * 100).normalize():f} %".replace(".", ",")
