"""The scholarship of a dead or totally disabled member's children, by level and school year."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from perisai_cli.domain.errors import Problem
from perisai_cli.domain.money import rupiah
from perisai_cli.rules.benefit import BenefitLine
from perisai_cli.rules.law import Law
from perisai_cli.rules.parameter import Value
from perisai_cli.rules.trace import citation

LEVELS = ("tk-sd", "smp", "sma", "pt")
STARTS = (*LEVELS, "all")
"""What a child may be said to start: one level, or all of them from the first year on."""


class Scholarship(NamedTuple):
    """What the children are given: a line each, the years as facts, and what to tell beside it."""

    lines: tuple[BenefitLine, ...] = ()
    facts: dict[str, Any] | None = None
    warnings: tuple[Problem, ...] = ()


class _Years(NamedTuple):
    """The years of one level: how many at most, and the yearly amount."""

    level: str
    most: Value
    yearly: Value

    @property
    def total(self) -> int:
        amount: int = self.most.value * self.yearly.value
        return amount


def scholarship(children: tuple[str, ...], day: date, lump: str, law: Law) -> Scholarship:
    """Return the scholarship for an event on *day*.

    Args:
        children: What each child starts, one of ``STARTS``; all of a level's years are counted.
        day: Day of the death or the accident.
        lump: Name of the parameter that holds the programme's lump sum before December 2019.
        law: Parameters in force.

    Raises:
        NoRuleInForce: neither the yearly amounts nor the lump sum were in force on *day*.

    Law: PP 82/2019 Pasal 25 ayat (3) and 34 ayat (3); before 2 December 2019 PP 44/2015.
    """
    if not children:
        return Scholarship()
    once = law.parameter(lump).find_day(day)
    return _yearly(children, day, law) if once is None else _once(children, once)


def _once(children: tuple[str, ...], value: Value) -> Scholarship:
    """Return the lump sum for one child, however many there are."""
    line = BenefitLine("scholarship", value.value, "", (value,))
    warnings = (Problem("scholarship.one_child", "/children"),) if len(children) > 1 else ()
    return Scholarship((line,), None, warnings)


def _yearly(children: tuple[str, ...], day: date, law: Law) -> Scholarship:
    """Return the yearly amounts of the first children that the law allows.

    Law: at most two children, paid yearly (PP 82/2019 Pasal 25 ayat (3), 34 ayat (3)).
    """
    most = law.parameter("scholarship.max_children").on_day(day)
    age = law.parameter("scholarship.age_limit").on_day(day)
    table = _table(day, law)
    counted = [(start, _levels(start, table)) for start in children[: most.value]]
    lines = tuple(_line(years, most) for _, years in counted)
    facts = {
        "children": [_child(start, years, table) for start, years in counted],
        "schedule": _schedule([years for _, years in counted]),
        "total": sum(line.amount for line in lines),
        "ends_at_age": age.value,
        "law": [citation(most), citation(age)],
    }
    warnings = [Problem("scholarship.age_limit", "/children", {"age": age.value})]
    if len(children) > most.value:
        warnings.append(Problem("scholarship.too_many", "/children", {"limit": most.value}))
    later = sum(child["later"] for child in facts["children"])
    if later:
        warnings.append(Problem("scholarship.later", "/children", {"more": rupiah(later)}))
    return Scholarship(lines, facts, tuple(warnings))


def _table(day: date, law: Law) -> tuple[_Years, ...]:
    names = ((level, f"scholarship.{level.replace('-', '_')}") for level in LEVELS)
    return tuple(
        _Years(level, law.parameter(f"{name}_years").on_day(day), law.parameter(name).on_day(day))
        for level, name in names
    )


def _levels(start: str, table: tuple[_Years, ...]) -> tuple[_Years, ...]:
    return tuple(years for years in table if start in (years.level, "all"))


def _line(levels: tuple[_Years, ...], most: Value) -> BenefitLine:
    working = " + ".join(f"{each.most.value} × {rupiah(each.yearly.value)}" for each in levels)
    law = [value for each in levels for value in (each.yearly, each.most)]
    return BenefitLine("scholarship", sum(each.total for each in levels), working, (*law, most))


def _child(start: str, levels: tuple[_Years, ...], table: tuple[_Years, ...]) -> dict[str, Any]:
    """Return one child's years as JSON values; ``later`` is what further levels would add."""
    after = table[table.index(levels[-1]) + 1 :]
    return {
        "starts": start,
        "total": sum(each.total for each in levels),
        "later": sum(each.total for each in after),
        "levels": [
            {
                "level": each.level,
                "years": each.most.value,
                "amount": each.yearly.value,
                "total": each.total,
            }
            for each in levels
        ],
    }


def _schedule(children: list[tuple[_Years, ...]]) -> list[dict[str, int]]:
    """Return what is paid in each school year, all children together, the first year as 1."""
    rows = [[each.yearly.value for each in levels for _ in range(each.most.value)]
            for levels in children]  # fmt: skip
    longest = max(map(len, rows))
    return [
        {"year": year + 1, "amount": sum(row[year] for row in rows if year < len(row))}
        for year in range(longest)
    ]
