"""No day on which the law changes goes without a worked case on each of its sides.

The form of the cases, ``edges`` above all, is told in ``cases/README.md``.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from test_bpu_cases import bpu_values

from perisai_cli.domain.period import Month, months_from
from perisai_cli.rules import registry
from perisai_cli.rules.law import load_law
from perisai_cli.rules.parameter import Parameter, Value

FOLDER = Path(__file__).parents[1] / "cases"
CASES: list[dict[str, Any]] = [
    case | {"file": path.name}
    for path in sorted(FOLDER.glob("*.toml"))
    for case in tomllib.loads(path.read_text(encoding="utf-8"))["case"]
]
LAW = load_law()
ENTRY = re.compile(r"(?P<name>[a-z0-9_.]+)@(?P<day>\d{4}-\d\d-\d\d) (?P<side>before|after)")
ONE_DAY = timedelta(days=1)


class Edge(NamedTuple):
    """One side of a first or last day: the days next to it, and whether the value holds there."""

    name: str
    day: date
    side: str

    def __str__(self) -> str:
        return f"{self.name}@{self.day} {self.side}"


def edges_of(parameter: Parameter) -> set[Edge]:
    """Return the sides that need a case; of two values that meet, the first day of the later one."""
    values = [value for value in parameter.values if value.status == "enacted"]
    begun = {value.since for value in values}
    days = {value.since for value in values}
    days |= {value.until for value in values if value.until and value.until + ONE_DAY not in begun}
    return {Edge(parameter.name, day, side) for day in days for side in ("before", "after")}


def claimed(case: dict[str, Any]) -> list[Edge]:
    """Return the edges that a case says it proves."""
    found = []
    for entry in case.get("edges", ()):
        match = ENTRY.fullmatch(entry)
        assert match, f"{case['file']} {case['id']}: {entry}"
        found.append(Edge(match["name"], date.fromisoformat(match["day"]), match["side"]))
    return found


def day_next_to(edge: Edge) -> date:
    """Return the day on which a case that proves *edge* has to stand."""
    values = LAW.parameters[edge.name].values
    begins = any(value.since == edge.day for value in values)
    if edge.side == "before":
        return edge.day - ONE_DAY if begins else edge.day
    return edge.day if begins else edge.day + ONE_DAY


def stands_there(case: dict[str, Any], day: date) -> bool:
    """Tell whether *case* is about *day*, or about months of which the one with *day* is one."""
    if "date" in case:
        return str(case["date"]) == day.isoformat()
    months = months_from(Month.parse(str(case["start"])), case.get("months", 1))
    return Month.of(day) in months


def inferred() -> set[str]:
    """Return the parameters whose cases ``test_bpu_cases`` finds out by itself."""
    return {name for name, _ in bpu_values()}


def wanted() -> set[Edge]:
    """Return every side that a case has to name."""
    by_itself = inferred()
    return {
        edge
        for name, parameter in LAW.parameters.items()
        if name not in by_itself
        for edge in edges_of(parameter)
    }


PROVED = {edge for case in CASES for edge in claimed(case)}


@pytest.mark.parametrize("file", sorted({name.partition(".")[0] for name in LAW.parameters}))
def test_every_first_and_last_day_has_a_case_on_both_sides(file: str) -> None:
    missing = {edge for edge in wanted() if edge.name.startswith(f"{file}.")} - PROVED
    assert not missing, sorted(map(str, missing))


@pytest.mark.parametrize(
    "case", [case for case in CASES if "edges" in case], ids=lambda case: str(case["id"])
)
def test_a_case_stands_next_to_every_edge_that_it_claims(case: dict[str, Any]) -> None:
    for edge in claimed(case):
        assert edge.name in LAW.parameters, edge
        values = LAW.parameters[edge.name].values
        assert any(edge.day in (value.since, value.until) for value in values), str(edge)
        assert stands_there(case, day_next_to(edge)), f"{edge}: {day_next_to(edge)}"


def test_cases_have_names_sentences_and_sources_of_their_own() -> None:
    names = [case["id"] for case in CASES]
    assert len(set(names)) == len(names)
    for case in CASES:
        assert case["sentence"].endswith("."), case["id"]
        assert case["source"], case["id"]
        assert case["kind"] in {"published", "derived"}, case["id"]


def test_a_new_value_without_cases_is_found_out() -> None:
    name = "due.self_employed_day"
    present = LAW.parameters[name]
    newest = present.values[-1]
    ended = newest._replace(until=date(2030, 12, 31))
    later = newest._replace(since=date(2032, 1, 1))
    more = present._replace(values=(*present.values[:-1], ended, later))
    assert edges_of(more) - edges_of(present) == {
        Edge(name, day, side)
        for day in (date(2030, 12, 31), date(2032, 1, 1))
        for side in ("before", "after")
    }
    assert not (edges_of(more) - edges_of(present)) & PROVED


def test_a_value_that_does_not_compute_needs_no_case() -> None:
    present = LAW.parameters["due.wage_earner_month"]
    announced: Value = present.values[-1]._replace(since=date(2031, 1, 1), status="announced")
    assert edges_of(present._replace(values=(*present.values, announced))) == edges_of(present)


@pytest.mark.parametrize("day", ["2026-12-31", "2027-03-31"])
def test_the_next_changes_of_the_law_are_among_the_edges_or_found_out_elsewhere(day: str) -> None:
    known = {change.day for change in registry.changing(LAW, date(2026, 11, 22))}
    assert date.fromisoformat(day) in known
