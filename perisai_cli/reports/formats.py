"""Files of a report: CSV and JSON, streamed row by row."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from typing import Any, TextIO

FORMATS = ("csv", "json", "jsonl")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def write(form: str, columns: Sequence[str], rows: Iterable[dict[str, Any]], file: TextIO) -> int:
    """Write *rows* to *file* in one of ``FORMATS``; return how many there were."""
    writers = {"csv": _write_csv, "json": _write_json, "jsonl": _write_lines}
    return writers[form](columns, rows, file)


def _write_csv(columns: Sequence[str], rows: Iterable[dict[str, Any]], file: TextIO) -> int:
    """Write a header and records, nothing else; text that a spreadsheet would run is disarmed."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    count = 0
    for row in rows:
        writer.writerow([_cell(row[column]) for column in columns])
        count += 1
    return count


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return disarmed(value) if isinstance(value, str) else value


def disarmed(text: str) -> str:
    """Return *text* so that no spreadsheet takes it for a formula: an apostrophe goes before it."""
    return f"'{text}" if text.startswith(_DANGEROUS) else text


def _write_json(columns: Sequence[str], rows: Iterable[dict[str, Any]], file: TextIO) -> int:
    count = 0
    file.write("[")
    for row in rows:
        file.write(",\n" if count else "\n")
        file.write(json.dumps({column: row[column] for column in columns}, ensure_ascii=False))
        count += 1
    file.write("\n]\n" if count else "]\n")
    return count


def _write_lines(columns: Sequence[str], rows: Iterable[dict[str, Any]], file: TextIO) -> int:
    count = 0
    for row in rows:
        line = json.dumps({column: row[column] for column in columns}, ensure_ascii=False)
        file.write(line + "\n")
        count += 1
    return count
