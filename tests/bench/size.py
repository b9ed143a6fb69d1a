"""Octets an enrolment takes at the central, table by table with its indexes, on both databases.

Made-up enrolments go through the central's own ``push`` in this process, in batches of 50 from
many devices; then the databases are asked. Nothing is vacuumed: what is told is what grew.

Run from the root of the checkout, in the environment of the tests::

    python tests/bench/size.py                      # 20,000 enrolments
    python tests/bench/size.py --records 200000
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import tempfile
import time
import uuid
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fleet import DURABLE, Bodies
from sheet import say_where, table
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from perisai_cli import wiring
from perisai_cli.central import push as pushing
from perisai_cli.central.agents import put_agent
from perisai_cli.central.core import Central
from perisai_cli.central.database import Database, open_database
from perisai_cli.central.reference import Shelf
from perisai_cli.central.tables import devices, metadata
from perisai_cli.central.upsert import Sender
from perisai_cli.domain.ids import new_id
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.messages import SCHEMA, PushItem, PushRequest
from perisai_cli.rules.law import load_law

BATCH = 50
PER_DEVICE = 2_000
SHOWN = 8
"""Smallest share of a record, in octets, that a table needs to be told of."""


def fill(database: Database, records: int) -> tuple[float, float]:
    """Push so many enrolments; return the wall and the processor seconds inside ``push``."""
    central = Central(database, wiring.now, Shelf(database), load_law())
    bodies, wall, cpu = Bodies(), 0.0, 0.0
    sender = Sender("", "")
    for done in range(0, records, BATCH):
        if done % PER_DEVICE == 0:
            sender = _a_sender(database)
        request = _request(sender, [next(bodies) for _ in range(min(BATCH, records - done))])
        begun, spent = time.perf_counter(), time.process_time()
        answer = pushing.push(central, request, str(uuid.uuid4()), sender, wiring.now())
        wall, cpu = wall + time.perf_counter() - begun, cpu + time.process_time() - spent
        assert all(result.status == "accepted" for result in answer.results), answer.results
    return wall, cpu


def _request(sender: Sender, bodies: list[dict[str, Any]]) -> PushRequest:
    now = wiring.now()
    return PushRequest(
        device=sender.device, agent=sender.agent, app="perisai/bench", schema=SCHEMA,
        client_time=timestamp(now), pending_after=0,
        items=[PushItem(id=new_id(now), rev=1, base_rev=0, kind="enrolment", body=body)
               for body in bodies],
    )  # fmt: skip


def _a_sender(database: Database) -> Sender:
    now = wiring.now()
    sender = Sender(new_id(now), f"A-{uuid.uuid4().hex[:8]}")
    row = {"device": sender.device, "agent": sender.agent, "region": "5171",
           "public_key": bytes(32), "registered_at": timestamp(now)}  # fmt: skip
    with database.writing() as connection:
        put_agent(connection, sender.agent, "Agen", "W-1", now)
        connection.execute(devices.insert(), row)
    return sender


@contextlib.contextmanager
def opened(address: str) -> Iterator[Database]:
    """Yield a database and close it afterwards."""
    database = open_database(address)
    try:
        yield database
    finally:
        database.close()


def sqlite_size(folder: Path, records: int) -> tuple[dict[str, tuple[int, int]], list[object]]:
    """Return octets by table and index, and the line of totals, for SQLite."""
    path = folder / "central.db"
    with opened(f"sqlite:///{path}") as database:
        empty = _whole(database)
        wall, cpu = fill(database, records)
        grown = _whole(database) - empty
        parts = _sqlite_parts(database)
    return parts, _totals("SQLite", grown, None, wall, cpu, records)


def _whole(database: Database) -> int:
    with database.reading() as connection:
        pages = connection.scalar(text("PRAGMA page_count")) or 0
        return int(pages) * int(connection.scalar(text("PRAGMA page_size")) or 0)


def _sqlite_parts(database: Database) -> dict[str, tuple[int, int]]:
    """Return (table, indexes) in octets where this SQLite can tell, else nothing."""
    sql = (
        "SELECT m.tbl_name, m.type, sum(d.pgsize) FROM dbstat AS d"
        " JOIN sqlite_schema AS m ON m.name = d.name GROUP BY 1, 2"
    )
    parts: dict[str, tuple[int, int]] = {}
    with contextlib.suppress(OperationalError), database.reading() as connection:  # without dbstat
        for name, kind, size in connection.execute(text(sql)):
            heap, indexes = parts.get(name, (0, 0))
            parts[name] = (heap + size, indexes) if kind == "table" else (heap, indexes + size)
    return parts


def postgresql_size(records: int) -> tuple[dict[str, tuple[int, int]], list[object]]:
    """Return the same for PostgreSQL, with what it wrote to its log."""
    from postgres import a_cluster  # tests/postgres.py

    with a_cluster(**DURABLE) as cluster, opened(cluster.make()) as database:
        before = _log_end(database)
        wall, cpu = fill(database, records)
        log = _log_end(database) - before
        parts = _postgresql_parts(database)
    grown = sum(heap + indexes for heap, indexes in parts.values())
    return parts, _totals("PostgreSQL", grown, log, wall, cpu, records)


def _log_end(database: Database) -> int:
    with database.reading() as connection:
        sql = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"
        return int(connection.scalar(text(sql)) or 0)


def _postgresql_parts(database: Database) -> dict[str, tuple[int, int]]:
    sql = "SELECT pg_table_size(to_regclass(:name)), pg_indexes_size(to_regclass(:name))"
    with database.reading() as connection:
        found = {
            name: connection.execute(text(sql), {"name": name}).one() for name in metadata.tables
        }
    return {name: (int(row[0]), int(row[1])) for name, row in found.items()}


def _totals(
    name: str, grown: int, log: int | None, wall: float, cpu: float, records: int
) -> list[object]:
    return [
        name, f"{grown / records:,.0f}", "–" if log is None else f"{log / records:,.0f}",
        f"{records / wall:,.0f}", f"{cpu / records * 1000:.2f}", f"{grown / records * 1e6 / 1e9:.2f}",
    ]  # fmt: skip


def main() -> None:
    """Fill both databases and print what they hold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--backends", nargs="*", default=["sqlite", "postgresql"])
    asked = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).parents[1]))
    say_where("perisai", "sqlalchemy", "psycopg")
    bodies = Bodies(1_000)
    plain = [json.dumps(next(bodies), ensure_ascii=False).encode() for _ in range(1_000)]
    whole, packed = (sum(map(len, some)) / 1_000 for some in (plain, map(zlib.compress, plain)))
    print(f"A body is {whole:,.0f} octets of JSON, {packed:,.0f} compressed by itself.\n")
    totals, found = [], {}
    with tempfile.TemporaryDirectory() as scratch:
        if "sqlite" in asked.backends:
            found["SQLite"], line = sqlite_size(Path(scratch), asked.records)
            totals.append(line)
        if "postgresql" in asked.backends:
            found["PostgreSQL"], line = postgresql_size(asked.records)
            totals.append(line)
    heads = ["database", "octets a record", "log octets a record", "records/s in `push`, one writer",
             "CPU ms a record in `push`", "GB a million"]  # fmt: skip
    table(heads, totals)
    for name, parts in found.items():
        rows = [
            [f"{name}: `{part}`", f"{heap / asked.records:,.0f}", f"{indexes / asked.records:,.0f}"]
            for part, (heap, indexes) in sorted(parts.items(), key=lambda pair: -sum(pair[1]))
            if (heap + indexes) / asked.records >= SHOWN
        ]
        if rows:
            table(["table", "octets a record", "of its indexes"], rows)


if __name__ == "__main__":
    main()
