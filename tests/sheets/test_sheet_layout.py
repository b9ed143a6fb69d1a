"""Columns are understood by what was said, kept, written above them, or by what is in them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sheet_books import MAN, WOMAN, codes, csv_bytes, only_people, tables_of, write_xlsx

from perisai_cli.i18n import known
from perisai_cli.sheets.fields import READERS
from perisai_cli.sheets.headings import FIELDS, UNREAD, meaning
from perisai_cli.sheets.layout import find_tables, letter_of, signature
from perisai_cli.sheets.model import Person, Table
from perisai_cli.sheets.people import people
from perisai_cli.sheets.reading import open_book

BODY = (WOMAN, "Ni Luh Sari", "Sindhu")


def table(tmp_path: Path, *rows: tuple[object, ...], **sayings: object) -> Table:
    path = tmp_path / "t.csv"
    path.write_bytes(csv_bytes(rows))
    (found,) = tables_of(path, **sayings)
    return found


def fields(found: Table) -> list[tuple[str | None, str]]:
    return [(column.field, column.reason) for column in found.columns]


def test_what_is_told_goes_before_what_was_kept_and_that_before_names(tmp_path: Path) -> None:
    rows = [("NIK", "Nama", "Blok"), BODY]
    assert fields(table(tmp_path, *rows))[2] == (None, "unknown")
    kept = {"blok": "occupations.place"}
    assert fields(table(tmp_path, *rows, remembered=kept))[2] == ("occupations.place", "saved")
    told = {"Blok": "address.text"}
    assert fields(table(tmp_path, *rows, remembered=kept, told=told))[2] == ("address.text", "told")
    assert fields(table(tmp_path, *rows, told={"NAMA": ""}))[1] == (None, "told")


def test_a_column_without_a_heading_is_told_by_its_letter(tmp_path: Path) -> None:
    found = table(tmp_path, (WOMAN, "Sari", "Sindhu"), (MAN, "Made", "Sindhu"), told={"C": "occupations.place"})  # fmt: skip
    assert fields(found)[2] == ("occupations.place", "told")
    assert [letter_of(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def test_the_signature_is_that_of_the_headings_and_holds_none_of_them(tmp_path: Path) -> None:
    first = table(tmp_path, ("NIK", "Nama", "Blok"), BODY)
    same = table(tmp_path, ("DAFTAR",), ("nik", " Nama ", "BLOK:"), (MAN, "Made", "x"))
    other = table(tmp_path, ("NIK", "Blok", "Nama"), BODY)
    assert signature(first) == signature(same) != signature(other)
    assert signature(first).isalnum()


def test_a_field_that_two_columns_claim_is_the_firsts(tmp_path: Path) -> None:
    found = table(tmp_path, ("NIK", "Nama", "No HP", "Telepon"), (WOMAN, "Sari", "081234567890", "0361224455"))  # fmt: skip
    assert [column.field for column in found.columns] == ["nik", "name", "phone", None]


def test_a_file_without_people_has_no_table(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    for text in ("x", "a,b\n1,2\n", "Barang,Harga\nBeras,15000\n", "\n\n"):
        path.write_text(text + "\n.")
        assert tables_of(path) == ()


def test_every_sheet_with_people_is_a_table_of_its_own(tmp_path: Path) -> None:
    rows = [("NIK", "Nama"), BODY[:2]]
    path = write_xlsx(tmp_path / "t.xlsx", {"Pasar A": rows, "Kosong": [], "Pasar B": [("KTP", "Nama lengkap"), *rows[1:]]})  # fmt: skip
    assert [each.sheet for each in tables_of(path)] == ["Pasar A", "Pasar B"]
    assert len({signature(each) for each in tables_of(path)}) == 2


@pytest.mark.parametrize(
    "heading", ["Nama Ibu", "NAMA IBU KANDUNG", "Nama gadis ibu kandung", "Mother's maiden name"]
)
def test_a_mothers_name_is_known_and_never_read(heading: str) -> None:
    assert meaning(heading) == UNREAD


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("No. Induk Kependudukan (NIK)", None),
        ("Nomor KTP", "nik"),
        ("Tgl. Lahir (dd/mm/yyyy)", "birth_date"),
        ("Tempat, Tanggal Lahir", "birth"),
        ("L / P", "sex"),
        ("No. HP (WA)", "phone"),
        ("Desa / Kel.", "address.village"),
        ("Kab./Kota", "address.regency"),
        ("Nama Ahli Waris", "heirs.name"),
        ("Hub. Keluarga", "heirs.relationship"),
        ("Penghasilan / bulan (Rp)", "income"),
        ("E-mail", "email"),
    ],
)
def test_a_heading_is_known_in_many_spellings(heading: str, field: str | None) -> None:
    assert meaning(heading) == field or (field is None and meaning(heading) in ("nik", None))


def test_every_field_that_a_heading_can_name_is_read_and_has_a_label() -> None:
    named = set(FIELDS) - {UNREAD}
    assert named == {*READERS, "nik", "birth", "birth_date"}
    assert {field for field in named if not known(f"field.{field}")} == set()


def test_words_of_an_association_can_be_handed_in(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "t.xlsx", {"A": [("NIK", "Nama", "Pekerjaan"), (WOMAN, "Sari", "Tukang banten")]})  # fmt: skip
    assert codes(only_people(path)[0])[0] == {"occupation.not_recognised"}
    with open_book(path) as book:
        found = people(book, find_tables(book), date(2026, 11, 22), {"tukang banten": "artisan"})
        (person,) = (each for each in found if isinstance(each, Person))
    assert person.loose["occupations"] == [{"code": "artisan"}]
