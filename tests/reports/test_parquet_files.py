"""A report as a Parquet file: typed columns, what it is in the metadata, rows in chunks."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_reports import curves, empty, pairs, report, stacked
from pyarrow import parquet

from perisai_cli.reports.formats import LONG
from perisai_cli.reports.model import Column, Report, Section, Streamed
from perisai_cli.reports.parquet import CHUNK, GROUP, write_parquet
from perisai_cli.reports.parquet_columns import LINES


def table_of(of: Report, folder: Path) -> Any:
    assert (
        write_parquet(of, folder / "a.parquet")
        == parquet.read_metadata(folder / "a.parquet").num_rows
    )
    return parquet.read_table(folder / "a.parquet")


def test_columns_have_the_types_of_their_values(tmp_path: Path) -> None:
    columns = (
        Column("id", "text"), Column("pending", "code"), Column("owner", "code"),
        Column("payer", "code", "payer_value"), Column("heads", "count"), Column("amount", "rupiah"),
        Column("share", "percent"), Column("day", "day"), Column("start", "month"),
        Column("recorded_at", "moment"),
    )  # fmt: skip
    at = "2026-12-31T15:30:00Z"
    full = ("x", True, 1, "self", 3, 2**53 + 1, Decimal("50.88"), "2026-11-22", "2026-12", at)
    names = [column.name for column in columns]
    rows = [dict(zip(names, each, strict=True)) for each in (full, (None,) * len(names))]
    table = table_of(report(Section("enrolled_agent", columns, rows)), tmp_path)
    assert [str(each.type) for each in table.schema] == [
        "string", "bool", "int64", "string", "int64", "int64", "decimal128(18, 6)", "date32[day]",
        "string", "timestamp[ms, tz=UTC]",
    ]  # fmt: skip
    moment = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)
    assert table.to_pylist() == [
        dict(zip(names, (*full[:7], date(2026, 11, 22), "2026-12", moment), strict=True)),
        dict.fromkeys(names),
    ]


def test_a_file_says_what_it_is_of_when_and_whence(tmp_path: Path) -> None:
    told = table_of(report(pairs()), tmp_path).schema.metadata
    assert told[b"perisai.as_of"] == b"2026-11-22T16:30:00Z"
    assert told[b"perisai.source"] == b"store banuspa-0007"
    assert told[b"perisai.day"] == b"2026-11-22"
    assert told[b"perisai.report"] == b"weekly"


def test_several_sections_are_the_long_table_with_values_as_text(tmp_path: Path) -> None:
    table = table_of(report(curves(1), pairs()), tmp_path)
    assert table.column_names == [column.name for column in LONG]
    assert table.slice(2, 1).to_pylist() == [
        {"section": "retention", "row": 1, "label": "2026-01", "column": "share", "kind": "percent", "value": "100.00"}
    ]  # fmt: skip
    assert table.schema.field("row").type == pa.int64()


@pytest.mark.parametrize("section", [empty(stacked()), stacked(1)])
def test_nothing_and_one_row_are_tables_of_the_same_columns(
    tmp_path: Path, section: Section
) -> None:
    table = table_of(report(section), tmp_path)
    assert table.num_rows == len(list(section.rows))
    assert table.schema.equals(table_of(report(stacked(2)), tmp_path).schema)


@pytest.mark.parametrize("count", [CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_streamed_rows_are_all_there_in_their_order(tmp_path: Path, count: int) -> None:
    rows = Streamed(("heads",), lambda: ((number,) for number in range(count)))
    table = table_of(report(Section("enrolled_agent", (Column("heads", "count"),), rows)), tmp_path)
    assert table.column("heads").to_pylist() == list(range(count))


TOLD = {"code": st.text(max_size=8), "count": st.integers(-(2**63), 2**63 - 1),
    "day": st.dates().map(str) | st.just(""), "text": st.text(alphabet="\\\"',\n\r\x1f[]nul", max_size=6),
    "moment": st.datetimes().map(lambda at: f"{at:%H:%M:%S}").map("2026-12-31T{}Z".format),
}  # fmt: skip


PLAIN = TOLD | dict.fromkeys(
    ("code", "text"),
    st.sampled_from(["", " ", "null", "NULL", "nan", "#N/A", "a,b", "it's", "0812", "[", "]", "-1"])
    | st.text(alphabet="aé😀\u2028\u2029\ufeff\x7f, '[]{}:;#0", max_size=6),
)
"""Texts without an escape in JSON: whole chunks of them are read as separated values."""


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from([TOLD, PLAIN]).flatmap(
        lambda told: st.lists(
            st.tuples(*(st.none() | values for values in told.values())), max_size=20
        )
    )
)
def test_rows_that_the_source_wrote_as_arrays_are_the_same_rows(
    tmp_path: Path, told: list[tuple[Any, ...]]
) -> None:
    """Quotes, backslashes, line ends, texts like ``null``, nothing and the empty text."""
    columns = tuple(Column(kind, kind) for kind in TOLD)  # type: ignore[arg-type]
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(f"CREATE TABLE t (at INTEGER PRIMARY KEY, {', '.join(TOLD)})")
        database.executemany("INSERT INTO t VALUES (NULL, ?, ?, ?, ?, ?)", told)

        def lines() -> Iterator[str]:
            asked = f"SELECT json_array({', '.join(TOLD)}) FROM t ORDER BY at"
            return (line for (line,) in database.execute(asked))

        plain, arrays = Streamed(tuple(TOLD), lambda: told), Streamed((), lambda: told, None, lines)
        written = [
            table_of(report(Section("enrolled_agent", columns, rows)), tmp_path)
            for rows in (plain, arrays)
        ]
    assert written[0].equals(written[1], check_metadata=True)


@pytest.mark.parametrize("count", [0, 1, LINES - 1, LINES, GROUP + 1])
def test_many_arrays_are_all_there_in_their_order(tmp_path: Path, count: int) -> None:
    rows = Streamed(
        ("heads",),
        lambda: ((number,) for number in range(count)),
        lines=lambda: (f"[{number}]" for number in range(count)),
    )
    table = table_of(report(Section("enrolled_agent", (Column("heads", "count"),), rows)), tmp_path)
    assert table.column("heads").to_pylist() == list(range(count))


def test_a_number_among_texts_is_text(tmp_path: Path) -> None:
    rows = [{"agent": each} for each in ("a", 1, None, True, Decimal("1.50"))]
    table = table_of(report(Section("enrolled_agent", (Column("agent", "text"),), rows)), tmp_path)
    assert table.column("agent").to_pylist() == ["a", "1", None, "true", "1.50"]


def test_the_same_report_gives_the_same_octets(tmp_path: Path) -> None:
    for name in "ab":
        write_parquet(report(stacked()), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_section_for_flat_files_is_what_is_written(tmp_path: Path) -> None:
    told = report(stacked(2), pairs())
    table = table_of(replace(told, flat=told.sections[1]), tmp_path)
    assert table.column_names == [column.name for column in pairs().columns]
