"""Times whole processes side by side, in turn, so that a drifting machine touches both alike.

From the root of the checkout, in the environment of the tests::

    pip install --no-deps tests/bench/peers && python tests/bench/start_up.py
"""

from __future__ import annotations

import compileall
import statistics
import subprocess
import sys
import time
from pathlib import Path

import perisai_cli

BIN = Path(sys.executable).parent
PAIRS = (
    (["perisai", "--version"], ["bench-do-nothing"], 1.2),
    (["perisai", "iuran", "bpu", "--penghasilan", "1500000"], ["bench-one-parameter"], 1.5),
    (["perisai", "--help"], ["bench-one-parameter", "--help"], 1.3),
)
RUNS = 20


def seconds(command: list[str]) -> float:
    begun = time.perf_counter()
    subprocess.run([BIN / command[0], *command[1:]], check=True, capture_output=True)
    return time.perf_counter() - begun


def main() -> None:
    compileall.compile_dir(str(Path(perisai_cli.__file__).parent), quiet=1)
    for ours, other, goal in PAIRS:
        times = [(seconds(ours), seconds(other)) for _ in range(RUNS + 2)][2:]
        mine = statistics.median(own for own, _ in times)
        theirs = statistics.median(peer for _, peer in times)
        ratio = statistics.median(own / peer for own, peer in times)
        print(
            f"{' '.join(ours)}: {mine * 1000:.0f} ms, {' '.join(other)}: {theirs * 1000:.0f} ms,"
            f" ratio {ratio:.2f} (goal {goal})"
        )


if __name__ == "__main__":
    main()
