"""What is on the pages of a PDF, as poppler's programs read it.

Tests that need them are skipped, saying so, where poppler is not installed, and fail where ``CI``
or ``PERISAI_REQUIRE_POPPLER`` is set.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

REQUIRED = bool(os.environ.get("CI") or os.environ.get("PERISAI_REQUIRE_POPPLER"))
"""Read at import, because the tests' environment is emptied of ours."""


def poppler(program: str, *arguments: str | Path) -> bytes:
    """Return what one of poppler's programs writes, or skip the test that asks where it is not."""
    found = shutil.which(program)
    if found is None:
        told = f"{program} (poppler-utils) is not installed"
        if REQUIRED:
            pytest.fail(told)
        pytest.skip(told)
    ended = subprocess.run([found, *arguments], capture_output=True, check=False, timeout=120)
    assert ended.returncode == 0, ended.stderr.decode()
    assert ended.stderr == b"", "a PDF that is whole"
    return ended.stdout


def printed_text(path: Path) -> list[str]:
    """Return the text of each page, laid out as it stands."""
    whole = poppler("pdftotext", "-layout", path, "-").decode("utf-8")
    return whole.removesuffix("\f").split("\f")


def facts_of(path: Path) -> dict[str, str]:
    """Return what a PDF says of itself, and the size of each page."""
    lines = poppler("pdfinfo", "-l", "999", path).decode("utf-8").splitlines()
    parted = (line.partition(":") for line in lines)
    return {" ".join(name.split()): value.strip() for name, _, value in parted}


def greys_of(path: Path, page: int, resolution: int = 60) -> tuple[int, int, bytes]:
    """Return a page in greys: its width, its height, and one octet a point, from the top down."""
    drawn = poppler(
        "pdftoppm", "-gray", "-r", str(resolution), "-f", str(page), "-l", str(page), path
    )
    kind, width, height, most, points = _parted(drawn)
    assert (kind, most) == (b"P5", 255)
    return width, height, points


def _parted(drawn: bytes) -> tuple[bytes, int, int, int, bytes]:
    kind, sizes, most, points = drawn.split(b"\n", 3)
    width, height = sizes.split()
    return kind, int(width), int(height), int(most), points
