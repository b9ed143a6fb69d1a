"""Rows as typed columns: from Python's values, or from JSON arrays that the source has made.

A million rows of seventeen columns are seventeen million objects. Where the source can write each
row as one text, Arrow's own reader takes it apart, and no object is made for a value.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any

from perisai_cli.reports.model import Column

if TYPE_CHECKING:
    import pyarrow

LINES = 8192
"""Rows that Arrow's reader takes at a time."""

_DIGITS, _PLACES = 18, 6
_SHARE = Decimal(1).scaleb(-_PLACES)


def schema_of(columns: Sequence[Column], first: Sequence[Sequence[Any]]) -> pyarrow.Schema:
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


def columns_of(schema: pyarrow.Schema, rows: Sequence[Sequence[Any]]) -> pyarrow.Table:
    """Return rows as columns."""
    import pyarrow as pa

    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [_array(values, field) for values, field in zip(columns, schema, strict=True)]
    return pa.table(arrays, schema=schema)


def reads_lines(schema: pyarrow.Schema) -> bool:
    """Tell whether columns of these types can be read from JSON arrays."""
    import pyarrow as pa

    known = (pa.types.is_string, pa.types.is_int64, pa.types.is_date32, pa.types.is_timestamp)
    return all(any(is_so(field.type) for is_so in known) for field in schema)


def tables_of_lines(schema: pyarrow.Schema, lines: Iterator[str]) -> Iterator[pyarrow.Table]:
    """Yield rows that are JSON arrays, as SQLite writes them, as columns.

    Without an escape in it such an array is a row of comma-separated values too: texts stand
    between quotes, numbers and ``null`` do not. What has an escape is read as JSON.
    """
    while chunk := list(islice(lines, LINES)):
        together = "\n".join([line[1:-1] for line in chunk])
        if "\\" in together:
            yield columns_of(schema, [json.loads(line) for line in chunk])
        else:
            yield _separated(schema, together)


def _separated(schema: pyarrow.Schema, together: str) -> pyarrow.Table:
    import pyarrow as pa
    from pyarrow import csv

    kept = {field.name: field.type for field in schema if pa.types.is_int64(field.type)}
    read = csv.read_csv(
        pa.py_buffer(together.encode()),
        csv.ReadOptions(use_threads=False, column_names=schema.names, block_size=1 << 30),
        csv.ParseOptions(double_quote=False, ignore_empty_lines=False),
        csv.ConvertOptions(
            column_types=dict.fromkeys(schema.names, pa.string()) | kept,
            null_values=["null"],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    columns = [_typed(column, field) for column, field in zip(read.columns, schema, strict=True)]
    return pa.table(columns, schema=schema)


def _typed(texts: pyarrow.ChunkedArray, field: pyarrow.Field) -> pyarrow.ChunkedArray:
    import pyarrow as pa
    from pyarrow import compute

    if texts.type == field.type:
        return texts
    untold = compute.equal(texts, "")
    return compute.if_else(untold, pa.scalar(None, pa.string()), texts).cast(field.type)


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
        return pa.array([plain(value) for value in values], pa.string())


def plain(value: Any) -> str | None:
    """Return a value as text, for a column whose values are of every type."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return None if value is None else str(value)
