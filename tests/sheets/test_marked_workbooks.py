"""A workbook that comes back: cells as they were, marks that need no colour, an identity a row."""

from __future__ import annotations

import stat
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_disks import filled, small_disk  # noqa: F401 - a fixture

from perisai_cli.domain.errors import DiskTrouble
from perisai_cli.domain.spreadsheet import MAX_ROWS
from perisai_cli.sheets import marked
from perisai_cli.sheets.marked import IDENTITY, SIGNS, write_marked
from perisai_cli.sheets.model import Cell, Marked

WORDS = {"sheet": "Petunjuk", "explanation": "Baca dulu.\nLalu perbaiki."}
HEADINGS = ("NIK", "Nama", "Tgl Lahir", "Penghasilan")
ROW: tuple[Cell, ...] = ("5171015708900001", "Ni Luh Uji", date(1990, 8, 17), 1500000)


def written(path: Path, rows: list[Marked], headings: tuple[str, ...] = HEADINGS) -> Any:
    write_marked(path, [("Anggota", headings, rows)], WORDS)
    return openpyxl.load_workbook(path)


def test_cells_come_back_as_the_values_that_they_were(tmp_path: Path) -> None:
    more: tuple[Cell, ...] = ("0812", True, Decimal("1.5"), None)
    rows = [Marked("id-1", ROW, {}), Marked("id-2", more, {})]
    sheet = written(tmp_path / "out.xlsx", rows)["Anggota"]
    first, second = ([cell.value for cell in row] for row in sheet.iter_rows(2, 3))
    assert first[:2] == ["5171015708900001", "Ni Luh Uji"]
    assert first[2].date() == date(1990, 8, 17)
    assert first[3] == 1500000
    assert second[:4] == ["0812", True, 1.5, None]
    assert [row[-1].value for row in sheet.iter_rows(2, 3)] == ["id-1", "id-2"]


def test_a_marked_cell_is_told_without_colour_and_beside_the_row(tmp_path: Path) -> None:
    rows = [Marked("id-1", ROW, {0: ("NIK kurang satu angka.", "Ketik lagi."), 9: ("Umum.",)})]
    sheet = written(tmp_path / "out.xlsx", rows)["Anggota"]
    cell = sheet["A2"]
    assert cell.comment.text == "NIK kurang satu angka.\nKetik lagi."
    assert cell.font.bold
    assert cell.border.left.style == "thick"
    assert cell.fill.fgColor.rgb == "FFFFE699"
    assert sheet["B2"].comment is None
    assert sheet["E2"].value == "✗ NIK: NIK kurang satu angka. Ketik lagi.\n✗ Umum."


def test_an_empty_cell_that_needs_something_is_marked(tmp_path: Path) -> None:
    rows = [Marked("id-1", ("1", None), {1: ("Isi namanya.",), 2: ("Isi tanggalnya.",)})]
    sheet = written(tmp_path / "out.xlsx", rows)["Anggota"]
    assert sheet["B2"].comment.text == "Isi namanya."
    assert sheet["C2"].comment.text == "Isi tanggalnya."
    assert sheet["C2"].border.left.style == "thick"


def test_what_is_typed_over_a_nik_stays_text_but_a_damaged_one_stays_a_number(
    tmp_path: Path,
) -> None:
    rows = [Marked("id-1", (5171015708901230, *ROW[1:]), {}), Marked("id-2", ROW, {})]
    sheet = written(tmp_path / "out.xlsx", rows)["Anggota"]
    assert sheet["A2"].value == 5171015708901230
    assert sheet["A2"].number_format == sheet["A3"].number_format == "@"
    assert sheet["A3"].data_type == "s" or sheet["A3"].data_type == "inlineStr"
    assert sheet.column_dimensions["A"].number_format == "@"


@pytest.mark.parametrize("text", ["=1+1", "+62812", "-5", "@SUM(A1)", '=HYPERLINK("http://x")'])
def test_no_text_becomes_a_formula_or_a_link(tmp_path: Path, text: str) -> None:
    sheet = written(tmp_path / "out.xlsx", [Marked("id", (text,), {})], (text,))["Anggota"]
    for cell in (sheet["A1"], sheet["A2"]):
        assert cell.value == text
        assert cell.data_type != "f"
        assert cell.hyperlink is None
    assert sheet["A2"].quotePrefix


def test_the_first_sheet_explains_and_the_column_of_ids_is_hidden(tmp_path: Path) -> None:
    book = written(tmp_path / "out.xlsx", [Marked("id-1", ROW, {})])
    assert book.sheetnames == ["Petunjuk", "Anggota"]
    assert [row[0].value for row in book["Petunjuk"].iter_rows()] == [
        "Baca dulu.",
        "Lalu perbaiki.",
    ]
    sheet = book["Anggota"]
    assert [cell.value for cell in sheet[1]] == [*HEADINGS, SIGNS, IDENTITY]
    assert sheet.column_dimensions["F"].hidden
    assert sheet.freeze_panes == "A2"


