"""Writes small spreadsheets of every kind, and reads them back as outcomes that a test can compare."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import openpyxl
from openpyxl.styles import Font

from perisai_cli.sheets.layout import find_tables
from perisai_cli.sheets.model import Person, Skipped, Table
from perisai_cli.sheets.people import people
from perisai_cli.sheets.reading import open_book

TODAY = date(2026, 11, 22)
WOMAN, MAN = "5171015708909999", "5171011708909999"
"""Born on 17 August 1990; the serial 9999 is nobody's."""

Grid = Sequence[Sequence[Any]]


def csv_bytes(
    rows: Grid, delimiter: str = ",", encoding: str = "utf-8", end: str = "\r\n", **options: Any
) -> bytes:
    """Return rows as CSV; days as an Indonesian spreadsheet shows them."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, **options)
    for row in rows:
        writer.writerow([f"{c:%d/%m/%Y}" if isinstance(c, date) else c for c in row])
    return text.getvalue().encode(encoding)


def write_xlsx(path: Path, sheets: Mapping[str, Grid], merged: Iterable[str] = ()) -> Path:
    """Write a workbook with openpyxl; the merges are the first sheet's."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
        for cell in sheet[1]:
            cell.font = Font(bold=True)
    for span in merged:
        book.worksheets[0].merge_cells(span)
    book.save(path)
    return path


def ods_cell(value: Any) -> str:
    """Return a cell of ODS as LibreOffice writes it."""
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, bool):
        said = f'office:value-type="boolean" office:boolean-value="{str(value).lower()}"'
    elif isinstance(value, int):
        said = f'office:value-type="float" office:value="{value}"'
    elif isinstance(value, date):
        said = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    else:
        said = 'office:value-type="string"'
    return f"<table:table-cell {said}><text:p>{escape(str(value))}</text:p></table:table-cell>"


ODS_ROOT = (
    '<?xml version="1.0" encoding="UTF-8"?><office:document-content'
    ' xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"'
    ' xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
    ' xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
    "<office:body><office:spreadsheet>{}</office:spreadsheet></office:body></office:document-content>"
)


def write_ods_content(path: Path, tables: str) -> Path:
    """Write an ODS file whose sheets are given as XML."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        book.writestr("content.xml", ODS_ROOT.format(tables))
    return path


def write_ods(path: Path, sheets: Mapping[str, Grid]) -> Path:
    """Write an ODS file with the million blank rows that LibreOffice puts at the end."""
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}>"
        + "".join(f"<table:table-row>{''.join(map(ods_cell, r))}</table:table-row>" for r in rows)
        + '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>'
        for name, rows in sheets.items()
    )
    return write_ods_content(path, tables)


def write(path: Path, rows: Grid) -> Path:
    """Write rows as the kind of file that *path* ends with."""
    if path.suffix == ".csv":
        path.write_bytes(csv_bytes(rows))
        return path
    writer = write_xlsx if path.suffix == ".xlsx" else write_ods
    return writer(path, {"Sheet1": rows})


def tables_of(path: Path, **sayings: Any) -> tuple[Table, ...]:
    with open_book(path) as book:
        return find_tables(book, **sayings)


def read_all(path: Path, today: date = TODAY, **sayings: Any) -> list[Person | Skipped]:
    """Return what every row of a file holds."""
    with open_book(path) as book:
        return list(people(book, find_tables(book, **sayings), today))


def only_people(path: Path, **sayings: Any) -> list[Person]:
    return [each for each in read_all(path, **sayings) if isinstance(each, Person)]


def codes(person: Person) -> tuple[set[str], set[str]]:
    """Return the codes of a person's faults and warnings."""
    return {each.code for each in person.faults}, {each.code for each in person.warnings}
