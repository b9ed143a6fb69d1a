"""Measures the main line: durable enrolments, and octets a record on the wire.

Run from the root of the checkout, in the environment of the tests::

    python tests/bench/main_line.py
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from people import people

from perisai_cli import wiring
from perisai_cli.actions.desk import Desk
from perisai_cli.actions.enroll import enroll_many, record_ready
from perisai_cli.actions.setup import checked_profile, set_up
from perisai_cli.actions.sync import SyncOptions, sync
from perisai_cli.central.serve import running


class Silent:
    def accepted(self, item: object, warnings: object) -> None:
        """Take a receipt."""

    def refused(self, problems: object) -> None:
        raise AssertionError(problems)


def a_home(folder: Path, url: str) -> object:
    app = wiring.throwaway_app(folder, "a long enough passphrase", url)
    answers = {"agent": "A-1", "name": "Agen", "office": "W-1", "region": "5171", "central": url}
    set_up(app, checked_profile(answers), "a long enough passphrase", None)
    return app


def store_time(folder: Path) -> None:
    app = a_home(folder, "http://127.0.0.1:1")
    times = []
    with app.store() as store:
        desk = Desk(app, store)
        for person in people(2000):
            ready = desk.examine(person)
            begun = time.perf_counter()
            record_ready(desk, ready)
            times.append((time.perf_counter() - begun) * 1000)
    times.sort()
    for name, share in (("median", 0.5), ("p99", 0.99), ("p99.9", 0.999)):
        print(f"store time of one enrolment, {name}: {times[int(len(times) * share)]:.2f} ms")


def throughput(folder: Path, count: int) -> None:
    a_home(folder / "home", "http://127.0.0.1:1")
    lines, secret = folder / "workers.jsonl", folder / "passphrase"
    lines.write_text("".join(json.dumps(person) + "\n" for person in people(count)))
    secret.write_text("a long enough passphrase\n")
    environment = os.environ | {
        "PERISAI_HOME": str(folder / "home"), "PERISAI_PASSPHRASE_FILE": str(secret),
    }  # fmt: skip
    command = [sys.executable, "-m", "perisai_cli", "enroll", "--file", str(lines), "--json"]
    begun = time.perf_counter()
    with (folder / "out.json").open("w") as out:
        subprocess.run(command, env=environment, stdout=out, check=True)
    seconds = time.perf_counter() - begun
    assert json.loads((folder / "out.json").read_text())["data"]["accepted"] == count
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(
        f"{count} workers by JSON Lines: {count / seconds:.0f}/s whole process, peak {peak:.0f} MiB"
    )


def wire(folder: Path, count: int) -> None:
    with running(folder / "central", clock=wiring.now) as url:
        app = a_home(folder / "home", url)
        sync(app, SyncOptions())  # registration and token are not pushes
        enroll_many(app, list(enumerate(people(count), 1)), {}, Silent())
        data = sync(app, SyncOptions()).data
        idle = sync(app, SyncOptions()).data
    print(
        f"{count} queued records: {data['requests']} requests (the last one the pull),"
        f" {(data['bytes_up'] - idle['bytes_up']) / count:.1f} octets up and"
        f" {(data['bytes_down'] - idle['bytes_down']) / count:.1f} down a record, headers included"
    )
    print(f"idle sync: {idle['requests']} request, {idle['bytes_up'] + idle['bytes_down']} octets")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        store_time(Path(name) / "one")
        for size in (1_000, 10_000, 40_000):
            (Path(name) / str(size)).mkdir()
            throughput(Path(name) / str(size), size)
        (Path(name) / "wire").mkdir()
        wire(Path(name) / "wire", 100)
