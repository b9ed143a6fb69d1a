"""Flat files of a report: CSV and JSON, streamed row by row, a header and records and no more."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any, TextIO

from perisai_cli.domain.spreadsheet import FORMULA_SIGNS
from perisai_cli.reports.model import NUMBERS, Column, Report, Section, Value

Values = tuple[Value, ...]

LONG = (
    Column("section", "code"), Column("row", "count"), Column("label", "text"),
    Column("column", "code"), Column("kind", "code"), Column("value", "text"),
)  # fmt: skip
"""Columns of several sections in one table: a record for each value, whatever it is one of.

``row`` is counted from 1 in its section; ``label`` is the first value of that row.
"""

_BATCH = 100  # rows that stay in the processor's own memory: a thousand take a third longer
_PLAIN = frozenset({str, int, type(None)})
_quoted = json.JSONEncoder(ensure_ascii=False).encode

_PASSED_OVER = " \n\u00a0\ufeff"
"""What may stand before a sign without hiding it from every spreadsheet."""

_WIDE_SIGNS = ("＝", "＋", "－", "＠")
_RUNS = re.compile(
    f"\n[{re.escape(_PASSED_OVER)}]*[{re.escape(''.join((*FORMULA_SIGNS, *_WIDE_SIGNS)))}]"
)
"""Whatever ``disarmed`` may change in texts that a line feed goes before."""


def write_flat(report: Report, form: str, file: TextIO) -> int:
    """Write a report to *file*; return how many records it has there.

    One section, or the one that the report names for flat files, is written as it is. Several are
    the long table of ``LONG``; in JSON, an object with a list of rows under each section's key.
    Totals stay away, so that whoever adds the records up counts nothing twice. Shares are
    written digit by digit, in JSON as numbers too: they never become floats.
    """
    section = flat_section(report)
    if form == "json":
        if section is None:
            return _sections_json(report.sections, file)
        return _rows_json(section.columns, section.tuples(), file)
    columns, rows = (LONG, long_rows(report)) if section is None else _table(section)
    return _rows_csv(columns, rows, file) if form == "csv" else _rows_lines(columns, rows, file)


def flat_section(report: Report) -> Section | None:
    """Return the section that a flat file of the report holds; None where it holds several."""
    if report.flat is not None:
        return report.flat
    return report.sections[0] if len(report.sections) == 1 else None


def long_rows(report: Report) -> Iterator[Values]:
    """Yield every value of every section as a record of the columns ``LONG``."""
    for section in report.sections:
        heads = [(column.name, column.kind) for column in section.columns]
        for number, row in enumerate(section.tuples(), 1):
            for (name, kind), value in zip(heads, row, strict=True):
                yield section.key, number, row[0], name, kind, value


def _table(section: Section) -> tuple[Sequence[Column], Iterator[Values]]:
    return section.columns, section.tuples()


def _rows_csv(columns: Sequence[Column], rows: Iterable[Values], file: TextIO) -> int:
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow([_cell(column.name) for column in columns])
    plain = (NUMBERS - {"percent"}) | {"day", "month", "moment"}
    suspect = [place for place, column in enumerate(columns) if column.kind not in plain]
    left = iter(rows)
    count = 0
    while batch := list(islice(left, _BATCH)):
        by_column = list(zip(*batch, strict=True))
        if not all(_as_they_are(by_column[place]) for place in suspect):
            batch = [tuple(map(_cell, row)) for row in batch]
        writer.writerows(batch)
        count += len(batch)
    return count


def _as_they_are(values: Sequence[Value]) -> bool:
    """Tell whether values can be written as they are; asked of many together, it costs little."""
    kinds = set(map(type, values))
    if kinds - _PLAIN:
        return False
    texts = values if kinds == {str} else [value for value in values if isinstance(value, str)]
    together = "\n".join(("", *texts))  # type: ignore[arg-type]
    return "\r" not in together and _RUNS.search(together) is None


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    # A lone carriage return would go unquoted, and end the row for many a reader.
    return disarmed(value).replace("\r", "\n") if isinstance(value, str) else value


def disarmed(text: str) -> str:
    """Return *text* so that no spreadsheet takes it for a formula: an apostrophe goes before it."""
    if text[:1].isalnum():
        return text
    plain = text.lstrip(_PASSED_OVER)
    return f"'{text}" if _runs(text, plain) else text


def _runs(text: str, plain: str) -> bool:
    """Tell whether a spreadsheet may run a text, given what is left when it passes blanks over."""
    return text.startswith(FORMULA_SIGNS) or plain.startswith((*FORMULA_SIGNS, *_WIDE_SIGNS))


def _sections_json(sections: Sequence[Section], file: TextIO) -> int:
    count = 0
    for place, section in enumerate(sections):
        file.write(",\n" if place else "{\n")
        file.write(f"{_quoted(section.key)}: ")
        count += _rows_json(section.columns, section.tuples(), file, end="]")
    file.write("\n}\n")
    return count


def _rows_json(
    columns: Sequence[Column], rows: Iterable[Values], file: TextIO, end: str = "]\n"
) -> int:
    count = 0
    file.write("[")
    for count, line in enumerate(_objects(columns, rows), 1):
        file.write(f",\n{line}" if count > 1 else f"\n{line}")
    file.write(f"\n{end}" if count else end)
    return count


def _rows_lines(columns: Sequence[Column], rows: Iterable[Values], file: TextIO) -> int:
    count = 0
    for line in _objects(columns, rows):
        file.write(f"{line}\n")
        count += 1
    return count


def _objects(columns: Sequence[Column], rows: Iterable[Values]) -> Iterator[str]:
    """Yield each row as the text of a JSON object."""
    names = (_quoted(column.name).replace("%", "%%") for column in columns)
    form = "{" + ", ".join(f"{name}: %s" for name in names) + "}"
    for row in rows:
        yield form % tuple(map(_value, row))


def _value(value: Value) -> str:
    """Return a value as JSON; a Decimal digit by digit, which no encoder of the library does."""
    if isinstance(value, str):
        return _quoted(value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:f}" if isinstance(value, Decimal) else str(value)
