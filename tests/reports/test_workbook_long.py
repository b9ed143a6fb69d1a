"""A table as long as its source: streamed, split where a sheet ends, the same with either library."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from made_reports import report, stacked
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from perisai_cli.domain import spreadsheet
from perisai_cli.reports import workbook, workbook_plain, workbook_sheets
from perisai_cli.reports.model import Column, Report, Section, Streamed, Value
from perisai_cli.reports.workbook import write_xlsx
from perisai_cli.reports.workbook_cells import cells_of, maker_of

COLUMNS = (
    Column("id", "text"), Column("nik", "code"), Column("name", "text"), Column("start", "month"),
    Column("day", "day"), Column("recorded_at", "moment"), Column("amount", "rupiah"),
    Column("share", "percent"), Column("payer", "code", "payer_value"), Column("pending", "code"),
    Column("reason", "text", "error"),
)  # fmt: skip
NIK = "5171015708900001"


def row(number: int) -> tuple[Value, ...]:
    told = ("=cmd|'/C calc'!A0", "+1", "-1", "@x", "\tx", "\rx", "a\x00b", "x" * 40_000, "_x0041_")
    name = told[number] if number < len(told) else f"Ni Wayan {number}"
    moment = "2026-12-31T15:30:00Z"
    if number == 9:
        return (f"id-{number}", NIK, "", *(None,) * 8)
    amount = 2**60 if number == 10 else 16_800
    return (
        f"id-{number}", NIK, name, "2026-12", "2026-11-22", moment, amount, None, "self",
        number % 2 == 0, "report.special",
    )  # fmt: skip


def long(count: int, length: int | None = None) -> Report:
    names = [column.name for column in COLUMNS]
    rows = Streamed(names, lambda: (row(number) for number in range(count)), length)
    return report(Section("enrollments", COLUMNS, rows))


@pytest.fixture
def without_rust(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the optional library one that is not installed."""
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name: None if name == "rustpy_xlsxwriter" else found(name),
    )


@pytest.fixture
def short_sheets(monkeypatch: pytest.MonkeyPatch) -> int:
    """Let a sheet end after a few rows."""
    for module in (workbook_plain, workbook_sheets):
        monkeypatch.setattr(module, "MAX_ROWS", 11)
    return 11


def sheets_of(of: Report, folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    path = folder / "long.xlsx"
    write_xlsx(of, path)
    book = load_workbook(path, read_only=True)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}


def test_cells_are_what_they_are_and_nothing_runs(tmp_path: Path) -> None:
    about, sheet = sheets_of(long(60), tmp_path).values()
    assert "banuspa-0007" in str(about)
    assert len(sheet) == 61
    (ident, nik, name, start, day, moment, amount, share, payer, pending, reason) = sheet[1]
    assert (ident, nik, amount, share, payer) == ("id-0", NIK, 16_800, None, "peserta sendiri")
    assert name == "=cmd|'/C calc'!A0"
    assert [start, day] == [datetime(2026, 12, 1), datetime(2026, 11, 22)]  # noqa: DTZ001
    assert str(moment) == "2026-12-31 23:30:00"  # on the clock whose name stands beside it
    assert (pending, reason) == ("ya", "Format ini tidak dapat ditulis ke pipa atau perangkat.")
    assert [unescape(each[2]) for each in sheet[2:10]] == [
        "+1", "-1", "@x", "\tx", "\rx", "a\ufffdb", "x" * 32_766 + "…", "_x0041_"
    ]  # fmt: skip
    assert sheet[10][2:] == (None,) * 9
    assert sheet[11][6] == str(2**60)


def test_no_cell_is_a_formula_and_a_nik_stays_text_when_it_is_typed_over(tmp_path: Path) -> None:
    write_xlsx(long(60), tmp_path / "long.xlsx")
    with ZipFile(tmp_path / "long.xlsx") as parts:
        assert not [name for name in parts.namelist() if b"<f>" in parts.read(name)]
    sheet = load_workbook(tmp_path / "long.xlsx").worksheets[1]
    assert (sheet["B2"].number_format, sheet["B2"].data_type) == ("@", "s")
    assert sheet["G2"].number_format == '"Rp"#,##0'
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:K61"


@pytest.mark.parametrize("count", [1, 60, 25])
def test_either_library_writes_the_same_cells(
    tmp_path: Path, short_sheets: int, request: pytest.FixtureRequest, count: int
) -> None:
    fast = sheets_of(long(count), tmp_path)
    request.getfixturevalue("without_rust")
    slow = sheets_of(long(count), tmp_path)
    assert list(fast) == list(slow)
    for name in list(fast)[1:]:
        assert fast[name] == slow[name]


