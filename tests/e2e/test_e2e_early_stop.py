"""Ctrl-C at the worst moments: as the program starts, and again while it says farewell."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from command_line import Cli

AT = """
import signal, sys
waited = [{moments}]
def hook(event, arguments):
    if waited and event in ("import", "open") and waited[0] in str(arguments[0]):
        waited.pop(0)
        signal.raise_signal(signal.SIGINT)
sys.addaudithook(hook)
from perisai_cli.__main__ import main
code = main()
assert not waited, waited
sys.exit(code)
"""
"""The program, where Ctrl-C comes as each of some modules is imported or files are opened."""


def stopped_at(cli: Cli, *moments: str) -> subprocess.CompletedProcess[bytes]:
    lines = AT.replace("{moments}", ", ".join(map(repr, moments)))
    return subprocess.run(
        [sys.executable, "-c", lines, "iuran", "bpu", "--penghasilan", "1500000"],
        capture_output=True, env=cli.environment, cwd=cli.folder, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "moments",
    [
        ("perisai_cli.cli.main",),
        ("perisai_cli.wiring",),
        ("perisai_cli.cli.output",),
        ("typer",),
        ("perisai_cli.cli.contribution",),
        ("typer", "id.toml"),
        ("perisai_cli.cli.framework", "id.toml"),
    ],
    ids=" then ".join,
)
def test_ctrl_c_at_the_start_and_again_at_the_farewell_leaves_no_traceback(
    cli: Cli, moments: tuple[str, ...]
) -> None:
    done = stopped_at(cli, *moments)
    assert done.returncode == 130, done
    assert done.stdout == b""
    assert b"Traceback" not in done.stderr, done.stderr
    told = len(moments) > 1 or moments[0] in ("typer", "perisai_cli.cli.contribution")
    assert (b"[interrupted]" in done.stderr) == told, "words, once there are any"


@pytest.mark.skipif(os.name == "nt", reason="a console of Windows hands Ctrl-C over itself")
@pytest.mark.parametrize("apart", [0, 0.005, 0.01])
def test_two_ctrl_c_one_upon_the_other_leave_no_traceback(cli: Cli, apart: float) -> None:
    with cli.start(
        "daftar", "--berkas", "-", stdin=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(b" ")
        process.stdin.flush()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(2)  # it waits for a worker
        process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(apart)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130
        assert b"Traceback" not in process.stderr.read()
