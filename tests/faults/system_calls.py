"""Commands run beneath strace: their system calls written down, or one of them turned into a death.

Where a process may not trace another (some containers), there is nothing to test: ``can_trace``
says so, and in CI that is a failure.
"""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from faults_field import Home, Ran, ended

CALLS = (
    "openat", "write", "pwrite64", "fsync", "fdatasync", "ftruncate", "fallocate",
    "rename", "renameat", "renameat2", "unlink", "unlinkat", "mkdir", "link", "linkat",
    "chmod", "fchmod", "close", "fcntl", "flock", "connect", "sendto", "recvfrom",
)  # fmt: skip
"""What a command does to files and sockets; reading changes nothing and is left out."""

WRITES = ("pwrite64", "ftruncate", "fdatasync", "fsync")
"""How SQLite writes to a store's files and makes that last."""

_LINE = re.compile(r"(?P<process>\d+) +(?P<name>\w+)\((?P<arguments>.*)")


@dataclass(frozen=True)
class Call:
    """One system call of a command: which of its name it was, and with what."""

    name: str
    number: int
    arguments: str

    @property
    def writes(self) -> bool:
        return self.name in WRITES


@functools.cache
def can_trace() -> str:
    """Return why no process can be traced here, or nothing."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(
        ["strace", "-f", "-o", "/dev/null", "true"], capture_output=True, check=False, text=True
    )
    return tried.stderr.strip() if tried.returncode else ""


def _repeatable(home: Home) -> dict[str, str]:
    """Return the environment in which a command makes the same calls every time.

    Compiled modules are kept beside the homes of one test, where no other process adds any.
    """
    return {"PYTHONHASHSEED": "0", "PYTHONPYCACHEPREFIX": str(home.folder.parent / "compiled")}


def compile_for(home: Home, arguments: list[str]) -> None:
    """Run a command once so that all it imports is compiled for the runs that count."""
    ran = home.run(*arguments, **_repeatable(home))
    assert ran.code == 0, ran


def _beneath_strace(home: Home, arguments: list[str], log: Path, *options: str) -> Ran:
    strace = ["strace", "-f", "-qq", "-y", "-s", "0", "-o", str(log)]
    strace += ["-e", f"trace={','.join(CALLS)}", *options]
    process = subprocess.Popen(
        [*strace, sys.executable, "-m", "perisai_cli", *arguments],
        env=home.environment(PYTHONDONTWRITEBYTECODE="1", **_repeatable(home)),
        cwd=home.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    return ended(process)


def recorded(home: Home, arguments: list[str], log: Path) -> Ran:
    """Run a command and keep, with every octet, what it writes, syncs, names and prints."""
    calls = "openat,write,pwrite64,fsync,fdatasync,ftruncate,link,rename,unlink"
    return _beneath_strace(home, arguments, log, "-xx", "-s", "1000000", "-e", f"trace={calls}")


def calls_of(home: Home, arguments: list[str]) -> list[Call]:
    """Return the calls by which a command touches its home, a socket or its own output.

    Numbers count every call of a name, so that they find it again in another run.
    """
    log = home.folder / "calls.log"
    ran = _beneath_strace(home, arguments, log)
    assert ran.code == 0, ran
    found: list[Call] = []
    numbers = dict.fromkeys(CALLS, 0)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    main = lines[0].split(" ", 1)[0]
    for line in lines:
        call = _LINE.match(line)
        if call is None or call["process"] != main:
            continue
        numbers[call["name"]] += 1
        if _touches(home, call["arguments"]):
            found.append(Call(call["name"], numbers[call["name"]], call["arguments"]))
    return found


def _touches(home: Home, arguments: str) -> bool:
    within = (str(home.path), "<TCP", "<pipe")
    return any(place in arguments for place in within)


def killed_at(home: Home, arguments: list[str], call: Call) -> Ran:
    """Run a command that dies by SIGKILL as it makes this call, which is not carried out."""
    spec = f"inject={call.name}:signal=SIGKILL:when={call.number}"
    return _beneath_strace(home, arguments, home.folder / "killed.log", "-e", spec)


def failing_from(home: Home, arguments: list[str], call: Call, error: str) -> Ran:
    """Run a command for which this call and all later ones of its name fail with *error*."""
    spec = f"inject={call.name}:error={error}:when={call.number}+"
    return _beneath_strace(home, arguments, home.folder / "failed.log", "-e", spec)
