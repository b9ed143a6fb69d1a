"""A long queue: seconds and peak memory of what an agent runs on it, at growing lengths.

Memory that does not grow with the queue is the promise; ``queue list`` is measured beside it
because it prints every record. Every figure is a whole process; the central is another one.

Run from the root of the checkout, in the environment of the tests::

    python tests/bench/long_queue.py                       # 1,000, 10,000 and 100,000 records
    python tests/bench/long_queue.py --sizes 1000 5000
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from processes import PROGRAM, Used, central, environment, used
from sheet import say_where, table

COMMANDS = (
    ("`sync status`", ("sync", "status")),
    ("`sync --dry-run`", ("sync", "--dry-run")),
    ("`queue list --json`", ("queue", "list")),
    ("`sync`", ("sync", "--max-time", "3600")),
    ("`sync`, nothing to say", ("sync",)),
)


def fill(home: Path, count: int, url: str) -> None:
    """Make a store of *count* queued records, by the code that ``enroll --file`` runs."""
    from people import people
    from wire import Silent, a_home

    from perisai_cli.actions.enroll import enroll_many

    enroll_many(a_home(home, url), enumerate(people(count), 1), {}, Silent())


def measured(folder: Path, count: int) -> list[list[object]]:
    """Return the lines of the table for a queue of this length."""
    home, data = folder / "home", folder / "central"
    lines = []
    with central("--data", str(data)) as (url, _):
        env = environment(home)
        used([sys.executable, __file__, "--fill", str(home), str(count), url], env, folder / "made")
        for name, words in COMMANDS:
            command = [*PROGRAM, "--lang", "en", *words, "--json"]
            lines.append(_line(count, name, used(command, env, folder / "said")))
    return lines


def _line(count: int, name: str, one: Used) -> list[object]:
    data = one.data
    wire = "–"
    if data.get("requests"):
        octets = data["bytes_up"] + data["bytes_down"]
        wire = f"{data['requests']} / {octets:,}"
    if data.get("sent"):
        assert data["accepted"] == count, data
    return [
        f"{count:,}",
        name,
        f"{one.seconds:.2f}",
        f"{one.mebibytes:.0f}",
        f"{one.cpu:.2f}",
        wire,
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="*", default=[1_000, 10_000, 100_000])
    parser.add_argument("--fill", nargs=3, metavar=("HOME", "COUNT", "URL"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.fill:
        fill(Path(asked.fill[0]), int(asked.fill[1]), asked.fill[2])
        return
    say_where("perisai", "cryptography", "httpx")
    heads = ["queued", "command", "seconds", "peak MiB", "CPU seconds", "requests / octets"]
    lines = []
    for count in asked.sizes:
        with tempfile.TemporaryDirectory() as scratch:
            lines += measured(Path(scratch), count)
    table(heads, lines)
    print(
        "Every peak holds the 64 MiB of Argon2id, but for `sync status`, which needs no secret.\n"
    )


if __name__ == "__main__":
    main()
