"""Measures a queue by file: time, octets and peak memory of an export, its settling and its answer.

Run from the root of the checkout, in the environment of the tests; the numbers are queue lengths::

    python tests/bench/bundle_file.py 1000 100000

Each step runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from main_line import Silent, a_home
from people import people

from perisai_cli import wiring
from perisai_cli.actions.bundle import Export, export_bundle, import_answer
from perisai_cli.actions.central import add_agent
from perisai_cli.actions.central_bundle import Reception, accept_bundle, show_key
from perisai_cli.actions.enroll import enroll_many

STEPS = ("export", "accept", "take")
PASSPHRASE = "a long enough passphrase"
NOWHERE = "http://127.0.0.1:1"


def prepare(folder: Path, count: int) -> None:
    app = a_home(folder / "home", NOWHERE)
    enroll_many(app, enumerate(people(count), 1), {}, Silent())  # type: ignore[arg-type]
    add_agent(folder / "office", "A-1", "Agen", "W-1", wiring.now)
    show_key(folder / "office", folder / "key")


def step(name: str, folder: Path) -> None:
    """Do one step, and print its seconds and its peak memory in MiB."""
    app = wiring.throwaway_app(folder / "home", PASSPHRASE, NOWHERE)
    queue, answer = folder / "queue", folder / "answer"
    begun = time.perf_counter()
    if name == "export":
        export_bundle(app, Export(queue, office_key=(folder / "key").read_bytes()))
    elif name == "accept":
        reception = Reception(answer, vouched=True)
        accept_bundle(folder / "office", lambda: queue.open("rb"), reception, wiring.now)
    else:
        import_answer(app, lambda: answer.open("rb"))
    print(f"{time.perf_counter() - begun:.1f} s, peak {peak_memory()} MiB")


def peak_memory() -> int:
    """Return this process's peak in MiB, of which a child inherits nothing (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [peak] = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
    return int(peak) // 1024


def main() -> None:
    if sys.argv[1] in STEPS:
        step(sys.argv[1], Path(sys.argv[2]))
        return
    for count in map(int, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            prepare(folder, count)
            for each in STEPS:
                print(f"{count} records, {each}: ", end="", flush=True)
                subprocess.run([sys.executable, __file__, each, name], check=True)
            for file in ("queue", "answer"):
                octets = (folder / file).stat().st_size
                print(f"{count} records, {file}: {octets / count:.1f} octets a record")


if __name__ == "__main__":
    main()
