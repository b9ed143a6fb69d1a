"""Runs one command of the tool and kills it with SIGKILL at its N-th kill point.

``kill_at.py N LIST ARGUMENT…``: a kill point is each SQL statement, just before it runs, and each
change of a name or a mode in the home's folder (make, link, rename, remove). With N = 0 nothing is
killed and the points are written to the file LIST, a line each.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Any

AT = int(sys.argv[1])
LIST = Path(sys.argv[2])
HOME = os.environ["PERISAI_HOME"]
NAMES = ("os.mkdir", "os.link", "os.rename", "os.remove", "os.chmod")

points: list[str] = []


def point(what: str) -> None:
    points.append(" ".join(what.split()))
    if len(points) == AT:
        os.kill(os.getpid(), signal.SIGKILL)


def hook(event: str, facts: tuple[Any, ...]) -> None:
    if event == "sqlite3.connect/handle":
        watch(facts[0])
    elif event in NAMES and str(facts[0]).startswith(HOME):
        point(f"{event} {Path(str(facts[0])).suffix}")


def watch(connection: Any) -> None:
    """Trace a connection from its first statement on; it is not ready yet while it is announced."""

    def first_call(_frame: FrameType, event: str, _called: Any) -> None:
        if event == "c_call":
            sys.setprofile(None)
            connection.set_trace_callback(point)

    sys.setprofile(first_call)


def main() -> int:
    sys.addaudithook(hook)
    from perisai_cli.cli.main import run

    code = run(sys.argv[3:])
    if AT == 0:
        LIST.write_text("\n".join(points), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
