"""A number of the law with its dates, its source, and how well it is known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from perisai_cli.domain.errors import NoRuleInForce
from perisai_cli.domain.period import Month

UNITS = frozenset(
    {
        "rupiah", "rupiah/month", "rupiah/year", "rupiah/month by tier",
        "rate", "rates", "waived share", "times wage", "rate by band", "rupiah by key",
        "rate by key", "payer codes", "codes", "years", "months", "days", "times", "people",
    }
)  # fmt: skip
"""What a value may count; ``checking`` says which form each unit has."""

STATUSES = frozenset({"enacted", "announced", "projected"})
BASES = ("law-text", "official-page", "secondary", "derived")
"""How well a value is known, best first; a bare recollection has no name here and is refused."""


class Source(NamedTuple):
    """A regulation or page: full title, the short form people cite, address, and what was read."""

    key: str
    title: str
    short: str
    address: str
    read: str


class Value(NamedTuple):
    """One value of a parameter.

    Attributes:
        parameter: Dotted name, such as ``jkm.bpu_flat``.
        since: First day on which it holds.
        until: Last day, where the text ends it.
        value: An int, a Decimal, a tuple of codes, or a tuple of rows, as the unit says.
        status: Only ``enacted`` values compute.
        basis: One of ``BASES``.
        checked: Last day on which a person compared it with its source.
        source: The regulation or page.
        at: Place in the source.
        doubt: Code of a doubt that is printed beside every number resting on it.
    """

    parameter: str
    since: date
    until: date | None
    value: Any
    status: str
    basis: str
    checked: date
    source: Source
    at: str
    doubt: str | None

    def holds_on(self, day: date) -> bool:
        """Tell whether this enacted value holds on *day*."""
        in_time = self.since <= day and (self.until is None or day <= self.until)
        return in_time and self.status == "enacted"

    def holds_in(self, month: Month) -> bool:
        """Tell whether this enacted value holds on the first day of *month*."""
        return self.holds_on(month.first_day())


class Parameter(NamedTuple):
    """A named number of the law through time: its values are in order and never overlap."""

    name: str
    unit: str
    values: tuple[Value, ...]

    def find(self, month: Month) -> Value | None:
        """Return the value in force in *month*, or None: for rules that hold only for a time."""
        return self.find_day(month.first_day())

    def on(self, month: Month) -> Value:
        """Return the value in force in *month*: contributions go by their month.

        Raises:
            NoRuleInForce: there is none; the facts name the parameter, the month and the first
                month for which a value is known.
        """
        value = self.find(month)
        if value is None:
            raise self._none_on(str(month))
        return value

    def on_day(self, day: date) -> Value:
        """Return the value in force on *day*: benefits go by the day of their event.

        Raises:
            NoRuleInForce: there is none.
        """
        value = self.find_day(day)
        if value is None:
            raise self._none_on(day.isoformat())
        return value

    def find_day(self, day: date) -> Value | None:
        """Return the value in force on *day*, or None: for rules that hold only for a time."""
        for value in self.values:
            if value.holds_on(day):
                return value
        return None

    def _none_on(self, when: str) -> NoRuleInForce:
        first = self.values[0].since.isoformat()
        return NoRuleInForce(parameter=self.name, month=when, first=first)


class Relief(NamedTuple):
    """A share of contributions that is waived for some members for some months.

    Attributes:
        code: Name shown in answers, such as ``pp-50-2025``.
        share: The waived share as a parameter (``Decimal`` fraction of the full amount).
        programs: Programmes it touches.
        segments: Whose contributions it touches, of ``terms.SEGMENTS``.
        sector: Sector it is for, or None for all.
        excluded_payers: Payers whose contributions keep the full price, as a parameter.
        owners: Whether business owners who employ others have it too.
    """

    code: str
    share: Parameter
    programs: frozenset[str]
    segments: frozenset[str]
    sector: str | None
    excluded_payers: Parameter | None
    owners: bool


def whole(amount: int | Decimal) -> int:
    """Return *amount* as whole rupiah when it is whole; no rounding is ever needed for BPU.

    Raises:
        ArithmeticError: a fraction of a rupiah is left.
    """
    rounded = int(amount)
    if rounded != amount:
        raise ArithmeticError
    return rounded
