"""Runs one command of the tool and kills it with SIGKILL at its N-th kill point on the file system.

``kill_at_write.py N LIST ARGUMENT…``: a kill point is each opening of a file below the home to
write it, each fsync, and each change of a name or a mode there, just before it happens. With N = 0
nothing is killed and the points are written to the file LIST, a line each.
"""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import Any

AT = int(sys.argv[1])
LIST = Path(sys.argv[2])
HOME = os.environ["PERISAI_HOME"]
NAMES = ("os.mkdir", "os.link", "os.rename", "os.remove", "os.rmdir", "os.chmod")
WRITING = os.O_WRONLY | os.O_RDWR

points: list[str] = []
really_sync = os.fsync


def point(what: str) -> None:
    points.append(what)
    if len(points) == AT:
        os.kill(os.getpid(), signal.SIGKILL)


def hook(event: str, facts: tuple[Any, ...]) -> None:
    if event == "open":
        path, _mode, flags = facts
        if str(path).startswith(HOME) and flags & WRITING:
            point(f"open {Path(str(path)).name}")
    elif event in NAMES and str(facts[0]).startswith(HOME):
        point(f"{event} {Path(str(facts[0])).name}")


def watched_sync(descriptor: int) -> None:
    """Make a kill point of an fsync, which no audit event announces."""
    point("fsync")
    really_sync(descriptor)


def main() -> int:
    sys.addaudithook(hook)
    os.fsync = watched_sync
    from perisai_cli.cli.main import run

    code = run(sys.argv[3:])
    if AT == 0:
        LIST.write_text("\n".join(points), encoding="utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
