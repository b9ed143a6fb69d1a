"""Measures imports: rows a second and peak memory, dry and accepted, of files of several sizes.

The rows a second of the processor's time (of the whole process, start-up and passphrase included)
say more than those of the clock where a machine has other things to do.

Run from the root of the checkout, in the environment of the tests::

    python tests/bench/importing.py [ROWS]
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from people import people

PERISAI = str(Path(sys.executable).with_name("perisai"))
HEADINGS = ("No", "NIK", "Nama", "Tempat Lahir", "Tgl Lahir", "L/P", "No HP", "Alamat", "RT", "RW",
            "Desa", "Pekerjaan", "Lokasi", "Penghasilan")  # fmt: skip


def row_of(number: int, person: dict[str, Any]) -> list[Any]:
    """Return a made-up person as a row of an association's list; one in twenty has a fault."""
    address = person["address"]
    year, month, day = person["birth_date"].split("-")
    nik = person["nik"] if number % 20 else person["nik"][:15]
    return [
        number, nik, person["name"], "Denpasar", f"{day}-{month}-{year}",
        "P" if person["sex"] == "F" else "L", person["phone"], address["text"], address["rt"],
        address["rw"], "Sanur", person["occupations"][0]["code"],
        person["occupations"][0]["place"], person["income"],
    ]  # fmt: skip


def written(folder: Path, rows: int) -> tuple[Path, Path]:
    """Write the same people as CSV and as XLSX."""
    from xlsxwriter import Workbook

    plain, book = folder / "people.csv", folder / "people.xlsx"
    workbook = Workbook(str(book), {"constant_memory": True})
    sheet = workbook.add_worksheet("Anggota")
    with plain.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADINGS)
        sheet.write_row(0, 0, HEADINGS)
        for number, person in enumerate(people(rows), 1):
            cells = row_of(number, person)
            writer.writerow(cells)
            sheet.write_row(number, 0, cells)
    workbook.close()
    return plain, book


def measured(name: str, rows: int, environment: dict[str, str], *arguments: str) -> None:
    """Run an import and print its rates and the most memory it took."""
    begun = time.perf_counter()
    process = subprocess.Popen(
        [PERISAI, "impor", *arguments, "--json"], env=environment, stdout=subprocess.DEVNULL
    )
    _, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, 3), process.returncode
    print(
        f"{name:24} {rows:>7} rows {seconds:7.2f} s {rows / seconds:7.0f} rows/s"
        f"  user {used.ru_utime:6.2f} s {rows / used.ru_utime:7.0f} rows/s"
        f"  {used.ru_maxrss // 1024} MB",
        flush=True,
    )


def main() -> None:
    """Measure each kind of import at a tenth of the rows and at all of them."""
    most = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    for rows in (most // 10, most):
        with tempfile.TemporaryDirectory() as folder_name:
            folder = Path(folder_name)
            secret = folder / "passphrase"
            secret.write_text("a long enough passphrase\n", encoding="utf-8")
            environment = {
                "PATH": "/usr/bin:/bin",
                "PERISAI_HOME": str(folder / "home"),
                "PERISAI_PASSPHRASE_FILE": str(secret),
                "PERISAI_KEYRING": "off",
            }
            named = ("--agent", "A-1", "--nama", "Agen", "--kantor", "W-1", "--wilayah", "5171")
            setup = [PERISAI, "siapkan", *named, "--yes"]
            subprocess.run(setup, env=environment, check=True, capture_output=True)
            plain, book = written(folder, rows)
            fix = str(folder / "fix.xlsx")
            promises = ("--pernyataan", "--persetujuan", "signature")
            measured("CSV, dry run", rows, environment, str(plain))
            measured("XLSX, dry run", rows, environment, str(book))
            measured("CSV, with --fix", rows, environment, str(plain), "--fix", fix)
            measured("CSV, --terima", rows, environment, str(plain), "--terima", *promises)
            measured("CSV, again: all here", rows, environment, str(plain))


if __name__ == "__main__":
    main()
