"""A workbook made to freeze the device is refused, in little memory and before it is unpacked."""

from __future__ import annotations

import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sheet_books import ODS_ROOT, WOMAN, csv_bytes, write_xlsx

ROWS = [("NIK", "Nama", "Tgl Lahir"), (WOMAN, "Sari", "17-08-1990")]
SHEET, SHARED, CONTENT = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "content.xml"
ROOT = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
END = b"</sheetData></worksheet>"

SECONDS, MEBIBYTES = 60, 400
"""Far above what a refusal takes (a second or two, 60 MiB) and far below what a bomb would."""

READER = """
import resource, sys
from datetime import date
from pathlib import Path
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.sheets.layout import find_tables
from perisai_cli.sheets.people import people
from perisai_cli.sheets.reading import open_book
code = "read"
try:
    with open_book(Path(sys.argv[1])) as book:
        for each in people(book, find_tables(book), date(2026, 11, 22)):
            pass
except InvalidInput as error:
    code = error.code
print(code, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def read_apart(path: Path) -> tuple[str, int]:
    """Read a file in a process of its own; return its answer and the largest resident MiB."""
    limit = 2 << 30

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))

    done = subprocess.run(
        [sys.executable, "-c", READER, str(path)],
        capture_output=True,
        text=True,
        preexec_fn=bound,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-500:]
    code, size = done.stdout.split()
    return code, int(size)


def with_part(folder: Path, part: str, chunks: Iterator[bytes]) -> Path:
    """Return a workbook of which one part is replaced by *chunks*."""
    plain = write_xlsx(folder / "plain.xlsx", {"A": ROWS})
    path = folder / "bomb.xlsx"
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:  # fmt: skip
        for each in old.infolist():
            if each.filename != part:
                new.writestr(each.filename, old.read(each))
        with new.open(part, "w", force_zip64=True) as opened:
            for chunk in chunks:
                opened.write(chunk)
    return path


def ods_of(folder: Path, chunks: Iterator[bytes]) -> Path:
    path = folder / "bomb.ods"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        with book.open(CONTENT, "w", force_zip64=True) as part:
            for chunk in chunks:
                part.write(chunk)
    return path


def same_rows(_: Path) -> Iterator[bytes]:
    """Yield a quarter of a gigabyte of one row, in less than a megabyte."""
    yield ROOT
    row = b"<row><c><v>1</v></c></row>" * 4096
    for _each in range((1 << 28) // len(row)):
        yield row
    yield END


def zip_bomb(folder: Path) -> Path:
    return with_part(folder, SHEET, same_rows(folder))


def zip_bomb_in_ods(folder: Path) -> Path:
    return ods_of(folder, same_rows(folder))


def bomb_of_styles(folder: Path) -> Path:
    return with_part(folder, "xl/styles.xml", same_rows(folder))


def shared_bomb(folder: Path) -> Path:
    def chunks() -> Iterator[bytes]:
        yield b"<sst>"
        for number in range(150_000):
            yield b"<si><t>" + (b"%d" % number) * 150 + b"</t></si>"
        yield b"</sst>"

    return with_part(folder, SHARED, chunks())


def entities(folder: Path) -> Path:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    text = f'<!DOCTYPE x [<!ENTITY a0 "lol">{levels}]><worksheet><sheetData><row><c t="str"><v>&a11;</v></c></row></sheetData></worksheet>'  # fmt: skip
    return with_part(folder, SHEET, iter([text.encode()]))


def outer_entity(folder: Path) -> Path:
    text = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + ODS_ROOT.format(
        '<table:table table:name="A"><table:table-row><table:table-cell><text:p>&a;</text:p>'
        "</table:table-cell></table:table-row></table:table>"
    ).partition("?>")[2]  # fmt: skip
    return ods_of(folder, iter([text.encode()]))


def wide(folder: Path) -> Path:
    cell = b'<c r="XFD1"><v>1</v></c>'
    return with_part(folder, SHEET, iter([ROOT, b'<row r="1">', cell, b"</row>", END]))


def a_million_columns(folder: Path) -> Path:
    row = '<table:table-row><table:table-cell table:number-columns-repeated="1000000" office:value-type="float" office:value="1"/></table:table-row>'  # fmt: skip
    return ods_of(folder, iter([ODS_ROOT.format(f'<table:table table:name="A">{row}</table:table>').encode()]))  # fmt: skip


def a_billion_rows(folder: Path) -> Path:
    row = '<table:table-row table:number-rows-repeated="1000000"><table:table-cell office:value-type="float" office:value="1"/></table:table-row>'  # fmt: skip
    return ods_of(folder, iter([ODS_ROOT.format(f'<table:table table:name="A">{row * 1000}</table:table>').encode()]))  # fmt: skip


def many_spaces(folder: Path) -> Path:
    cell = (
        '<table:table-cell office:value-type="string"><text:p>' + '<text:s text:c="1000000"/>' * 200
    )
    row = f"<table:table-row>{cell}</text:p></table:table-cell></table:table-row>"
    return ods_of(folder, iter([ODS_ROOT.format(f'<table:table table:name="A">{row}</table:table>').encode()]))  # fmt: skip


def deep(folder: Path) -> Path:
    return with_part(folder, SHEET, iter([b"<a>" * 500_000]))


def long_cell(folder: Path) -> Path:
    return with_part(folder, SHEET, iter([ROOT, b'<row><c t="str"><v>', *[b"%d " % n * 9 for n in range(60_000)], b"</v></c></row>", END]))  # fmt: skip


def many_entries(folder: Path) -> Path:
    path = write_xlsx(folder / "entries.xlsx", {"A": ROWS})
    with zipfile.ZipFile(path, "a") as book:
        for number in range(5001):
            book.writestr(f"xl/x{number}", b"")
    return path


def endless_line(folder: Path) -> Path:
    path = folder / "line.csv"
    path.write_bytes(b"NIK,Nama\n" + b"1234567890" * 5_000_000)
    return path


def endless_quote(folder: Path) -> Path:
    path = folder / "quote.csv"
    path.write_bytes(b'NIK,Nama\n1,"' + b"abc\n" * 5_000_000)
    return path


@pytest.mark.parametrize(
    ("made", "code"),
    [
        (zip_bomb, "sheet.too_large"),
        (zip_bomb_in_ods, "sheet.too_large"),
        (bomb_of_styles, "sheet.too_large"),
        (shared_bomb, "sheet.too_large"),
        (entities, "sheet.entities"),
        (outer_entity, "sheet.entities"),
        (wide, "sheet.too_wide"),
        (a_million_columns, "sheet.too_wide"),
        (a_billion_rows, "sheet.too_large"),
        (many_spaces, "sheet.too_large"),
        (deep, "sheet.too_large"),
        (long_cell, "sheet.too_large"),
        (many_entries, "sheet.too_large"),
        (endless_line, "sheet.too_large"),
        (endless_quote, "sheet.quote"),
    ],
    ids=lambda each: getattr(each, "__name__", each),
)
def test_a_bomb_is_refused_in_bounded_time_and_memory(
    made: Callable[[Path], Path], code: str, tmp_path: Path
) -> None:
    path = made(tmp_path)
    told, size = read_apart(path)
    path.unlink()
    assert told == code
    assert size < MEBIBYTES


def test_a_formula_bomb_is_not_worked_out(tmp_path: Path) -> None:
    formulas = [(WOMAN, '=REPT("x";2^40)', "=A1:XFD1048576*A1:XFD1048576")] * 50
    told, size = read_apart(write_xlsx(tmp_path / "f.xlsx", {"A": [*ROWS, *formulas]}))
    assert (told, size < MEBIBYTES) == ("read", True)


def test_a_link_to_another_file_is_not_followed(tmp_path: Path) -> None:
    rels = b'<Relationships><Relationship Id="rId1" Type="x/worksheet" TargetMode="External" Target="file:///etc/passwd"/></Relationships>'  # fmt: skip
    path = with_part(tmp_path, "xl/_rels/workbook.xml.rels", iter([rels]))
    assert read_apart(path)[0] == "sheet.damaged"


def test_memory_does_not_grow_with_the_rows_of_a_csv(tmp_path: Path) -> None:
    small, large = tmp_path / "small.csv", tmp_path / "large.csv"
    small.write_bytes(csv_bytes([ROWS[0], *[ROWS[1]] * 1000]))
    large.write_bytes(csv_bytes([ROWS[0], *[ROWS[1]] * 40_000]))
    (_, little), (_, much) = read_apart(small), read_apart(large)
    assert much - little < 4
