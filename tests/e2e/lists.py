"""Lists of made-up people as associations write them, and how to ask the program about them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import field_work
from command_line import Cli, Said

HEADINGS = ("No", "Nama Lengkap", "NIK", "Tgl Lahir", "L/P", "No HP")
FOR_ALL = ("--pekerjaan", "trader", "--penghasilan", "1000000")
PROMISES = ("--pernyataan", "--persetujuan", "signature")
NAME = "Ni Luh Uji Impor"


def a_nik() -> str:
    """Return a NIK that nobody else has and that does not end like one a spreadsheet rounded."""
    nik = field_work.a_nik()
    return a_nik() if nik.endswith("0") else nik


def a_row(nik: str | None = None, **changes: Any) -> dict[str, Any]:
    """Return a row without a fault; its NIK is one that nobody else has."""
    nik = nik or a_nik()
    row = {
        "No": "1",
        "Nama Lengkap": NAME,
        "NIK": nik,
        "Tgl Lahir": f"17-{nik[8:10]}-1990",
        "L/P": "P",
        "No HP": "081234567890",
    }
    return row | changes


def a_list(cli: Cli, *rows: dict[str, Any], name: str = "anggota.csv") -> str:
    """Write rows as CSV into the agent's folder; return the file's name."""
    headings = list(rows[0]) if rows else list(HEADINGS)
    with (cli.folder / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(headings)
        writer.writerows([[row[heading] for heading in headings] for row in rows])
    return name


def look(cli: Cli, name: str, *more: str) -> Said:
    """Import without accepting."""
    return cli.run("impor", name, *FOR_ALL, *more)


def accept(cli: Cli, name: str, *more: str) -> Said:
    """Import and accept, with the promises that all of them signed."""
    return cli.run("impor", name, *FOR_ALL, "--terima", *PROMISES, *more)


def counts(said: Said) -> dict[str, int]:
    """Return what the rows came to, without the zeros; the counts sum to the people."""
    names = ("ready", "mend", "here", "changed", "twice")
    found = {name: said.data[name] for name in names}
    assert sum(found.values()) == said.data["people"]
    assert said.data["rows"] == said.data["people"] + sum(said.data["skipped"].values())
    return {name: count for name, count in found.items() if count}


def recorded(cli: Cli) -> list[dict[str, Any]]:
    """Return what the queue lists."""
    return list(cli.run("antrean", "daftar").data["items"])


def workbook_rows(path: Path, sheet: int = 1) -> list[Sequence[Any]]:
    """Return the rows of a workbook's sheet, the heading first."""
    import openpyxl

    book = openpyxl.load_workbook(path)
    return [list(row) for row in book.worksheets[sheet].iter_rows(values_only=True)]


def mended(path: Path, changes: dict[str, Any]) -> Path:
    """Change cells of a workbook's second sheet as a person would; return where it is now."""
    import openpyxl

    book = openpyxl.load_workbook(path)
    for place, value in changes.items():
        book.worksheets[1][place] = value
    after = path.with_name("mended.xlsx")
    book.save(after)
    return after
