"""A number with its working: what was asked of whom for which month, and by which articles."""

from __future__ import annotations

from typing import Any, NamedTuple

from perisai_cli.domain.errors import Problem
from perisai_cli.rules.parameter import Value


class Line(NamedTuple):
    """One amount: a programme, a month, a payer.

    Attributes:
        code: Programme, such as ``jkk``.
        borne_by: ``member``, ``sponsor``, ``government``, ``employer`` or ``worker``.
        month: Contribution month, ``YYYY-MM``.
        amount: Whole rupiah to pay.
        full_amount: Whole rupiah without relief.
        relief: Code of the relief that made the difference, if one did.
        base: Base of the chosen tier in whole rupiah a month, where the amount rests on one.
        law: The values that it rests on, the rate first.
    """

    code: str
    borne_by: str
    month: str
    amount: int
    full_amount: int
    relief: str | None
    base: int | None
    law: tuple[Value, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the line as JSON values (``cli.md``: the contract of calculators)."""
        return {
            "code": self.code,
            "borne_by": self.borne_by,
            "month": self.month,
            "amount": self.amount,
            "full_amount": self.full_amount,
            "relief": self.relief,
            "base": self.base,
            "law": [citation(value) for value in self.law],
        }


def citation(value: Value) -> dict[str, Any]:
    """Return where *value* comes from, as JSON values."""
    return {
        "regulation": value.source.short,
        "at": value.at,
        "since": value.since.isoformat(),
        "until": value.until.isoformat() if value.until else None,
        "basis": value.basis,
        "checked": value.checked.isoformat(),
        "parameter": value.parameter,
        "doubt": value.doubt,
    }


class Quote(NamedTuple):
    """What is to be paid, line by line, with the warnings that belong beside it."""

    lines: tuple[Line, ...]
    warnings: tuple[Problem, ...]
    tier: int
    base: int

    @property
    def total(self) -> int:
        """Whole rupiah over all lines."""
        return sum(line.amount for line in self.lines)

    def by(self, attribute: str) -> dict[str, int]:
        """Return the amounts summed by an attribute of the lines, in order of appearance."""
        sums: dict[str, int] = {}
        for line in self.lines:
            key = getattr(line, attribute)
            sums[key] = sums.get(key, 0) + line.amount
        return sums

    def totals(self) -> dict[str, Any]:
        """Return the sums of the contract: by who bears them, by programme, by month."""
        borne = self.by("borne_by")
        bearers = ("member", "employer", "worker", "government", "sponsor")
        totals: dict[str, Any] = {bearer: borne.get(bearer, 0) for bearer in bearers}
        return totals | {"by_program": self.by("code"), "by_month": self.by("month")}
