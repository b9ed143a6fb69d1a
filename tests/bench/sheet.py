"""How a benchmark says what it measured: the machine, the versions and the day, then a table."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_ALIGNED = {"left": "---", "right": "---:"}


def say_where(*packages: str) -> None:
    """Print the line that every table of figures needs above it."""
    parts = [
        f"{datetime.now(UTC):%d %B %Y %H:%M} UTC",
        f"{_processor()}, {os.cpu_count()} core(s), load {os.getloadavg()[0]:.1f}",
        f"{platform.system()} {platform.release()}",
        f"Python {platform.python_version()}",
        f"SQLite {sqlite3.sqlite_version}",
        *[f"{name} {_version(name)}" for name in packages],
    ]
    print("Measured " + " · ".join(parts) + "\n")


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a Markdown table: the first column left, figures right."""
    print("| " + " | ".join(heads) + " |")
    marks = [_ALIGNED["left"], *[_ALIGNED["right"]] * (len(heads) - 1)]
    print("|" + "|".join(f" {mark} " for mark in marks) + "|")
    for row in rows:
        print("| " + " | ".join(str(cell) for cell in row) + " |", flush=True)
    print()


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown processor"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "absent"
