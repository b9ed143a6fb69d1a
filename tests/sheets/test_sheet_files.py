"""Files are known by what is in them; what is no spreadsheet is told apart, with its cure."""

from __future__ import annotations

import ast
import re
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from sheet_books import (
    MAN,
    WOMAN,
    codes,
    csv_bytes,
    only_people,
    read_all,
    tables_of,
    write_ods,
    write_ods_content,
    write_xlsx,
)

from perisai_cli import i18n, sheets
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.sheets.model import Cell, Skipped, Unreadable
from perisai_cli.sheets.reading import open_book

ROWS = [("NIK", "Nama", "Tgl Lahir", "L/P"), (WOMAN, "Ni Luh Sarié", "17-08-1990", "P")]


def cells(path: Path, sheet: int = 0) -> list[tuple[int, tuple[Cell, ...]]]:
    with open_book(path) as book:
        return [(row.number, row.cells) for row in book.rows(book.sheets[sheet])]


def refusal(path: Path) -> str:
    """Return the code with which a file is refused, wherever in its reading that happens."""
    with pytest.raises(InvalidInput) as raised:
        read_all(path)
    return raised.value.code


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_a_csv_is_read_in_every_encoding_delimiter_and_line_end(
    delimiter: str, encoding: str, end: str, tmp_path: Path
) -> None:
    path = tmp_path / "people.txt"
    path.write_bytes(csv_bytes(ROWS, delimiter, encoding, end))
    (person,) = only_people(path)
    assert person.loose["name"] == "Ni Luh Sarié"
    assert (person.row, person.faults) == (2, ())


def test_excels_first_line_names_the_delimiter_and_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_bytes(b"sep=|\r\n" + csv_bytes(ROWS, "|"))
    (person,) = only_people(path)
    assert person.row == 2


