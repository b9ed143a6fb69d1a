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
        working: The arithmetic, where it is more than a sum of the law: ``2 % × Rp5.000.000``.
    """

    code: str
    borne_by: str
    month: str
    amount: int
    full_amount: int
    relief: str | None
    base: int | None
    law: tuple[Value, ...]
    working: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the line as JSON values (``cli.md``: the contract of calculators)."""
        whole = {
            "code": self.code,
            "borne_by": self.borne_by,
            "month": self.month,
            "amount": self.amount,
            "full_amount": self.full_amount,
            "relief": self.relief,
            "base": self.base,
            "law": [citation(value) for value in self.law],
        }
        return whole | ({"working": self.working} if self.working else {})


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


def sums(lines: tuple[Line, ...], attribute: str) -> dict[str, int]:
    """Return the amounts of *lines* summed by an attribute, in order of appearance."""
    found: dict[str, int] = {}
    for line in lines:
        key = getattr(line, attribute)
        found[key] = found.get(key, 0) + line.amount
    return found


def totals_of(lines: tuple[Line, ...]) -> dict[str, Any]:
    """Return the sums of the contract: by who bears them, by programme, by month."""
    borne = sums(lines, "borne_by")
    bearers = ("member", "employer", "worker", "government", "sponsor")
    totals: dict[str, Any] = {bearer: borne.get(bearer, 0) for bearer in bearers}
    return totals | {"by_program": sums(lines, "code"), "by_month": sums(lines, "month")}


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
        return sums(self.lines, attribute)

    def totals(self) -> dict[str, Any]:
        """Return the sums of the contract: by who bears them, by programme, by month."""
        return totals_of(self.lines)