def test_sheets_keep_names_as_far_as_excel_takes_them(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    names = ["Pasar/Ikan [2026]", "", "pasar ikan 2026", "History", "petunjuk", "x" * 40, "'a'"]
    write_marked(path, [(name, ("NIK",), []) for name in names], WORDS)
    assert openpyxl.load_workbook(path).sheetnames == [
        "Petunjuk", "Pasar Ikan 2026", "Data", "pasar ikan 2026 (2)", "History (2)",
        "petunjuk (2)", "x" * 31, "a",
    ]  # fmt: skip


def test_more_rows_than_a_sheet_holds_go_on_in_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marked, "MAX_ROWS", 4)
    rows = [Marked(f"id-{number}", ROW, {}) for number in range(7)]
    book = written(tmp_path / "out.xlsx", rows)
    assert [sheet.max_row for sheet in book.worksheets[1:]] == [4, 4, 2]
    assert book.sheetnames[1:] == ["Anggota", "Anggota (2)", "Anggota (3)"]


def test_comments_end_where_memory_would_not_but_signs_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(marked, "MAX_COMMENTS", 2)
    rows = [Marked(f"id-{number}", ROW, {0: ("Salah.",)}) for number in range(4)]
    sheet = written(tmp_path / "out.xlsx", rows)["Anggota"]
    assert [bool(sheet.cell(row, 1).comment) for row in range(2, 6)] == [True, True, False, False]
    assert [sheet.cell(row, 5).value for row in range(2, 6)] == ["✗ NIK: Salah."] * 4


def test_a_workbook_that_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    path.write_bytes(b"what was there")

    def rows() -> Iterator[Marked]:
        yield Marked("id-1", ROW, {})
        raise ValueError

    with pytest.raises(ValueError):
        write_marked(path, [("Anggota", HEADINGS, rows())], WORDS)
    assert path.read_bytes() == b"what was there"
    assert [each.name for each in tmp_path.iterdir()] == ["out.xlsx"]


def test_a_folder_that_is_not_there_is_an_error_of_the_disk(tmp_path: Path) -> None:
    with pytest.raises(DiskTrouble):
        write_marked(tmp_path / "none" / "out.xlsx", [("A", ("NIK",), [])], WORDS)


FULL = """
import sys
from pathlib import Path
from perisai_cli.domain.errors import DiskTrouble
from perisai_cli.sheets.marked import Marked, write_marked
rows = [Marked(f"id-{number}", ("5171015708900001", "Ni Luh Uji"), {}) for number in range(400)]
words = {"sheet": "Petunjuk", "explanation": "Baca dulu."}
try:
    write_marked(Path(sys.argv[1]), [("Anggota", ("NIK", "Nama"), rows)], words)
except DiskTrouble as error:
    print(error.problems[0].facts)
"""


@pytest.mark.parametrize("free", [0, 4, 8, 12])
def test_a_full_disk_is_told_as_such_wherever_it_ends(
    small_disk: Path,  # noqa: F811 - the fixture
    free: int,
) -> None:
    """In a process of its own: the library leaves a part open when it fails."""
    command = [sys.executable, "-c", FULL, str(small_disk / "out.xlsx")]
    with filled(small_disk, free):
        done = subprocess.run(command, capture_output=True, check=True)
    assert done.stdout.decode().strip() == "{'name': 'out.xlsx', 'cause': 'full', 'number': 28}"
    assert list(small_disk.iterdir()) == []


def test_only_the_owner_may_read_it_and_no_part_is_left(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    leftover = tmp_path / ".out.xlsx.perisai"
    leftover.mkdir()
    (leftover / "part").write_text("5171015708900001")
    written(path, [Marked("id-1", ROW, {})])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["out.xlsx"]


_TEXTS = st.text(max_size=20)
_CELLS = st.one_of(
    st.none(),
    st.booleans(),
    _TEXTS,
    st.integers(-(10**15), 10**15),
    st.dates(date(1900, 3, 1), date(2100, 1, 1)),
)


@settings(deadline=None)
@given(st.lists(st.lists(_CELLS, min_size=3, max_size=3), max_size=4))
def test_whatever_cells_hold_the_workbook_opens_and_holds_them(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[Cell]]
) -> None:
    path = tmp_path_factory.mktemp("any") / "out.xlsx"
    given_rows = [Marked("id", tuple(row), {1: ("Salah.",)}) for row in rows]
    sheet = written(path, given_rows, ("A", "B", "C"))["Anggota"]
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            came = sheet.cell(number, column).value
            if isinstance(value, str):
                assert (came or "") == value.replace("\r\n", "\n").replace("\r", "\n") or not (
                    value.isprintable()
                )
            elif isinstance(value, date):
                assert came.date() == value
            else:
                assert came == value


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    program = """
import sys, resource
from pathlib import Path
from perisai_cli.sheets.marked import write_marked
from perisai_cli.sheets.model import Marked
row = ("5171015708900001", "Ni Luh Uji", "17-08-1990", 1500000)
def rows(count):
    return (Marked("id", row, {0: ("Salah.",)} if n < 50 else {}) for n in range(count))
def peak(count):
    write_marked(Path(sys.argv[1]), [("A", ("a", "b", "c", "d"), rows(count))],
                 {"sheet": "B", "explanation": "x"})
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
small = peak(2000); large = peak(20000)
assert large - small < 4096, (small, large)
"""
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path / "out.xlsx")],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()


def test_a_sheet_of_excel_has_as_many_rows_as_written_here() -> None:
    from xlsxwriter import Workbook

    assert Workbook().add_worksheet().xls_rowmax == MAX_ROWS
