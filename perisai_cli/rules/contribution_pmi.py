"""What is owed for a migrant worker (PMI): fixed sums for JKK and JKM, and savings by the month."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.money import rupiah
from perisai_cli.domain.period import Month
from perisai_cli.rules.bill import Bill, doubts
from perisai_cli.rules.law import Law
from perisai_cli.rules.parameter import Value
from perisai_cli.rules.trace import Line

WAYS = ("agency", "self")


class PmiRequest(NamedTuple):
    """What a migrant worker's bill is asked for.

    Attributes:
        via: ``agency``, or ``self`` for who goes on their own.
        months: Months of the contract, for which there is a package.
        extra: Months beyond it.
        day: The day of payment, whose rules hold.
        jht: Savings of a month in whole rupiah, if they are wanted.
    """

    via: str
    months: int
    extra: int
    day: date
    jht: int | None = None


def quote_pmi(request: PmiRequest, law: Law) -> Bill:
    """Return what *request* costs, a line for each sum that is paid.

    Raises:
        NoRuleInForce: the sums were not in force on that day.
        InvalidInput: there is no package of so many months, or no such step of savings.

    Law: Permenaker 4/2023 Pasal 18.
    """
    package = law.parameter("pmi.package").on_day(request.day)
    steps = law.parameter("pmi.jht_steps").on_day(request.day) if request.jht else None
    _check(request, package, steps)
    lines = []
    if request.via == "agency":
        departure = law.parameter("pmi.before_departure").on_day(request.day)
        lines.append(_line("pmi_departure", departure.value, departure, request))
    lines.append(_line("pmi_package", dict(package.value)[request.months], package, request))
    if request.extra:
        extra = law.parameter("pmi.extra_month").on_day(request.day)
        lines.append(_line("pmi_extra", extra.value, extra, request, request.extra))
    found = [Problem("pmi.bearer", "/via")]
    if steps and request.jht:
        months = request.months + request.extra
        lines.append(_line("jht", request.jht, steps, request, months))
        found.append(Problem("pmi.jht_months", "/jht", {"months": months}))
    return Bill(tuple(lines), (*found, *doubts(tuple(lines))))


def _line(
    code: str, amount: int, value: Value, request: PmiRequest, months: int | None = None
) -> Line:
    """Return one sum, or a monthly one times its *months*."""
    whole = amount if months is None else amount * months
    return Line(
        code=code,
        borne_by="member",
        month=str(Month.of(request.day)),
        amount=whole,
        full_amount=whole,
        relief=None,
        base=None,
        law=(value,),
        working="" if months is None else f"{months} × {rupiah(amount)}",
    )


def _check(request: PmiRequest, package: Value, steps: Value | None) -> None:
    """Refuse a length or a step of savings that the law has none of, both at once."""
    faults = []
    lengths = [months for months, _ in package.value]
    if request.months not in lengths:
        choices = ", ".join(str(months) for months in lengths)
        faults.append(Problem("months.package", "/months", {"choices": choices}))
    if steps and request.jht not in steps.value:
        choices = ", ".join(rupiah(step) for step in steps.value)
        faults.append(Problem("jht.step", "/jht", {"choices": choices}))
    if faults:
        raise InvalidInput.of(tuple(faults))
