"""A report as a Parquet file, written in chunks: typed columns, read by what analysts use.

Counts and rupiah are ``int64``, shares ``decimal128(18, 6)``, days ``date32``, moments UTC
timestamps to the second, truths ``bool``; months (``2026-12``), codes and all else are text.
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

CHUNK = 65_536
"""Rows that are in memory at a time."""

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

    chunk = list(islice(rows, CHUNK))
    schema = _schema(columns, chunk).with_metadata(_told(report))
    count = 0
    with parquet.ParquetWriter(path, schema, compression="snappy") as writer:
        while True:
            found = list(zip(*chunk, strict=True)) or [()] * len(columns)
            arrays = [_array(each, of) for each, of in zip(found, schema, strict=True)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            count += len(chunk)
            chunk = list(islice(rows, CHUNK))
            if not chunk:
                return count


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
    """Return the types of the columns; a column of truths is known by its first rows."""
    import pyarrow as pa

    by_kind = {
        "count": pa.int64(), "points": pa.int64(), "rupiah": pa.int64(),
        "percent": pa.decimal128(_DIGITS, _PLACES), "day": pa.date32(),
        "moment": pa.timestamp("s", tz="UTC"),
    }  # fmt: skip
    types = [by_kind.get(column.kind, pa.string()) for column in columns]
    for place, held in enumerate(zip(*first, strict=True)):
        known = {type(value) for value in held if value is not None}
        if known == {bool}:
            types[place] = pa.bool_()
    names = [column.name for column in columns]
    return pa.schema(list(zip(names, types, strict=True)))


def _array(values: Sequence[Any], field: pyarrow.Field) -> pyarrow.Array:
    import pyarrow as pa

    if pa.types.is_date32(field.type) or pa.types.is_timestamp(field.type):
        text = pa.array([value or None for value in values], pa.string())
        return text.cast(field.type)
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
