"""What an extract costs: records a second end to end, octets a record, memory on both sides.

A central of so many enrolments and payments, on SQLite and PostgreSQL, serves in a process of its
own; a copy is fetched from it over real HTTP into an encrypted dataset, in another. Then one that
was interrupted half-way goes on, and one that is up to date asks again.

Run from the root of the checkout, in the environment of the tests::

    python tests/bench/extract.py
    python tests/bench/extract.py --items 100000 --backends sqlite --persons
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sheet import say_where, table

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "central"), str(TESTS / "e2e")]

PAID = 3
"""One record in so many is a payment of a member."""

_FETCH = """
import json, resource, sys, time
sys.path[:0] = {paths!r}
from pathlib import Path
from perisai_cli import wiring
from perisai_cli.actions.app import App
from perisai_cli.actions.central_remote import Office
from perisai_cli.actions.extract import fetch_central
from perisai_cli.storage.store import open_store
home = Path({home!r})
unlock = lambda: open_store(home, lambda: {passphrase!r}, lambda _store: None)
app = App(home, wiring.now, unlock, None, "perisai/bench")
begun = time.perf_counter()
def progress(records):
    if records >= {stop}:
        raise SystemExit(0)
told = fetch_central(app, Office({url!r}, {token!r}, wiring.now), {persons!r}, progress).data
told["seconds"] = time.perf_counter() - begun
told["mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps(told))
"""

_SERVE = """
import sys
from pathlib import Path
from perisai_cli import wiring
from perisai_cli.central.serve import serve
where = sys.argv[1]
serve("127.0.0.1", 0, where if "://" in where else Path(where), lambda url: print(url, flush=True), clock=wiring.now)
"""


def fill(where: Path | str, items: int) -> str:
    """Put records into a central as its own statements do; return an officer's token."""
    from central_field import a_body
    from two_offices import CONFIRMED, a_payment

    from perisai_cli import wiring
    from perisai_cli.central import tables
    from perisai_cli.central.agents import put_agent
    from perisai_cli.central.commits import commit_of
    from perisai_cli.central.facts import facts_of
    from perisai_cli.central.officers import add_officer
    from perisai_cli.central.serve import open_central
    from perisai_cli.domain.ids import new_id

    database, now, device = open_central(where), wiring.now(), new_id(wiring.now())
    with database.writing() as connection:
        for number in range(40):
            put_agent(connection, f"A-{number}", "Agen", f"W-{number % 4}", now)
        known = {"device": device, "agent": "A-0", "region": "5171", "public_key": b"0" * 32}
        connection.execute(tables.devices.insert(), known | {"registered_at": "2026-11-22"})
    bodies = [a_body() for _ in range(200)]
    payment = a_payment(new_id(now), **CONFIRMED)["body"]
    member = new_id(now)
    for start in range(0, items, 500):
        with database.writing() as connection:
            seq, rows, versions = commit_of(connection, now), [], []
            for number in range(start, min(start + 500, items)):
                key = new_id(now)
                kind, body = "enrolment", bodies[number % 200]
                if number % PAID == PAID - 1:
                    kind, body = (
                        "payment",
                        payment | {"payment": payment["payment"] | {"member": member}},
                    )
                else:
                    member = key
                amount = body["amount"] if kind == "payment" else body["quote"]["total"]
                rows.append(
                    {
                        "id": key,
                        "rev": 1,
                        "hash": "0" * 64,
                        "status": "accepted",
                        "kind": kind,
                        "agent": f"A-{number % 40}",
                        "device": device,
                        "amount": amount,
                        "changed_seq": seq,
                        **facts_of(kind, body, key, "5171", now),
                    }
                )
                versions.append(
                    {
                        "id": key,
                        "rev": 1,
                        "hash": "0" * 64,
                        "status": "accepted",
                        "seq": seq,
                        "body": body,
                        "base_rev": 0,
                        "device": device,
                        "received_at": "2026",
                    }
                )
            connection.execute(tables.items.insert(), rows)
            connection.execute(tables.item_versions.insert(), versions)
    token = add_officer(database, "P-1", "Petugas", "officer", wiring.now)
    database.close()
    return token


@contextmanager
def serving(where: Path | str) -> Iterator[tuple[str, int]]:
    """Yield the address and the process of a central."""
    process = subprocess.Popen(
        [sys.executable, "-c", _SERVE, str(where)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip(), process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()
        process.stdout.close()


def peak_mib(pid: int) -> float:
    """Return the most memory that a process had resident so far."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    [line] = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def fetch(home: Path, url: str, token: str, persons: str | None, stop: int) -> dict[str, Any]:
    """Fetch in a process of its own; with *stop*, end it after so many records."""
    import command_line

    script = _FETCH.format(
        paths=[str(TESTS)], home=str(home), passphrase=command_line.PASSPHRASE, url=url,
        token=token, persons=persons, stop=stop or 10**9,
    )  # fmt: skip
    said = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    return dict(json.loads(said.stdout)) if said.stdout else {}


def lines(name: str, where: Path | str, asked: argparse.Namespace) -> Iterator[list[object]]:
    """Yield the line of each fetch from one central."""
    from command_line import Cli

    token = fill(where, asked.items)
    reason = "a measurement" if asked.persons else None
    with tempfile.TemporaryDirectory() as scratch, serving(where) as (url, pid):
        homes = []
        for each in ("whole", "part"):
            folder = Path(scratch) / each
            folder.mkdir()
            homes.append(Cli(folder))
            homes[-1].set_up()
        whole, part = homes
        before = peak_mib(pid)
        yield _line(name, "everything", fetch(whole.home, url, token, reason, 0), before, pid)
        yield _line(name, "nothing new", fetch(whole.home, url, token, reason, 0), before, pid)
        fetch(part.home, url, token, reason, asked.items // 2)
        yield _line(
            name, "the rest after a cut", fetch(part.home, url, token, reason, 0), before, pid
        )


def _line(name: str, what: str, told: dict[str, Any], before: float, pid: int) -> list[object]:
    records = told["records"]
    each = f"{told['bytes_down'] / records:.1f}" if records else f"{told['bytes_down']} in all"
    pace = f"{records / told['seconds']:,.0f}" if records else "–"
    return [
        name, what, f"{records:,}", f"{told['seconds']:.2f}", pace, told["requests"], each,
        f"{told['mib']:.0f}", f"{before:.0f} → {peak_mib(pid):.0f}",
    ]  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--backends", nargs="*", default=["sqlite", "postgresql"])
    parser.add_argument("--persons", action="store_true")
    asked = parser.parse_args()
    say_where("perisai", "uvicorn", "sqlalchemy", "psycopg")

    def all_lines() -> Iterator[list[object]]:
        with ExitStack() as stack:
            scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            for name in asked.backends:
                where: Path | str = scratch / name
                if name == "postgresql":
                    from postgres import a_cluster

                    where = stack.enter_context(a_cluster()).make()
                yield from lines(name, where, asked)

    heads = [
        "central", "fetched", "records", "s", "records/s", "requests", "octets a record",
        "MiB, device", "MiB, central",
    ]  # fmt: skip
    table(heads, all_lines())
    print(f"{os.cpu_count()} cores, shared by both sides; one record in {PAID} is a payment.")
    print(f"Finished {time.strftime('%d %B %Y %H:%M')}.")


if __name__ == "__main__":
    main()
