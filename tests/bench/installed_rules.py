"""Times a calculator with rules installed in its home against one with the package's own, in turn.

From the root of the checkout, in the environment of the tests::

    PYTHONPATH=tests python tests/bench/installed_rules.py
"""

from __future__ import annotations

import compileall
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from signed_rules import Signer, dearer

import perisai_cli
from perisai_cli.actions.rules_update import UpdateOptions, rules_update
from perisai_cli.wiring import throwaway_app

COMMAND = [str(Path(sys.executable).with_name("perisai")), "iuran", "bpu", "--lapisan", "1"]
RUNS = 30


def seconds(home: Path) -> float:
    environment = os.environ | {"PERISAI_HOME": str(home), "PERISAI_KEYRING": "off"}
    begun = time.perf_counter()
    subprocess.run(COMMAND, check=True, capture_output=True, env=environment)
    return time.perf_counter() - begun


def main() -> None:
    compileall.compile_dir(str(Path(perisai_cli.__file__).parent), quiet=1)
    with tempfile.TemporaryDirectory() as folder:
        bare, installed = Path(folder) / "bare", Path(folder) / "installed"
        signer = Signer()
        options = UpdateOptions(signer.key, signer.rules(jkm=dearer()))
        begun = time.perf_counter()
        rules_update(throwaway_app(installed, "", ""), options)
        taken = time.perf_counter() - begun
        times = [(seconds(bare), seconds(installed)) for _ in range(RUNS + 2)][2:]
    package = statistics.median(time for time, _ in times)
    own = statistics.median(time for _, time in times)
    print(f"update from a file: {taken * 1000:.0f} ms")
    print(f"package's rules: {package * 1000:.1f} ms, installed rules: {own * 1000:.1f} ms")


if __name__ == "__main__":
    main()
