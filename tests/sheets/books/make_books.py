"""Makes the workbooks in this folder with LibreOffice, whose files differ from what libraries write.

Run it from the root of the checkout with the environment of the tests, where ``soffice`` is::

    python tests/sheets/books/make_books.py

Each is written once by a library and saved again by LibreOffice Calc.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.comments import Comment

HERE = Path(__file__).parent
NIK = "517101{:02d}0890{:04d}"


def dirty_book(path: Path) -> Path:
    """Write a list as an association makes it, with everything that a spreadsheet can do to it."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Anggota"
    rows: list[list[Any]] = [
        ["KUB MINA SEGARA"],
        ["Daftar anggota, November 2026"],
        [],
        ["No", "NIK", "Nama", "Tgl Lahir", "L/P", "Alamat", None, "No HP", "Pekerjaan", "Penghasilan"],
        [None, None, None, None, None, "RT", "RW", None, None, None],
        [1, NIK.format(57, 9999), "Ni Luh Sari", date(1990, 8, 17), "P", 3, 5, "081234567890", "Pedagang", 1500000],
        [2, int(NIK.format(17, 9999)), "I Made Ardi", "17 Agustus 1990", "L", 3, 5, 81234567891, "nelayan", "=1000000+500000"],
        [3, int(NIK.format(17, 9980)), "I Ketut", date(1990, 8, 17), "L", 4, None, "-", "Ojek", 1250000.5],
        [],
        ["Jumlah", None, None, None, None, None, None, None, None, "=SUM(J6:J8)"],
        [None, None, "Ketua kelompok"],
    ]  # fmt: skip
    for row in rows:
        sheet.append(row)
    for row in (6, 8):
        sheet.cell(row, 4).number_format = "dd/mm/yyyy"
    for span in ("A1:J1", "F4:G4", "F6:F7", *(f"{column}4:{column}5" for column in "ABCDEHIJ")):
        sheet.merge_cells(span)
    sheet["C6"].comment = Comment("sudah dicek", "ketua")
    sheet.row_dimensions[7].hidden = True
    other = book.create_sheet("Daftar lama")
    other.append(["NIK", "Nama"])
    other.append([NIK.format(17, 9998), "Lama"])
    other.sheet_state = "hidden"
    book.create_sheet("Catatan").append(["tidak ada tabel di sini"])
    book.save(path)
    return path


def american_csv(path: Path) -> Path:
    """Write a plain CSV that LibreOffice takes apart by itself, NIKs as numbers among it."""
    path.write_text(
        f"NIK,Nama,Tgl Lahir,L/P\n{NIK.format(57, 9999)},Ni Luh Sari,1990-08-17,P\n"
        f"9103011708909999,Yosef,1990-08-17,L\n",
        encoding="utf-8",
    )
    return path


def convert(source: Path, kind: str, folder: Path, name: str, profile: Path) -> None:
    """Save *source* again as LibreOffice would, under another name."""
    subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", kind,
         "--outdir", str(profile), str(source)],
        check=True, capture_output=True,
    )  # fmt: skip
    made = profile / f"{source.stem}.{kind.partition(':')[0]}"
    made.rename(folder / name)


def make(folder: Path) -> None:
    """Make all books in *folder*."""
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        dirty = dirty_book(work / "dirty.xlsx")
        typed = american_csv(work / "typed.csv")
        convert(dirty, "ods", folder, "dirty.ods", work / "p")
        convert(dirty, "xlsx:Calc MS Excel 2007 XML", folder, "dirty.xlsx", work / "p")
        convert(dirty, "csv:Text - txt - csv (StarCalc):59,34,65535,1", folder, "dirty-utf16.csv", work / "p")  # fmt: skip
        convert(dirty, "xls", folder, "dirty.xls", work / "p")
        convert(dirty, "pdf", folder, "dirty.pdf", work / "p")
        convert(dirty, "html", folder, "dirty.html", work / "p")
        convert(typed, "xlsx:Calc MS Excel 2007 XML", folder, "typed.xlsx", work / "p")
        convert(typed, "ods", folder, "typed.ods", work / "p")


if __name__ == "__main__":
    make(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