def test_a_quoted_cell_may_hold_the_delimiter_quotes_and_lines(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    row = (WOMAN, "Sari", '"Toko, Jaya"\nblok A')
    path.write_bytes(csv_bytes([("NIK", "Nama", "Alamat"), row, (MAN, "Made", "x")]))
    first, second = only_people(path)
    assert first.loose["address"]["text"] == '"Toko, Jaya" blok A'
    assert second.row == 3


def test_a_quote_that_is_not_closed_is_told_with_its_row_and_swallows_nobody(
    tmp_path: Path,
) -> None:
    path = tmp_path / "people.csv"
    lines = [
        "NIK,Nama,Tgl Lahir,L/P",
        f'{WOMAN},"Sari,17-08-1990,P',
        f"{MAN},Made,17-08-1990,L",
        "",
    ]
    path.write_text("\n".join(lines))
    with pytest.raises(InvalidInput) as raised:
        only_people(path)
    assert (raised.value.code, raised.value.problems[0].facts) == ("sheet.quote", {"number": 2})


def test_one_bad_octet_in_utf_8_does_not_turn_all_names_to_windows_1252(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    rows = [*ROWS, *[(WOMAN, "Ni Wayan Ségara", "17-08-1990", "P")] * 20]
    path.write_bytes(csv_bytes(rows).replace(b"Ni Luh Sari", b"Ni Luh \xff", 1))
    assert only_people(path)[5].loose["name"] == "Ni Wayan Ségara"


def test_a_workbooks_values_are_exact_and_its_formulas_are_not_worked_out(tmp_path: Path) -> None:
    path = tmp_path / "values.xlsx"
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(
        [1500000.0, 0.1 + 0.2, "1500000.0", True, date(1990, 8, 17), "=1+1", "#N/A", "'5171"]
    )
    sheet["C1"].data_type = "n"
    book.save(path)
    ((_, found),) = cells(path)
    assert found == (
        1500000,
        Decimal("0.3"),
        1500000,
        True,
        date(1990, 8, 17),
        "=",
        "#N/A",
        "'5171",
    )
    assert isinstance(found[5], Unreadable)


def test_a_formula_nobody_worked_out_is_a_fault_of_its_cell_alone(tmp_path: Path) -> None:
    rows = [(*ROWS[0], "Penghasilan"), (*ROWS[1], "=1000000+500000")]
    (person,) = only_people(write_xlsx(tmp_path / "f.xlsx", {"A": rows}))
    assert codes(person)[0] == {"cell.formula"}
    assert person.loose["nik"] == WOMAN


@pytest.mark.parametrize("first", [1900, 1904])
def test_days_are_read_in_both_of_excels_date_systems(first: int, tmp_path: Path) -> None:
    path = tmp_path / "days.xlsx"
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904 if first == 1904 else book.epoch
    book.worksheets[0].append([date(1990, 8, 17), date(1904, 2, 1)])
    book.save(path)
    assert cells(path) == [(1, (date(1990, 8, 17), date(1904, 2, 1)))]


def test_a_label_merged_over_rows_stands_in_each_of_them(tmp_path: Path) -> None:
    rows = [
        ("NIK", "Nama", "Pasar"),
        (WOMAN, "Sari", "Pasar Sindhu"),
        (MAN, "Made", None),
        (MAN, "Ketut", "Lain"),
    ]
    path = write_xlsx(tmp_path / "merged.xlsx", {"A": rows}, ["C2:C3"])
    assert [each.loose["occupations"][0]["place"] for each in only_people(path)] == ["Pasar Sindhu", "Pasar Sindhu", "Lain"]  # fmt: skip
    spanned = (
        '<table:table table:name="A"><table:table-row><table:table-cell table:number-rows-spanned="2">'
        '</table:table-cell></table:table-row><table:table-row><table:table-cell table:number-rows-spanned="2"'
        ' office:value-type="string"><text:p>Sindhu</text:p></table:table-cell></table:table-row>'
        "<table:table-row><table:covered-table-cell/></table:table-row></table:table>"
    )
    path = write_ods_content(tmp_path / "merged.ods", spanned)
    assert cells(path) == [(1, ()), (2, ("Sindhu",)), (3, ("Sindhu",))]


def test_a_heading_merged_over_columns_stands_above_each_of_them(tmp_path: Path) -> None:
    rows = [
        ("DAFTAR PEDAGANG",),
        ("NIK", "Nama", "Alamat", None, "Tgl Lahir"),
        (None, None, "RT", "RW", None),
        (WOMAN, "Sari", "003", "005", date(1990, 8, 17)),
    ]
    merged = ["A1:E1", "A2:A3", "B2:B3", "C2:D2", "E2:E3"]
    path = write_xlsx(tmp_path / "merged.xlsx", {"A": rows}, merged)
    (person,) = only_people(path)
    assert person.loose["address"] == {"rt": "003", "rw": "005"}
    assert person.loose["birth_date"] == "1990-08-17"


def test_hidden_rows_are_read_and_said_and_hidden_sheets_are_not_read(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "hidden.xlsx", {"A": [*ROWS, (MAN, "Made", "17-08-1990", "L")], "B": ROWS, "C": ROWS})  # fmt: skip
    book = openpyxl.load_workbook(path)
    book["A"].row_dimensions[3].hidden = True
    book["B"].sheet_state = "hidden"
    book.save(path)
    assert [(each.sheet, each.row, codes(each)[1]) for each in only_people(path)] == [
        ("A", 2, set()),
        ("A", 3, {"row.hidden"}),
        ("C", 2, set()),
    ]


def test_a_sheet_without_people_is_passed_over(tmp_path: Path) -> None:
    sheets_ = {"Sampul": [("Laporan",), ("Tahun", 2026)], "Anggota": ROWS, "Kosong": []}
    for path in (write_xlsx(tmp_path / "s.xlsx", sheets_), write_ods(tmp_path / "s.ods", sheets_)):
        assert [table.sheet for table in tables_of(path)] == ["Anggota"]


def test_comments_beside_cells_and_deleted_rows_of_an_ods_are_no_part_of_it(tmp_path: Path) -> None:
    tables = (
        "<table:tracked-changes><table:deletion><table:cell-content-deletion><table:change-track-table-cell>"
        "<text:p>old</text:p></table:change-track-table-cell></table:cell-content-deletion></table:deletion>"
        '</table:tracked-changes><table:table table:name="A"><table:table-row><table:table-cell'
        ' office:value-type="string"><office:annotation><text:p>a comment</text:p></office:annotation>'
        "<text:p>two<text:s/>words</text:p><text:p>and <text:span>lines</text:span></text:p>"
        "</table:table-cell></table:table-row></table:table>"
    )
    path = write_ods_content(tmp_path / "c.ods", tables)
    assert cells(path) == [(1, ("two words\nand lines",))]


def test_a_million_repeated_blank_rows_and_columns_of_an_ods_are_one_row(tmp_path: Path) -> None:
    assert len(cells(write_ods(tmp_path / "wide.ods", {"A": ROWS}))) == 3


def test_a_repeated_row_of_an_ods_is_as_many_rows(tmp_path: Path) -> None:
    row = '<table:table table:name="A"><table:table-row table:number-rows-repeated="3"><table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="7"/></table:table-row></table:table>'  # fmt: skip
    assert cells(write_ods_content(tmp_path / "r.ods", row)) == [(n, (7, 7)) for n in (1, 2, 3)]


def ole(*names: str) -> bytes:
    """Return an OLE file of one directory sector with these names."""
    head = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    head[30:32], head[48:52] = (9).to_bytes(2, "little"), (0).to_bytes(4, "little")
    entries = b"".join(
        name.encode("utf-16-le").ljust(128, b"\0") for name in ("Root Entry", *names)
    )
    return bytes(head) + entries.ljust(512, b"\0")


def zipped(*names: str) -> Callable[[Path], bytes]:
    def make(folder: Path) -> bytes:
        path = folder / "made.zip"
        with zipfile.ZipFile(path, "w") as made:
            for name in names:
                made.writestr(name, "<x/>")
        return path.read_bytes()

    return make


@pytest.mark.parametrize(
    ("held", "code"),
    [
        (b"", "input.empty"),
        (b"\xef\xbb\xbf \r\n", "input.empty"),
        (ole("Workbook"), "sheet.old_excel"),
        (ole("Book"), "sheet.old_excel"),
        (b"\x09\x08\x10\x00\x00\x06\x05\x00", "sheet.old_excel"),
        (ole("EncryptionInfo", "EncryptedPackage"), "sheet.password"),
        (ole("WordDocument"), "sheet.document"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "sheet.damaged"),
        (b"%PDF-1.7\n", "sheet.pdf"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "sheet.picture"),
        (b"\x89PNG\r\n\x1a\n", "sheet.picture"),
        (b"\x00\x00\x00\x18ftypheic", "sheet.picture"),
        (b"<html><table><tr><td>NIK", "sheet.page"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "sheet.page"),
        (b"{\\rtf1", "sheet.document"),
        (b'{"nik": "1"}', "sheet.json"),
        (b"Rar!\x1a\x07", "sheet.archive"),
        (b"SQLite format 3\0", "sheet.database"),
        (bytes(range(256)) * 4, "sheet.not_one"),
        (b"PK\x03\x04 cut", "sheet.damaged"),
        (zipped("readme.txt"), "sheet.archive"),
        (zipped("[Content_Types].xml", "word/document.xml"), "sheet.document"),
        (zipped("[Content_Types].xml", "xl/workbook.bin"), "sheet.binary"),
        (zipped("[Content_Types].xml"), "sheet.not_one"),
        (zipped("Index/Document.iwa"), "sheet.binary"),
    ],
)  # fmt: skip
def test_what_is_no_spreadsheet_is_told_by_what_it_is(
    held: bytes | Callable[[Path], bytes], code: str, tmp_path: Path
) -> None:
    path = tmp_path / "people.xlsx"
    path.write_bytes(held if isinstance(held, bytes) else held(tmp_path))
    assert refusal(path) == code


def test_a_file_that_is_not_there_or_is_a_folder_is_unreadable(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.csv") == "file.unreadable"
    assert refusal(tmp_path) == "file.unreadable"


def test_an_ods_behind_a_password_is_told(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "locked.ods", {"A": ROWS})
    with zipfile.ZipFile(path, "a") as book:
        book.writestr("META-INF/manifest.xml", "<m><manifest:encryption-data/></m>")
    assert refusal(path) == "sheet.password"


def test_a_file_is_let_go_of_when_it_is_closed_or_refused(tmp_path: Path) -> None:
    for name in ("a.csv", "a.xlsx", "a.ods"):
        path = tmp_path / name
        if name == "a.csv":
            path.write_bytes(csv_bytes(ROWS))
        else:
            (write_xlsx if name == "a.xlsx" else write_ods)(path, {"A": ROWS})
        with open_book(path) as book:
            next(iter(book.rows(book.sheets[0])))
            assert list(book.rows(book.sheets[0]))  # and again, from the beginning


def test_rows_above_the_heading_are_passed_over_by_name(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "t.xlsx", {"A": [("DAFTAR",), *ROWS]})
    assert [each for each in read_all(path) if isinstance(each, Skipped)] == [
        Skipped("A", 1, "heading"),
        Skipped("A", 2, "heading"),
    ]


def test_every_code_of_the_spreadsheet_ring_has_words_in_both_languages() -> None:
    found: set[str] = set()
    for path in Path(sheets.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.fullmatch(r"(?:sheet|nik|phone|income|cell|birth_date|sex|row|identity|occupation|start|name|programs|sector|payer|answer|relationship)\.[a-z_]+", node.value):  # fmt: skip
                found.add(node.value)
    before = i18n.language()
    assert len(found) > 40
    for language in i18n.LANGUAGES:
        i18n.use_language(language)
        assert {
            code
            for code in found
            if not (
                i18n.known(f"warning.{code}")
                or (i18n.known(f"error.{code}") and i18n.known(f"remedy.{code}"))
            )
        } == set()
    i18n.use_language(before)
