"""Measures the reading of spreadsheets: rows a second and memory, from file to normalised people.

Run it from the root of the checkout with the environment of the tests::

    python tests/bench/sheet_reading.py --rows 100000

Each file is read in a process of its own; memory is the largest resident size of that process, so
that what grows with the rows shows between ``--rows 10000`` and ``--rows 100000``.
"""

from __future__ import annotations

import argparse
import csv
import random
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import xlsxwriter

TODAY = date(2026, 11, 22)
HEADINGS = ("No", "NIK", "Nama Lengkap", "Tempat/Tgl Lahir", "L/P", "No HP", "Alamat", "RT/RW",
            "Desa", "Kec", "Kab", "Pekerjaan", "Pasar", "Penghasilan", "Program")  # fmt: skip


def rows(count: int) -> Iterator[tuple[str, ...]]:
    """Yield made-up people as an association would write them, the same ones every time."""
    chance = random.Random(count)
    for number in range(count):
        born = date(1965, 1, 1) + timedelta(chance.randrange(15_000))
        woman = chance.random() < 0.5
        nik = f"517101{born.day + 40 * woman:02d}{born:%m%y}{number % 9998 + 1:04d}"
        yield (
            str(number + 1), nik, f"Ni Made {chance.randrange(10**6)} Sari".replace("0", "a"),
            f"Denpasar, {born:%d-%m-%Y}", "P" if woman else "L",
            f"0812-{chance.randrange(10**4):04d}-{chance.randrange(10**4):04d}",
            f"Jl. Segara {chance.randrange(300)}", "003/005", "Sanur", "Denpasar Selatan",
            "Kota Denpasar", chance.choice(("Pedagang", "nelayan", "Ojol")), "Pasar Sindhu",
            f"Rp {chance.randrange(10, 80) * 100:,}.000".replace(",", "."), "JKK, JKM",
        )  # fmt: skip


def write_csv(path: Path, count: int) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADINGS)
        writer.writerows(rows(count))


def write_xlsx(path: Path, count: int) -> None:
    """Write a workbook with shared texts, as Excel does."""
    with xlsxwriter.Workbook(path, {"strings_to_numbers": False}) as book:
        sheet = book.add_worksheet("Anggota")
        for at, row in enumerate((HEADINGS, *rows(count))):
            sheet.write_row(at, 0, row)


def write_ods(path: Path, count: int) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        with book.open("content.xml", "w", force_zip64=True) as part:
            part.write(
                b'<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x">'
                b'<office:body><office:spreadsheet><table:table table:name="Anggota">'
            )
            for row in (HEADINGS, *rows(count)):
                cells = "".join(
                    f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p>'
                    "</table:table-cell>"
                    for cell in row
                )
                part.write(f"<table:table-row>{cells}</table:table-row>".encode())
            part.write(
                b"</table:table></office:spreadsheet></office:body></office:document-content>"
            )


WRITERS = {"csv": write_csv, "xlsx": write_xlsx, "ods": write_ods}


def read(path: Path) -> None:
    """Read a file whole in this process and print people, seconds and MiB."""
    from perisai_cli.sheets.layout import find_tables
    from perisai_cli.sheets.model import Person
    from perisai_cli.sheets.people import people
    from perisai_cli.sheets.reading import open_book

    begun = time.perf_counter()
    with open_book(path) as book:
        found = people(book, find_tables(book), TODAY)
        count = sum(isinstance(each, Person) and not each.faults for each in found)
    seconds = time.perf_counter() - begun
    print(count, seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Write each kind of file, read it three times, and print the best."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.read:
        read(wanted.read)
        return
    print(f"| file | rows | rows a second | MiB at most |\n|---|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for kind, write in WRITERS.items():
            path = Path(folder) / f"people.{kind}"
            write(path, wanted.rows)
            command = [sys.executable, __file__, "--read", str(path)]
            runs = [
                subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
                for _ in range(3)
            ]
            assert {int(run[0]) for run in runs} == {wanted.rows}
            best = min(float(run[1]) for run in runs)
            size = max(float(run[2]) for run in runs)
            print(f"| {kind} | {wanted.rows:,} | {wanted.rows / best:,.0f} | {size:,.0f} |")


if __name__ == "__main__":
    main()
