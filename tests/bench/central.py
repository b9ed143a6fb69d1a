"""Records a second through the central's HTTP route, beside the least that its database could cost.

    .venv/bin/python tests/bench/central.py [records]

Each row runs ``perisai pusat jalankan`` in one or two processes on a fresh database and pushes new
enrolments from two devices a process: parsing, hashing, judging, settling and answering are all in
the time. The limit does the database work alone, in the same PostgreSQL cluster with the same rows:
COPY into a staging table, then INSERT … SELECT … ON CONFLICT DO NOTHING into each table, one
transaction a batch, by as many connections as there are processes. Everything is durable.
"""

from __future__ import annotations

import contextlib
import json
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent / "central")]

import httpx  # noqa: E402
import psycopg  # noqa: E402
from central_field import Device, an_item, encoded  # noqa: E402
from command_line import Cli  # noqa: E402
from postgres import a_cluster  # noqa: E402

from perisai_cli.central.database import open_database  # noqa: E402
from perisai_cli.protocol.canonical import body_hash  # noqa: E402

RECORDS = 6000
SIZES = (50, 500)
PROCESSES = (1, 2)
DEVICES = 2

STAGING = """CREATE TEMP TABLE staging (id text, hash text, agent text, device text, nik_key text,
    kpj text, amount bigint, body json)"""
SETTLE = (
    """INSERT INTO nik_claims (nik_key, record_id) SELECT nik_key, id FROM staging
    ON CONFLICT DO NOTHING""",
    """INSERT INTO items (id, rev, hash, status, kind, agent, device, kpj, payment_code, amount)
    SELECT id, 1, hash, 'accepted', 'enrolment', agent, device, kpj, 'CTH' || kpj, amount
    FROM staging ON CONFLICT DO NOTHING""",
    """INSERT INTO item_versions (id, rev, hash, status, body, base_rev, device, received_at, seq)
    SELECT id, 1, hash, 'accepted', body, 0, device, '2026-11-22T02:00:00Z', 1 FROM staging
    ON CONFLICT DO NOTHING""",
    "TRUNCATE staging",
)


def main() -> None:
    """Measure and print every row."""
    records = int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS
    print(f"{records} new enrolments a row; records/s\n")
    print(f"{'way':<12} {'processes':>9} {'batch':>6} {'records/s':>10}")
    with a_cluster(fsync="on", synchronous_commit="on", full_page_writes="on") as cluster:
        for size in SIZES:
            for processes in PROCESSES:
                with tempfile.TemporaryDirectory() as folder:
                    row(
                        "SQLite",
                        processes,
                        size,
                        served(folder, "--data", folder, processes, size, records),
                    )
                for way, measure in (("PostgreSQL", of_postgres), ("limit", of_limit)):
                    address = cluster.make()
                    row(way, processes, size, measure(address, processes, size, records))
                    cluster.drop(address)


def row(way: str, processes: int, size: int, rate: int) -> None:
    print(f"{way:<12} {processes:>9} {size:>6} {rate:>10,}", flush=True)


def of_postgres(address: str, processes: int, size: int, records: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        return served(folder, "--database", address, processes, size, records)


def served(folder: str, option: str, where: str, processes: int, size: int, records: int) -> int:
    """Return records a second through as many processes, over real HTTP."""
    with contextlib.ExitStack() as stack:
        addresses = [
            stack.enter_context(serving(Path(folder), option, where)) for _ in range(processes)
        ]
        http = stack.enter_context(httpx.Client(verify=False, timeout=120, trust_env=False))
        devices = [
            Device(http, address=addresses[n % processes]).sign_in()
            for n in range(processes * DEVICES)
        ]
        each = max(1, records // len(devices) // size)
        batches = [
            [encoded(device.batch([an_item() for _ in range(size)])) for _ in range(each)]
            for device in devices
        ]
        works = [pusher(device, mine) for device, mine in zip(devices, batches, strict=True)]
        return rate_of(works, each * size * len(devices))


def pusher(device: Device, batches: list[bytes]) -> Callable[[], None]:
    def work() -> None:
        for content in batches:
            statuses = {result["status"] for result in device.send(content).json()["results"]}
            assert statuses == {"accepted"}, statuses

    return work


@contextlib.contextmanager
def serving(folder: Path, option: str, where: str) -> Iterator[str]:
    process = Cli(folder).start(
        "pusat",
        "jalankan",
        "--port",
        "0",
        option,
        where,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    with process:
        try:
            found = re.search(r"http://[0-9.]+:[0-9]+", process.stderr.readline().decode())
            assert found
            yield found[0]
        finally:
            process.send_signal(signal.SIGTERM)


def of_limit(address: str, processes: int, size: int, records: int) -> int:
    """Return records a second of the bare database work."""
    open_database(address).close()
    with psycopg.connect(address) as connection:
        connection.execute("INSERT INTO agents VALUES ('A', 'A', 'O', '')")
        connection.execute(
            "INSERT INTO devices (device, agent, region, public_key, registered_at)"
            " VALUES ('D', 'A', '5171', '', '')"
        )
    each = max(1, records // processes // size)
    shares = [[rows_of(size, n, k) for k in range(each)] for n in range(processes)]
    works = [loader(address, share) for share in shares]
    return rate_of(works, each * size * processes)


def rows_of(size: int, connection: int, batch: int) -> list[tuple[Any, ...]]:
    rows = []
    for n in range(size):
        item = an_item()
        number, body = f"{connection}{batch:04}{n:04}", item["body"]
        hashed, total = body_hash(body), body["quote"]["total"]
        row = (item["id"], hashed, "A", "D", hashed + number, number, total, json.dumps(body))
        rows.append(row)
    return rows


def loader(address: str, batches: list[list[tuple[Any, ...]]]) -> Callable[[], None]:
    def work() -> None:
        with psycopg.connect(address) as connection:
            connection.execute(STAGING)
            connection.commit()
            for rows in batches:
                with connection.cursor() as cursor:
                    with cursor.copy("COPY staging FROM STDIN") as copy:
                        for each in rows:
                            copy.write_row(each)
                    for statement in SETTLE:
                        cursor.execute(statement)
                connection.commit()

    return work


def rate_of(works: Sequence[Callable[[], None]], records: int) -> int:
    """Return records a second when all of it is done at once; the first failure ends it."""
    failures: list[BaseException] = []

    def one(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=one, args=(work,)) for work in works]
    begun = time.perf_counter_ns()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = time.perf_counter_ns() - begun
    if failures:
        raise failures[0]
    return records * 1_000_000_000 // taken


if __name__ == "__main__":
    main()