@pytest.mark.parametrize("length", [None, 0, 25, 99])
def test_a_table_longer_than_a_sheet_goes_on_on_the_next(
    tmp_path: Path, short_sheets: int, length: int | None
) -> None:
    assert write_xlsx(long(25, length), tmp_path / "long.xlsx") == 25
    _, *sheets = sheets_of(long(25, length), tmp_path).items()
    assert [name for name, _ in sheets][:3] == [
        "Pendaftaran", "Pendaftaran (2)",
        "Pendaftaran (3)",
    ]  # fmt: skip
    assert len(sheets) == 3
    assert len({rows[0] for _, rows in sheets}) == 1
    assert [each[0] for _, rows in sheets for each in rows[1:]] == [f"id-{n}" for n in range(25)]


def test_no_row_at_all_is_a_heading(tmp_path: Path) -> None:
    _, sheet = sheets_of(long(0), tmp_path).values()
    assert sheet[0][0] == "Nomor"
    assert len(sheet) == 1


def test_many_rows_of_a_list_are_written_as_streamed_ones(tmp_path: Path) -> None:
    rows = [{"agent": f"a-{number}", "amount": number} for number in range(workbook.MANY + 1)]
    section = Section("enrolled_agent", (Column("agent", "text"), Column("amount", "rupiah")), rows)
    _, sheet = sheets_of(report(section), tmp_path).values()
    assert len(sheet) == workbook.MANY + 2
    assert sheet[-1] == (f"a-{workbook.MANY}", workbook.MANY)


def test_a_long_section_among_others_is_written_with_them(tmp_path: Path) -> None:
    (streamed,) = long(60).sections
    found = sheets_of(report(stacked(), streamed), tmp_path)
    assert [len(rows) for rows in found.values()][2] == 61
    assert [each.name for each in tmp_path.iterdir()] == ["long.xlsx"]


@pytest.mark.parametrize("library", ["rust", "python"])
def test_the_same_report_gives_the_same_octets(
    tmp_path: Path, library: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    if library == "python":
        request.getfixturevalue("without_rust")
    for name in "ab":
        write_xlsx(long(60), tmp_path / name)
    first = (tmp_path / "a").read_bytes()
    assert first == (tmp_path / "b").read_bytes()
    assert b"2026-11-22T16:30:00Z" in ZipFile(tmp_path / "a").read("docProps/core.xml")
    assert ZipFile(tmp_path / "a").testzip() is None


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: column.name)
def test_many_cells_at_once_are_the_cells_one_by_one(column: Column) -> None:
    values = [row(number)[COLUMNS.index(column)] for number in range(30)]
    for part in (values, values[11:], values[:1]):
        made = list(cells_of(column, maker_of(column), part))
        one_by_one = [maker_of(column)(value) for value in part]
        assert [each or None for each in made] == [each or None for each in one_by_one]


LIMITED = """
import resource, sys
from pathlib import Path
sys.path[:0] = sys.argv[2:]
from perisai_cli.reports.workbook import write_xlsx
from test_workbook_long import long
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    write_xlsx(long(60_000), Path(sys.argv[1]))
except OSError as error:
    print("told:", error.errno)
"""


def test_a_full_disk_is_an_error_of_the_system_with_either_library(tmp_path: Path) -> None:
    here = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    command = [sys.executable, "-c", LIMITED, str(tmp_path / "long.xlsx"), *here]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert ended.stdout.startswith("told:"), ended.stderr[-500:]
    assert "id-" not in ended.stderr


def test_an_error_of_the_rows_is_raised_as_it_is(tmp_path: Path) -> None:
    def broken() -> Iterator[tuple[Value, ...]]:
        yield row(0)
        raise KeyError("gone")

    rows = Streamed([column.name for column in COLUMNS], broken)
    with pytest.raises(KeyError, match="gone"):
        write_xlsx(report(Section("enrollments", COLUMNS, rows)), tmp_path / "long.xlsx")


def test_the_row_after_the_last_of_excel_is_on_a_second_sheet(tmp_path: Path) -> None:
    columns = (Column("agent", "text"), Column("months", "count"))
    last = spreadsheet.MAX_ROWS
    rows = Streamed(
        ("agent", "months"), lambda: ((f"a-{number}", number) for number in range(last))
    )
    told = report(Section("enrolled_agent", columns, rows))
    assert write_xlsx(told, tmp_path / "long.xlsx") == last
    book = load_workbook(tmp_path / "long.xlsx", read_only=True)
    first, second = book.worksheets[1:]
    assert (first.max_row, second.max_row) == (last, 2)
    assert list(second.iter_rows(values_only=True)) == [
        ("Agen", "Bulan"),
        (f"a-{last - 1}", last - 1),
    ]
