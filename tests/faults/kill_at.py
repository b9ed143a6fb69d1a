"""Runs one command of the tool and kills it with SIGKILL at its N-th kill point.

``kill_at.py N LIST ARGUMENT…``: a kill point is each SQL statement, just before it runs, and each
change of a name or a mode in the home's folder (make, link, rename, remove). With N = 0 nothing is
killed and the points are written to the file LIST, a line each.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

NAMES = ("os.mkdir", "os.link", "os.rename", "os.remove", "os.chmod")


def arm(at: int, home: str) -> list[str]:
    """Kill this process at its point number *at* from now on; return the list that points go to."""
    points: list[str] = []

    def point(what: str) -> None:
        points.append(" ".join(what.split()))
        if len(points) == at:
            os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, facts: tuple[Any, ...]) -> None:
        if event == "sqlite3.connect/handle":
            watch(facts[0], point)
        elif event in NAMES and str(facts[0]).startswith(home):
            point(f"{event} {Path(str(facts[0])).suffix}")

    sys.addaudithook(hook)
    return points


def watch(connection: Any, point: Callable[[str], None]) -> None:
    """Trace a connection from its first statement on; it is announced before it is ready."""

    def first_call(_frame: FrameType, event: str, _called: Any) -> None:
        if event == "c_call":
            sys.setprofile(None)
            connection.set_trace_callback(point)

    sys.setprofile(first_call)


def main() -> int:
    at = int(sys.argv[1])
    points = arm(at, os.environ["PERISAI_HOME"])
    from perisai_cli.cli.main import run

    code = run(sys.argv[3:])
    if at == 0:
        Path(sys.argv[2]).write_text("\n".join(points), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
