"""The office's list of members: octets a member, time to make it, time to ask, false hits.

Made-up NIKs spread over the districts of the region. Memory is the peak of a process of its own,
less what the interpreter and the imports take.

Run from the root of the checkout, in the environment of the tests::

    python tests/bench/register_size.py                        # 10,000, 100,000 and 1,000,000
    python tests/bench/register_size.py --members 50000
"""

from __future__ import annotations

import argparse
import hashlib
import json
import mmap
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sheet import say_where, table

from perisai_cli.domain.regions import BANUSPA, all_regions
from perisai_cli.protocol.register import Gathering, Header, Register, key_id, signed_register

KEY = bytes(range(32))
ASKED = 50_000
DISTRICTS = [code for code in all_regions() if len(code) == 6 and code[:2] in BANUSPA]


def niks(count: int, seed: int) -> Iterator[str]:
    """Yield so many made-up NIKs; two seeds share next to none."""
    chance = random.Random(seed)
    for _ in range(count):
        day = chance.randint(1, 28) + 40 * chance.randint(0, 1)
        born = f"{day:02d}{chance.randint(1, 12):02d}{chance.randint(0, 99):02d}"
        yield f"{chance.choice(DISTRICTS)}{born}{chance.randint(1, 9999):04d}"


def made_of(count: int) -> bytes:
    """Return the file of so many members; what signs it here signs nothing."""
    gathering = Gathering(KEY)
    for nik in niks(count, 1):
        gathering.add(nik)
    members, bits, body = gathering.packed()
    header = Header(
        version=1,
        made="2026-11-22",
        members=members,
        bits=bits,
        key_id=key_id(KEY),
        sha256=hashlib.sha256(body).hexdigest(),
        signer="A" * 43 + "=",
    )
    return signed_register(header, body, lambda _octets: "A" * 86 + "==")


def measured(count: int, path: Path) -> dict[str, Any]:
    """Make a list, map it, and ask it about members and about strangers."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    path.write_bytes(made_of(count))
    built = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    with path.open("rb") as file:
        octets = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    begun = time.perf_counter()
    register = Register(memoryview(octets))
    opened = time.perf_counter() - begun
    known = list(niks(min(count, ASKED), 1))
    assert all(register.perhaps(KEY, nik) for nik in known)
    strangers = list(niks(ASKED, 2))
    begun = time.perf_counter()
    hits = sum(register.perhaps(KEY, nik) for nik in strangers)
    asked = time.perf_counter() - begun
    return {
        "members": count,
        "size": path.stat().st_size / count,
        "built": built,
        "peak": peak / 1024,
        "opened": opened * 1000,
        "asked": asked / ASKED * 1e6,
        "expected": 100 * register.header.members / 2**register.header.bits,
        "false": 100 * hits / ASKED,
    }


def main() -> None:
    """Measure each size in a process of its own, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--members", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one is not None:
        with tempfile.TemporaryDirectory() as folder:
            print(json.dumps(measured(asked.one, Path(folder) / "register")))
        return
    say_where()
    rows = []
    for count in asked.members:
        done = subprocess.run(
            [sys.executable, __file__, "--one", str(count)],
            capture_output=True, check=True, text=True,
        )  # fmt: skip
        found = json.loads(done.stdout)
        rows.append(
            [
                f"{found['members']:,}",
                f"{found['size']:.2f}",
                f"{found['built']:.1f}",
                f"{found['peak']:.0f}",
                f"{found['opened']:.1f}",
                f"{found['asked']:.1f}",
                f"{found['expected']:.2f}",
                f"{found['false']:.2f}",
            ]
        )
    heading = ["members", "octets each", "made in s", "MiB more", "opened in ms", "asked in µs",
               "false % by arithmetic", "false % seen"]  # fmt: skip
    table(heading, rows)


if __name__ == "__main__":
    main()
