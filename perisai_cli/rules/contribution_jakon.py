"""What is owed for a building site (jasa konstruksi): by its wages, else by its contract."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from perisai_cli.domain.errors import Problem
from perisai_cli.domain.period import Month
from perisai_cli.rules import relief
from perisai_cli.rules.bill import Bill, Charge, doubts, line_of
from perisai_cli.rules.law import Law
from perisai_cli.rules.parameter import Value
from perisai_cli.rules.trace import Line

PROGRAMS = ("jkk", "jkm")
_SEGMENT = frozenset({"jakon"})


class JakonRequest(NamedTuple):
    """What a building site's bill is asked for: one of the two sums, in whole rupiah.

    Attributes:
        start: The month whose rules hold.
        value: Value of the contract without VAT.
        wage: All wages of a month, where they are known.
    """

    start: Month
    value: int | None = None
    wage: int | None = None


def quote_jakon(request: JakonRequest, law: Law) -> Bill:
    """Return what *request* costs: JKK and JKM, both borne by the employer.

    Raises:
        NoRuleInForce: no rates were in force in that month.

    Law: PP 44/2015 Pasal 54 (JKK) and 55 (JKM), ayat (1) by wages, ayat (2) by contract.
    """
    lines = tuple(_line(program, request, law) for program in PROGRAMS)
    found: list[Problem] = []
    if request.value is not None:
        found.append(Problem("jakon.without_vat", "/value"))
        if any(line.relief for line in lines):
            found.append(Problem("jakon.relief_whole", "/start"))
    return Bill(lines, (*found, *doubts(lines)))


def _line(program: str, request: JakonRequest, law: Law) -> Line:
    pieces, rate = _pieces(program, request, law)
    waived = relief.in_segments(program, request.start, _SEGMENT, law)
    return line_of(Charge(program, "employer", pieces, (rate,)), request.start, law, waived)


def _pieces(
    program: str, request: JakonRequest, law: Law
) -> tuple[tuple[tuple[Decimal, int], ...], Value]:
    """Return the rates with what each is taken of, and the value that holds them."""
    if request.value is None:
        assert request.wage is not None  # the action demands one of the two
        rate = law.parameter(f"jakon.{program}_wage").on(request.start)
        return ((rate.value, request.wage),), rate
    bands = law.parameter(f"jakon.{program}_bands").on(request.start)
    return slices(request.value, bands.value), bands


def slices(value: int, bands: tuple[tuple[int, Decimal], ...]) -> tuple[tuple[Decimal, int], ...]:
    """Return the slice of *value* that lies in each band it reaches, with the band's rate."""
    ends = (*(low for low, _ in bands[1:]), value)
    return tuple(
        (rate, min(value, end) - low)
        for (low, rate), end in zip(bands, ends, strict=True)
        if value > low
    )
