"""A report as a Parquet file, written in chunks: typed columns, read by what analysts use.

Counts and rupiah are ``int64``, shares ``decimal128(18, 6)``, days ``date32``, moments UTC
timestamps to the second; months (``2026-12``), codes and all else are text. A column of codes that
holds truths or whole numbers, by its first rows, is ``bool`` or ``int64``.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.reports.formats import LONG, Values, flat_section, long_rows
from perisai_cli.reports.model import Column, Report

if TYPE_CHECKING:
    import pyarrow

CHUNK = 256
"""Rows that are Python's objects at a time: few enough for the processor's own memory."""

CHUNKS = 256
"""Chunks that wait, as columns, to be a row group of the file."""

_DIGITS, _PLACES = 18, 6
_SHARE = Decimal(1).scaleb(-_PLACES)


def write_parquet(report: Report, path: Path) -> int:
    """Write a report to *path* as a Parquet file; return how many records it has there.

    One section, or the one that the report names for flat files, is a table of its own columns;
    several are the long table of ``formats.LONG``, whose values are text. The file's metadata
    hold ``perisai.report``, ``perisai.source``, ``perisai.as_of`` and ``perisai.day``.

    Raises:
        InvalidInput: ``report.extra``: pyarrow is not installed.
        OSError: the disk is full or fails.
    """
    if importlib.util.find_spec("pyarrow") is None:
        raise InvalidInput("report.extra", extra="parquet")
    section = flat_section(report)
    if section is None:
        return _written(report, LONG, _as_text(report), path)
    return _written(report, section.columns, section.tuples(), path)


def _written(report: Report, columns: Sequence[Column], rows: Iterator[Values], path: Path) -> int:
    import pyarrow as pa
    from pyarrow import parquet

    first = list(islice(rows, CHUNK))
    schema = _schema(columns, first).with_metadata(_told(report))
    count = 0
    with parquet.ParquetWriter(path, schema, compression="snappy") as writer:
        chunks = _chunks(schema, first, rows)
        while group := list(islice(chunks, CHUNKS)):
            writer.write_table(pa.Table.from_batches(group))
            count += sum(chunk.num_rows for chunk in group)
    return count


def _chunks(
    schema: pyarrow.Schema, first: list[Values], rows: Iterator[Values]
) -> Iterator[pyarrow.RecordBatch]:
    """Yield rows as columns, the first of them even when there are none."""
    import pyarrow as pa

    chunk = first
    while True:
        columns = list(zip(*chunk, strict=True)) or [()] * len(schema)
        chunk.clear()
        arrays = [_array(values, field) for values, field in zip(columns, schema, strict=True)]
        yield pa.record_batch(arrays, schema=schema)
        chunk = list(islice(rows, CHUNK))
        if not chunk:
            return


def _as_text(report: Report) -> Iterator[Values]:
    """Yield the long table with its label and value as text: there they are of every type."""
    for section, number, label, column, kind, value in long_rows(report):
        yield section, number, _plain(label), column, kind, _plain(value)


def _plain(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return None if value is None else str(value)


def _told(report: Report) -> dict[str, str]:
    return {
        "perisai.report": report.name,
        "perisai.source": f"{report.origin.source} {report.origin.of}",
        "perisai.as_of": report.origin.as_of,
        "perisai.day": report.day,
    }


def _schema(columns: Sequence[Column], first: Sequence[Values]) -> pyarrow.Schema:
    """Return the types of the columns, those of codes by what their first rows hold."""
    import pyarrow as pa

    by_kind = {
        "count": pa.int64(), "points": pa.int64(), "rupiah": pa.int64(),
        "percent": pa.decimal128(_DIGITS, _PLACES), "day": pa.date32(),
        "moment": pa.timestamp("s", tz="UTC"),
    }  # fmt: skip
    types = [by_kind.get(column.kind, pa.string()) for column in columns]
    for place, held in enumerate(zip(*first, strict=True)):
        known = {type(value) for value in held if value is not None}
        if known in ({bool}, {int}) and types[place] == pa.string():
            types[place] = pa.bool_() if known == {bool} else pa.int64()
    names = [column.name for column in columns]
    return pa.schema(list(zip(names, types, strict=True)))


def _array(values: Sequence[Any], field: pyarrow.Field) -> pyarrow.Array:
    import pyarrow as pa

    if pa.types.is_date32(field.type) or pa.types.is_timestamp(field.type):
        known = [value or None for value in values] if "" in values else values
        return pa.array(known, pa.string()).cast(field.type)
    if pa.types.is_decimal(field.type):
        shares = [None if value is None else Decimal(value).quantize(_SHARE) for value in values]
        return pa.array(shares, field.type)
    if pa.types.is_string(field.type):
        return _texts(values)
    return pa.array(values, field.type)


def _texts(values: Sequence[Any]) -> pyarrow.Array:
    import pyarrow as pa

    try:
        return pa.array(values, pa.string())
    except (pa.ArrowTypeError, pa.ArrowInvalid):  # numbers or truths among the texts
        return pa.array([_plain(value) for value in values], pa.string())
