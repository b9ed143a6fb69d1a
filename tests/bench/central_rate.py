"""Records a second that the central takes, beside what its database could take at most.

As many connections as asked push batches as fast as they are answered, over real HTTP, against a
central on SQLite, on PostgreSQL, and two on one PostgreSQL. The limit is the same rows written
without a central: on PostgreSQL by COPY into a staging table and INSERT … ON CONFLICT into the
three tables that a record touches, on SQLite by one INSERT OR IGNORE a table; one commit a batch.

Run from the root of the checkout, in the environment of the tests::

    python tests/bench/central_rate.py
    python tests/bench/central_rate.py --batches 50 500 --records 40000
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import sqlite3
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from fleet import DURABLE, Bodies, Device, Line, Seen, backend, cpu_seconds, register, send_batch
from fleet_model import Link, Visit
from sheet import say_where, table

from perisai_cli import wiring
from perisai_cli.central.database import open_database
from perisai_cli.central.facts import COLUMNS, facts_of
from perisai_cli.domain.ids import new_id
from perisai_cli.protocol.canonical import body_hash

NEAR = Link(0.0, 1e12)
AT = "2026-11-22T02:00:00Z"

ITEMS = (
    *("id", "rev", "hash", "status", "kind", "agent", "device", "kpj", "payment_code"),
    *("amount", "changed_seq", *COLUMNS),
)
VERSIONS = ("id", "rev", "hash", "status", "body", "base_rev", "device", "received_at", "seq")
CLAIMS = ("nik_key", "record_id")
TABLES = {"nik_claims": CLAIMS, "items": ITEMS, "item_versions": VERSIONS}


async def hammer(devices: Sequence[Device], ports: Sequence[int]) -> tuple[Seen, float]:
    """Let every device push all that it has over one connection, all of them at once."""
    seen = Seen()

    async def one(device: Device, port: int) -> None:
        async with Line(port, NEAR, seen) as line:
            sent = await line.send("POST", "/v1/token", device.sign_in)
            token = json.loads(await line.answer("token", sent))["access_token"]
            for batch in device.batches:
                sent = await send_batch(line, batch, {"Authorization": f"Bearer {token}"})
                said = json.loads(await line.answer("push", sent))
                assert said["digest"] == batch[2]
                seen.accepted += sum(each["status"] == "accepted" for each in said["results"])

    begun = time.perf_counter()
    await asyncio.gather(
        *(one(device, ports[number % len(ports)]) for number, device in enumerate(devices))
    )
    return seen, time.perf_counter() - begun


def central_line(name: str, asked: argparse.Namespace, batch: int) -> list[object]:
    """Return the line of a central."""
    bodies, share = Bodies(), asked.records // asked.connections
    visit = Visit(0.0, "", share, NEAR, False)
    devices = [Device.made(visit, bodies, batch) for _ in range(asked.connections)]
    with tempfile.TemporaryDirectory() as scratch, backend(name, Path(scratch)) as (ports, pids):
        asyncio.run(register(devices, ports[0]))
        before = cpu_seconds(pids)
        seen, took = asyncio.run(hammer(devices, ports))
        cpu = cpu_seconds(pids) - before
    assert seen.accepted == share * asked.connections, seen
    slow = sorted(seen.seconds["push"])[int(len(seen.seconds["push"]) * 0.95)]
    return [name, batch, f"{seen.accepted / took:,.0f}", f"{slow * 1000:,.0f}", f"{cpu / seen.accepted * 1000:.2f}"]  # fmt: skip


def rows(count: int) -> dict[str, list[tuple[object, ...]]]:
    """Return the rows that so many enrolments make, by table."""
    bodies, now, device = Bodies(), wiring.now(), str(uuid.uuid4())
    made: dict[str, list[tuple[object, ...]]] = {name: [] for name in TABLES}
    for number in range(count):
        body, key = next(bodies), new_id(now)
        digest, text = body_hash(body), json.dumps(body, ensure_ascii=False)
        kpj = str(99_000_000_001 + number)
        nik_key = hashlib.sha256(body["worker"]["nik"].encode()).hexdigest()
        made["nik_claims"].append((nik_key, key))
        made["items"].append(
            (
                *(key, 1, digest, "accepted", "enrolment", "A-1", device, kpj, f"CTH{kpj}"),
                *(body["quote"]["total"], number),
                *facts_of("enrolment", body, key, "5171", now).values(),
            )
        )
        made["item_versions"].append((key, 1, digest, "accepted", text, 0, device, AT, number))
    return made


def sqlite_limit(count: int, batch: int) -> list[object]:
    """Return the line of SQLite without a central."""
    made = rows(count)
    with tempfile.TemporaryDirectory() as scratch:
        path = Path(scratch) / "central.db"
        open_database(f"sqlite:///{path}").close()
        hand = sqlite3.connect(path, isolation_level=None)
        hand.execute("PRAGMA synchronous = FULL")
        begun, cpu = time.perf_counter(), time.process_time()
        for start in range(0, count, batch):
            hand.execute("BEGIN IMMEDIATE")
            for name, columns in TABLES.items():
                marks = ", ".join("?" * len(columns))
                sql = f"INSERT OR IGNORE INTO {name} ({', '.join(columns)}) VALUES ({marks})"
                hand.executemany(sql, made[name][start : start + batch])
            hand.execute("COMMIT")
        took, cpu = time.perf_counter() - begun, time.process_time() - cpu
        hand.close()
    return ["*limit, SQLite*", batch, f"{count / took:,.0f}", "–", f"{cpu / count * 1000:.2f}"]


def postgresql_limit(count: int, batch: int) -> list[object]:
    """Return the line of PostgreSQL without a central: one connection, foreign keys aside."""
    import psycopg
    from postgres import a_cluster  # tests/postgres.py

    made = rows(count)
    with a_cluster(**DURABLE) as cluster:
        address = cluster.make()
        open_database(address).close()
        with psycopg.connect(address) as hand:
            hand.execute("SET session_replication_role = replica")  # the agents are not there
            for name in TABLES:
                hand.execute(f"CREATE TEMP TABLE stage_{name} (LIKE {name}) ON COMMIT DELETE ROWS")
            hand.commit()
            begun = time.perf_counter()
            for start in range(0, count, batch):
                for name, columns in TABLES.items():
                    _staged(hand, name, columns, made[name][start : start + batch])
                hand.commit()
            took = time.perf_counter() - begun
    return ["*limit, PostgreSQL, one connection*", batch, f"{count / took:,.0f}", "–", "–"]


def _staged(hand: Any, name: str, columns: Sequence[str], some: Sequence[Any]) -> None:
    named = ", ".join(columns)
    with hand.cursor().copy(f"COPY stage_{name} ({named}) FROM STDIN") as copy:
        for row in some:
            copy.write_row(row)
    hand.execute(
        f"INSERT INTO {name} ({named}) SELECT {named} FROM stage_{name} ON CONFLICT DO NOTHING"
    )


def _lines(asked: argparse.Namespace) -> Iterator[list[object]]:
    """Yield each line as it is measured."""
    for batch in asked.batches:
        for name in asked.backends:
            yield central_line(name, asked, batch)
        yield sqlite_limit(asked.records, batch)
        if any(name.startswith("postgresql") for name in asked.backends):
            yield postgresql_limit(asked.records, batch)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=20_000)
    parser.add_argument("--batches", type=int, nargs="*", default=[50, 500])
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--backends", nargs="*", default=["sqlite", "postgresql", "postgresql-2"])
    asked = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).parents[1]))
    say_where("perisai", "uvicorn", "sqlalchemy", "psycopg")
    heads = ["central", "records a batch", "records/s", "push p95 ms", "CPU ms a record"]
    table(heads, _lines(asked))
    print(
        f"{asked.connections} connections, {asked.records:,} records; the load on the same machine."
    )


if __name__ == "__main__":
    main()
