"""Whole processes with what they used, and a central in one of its own.

Whoever imports this stays small: a new process is charged with the peak of the one it was made
from, so the measuring one must not hold the libraries that are measured.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = [sys.executable, "-m", "perisai_cli"]
SECRET = "a long enough passphrase"


@dataclass(frozen=True)
class Used:
    """What a process took and said.

    Attributes:
        seconds: Wall time, start of the interpreter included.
        mebibytes: Peak of its resident memory.
        cpu: Seconds of processor, user and system.
        out: What it wrote to its standard output.
    """

    seconds: float
    mebibytes: float
    cpu: float
    out: Path

    @property
    def data(self) -> Any:
        """Return ``data`` of the JSON envelope it printed."""
        return json.loads(self.out.read_text())["data"]


def environment(home: Path) -> dict[str, str]:
    """Return the environment of an agent whose store is in *home*; its secret lies beside it."""
    secret = home.parent / "passphrase"
    secret.write_text(SECRET + "\n")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home.parent),
        "LANG": "C.UTF-8",
        "PERISAI_HOME": str(home),
        "PERISAI_PASSPHRASE_FILE": str(secret),
        "PERISAI_KEYRING": "off",
    }


def used(command: Sequence[str], env: Mapping[str, str], out: Path) -> Used:
    """Run a command to its end; it must succeed."""
    begun = time.perf_counter()
    process = os.posix_spawn(
        command[0],
        command,
        env,
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 1, str(out), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
        ],
    )
    _, status, resources = os.wait4(process, 0)
    seconds = time.perf_counter() - begun
    code = os.waitstatus_to_exitcode(status)
    assert code == 0, f"{command} ended with {code}"
    cpu = resources.ru_utime + resources.ru_stime
    return Used(seconds, resources.ru_maxrss / 1024, cpu, out)


@contextlib.contextmanager
def central(*options: str) -> Iterator[tuple[str, int]]:
    """Yield the address and the process id of a central; it is told to stop at the end.

    *options* say where its database is (``--data DIR`` or ``--database URL``).
    """
    process = subprocess.Popen(
        [*PROGRAM, "--lang", "en", "central", "serve", "--port", "0", *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield _address(process), process.pid
    finally:
        process.terminate()
        process.communicate(timeout=30)


def _address(process: subprocess.Popen[str]) -> str:
    """Return the address in the line with which a central says that it is ready."""
    assert process.stderr is not None
    for line in process.stderr:
        found = re.search(r"at (http://\S+)", line)
        if found:
            return found[1]
    raise RuntimeError("the central did not come up")
