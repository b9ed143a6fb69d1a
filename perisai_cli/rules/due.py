"""By which day a month's contribution is to be paid, moved on from weekends and national holidays.

Saturdays and Sundays are taken as no working days; joint leave (cuti bersama) as working days.
"""

from __future__ import annotations

import calendar
import tomllib
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from perisai_cli.domain.errors import Problem
from perisai_cli.domain.period import Month, months_from
from perisai_cli.rules.law import Law
from perisai_cli.rules.parameter import Value

SEGMENTS = ("bpu", "pu")
_FILE = Path(__file__).with_name("holidays.toml")
_SATURDAY = 5


class Due(NamedTuple):
    """A due date.

    Attributes:
        day: Last day on which the contribution is paid in time.
        moved_from: The day that the law names, where that is no working day.
        law: The values that it rests on.
        holidays_known: False where only weekends were considered, the year having no table.
    """

    day: date
    moved_from: date | None
    law: tuple[Value, ...]
    holidays_known: bool


def due_date(program: str, segment: str, month: Month, law: Law) -> Due:
    """Return by which day *program* is to be paid for *month*.

    Args:
        program: ``jkk``, ``jkm`` or ``jht``; for wage earners any programme.
        segment: ``bpu`` or ``pu``.
        month: The month that the contribution is for.
        law: Parameters in force.

    Raises:
        NoRuleInForce: no due date was in force in *month*.

    Law: BPU, PP 44/2015 Pasal 24 ayat (3)-(4) and PP 46/2015 Pasal 21 ayat (3)-(4); PU, PP 44/2015
    Pasal 21.
    """
    rule = "wage_earner" if segment == "pu" else "self_employed"
    if segment == "bpu" and program == "jht":
        rule = "self_employed_jht"
    number = law.parameter(f"due.{rule}_day").on(month)
    place = law.parameter(f"due.{rule}_month").on(month)
    within = month.plus(1) if place.value == ("next-month",) else month
    last = calendar.monthrange(within.year, within.month)[1]
    named = date(within.year, within.month, min(number.value, last))
    day = _working_day(named)
    known = all(each.year in holidays() for each in (named, day))
    return Due(day, named if day != named else None, (number, place), known)


def _working_day(day: date) -> date:
    """Return *day*, or the next working day where it is a weekend or a holiday."""
    while day.weekday() >= _SATURDAY or day in holidays().get(day.year, ()):
        day += timedelta(days=1)
    return day


@cache
def holidays() -> dict[int, frozenset[date]]:
    """Return the national holidays of each year that has a table."""
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return {int(year): frozenset(table["days"]) for year, table in tables.items()}


def bill_due(
    programs: tuple[str, ...], segment: str, start: Month, months: int, law: Law
) -> tuple[dict[str, date], tuple[Problem, ...]]:
    """Return the due date of each month's bill, with what to warn of.

    One bill holds all programmes, so that the earliest of their due dates counts.

    Raises:
        NoRuleInForce: no due date was in force in one of the months.
    """
    days: dict[str, date] = {}
    doubts: dict[str, None] = {}
    apart = unknown = False
    for month in months_from(start, months):
        dues = [due_date(program, segment, month, law) for program in programs]
        days[str(month)] = min(due.day for due in dues)
        apart |= len({due.day for due in dues}) > 1
        unknown |= not all(due.holidays_known for due in dues)
        doubts |= {value.doubt: None for due in dues for value in due.law if value.doubt}
    found = [Problem("due.earliest", "/programs")] if apart else []
    found += [Problem("due.weekends_only", "/months")] if unknown else []
    return days, (*found, *(Problem(f"doubt.{doubt}") for doubt in doubts))
