"""Searching the book of people: seconds and peak memory of one search, at growing numbers of people.

Every envelope is opened in turn; memory that does not grow with the people is the promise.
Every figure is a whole process.

Run from the root of the checkout, in the environment of the tests::

    python tests/bench/book_search.py                       # 500, 5,000 and 50,000 people
    python tests/bench/book_search.py --sizes 500 1000
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from long_queue import fill
from processes import PROGRAM, environment, used
from sheet import say_where, table

SOUGHT = (("a name with a slip", "niluh sarii"), ("part of a NIK", "0001"), ("nobody", "xyzzy"))


def measured(folder: Path, count: int) -> list[list[object]]:
    """Return the lines of the table for a book of this many people."""
    home = folder / "home"
    env = environment(home)
    made = [sys.executable, __file__, "--fill", str(home), str(count)]
    used(made, env, folder / "made")
    lines: list[list[object]] = []
    for name, typed in SOUGHT:
        wanted = folder / "wanted.txt"
        wanted.write_text(typed + "\n", encoding="utf-8")
        command = [*PROGRAM, "worker", "search", "--file", str(wanted), "--json"]
        one = used(command, env, folder / "said")
        lines.append(
            [f"{count:,}", name, one.data["count"], f"{one.seconds:.2f}", f"{one.mebibytes:.0f}"]
        )
    return lines


def main() -> None:
    """Print the table, or make a store for another process of this program."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[500, 5_000, 50_000])
    parser.add_argument("--fill", nargs=2, metavar=("HOME", "COUNT"))
    asked = parser.parse_args()
    if asked.fill:
        fill(Path(asked.fill[0]), int(asked.fill[1]), "")
        return
    lines = []
    for count in asked.sizes:
        with tempfile.TemporaryDirectory() as folder:
            lines += measured(Path(folder), count)
    say_where("perisai", "cryptography", "rapidfuzz")
    table(["people", "sought", "found", "seconds", "peak MiB"], lines)
    print("Every peak holds the 64 MiB of Argon2id.\n")


if __name__ == "__main__":
    main()
