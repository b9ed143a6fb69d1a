"""A reader that leaves (``| head -1``): no command takes it for a fault."""

from __future__ import annotations

import os
import subprocess

import pytest
from command_line import PROGRAM, Cli


@pytest.mark.skipif(os.name == "nt", reason="pipes of Windows tell it otherwise")
@pytest.mark.parametrize(
    "arguments",
    [
        ("laporan", "uang"),
        ("laporan", "agen"),
        ("laporan", "mingguan"),
        ("laporan", "iuran", "--format", "csv"),
        ("antrean", "daftar", "--json"),
        ("hari-ini",),
        (),
        ("iuran", "bpu", "--penghasilan", "1500000"),
    ],
    ids=" ".join,
)
def test_a_reader_that_leaves_is_no_fault(agent: Cli, arguments: tuple[str, ...]) -> None:
    read, written = os.pipe()
    os.close(read)
    with os.fdopen(written, "wb") as nobody:
        done = subprocess.run(
            [str(PROGRAM), *arguments],
            stdout=nobody, stderr=subprocess.PIPE, env=agent.environment, cwd=agent.folder,
            timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 0, done
    assert b"Traceback" not in done.stderr
    assert "✗" not in done.stderr.decode()


@pytest.mark.skipif(os.name == "nt", reason="a shell of Windows closes no stream")
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
@pytest.mark.parametrize("arguments", ["iuran bpu --penghasilan 1500000", "laporan uang --json"])
def test_a_stream_that_is_closed_is_no_fault_of_ours(
    agent: Cli, arguments: str, closed: str
) -> None:
    done = subprocess.run(
        f"{PROGRAM} {arguments} {closed}", shell=True, env=agent.environment, cwd=agent.folder,
        capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done
    assert b"Traceback" not in done.stderr
    assert "✗" not in done.stderr.decode()
    assert bool(done.stdout) == (">&-" not in closed.replace("2>&-", ""))
