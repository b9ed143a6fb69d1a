"""Options of the calculators, typed: every fault under its English name, all at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TypeVar

from perisai_cli.domain.errors import InvalidInput, NoRuleInForce, Problem
from perisai_cli.domain.money import parse_rupiah
from perisai_cli.domain.period import Month, parse_day

T = TypeVar("T")


class Options:
    """Reads options as they were typed and keeps their faults; ``check`` raises them together."""

    def __init__(self) -> None:
        self._faults: list[Problem] = []

    def read(
        self, name: str, typed: str | None, parse: Callable[[str], T], code: str, **facts: str | int
    ) -> T | None:
        """Return *parse* of an option; a ValueError of it is the fault *code*. None stays None."""
        if typed is None:
            return None
        try:
            return parse(typed)
        except ValueError:
            self._faults.append(Problem(code, f"/{name}", facts))
            return None

    def need(self, name: str, typed: str | None) -> None:
        """Note that a required option is missing, if it is."""
        if typed is None:
            self._faults.append(Problem("usage.missing", f"/{name}", {"field": f"--{name}"}))

    def money(self, name: str, typed: str | None) -> int | None:
        """Return whole positive rupiah."""
        return self.read(name, typed, parse_rupiah, "amount.value")

    def month(self, name: str, typed: str | None) -> Month | None:
        """Return a month."""
        return self.read(name, typed, Month.parse, "start.format")

    def day(self, name: str, typed: str | None) -> date | None:
        """Return a day."""
        return self.read(name, typed, parse_day, "day.format")

    def whole(self, name: str, typed: str | None, low: int, high: int) -> int | None:
        """Return a whole number from *low* to *high*."""
        return self.read(name, typed, between(low, high), "number.value", low=low, high=high)

    def percent(self, name: str, typed: str | None, high: int = 100) -> Decimal | None:
        """Return a percentage (``40``, ``5.5``) as a fraction, up to *high* per cent."""
        return self.read(name, typed, _percentage(high), "percent.value", high=high)

    def choice(self, name: str, typed: str | None, choices: tuple[str, ...], default: str) -> str:
        """Return one of *choices*."""
        chosen = typed or default
        if chosen not in choices:
            facts: dict[str, str | int] = {"choices": ", ".join(choices)}
            self._faults.append(Problem(f"{name}.unknown", f"/{name}", facts))
        return chosen

    def several(self, name: str, typed: str | None, choices: tuple[str, ...]) -> tuple[str, ...]:
        """Return the parts of a list parted by commas, each one of *choices*; repeats are kept."""
        parts = tuple(part.strip().lower() for part in typed.split(",")) if typed else ()
        if not set(parts) <= set(choices):
            facts: dict[str, str | int] = {"choices": ", ".join(choices)}
            self._faults.append(Problem(f"{name}.unknown", f"/{name}", facts))
        return parts

    def fault(self, code: str, name: str, **facts: str | int) -> None:
        """Note a fault that concerns more than one option."""
        self._faults.append(Problem(code, f"/{name}", facts))

    def check(self) -> None:
        """Raise everything that was found.

        Raises:
            InvalidInput: every fault so far.
        """
        if self._faults:
            raise InvalidInput.of(tuple(self._faults))


@contextmanager
def placed(pointer: str) -> Iterator[None]:
    """Say of a rule that is not in force which option asked for its time."""
    try:
        yield
    except NoRuleInForce as error:
        problem = error.problems[0]
        raise NoRuleInForce(problem.code, field=pointer, **problem.facts) from None


def between(low: int, high: int) -> Callable[[str], int]:
    """Return a parser of whole numbers from *low* to *high*, ASCII digits only."""

    def parse(typed: str) -> int:
        short = typed.isascii() and typed.isdigit() and len(typed) <= 12
        if not (short and low <= int(typed) <= high):
            raise ValueError
        return int(typed)

    return parse


def _percentage(high: int) -> Callable[[str], Decimal]:
    def parse(typed: str) -> Decimal:
        plain = typed.strip().removesuffix("%").replace(",", ".")
        if not plain.replace(".", "", 1).isdigit() or not plain.isascii() or len(plain) > 10:
            raise ValueError
        try:
            number = Decimal(plain)
        except InvalidOperation:
            raise ValueError from None
        if not 0 <= number <= high:
            raise ValueError
        return number / 100

    return parse
