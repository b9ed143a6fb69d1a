"""What a report is asked for, and the words that its questions share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from perisai_cli.domain.coverage import Figure
from perisai_cli.domain.facts import PENDING, REFUSED, number_of
from perisai_cli.domain.outbox import ACCEPTED, HELD
from perisai_cli.domain.period import Month
from perisai_cli.reports.model import Column, Kind
from perisai_cli.rules.law import Law

CLASSES = ("accepted", "pending", "held", "refused")
"""How numbers are told apart: by the central's word, none yet, an officer's look, sent back."""

OF_AGENT = (Column("agent", "text"), Column("class", "code", "report_class"))
"""Keys of a table by agent whose classes stand in rows of their own."""

FIRST, LAST = date(1, 1, 1), date(9999, 12, 31)
_HUNDREDTH = Decimal("0.01")
_CLASS = {ACCEPTED: "accepted", PENDING: "pending", HELD: "held"} | dict.fromkeys(
    REFUSED, "refused"
)


class Asked(NamedTuple):
    """What a report is asked for.

    Attributes:
        day: The day that cover, ages and dues are told for; what was recorded later is left out.
        since: First day of recording that is looked at, for reports of a span.
        until: Last such day.
        law: Parameters in force.
        coverage: Figures and targets from outside, for the report on coverage.
        week: The week (``2026-W47``), of the weekly report.
        today: The day on which it is asked; None for *day*.
    """

    day: date
    since: date
    until: date
    law: Law
    coverage: Sequence[Figure] = ()
    week: str | None = None
    today: date | None = None

    @property
    def month(self) -> int:
        """The number of the day's month."""
        return number_of(Month.of(self.day))

    def span(self) -> dict[str, str | int]:
        """Return the bounds of the span as values of a question."""
        return {"since": self.since.isoformat(), "until": min(self.until, self.day).isoformat()}


def class_of(standing: str) -> str | None:
    """Return which of ``CLASSES`` a standing belongs to; None for what was withdrawn."""
    return _CLASS.get(standing)


def agent_order(key: tuple[str, ...]) -> tuple[str, int]:
    """Return where a row of a table by agent and class belongs."""
    return key[0], CLASSES.index(key[1])


def share(part: int, whole: int) -> Decimal | None:
    """Return *part* of *whole* as a percentage to two decimals; None of nothing."""
    return (Decimal(100 * part) / whole).quantize(_HUNDREDTH) if whole else None


def apart(prefix: str, kind: Kind) -> tuple[Column, ...]:
    """Return a column of one kind for each of ``CLASSES``."""
    return tuple(Column(f"{prefix}_{name}", kind) for name in CLASSES)
