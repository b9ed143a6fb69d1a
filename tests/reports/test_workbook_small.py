"""A report as a workbook: cells are what they are, nothing runs, and the same comes out again."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_reports import (
    EMPTY,
    NAMES,
    curves,
    empty,
    named,
    pairs,
    provinces,
    report,
    stacked,
)
from openpyxl import Workbook, load_workbook

from perisai_cli.domain.spreadsheet import MAX_ROWS, MAX_TEXT, sheet_name
from perisai_cli.reports.model import Column, Report, Section, Value
from perisai_cli.reports.workbook import write_xlsx

RUNS = ["=cmd|'/C calc'!A0", "+1", "-1", "@x", "\tx", "\rx", "http://x.id", "0012", "1e5"]


@pytest.fixture(autouse=True)
def _in_each_language(spoken: str) -> None:
    """Write every workbook in each language."""


def at(year: int, month: int, day: int = 1, *clock: int) -> datetime:
    return datetime(year, month, day, *clock)  # noqa: DTZ001 - a cell knows no zone


def book_of(of: Report, folder: Path) -> Workbook:
    path = folder / "report.xlsx"
    write_xlsx(of, path)
    return load_workbook(path)


def one(column: Column, *values: Value) -> Report:
    return report(Section("enrolled_agent", (column,), [{column.name: each} for each in values]))


def column_of(sheet: Any, rows: int) -> list[Any]:
    return [sheet.cell(row, 1).value for row in range(2, 2 + rows)]


def test_the_first_sheet_says_what_when_whence_and_links_to_the_others(
    tmp_path: Path, spoken: str
) -> None:
    book = book_of(report(), tmp_path)
    first = book.worksheets[0]
    told = "\n".join(str(row[0]) for row in first.iter_rows(values_only=True) if row[0])
    assert "banuspa-0007" in told
    assert ("Laporan mingguan" if spoken == "id" else "Weekly report") in told
    assert "2026" in told
    links = [row[0].hyperlink.location for row in first.iter_rows() if row[0].hyperlink]
    assert [link.split("'!")[0].strip("'") for link in links] == book.sheetnames[1:]


def test_numbers_days_and_months_are_what_they_are(tmp_path: Path) -> None:
    book = book_of(report(stacked(3), named(), provinces()), tmp_path)
    months, agents, shares = book.worksheets[1:]
    assert months["A2"].value == at(2025, 1)
    assert "mmmm yyyy" in months["A2"].number_format
    assert (months["B3"].value, months["F3"].value) == (148, 148 * 16_800)
    assert months["F3"].number_format == '"Rp"#,##0'
    assert agents["C2"].value == at(2026, 11)
    assert agents["C3"].value is None  # not known, which is not 0
    assert agents["B3"].value is None
    assert (shares["C2"].value, shares["C2"].number_format) == (0.0437, "0.00%")
    assert shares["A2"].value == "Bali"


def test_a_total_is_bold_below_the_filtered_rows_and_heads_stay(tmp_path: Path) -> None:
    sheet = book_of(report(stacked(3)), tmp_path).worksheets[1]
    assert sheet["A5"].value in ("Jumlah", "Total")
    assert sheet["A5"].font.bold
    assert sheet["B5"].value == sum(sheet[f"B{row}"].value for row in (2, 3, 4))
    assert sheet.auto_filter.ref == "A1:I4"
    assert sheet.freeze_panes == "A2"
    assert sheet.print_title_rows == "$1:$1"


@pytest.mark.parametrize("kind", ["text", "code"])
def test_no_text_is_a_formula_a_link_or_a_number(tmp_path: Path, kind: Any) -> None:
    sheet = book_of(one(Column("agent", kind), *RUNS), tmp_path).worksheets[1]
    for row, told in enumerate(RUNS, 2):
        cell = sheet.cell(row, 1)
        assert (cell.value, cell.data_type) == (told.replace("\r", "_x000D_"), "s") or (
            cell.value == told
        )
        assert cell.hyperlink is None
        assert cell.number_format == "@"
        assert bool(cell.quotePrefix) is told.startswith(("=", "+", "-", "@", "\t", "\r"))


def test_ids_and_long_numbers_keep_all_their_digits(tmp_path: Path) -> None:
    nik = "5171015708900001"
    sheet = book_of(one(Column("nik", "code"), nik), tmp_path).worksheets[1]
    assert sheet["A2"].value == nik
    sheet = book_of(one(Column("amount", "rupiah"), 2**60 + 1, -5), tmp_path).worksheets[1]
    assert column_of(sheet, 2) == [str(2**60 + 1), -5]


def test_a_long_text_is_cut_where_a_cell_ends_and_what_xml_forbids_is_replaced(
    tmp_path: Path,
) -> None:
    told = ["x" * 40_000, "\U0001f41f" * 20_000, "a\x00b\x0bc\ufffed\ud800e", "_x0041_"]
    sheet = book_of(one(Column("name", "text"), *told), tmp_path).worksheets[1]
    long, fish, odd, escaped = column_of(sheet, 4)
    assert long == "x" * (MAX_TEXT - 1) + "…"
    assert fish == "\U0001f41f" * ((MAX_TEXT - 1) // 2) + "…"
    assert odd == "a\ufffdb\ufffdc\ufffdd?e"
    assert escaped == "_x0041_"


@given(told=st.lists(st.text(), min_size=1, max_size=5))
@settings(max_examples=25, deadline=None)
def test_any_text_at_all_makes_a_workbook_that_opens(
    told: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    sheet = book_of(one(Column("name", "text"), *told), tmp_path_factory.mktemp("any")).worksheets[
        1
    ]
    for kept, wanted in zip(column_of(sheet, len(told)), told, strict=True):
        if wanted.isprintable():
            assert (kept or "") == wanted


@pytest.mark.parametrize("section", [stacked(), named(), curves(), provinces(), pairs()])
def test_nothing_at_all_is_a_heading_and_what_belongs_beside_it(
    tmp_path: Path, section: Section
) -> None:
    book = book_of(report(empty(section), origin=EMPTY), tmp_path)
    sheet = book.worksheets[1]
    assert [cell.value is not None for cell in sheet[1]] == [True] * len(section.columns)
    assert sheet["A2"].value is None
    assert not sheet._charts


@pytest.mark.parametrize(
    ("section", "series"),
    [(stacked(), 4), (named(), 1), (pairs(), 2), (provinces(), 1), (curves(), 5)],
)
def test_a_chart_is_excels_own_with_a_series_for_each_measure(
    tmp_path: Path, section: Section, series: int
) -> None:
    sheet = book_of(report(section), tmp_path).worksheets[1]
    (chart,) = sheet._charts
    assert len(chart.series) == series
    ref = chart.series[0].val.numRef.f
    assert sheet.title in ref.replace("''", "'")


def test_lines_are_drawn_from_figures_that_stand_below_the_table(tmp_path: Path) -> None:
    section = curves(3)
    sheet = book_of(report(section), tmp_path).worksheets[1]
    rows = list(sheet.iter_rows(min_row=len(list(section.tuples())) + 2, values_only=True))
    heads = next(place for place, row in enumerate(rows) if row[1])
    assert len([cell for cell in rows[heads] if cell]) == 4
    assert rows[heads + 1][:4] == (0, 1, 1, 1)
    assert rows[heads + 5][3] is None  # not known, so that the line has a gap


def test_titles_that_say_the_same_are_sheets_of_their_own(tmp_path: Path) -> None:
    book = book_of(report(pairs(), pairs(), pairs()), tmp_path)
    assert len({name.lower() for name in book.sheetnames}) == 4
    assert book.sheetnames[2].endswith("(2)")
    assert all(len(name) <= 31 for name in book.sheetnames)


def test_a_sheets_name_is_one_that_excel_takes() -> None:
    taken: set[str] = set()
    wanted = [
        "a/b:c*d?e[f]",
        "'quoted'",
        "x" * 40,
        "X" * 40,
        "",
        "History",
        "a\x01b",
        "x" * 30 + "'y",
    ]
    names = [sheet_name(each, taken) for each in wanted]
    assert len(set(map(str.lower, names))) == len(names)
    for name in names:
        assert 0 < len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert name.strip("'") == name
        assert name.isprintable()
        assert name.lower() != "history"


def test_the_same_report_gives_the_same_octets(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_xlsx(report(), tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    made = load_workbook(tmp_path / "a.xlsx").properties.created
    assert made == at(2026, 11, 22, 16, 30)


def test_no_part_of_it_is_left_beside_it(tmp_path: Path) -> None:
    wide = replace(pairs(), rows=[dict(row) for row in pairs().rows])
    assert write_xlsx(report(wide), tmp_path / "a.xlsx") == 2
    assert [each.name for each in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_workbook_that_cant_be_written_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        write_xlsx(report(), tmp_path / "none" / "a.xlsx")


def test_a_sheet_has_no_more_rows_than_excel() -> None:
    assert MAX_ROWS == 1_048_576


def test_libreoffice_reads_every_name_and_total(tmp_path: Path, spoken: str) -> None:
    if shutil.which("soffice") is None or shutil.which("pdftotext") is None:
        pytest.skip("no LibreOffice on this machine")
    write_xlsx(report(stacked(), named(NAMES[:6]), provinces()), tmp_path / "a.xlsx")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "a.xlsx"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=240)
    read = subprocess.run(
        ["pdftotext", "-layout", "a.pdf", "-"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert all(name in read for name in NAMES[:5])
    assert ("Jumlah" if spoken == "id" else "Total") in read
    assert ("Desember 2025" if spoken == "id" else "December 2025") in read
    assert "4.37%" in read
