"""A disk of one mebibyte, and how to leave a few pages of it."""

from __future__ import annotations

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

PAGE = 4096


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one mebibyte; where it can't be mounted there is nothing to test, except in CI."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "perisai-test", str(disk)]
    try:
        done = subprocess.run(mount, capture_output=True, check=False)
        reason = done.stderr.decode() if done.returncode else ""
    except FileNotFoundError:
        reason = "no mount here"
    if reason:
        assert "CI" not in os.environ, reason
        pytest.skip(f"a small disk can't be mounted here: {reason.strip()}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", str(disk)], check=True)


@contextlib.contextmanager
def filled(disk: Path, free: int) -> Iterator[None]:
    """Fill a disk but for some pages, and free it again."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * PAGE)
    size = ballast.stat().st_size
    os.truncate(ballast, max(0, size - free * PAGE))
    try:
        yield
    finally:
        ballast.unlink()
