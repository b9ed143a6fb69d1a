"""A report as a Parquet file, written in chunks: typed columns, read by what analysts use.

Counts and rupiah are ``int64``, shares ``decimal128(18, 6)``, days ``date32``, moments UTC
timestamps to the second; months (``2026-12``), codes and all else are text. A column of codes that
holds truths or whole numbers, by its first rows, is ``bool`` or ``int64``.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from perisai_cli.reports.formats import LONG, Values, flat_section, long_rows
from perisai_cli.reports.model import Report, Streamed
from perisai_cli.reports.parquet_columns import (
    columns_of,
    plain,
    reads_lines,
    schema_of,
    tables_of_lines,
)

if TYPE_CHECKING:
    import pyarrow

CHUNK = 256
"""Rows that are Python's objects at a time: few enough for the processor's own memory."""

GROUP = 65_536
"""Rows that wait, as columns, to be a row group of the file."""


def write_parquet(report: Report, path: Path) -> int:
    """Write a report to *path* as a Parquet file; return how many records it has there.

    One section, or the one that the report names for flat files, is a table of its own columns;
    several are the long table of ``formats.LONG``, whose values are text. The file's metadata
    hold ``perisai.report``, ``perisai.source``, ``perisai.as_of`` and ``perisai.day``.

    Raises:
        OSError: the disk is full or fails.
    """
    section = flat_section(report)
    columns = section.columns if section else LONG
    rows = section.tuples() if section else _as_text(report)
    first = list(islice(rows, CHUNK))
    schema = schema_of(columns, first).with_metadata(_told(report))
    lines = section.rows.lines if section and isinstance(section.rows, Streamed) else None
    if lines is not None and reads_lines(schema):
        return _write(schema, tables_of_lines(schema, lines()), path)
    return _write(schema, _chunks(schema, first, rows), path)


def _write(schema: pyarrow.Schema, chunks: Iterator[pyarrow.Table], path: Path) -> int:
    import pyarrow as pa
    from pyarrow import parquet

    count = waiting = 0
    group: list[pyarrow.Table] = []
    with parquet.ParquetWriter(path, schema, compression="snappy") as writer:
        for chunk in chunks:
            group.append(chunk)
            waiting += chunk.num_rows
            if waiting >= GROUP:
                writer.write_table(pa.concat_tables(group))
                count, waiting = count + waiting, 0
                group.clear()
        if group:
            writer.write_table(pa.concat_tables(group))
    return count + waiting


def _chunks(
    schema: pyarrow.Schema, first: list[Values], rows: Iterator[Values]
) -> Iterator[pyarrow.Table]:
    """Yield rows as columns, the first of them even when there are none."""
    chunk = first
    while True:
        yield columns_of(schema, chunk)
        chunk = list(islice(rows, CHUNK))
        if not chunk:
            return


def _as_text(report: Report) -> Iterator[Values]:
    """Yield the long table with its label and value as text: there they are of every type."""
    for section, number, label, column, kind, value in long_rows(report):
        yield section, number, plain(label), column, kind, plain(value)


def _told(report: Report) -> dict[str, str]:
    return {
        "perisai.report": report.name,
        "perisai.source": f"{report.origin.source} {report.origin.of}",
        "perisai.as_of": report.origin.as_of,
        "perisai.day": report.day,
    }
