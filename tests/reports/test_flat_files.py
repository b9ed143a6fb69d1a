"""Flat files of a report: a header and records, no formula, and every share digit by digit."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_reports import NAMES, curves, empty, named, pairs, report, stacked

from perisai_cli.actions.report_files import FLAT
from perisai_cli.reports.formats import LONG, disarmed, write_flat
from perisai_cli.reports.model import Column, Report, Row, Section, Streamed, Value

RUNS = ["=cmd|'/C calc'!A0", "+1", "-1", "@x", "\tx", "\rx"]


def written(of: Report, form: str) -> tuple[int, str]:
    file = io.StringIO(newline="")
    return write_flat(of, form, file), file.getvalue()


def records(of: Report) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written(of, "csv")[1], newline="")))


def one(column: Column, *values: Value) -> Report:
    return report(Section("enrolled_agent", (column,), [{column.name: each} for each in values]))


def streamed(section: Section) -> Section:
    names = [column.name for column in section.columns]
    kept = list(section.tuples())
    return replace(section, rows=Streamed(names, lambda: kept, len(kept)))


def test_a_csv_of_one_section_has_its_columns_its_rows_and_no_total() -> None:
    section = stacked(3)
    found = records(report(section))
    assert found[0] == [column.name for column in section.columns]
    assert [row[0] for row in found[1:]] == ["2025-01", "2025-02", "2025-03"]
    assert section.total is not None


@pytest.mark.parametrize("kind", ["text", "code"])
@pytest.mark.parametrize("told", RUNS)
def test_no_cell_of_a_csv_begins_a_formula(told: str, kind: Any) -> None:
    ((head,), (cell,)) = records(one(Column(told, kind), told))
    assert head == cell == f"'{told}".replace("\r", "\n")


def test_a_carriage_return_in_a_text_ends_no_row() -> None:
    assert records(one(Column("agent", "text"), "a\r=1+1", "b\r\nc"))[1:] == [
        ["a\n=1+1"],
        ["b\n\nc"],
    ]


def test_a_number_below_zero_stays_one() -> None:
    (_, *rows) = records(report(pairs()))
    assert rows[0][2] == "-3150000"


def test_what_is_not_known_is_empty_and_truths_and_shares_are_plain() -> None:
    columns = (Column("pending", "code"), Column("share", "percent"), Column("heads", "count"))
    rows: list[Row] = [
        {"pending": True, "share": Decimal("5E+1"), "heads": 0},
        {"pending": False, "share": Decimal("0.10"), "heads": None},
        {"pending": None, "share": None, "heads": 1},
    ]
    told = report(Section("enrolled_agent", columns, rows))
    assert records(told)[1:] == [["true", "50", "0"], ["false", "0.10", ""], ["", "", "1"]]
    assert [json.loads(line) for line in written(told, "jsonl")[1].splitlines()] == [
        {"pending": True, "share": 50, "heads": 0},
        {"pending": False, "share": 0.1, "heads": None},
        {"pending": None, "share": None, "heads": 1},
    ]


def test_a_share_in_json_is_its_digits_and_no_float() -> None:
    share = Decimal("12345678901234567.89")
    told = one(Column("share", "percent"), share)
    for form in ("json", "jsonl"):
        text = written(told, form)[1]
        read = json.loads(text, parse_float=Decimal)
        assert (read[0] if form == "json" else read) == {"share": share}


def test_several_sections_are_one_long_table_a_value_to_a_record() -> None:
    found = records(report(stacked(2), named()))
    assert found[0] == [column.name for column in LONG]
    assert found[1] == ["enrolled_month", "1", "2025-01", "month", "month", "2025-01"]
    names = [row[5] for row in found if row[0] == "enrolled_agent" and row[3] == "agent"]
    assert names == [f"'{name}" if name[0] == "=" else name for name in NAMES]
    assert {row[1] for row in found if row[0] == "enrolled_month"} == {"1", "2"}
    assert written(report(stacked(2), named()), "csv")[0] == len(found) - 1


def test_several_sections_in_json_are_rows_under_their_keys() -> None:
    count, text = written(report(curves(1), empty(stacked())), "json")
    read = json.loads(text)
    assert list(read) == ["retention", "enrolled_month"]
    assert (len(read["retention"]), read["enrolled_month"], count) == (13, [], 13)
    long = [
        json.loads(line) for line in written(report(curves(1), pairs()), "jsonl")[1].splitlines()
    ]
    assert long[2] == {
        "section": "retention", "row": 1, "label": "2026-01", "column": "share", "kind": "percent",
        "value": 100,
    }  # fmt: skip


def test_a_report_that_names_a_section_for_flat_files_is_that_section() -> None:
    told = report(stacked(2), pairs())
    alone = replace(told, flat=told.sections[1])
    assert [written(alone, form) for form in FLAT] == [
        written(report(pairs()), form) for form in FLAT
    ]


@pytest.mark.parametrize("form", FLAT)
@pytest.mark.parametrize("rows", [0, 1, 1001])
def test_streamed_rows_are_written_as_a_list_is(form: str, rows: int) -> None:
    section = stacked(rows)
    assert written(report(streamed(section)), form) == written(report(section), form)
    assert written(report(streamed(section)), form)[0] == rows


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "＝", "＋", "－", "＠"])
@pytest.mark.parametrize("before", ["", " ", "\n", "\ufeff", "\u00a0 ", "\t", "\r"])
def test_a_sign_behind_blanks_is_disarmed_too(sign: str, before: str) -> None:
    assert disarmed(f"{before}{sign}1+1") == f"'{before}{sign}1+1"
    assert disarmed(f"A{before}{sign}1") == f"A{before}{sign}1"
    assert disarmed("") == ""


SUSPECT = st.text("=+-@＝＋－＠ \n\t\r\u00a0\ufeffa1'", max_size=4)


@given(st.lists(SUSPECT, min_size=1, max_size=250))
def test_a_cell_among_many_is_written_as_one_alone_is(told: list[str]) -> None:
    kept = [row[0] for row in records(one(Column("agent", "text"), *told))[1:]]
    assert kept == [disarmed(each).replace("\r", "\n") for each in told]
