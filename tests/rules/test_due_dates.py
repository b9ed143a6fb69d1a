"""Due dates: worked cases, a kept library as the oracle, and what is warned of."""

from __future__ import annotations

import json
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import holidays as oracle
import pytest

from perisai_cli.cli import main
from perisai_cli.domain.errors import NoRuleInForce
from perisai_cli.domain.period import Month, months_from
from perisai_cli.rules import due
from perisai_cli.rules.law import load_law

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "due.toml").read_text(encoding="utf-8")
)["case"]
LAW = load_law()
KNOWN = range(2015, 2027)
INDONESIA = oracle.country_holidays("ID", years=range(2015, 2028))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_case_is_due_on_its_day(case: dict[str, Any]) -> None:
    month = Month.parse(case["start"])
    if "refused" in case:
        with pytest.raises(NoRuleInForce) as caught:
            due.due_date(case["program"], case["segment"], month, LAW)
        assert caught.value.code == case["refused"]
        return
    found = due.due_date(case["program"], case["segment"], month, LAW)
    assert found.day == case["expected"]
    assert found.moved_from == case.get("moved_from")
    assert found.holidays_known


def test_every_year_of_the_law_has_its_holidays() -> None:
    assert sorted(due.holidays()) == list(KNOWN)
    for year, days in due.holidays().items():
        assert {day.year for day in days} == {year}
        assert 14 <= len(days) <= 18


@pytest.mark.parametrize("year", KNOWN)
def test_our_holidays_are_the_library_s_but_for_elections_and_a_few_beside_the_point(
    year: int,
) -> None:
    ours = due.holidays()[year]
    theirs = {day for day in INDONESIA if day.year == year and day.weekday() < 5}
    assert {day for day in ours if day.weekday() < 5} <= theirs
    for missing in theirs - ours:
        assert not 15 <= missing.day <= 16, "an election or a decree that moves a due date"


@pytest.mark.parametrize(("segment", "program"), [("bpu", "jkk"), ("bpu", "jht"), ("pu", "jp")])
def test_every_due_date_is_the_first_working_day_of_the_library(segment: str, program: str) -> None:
    for month in months_from(Month(2015, 7), 137):
        found = due.due_date(program, segment, month, LAW)
        expected = found.moved_from or found.day
        while expected.weekday() > 4 or expected in INDONESIA:
            expected += timedelta(days=1)
        assert found.day == expected, str(month)


@pytest.mark.parametrize(("segment", "program"), [("bpu", "jkm"), ("bpu", "jht"), ("pu", "jkk")])
def test_a_due_date_never_comes_before_the_day_that_the_law_names(
    segment: str, program: str
) -> None:
    later = 0 if (segment, program) == ("bpu", "jkm") else 1
    for month in months_from(Month(2021, 2), 120):
        found = due.due_date(program, segment, month, LAW)
        named = month.plus(later)
        assert date(named.year, named.month, 15) <= found.day
        assert (found.moved_from is None) == (found.day.day == 15)
        assert found.day.weekday() < 5


def test_a_year_without_a_table_is_told() -> None:
    found = due.due_date("jkk", "bpu", Month(2027, 1), LAW)
    assert found.day == date(2027, 1, 15)
    assert not found.holidays_known
    _, warnings = due.bill_due(("jkk",), "bpu", Month(2026, 12), 2, LAW)
    assert [warning.code for warning in warnings] == ["due.weekends_only"]


def test_a_bill_of_three_programmes_is_due_on_the_earlier_day_and_says_so() -> None:
    days, warnings = due.bill_due(("jkk", "jkm", "jht"), "bpu", Month(2026, 6), 2, LAW)
    assert days == {"2026-06": date(2026, 6, 15), "2026-07": date(2026, 7, 15)}
    assert [warning.code for warning in warnings] == ["due.earliest"]
    alone, none = due.bill_due(("jht",), "bpu", Month(2026, 6), 1, LAW)
    assert alone == {"2026-06": date(2026, 7, 15)}
    assert none == ()


def test_the_command_gives_due_dates_when_asked_and_only_then(
    capsys: pytest.CaptureFixture[str],
) -> None:
    line = ["iuran", "bpu", "--lapisan", "1", "--mulai", "2026-11", "--json"]
    assert main.run([*line, "--jatuh-tempo"]) == 0
    assert json.loads(capsys.readouterr().out)["data"]["due"] == {"2026-11": "2026-11-16"}
    assert main.run(line) == 0
    assert "due" not in json.loads(capsys.readouterr().out)["data"]


@pytest.mark.parametrize(("language", "said"), [("id", "paling lambat"), ("en", "pay by")])
def test_the_command_says_the_day_in_words(
    language: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["iuran", "bpu", "--tier", "1", "--start", "2020-12", "--due", "--lang", language]
    assert main.run(line) == 0
    told = capsys.readouterr()
    assert f"{said} 2021-02-01" in told.out  # 30 January 2021 is a Saturday
    assert "30" in told.err
