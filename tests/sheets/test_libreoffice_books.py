"""Books that LibreOffice itself has written are read row by row as they must be."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest
from sheet_books import codes, only_people, read_all, tables_of

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.sheets.model import Skipped

BOOKS = Path(__file__).parent / "books"
NIKS = ("5171015708909999", "5171011708909999")
KINDS = ("dirty.ods", "dirty.xlsx", "dirty-utf16.csv")


@pytest.fixture(params=["kept", pytest.param("fresh", marks=pytest.mark.slow)], scope="session")
def books(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the books: those kept here, and those of the LibreOffice of this machine."""
    if request.param == "kept":
        return BOOKS
    if shutil.which("soffice") is None:
        pytest.skip("no LibreOffice on this machine")
    described = importlib.util.spec_from_file_location("make_books", BOOKS / "make_books.py")
    assert described is not None
    assert described.loader is not None
    maker = importlib.util.module_from_spec(described)
    described.loader.exec_module(maker)
    folder = tmp_path_factory.mktemp("books")
    maker.make(folder)
    return folder


@pytest.mark.parametrize("name", KINDS)
def test_the_heading_of_two_merged_rows_is_found_below_the_titles(books: Path, name: str) -> None:
    (table,) = tables_of(books / name)
    assert table.heading_rows == (4, 5)
    assert [column.field for column in table.columns] == [None, "nik", "name", "birth_date", "sex", "address.rt", "address.rw", "phone", "occupations.code", "income"]  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_each_row_is_read_as_it_must_be(books: Path, name: str) -> None:
    sari, made, ketut = only_people(books / name)
    assert (sari.row, made.row, ketut.row) == (6, 7, 8)
    assert (sari.loose["nik"], sari.loose["birth_date"], sari.faults) == (NIKS[0], "1990-08-17", ())
    assert made.loose["birth_date"] == "1990-08-17"
    assert made.loose["income"] == 1500000  # the value that LibreOffice kept beside the formula
    assert made.loose["phone"] == "+6281234567891"
    assert "income.value" in codes(ketut)[0]  # 1.250.000,5 is not whole rupiah
    assert "phone" not in ketut.loose
    assert [(each.row, each.reason) for each in read_all(books / name) if isinstance(each, Skipped)][-2:] == [(10, "total"), (11, "note")]  # fmt: skip


def test_a_nik_typed_as_a_number_is_whole_in_ods_and_damaged_in_xlsx(books: Path) -> None:
    assert only_people(books / "dirty.ods")[1].loose["nik"] == NIKS[1]
    assert codes(only_people(books / "dirty.xlsx")[1])[0] == {"nik.rounded"}


@pytest.mark.parametrize("name", ["dirty.ods", "dirty.xlsx"])
def test_a_merged_cell_a_hidden_row_and_a_hidden_sheet_are_understood(
    books: Path, name: str
) -> None:
    sari, made, ketut = only_people(books / name)
    assert [each.loose["address"].get("rt") for each in (sari, made, ketut)] == [
        "003",
        "003",
        "004",
    ]
    assert "row.hidden" in codes(made)[1]
    assert {each.sheet for each in read_all(books / name)} == {"Anggota"}


@pytest.mark.parametrize("name", ["typed.ods", "typed.xlsx"])
def test_a_nik_of_papua_read_as_a_number_is_never_taken_for_right(books: Path, name: str) -> None:
    yosef = only_people(books / name)[1]
    assert (codes(yosef)[0], "nik" in yosef.loose) == ({"nik.rounded"}, False)


@pytest.mark.parametrize(
    ("name", "code"),
    [("dirty.xls", "sheet.old_excel"), ("dirty.pdf", "sheet.pdf"), ("dirty.html", "sheet.page")],
)
def test_what_is_not_read_is_told_by_what_it_is(books: Path, name: str, code: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        read_all(books / name)
    assert raised.value.code == code
