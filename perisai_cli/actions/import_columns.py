"""What a file's columns are taken for: as last time, as the user says, or as they look."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.sheets.headings import FIELDS
from perisai_cli.sheets.layout import find_tables, letter_of, signature
from perisai_cli.sheets.marked import OWN_HEADINGS, SIGNS
from perisai_cli.sheets.model import Book, Table
from perisai_cli.sheets.texts import plain
from perisai_cli.storage.store import Store


def understood(
    book: Book, store: Store, told: Mapping[str, str], sheet: str | None
) -> tuple[Table, ...]:
    """Return the tables of people in *book*; *sheet* is the only one to look at, if it is given.

    Raises:
        InvalidInput: a field or a heading that was told is none, there is no such sheet, or no
            sheet holds people.
    """
    _check_fields(told)
    told = {SIGNS: "", **told}
    tables = find_tables(book, told=told)
    remembered: dict[str, str] = {}
    for table in tables:
        remembered |= _kept(store, table)
    if remembered:
        tables = find_tables(book, remembered=remembered, told=told)
    if sheet is not None:
        tables = tuple(table for table in tables if table.sheet == sheet)
    if not tables:
        code = "import.no_people" if sheet is None else "import.no_such_sheet"
        raise InvalidInput(code, field=None if sheet is None else "--sheet")
    _check_headings(told, tables)
    return tables


def _check_fields(told: Mapping[str, str]) -> None:
    if not set(told.values()) <= set(FIELDS):
        choices = ", ".join(field for field in FIELDS if field)
        raise InvalidInput("import.field_unknown", field="--column", choices=choices)


def _check_headings(told: Mapping[str, str], tables: Iterable[Table]) -> None:
    columns = [column for table in tables for column in table.columns]
    there = {plain(column.heading or letter_of(column.index)) for column in columns}
    if {plain(heading) for heading in told} - there - {plain(SIGNS)}:
        raise InvalidInput("import.no_such_heading", field="--column")


def keep(store: Store, tables: Iterable[Table]) -> None:
    """Keep what the columns of *tables* are taken for, inside the caller's transaction."""
    for table in tables:
        columns = {column.heading: column.field or "" for column in table.columns if column.heading}
        store.seal(_name(store, table), {"columns": columns})


def _kept(store: Store, table: Table) -> dict[str, str]:
    facts = store.sealed(_name(store, table))
    return {} if facts is None else dict(facts["columns"])


def _name(store: Store, table: Table) -> str:
    """Return the name under which a table's mapping is sealed; it does not tell the headings."""
    columns = tuple(each for each in table.columns if each.heading not in OWN_HEADINGS)
    return f"columns:{store.vault.hidden_name(signature(replace(table, columns=columns)))}"


def tables_json(tables: Iterable[Table]) -> list[dict[str, Any]]:
    """Return tables as JSON values: where they are and what each column is taken for."""
    return [
        {
            "sheet": table.sheet,
            "heading_rows": list(table.heading_rows),
            "columns": [
                {
                    "heading": column.heading or letter_of(column.index),
                    "field": column.field,
                    "reason": column.reason,
                    "doubt": column.doubt,
                }
                for column in table.columns
            ],
        }
        for table in tables
    ]
