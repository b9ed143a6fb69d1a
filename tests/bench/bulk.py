"""Measures many contributions at once, CSV to CSV in whole processes, beside OpenFisca-Core.

Run it from the root of the checkout with the environment of the tests, and name the interpreter of
an environment that holds ``openfisca-core`` (a tool for this measurement only, no part of
perisai)::

    python tests/bench/bulk.py --openfisca /tmp/ofvenv/bin/python

Every row asks for one and the same month, which is what an array model likes best. Times are the
best of three, start of the interpreter included.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).parent
COLUMNS = ("id", "income", "program", "sector", "payer", "start", "months", "owner")
PAYERS = ("self", "sponsor", "apbn", "apbd-province", "apbd-regency", "village", "dbhcht")
COMPARED = ("id", "tier", "base", "total", "member", "sponsor", "government", "jkk", "jkm", "jht")


def write_workers(path: Path, count: int) -> None:
    """Write *count* made-up workers, the same ones every time."""
    chance = random.Random(count)
    with path.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for number in range(count):
            writer.writerow((
                f"w{number}",
                chance.randrange(500_000, 22_000_000, 500),
                chance.choice(("jkk,jkm", "jkk,jkm,jht")),
                chance.choice(("other", "transport")),
                chance.choice(PAYERS),
                "2026-05",
                1,
                chance.choice(("true", "false", "false", "false")),
            ))  # fmt: skip


def run(command: list[str], times: int = 3) -> tuple[float, float]:
    """Return the best wall time in seconds and the largest resident size in MiB."""
    best, size = float("inf"), 0.0
    for _ in range(times):
        begun = time.perf_counter()
        process = os.posix_spawn(
            command[0],
            command,
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            ],
        )
        _, status, used = os.wait4(process, 0)
        best = min(best, time.perf_counter() - begun)
        assert os.waitstatus_to_exitcode(status) == 0, command
        size = max(size, used.ru_maxrss / 1024)
    return best, size


def differing(ours: Path, theirs: Path) -> int:
    """Return how many rows of the two answers differ in a column that both have."""
    with ours.open(newline="") as one, theirs.open(newline="") as other:
        pairs = zip(csv.DictReader(one), csv.DictReader(other), strict=True)
        return sum(any(a[name] != b[name] for name in COMPARED) for a, b in pairs)


def line(name: str, count: int, seconds: float, size: float) -> str:
    """Return a measurement as a line."""
    return f"{name:<34}{count:>10,} rows {seconds:>8.2f} s {count / seconds:>10,.0f}/s {size:>6.0f} MiB"


def main() -> None:
    """Measure, compare, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--openfisca", help="interpreter of an environment with openfisca-core")
    parser.add_argument("--rows", type=int, nargs="*", default=[1_000, 100_000, 1_000_000])
    asked = parser.parse_args()
    model = str(HERE / "openfisca_bpu.py")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for count in asked.rows:
            workers, ours, theirs = (
                folder / f"{part}-{count}.csv" for part in ("in", "ours", "of")
            )
            write_workers(workers, count)
            command = [sys.executable, "-m", "perisai_cli", "contribution", "bpu", "--file"]
            print(
                line("perisai", count, *run([*command, str(workers), "-o", str(ours)])), flush=True
            )
            if not asked.openfisca:
                continue
            command = [asked.openfisca, model, "array", str(workers), str(theirs)]
            print(line("OpenFisca-Core, arrays", count, *run(command)), flush=True)
            print(f"rows that differ: {differing(ours, theirs)}")
            if count <= 1_000:
                for way, told in (("situation", "one situation"), ("each", "a situation each")):
                    command[2] = way
                    name = f"OpenFisca-Core, {told}"
                    print(line(name, count, *run(command)), flush=True)
                    print(f"rows that differ: {differing(ours, theirs)}")
        if asked.openfisca:
            subprocess.run([asked.openfisca, model, "rounding"], check=True)


if __name__ == "__main__":
    main()
