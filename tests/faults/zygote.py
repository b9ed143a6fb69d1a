"""A process that has imported the whole program and forks a child for each command to be killed.

Each child is a process of its own, with its own connections and locks, that dies by SIGKILL; only
the start of the interpreter is paid once. ``Zygote`` is the tests' side; run as a script, this
file is the other side: a line of JSON in for each command, a line with its exit code out.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from faults_field import HERE, HOUSE, Home, Ran
from kill_at import arm


class Zygote:
    """Starts commands in forked children, one after the other."""

    def __enter__(self) -> Self:
        paths = os.pathsep.join([str(HOUSE), str(HERE)])
        self._process = subprocess.Popen(
            [sys.executable, str(Path(__file__))],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": paths, "HOME": os.environ["HOME"]},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(60)
        self._process.stdout.close()

    def warm_up(self, home: Home, *arguments: str) -> None:
        """Run one command in the process itself, so that its children have all it imports."""
        assert self._asked(home, arguments, fork=False).code == 0

    def run(self, home: Home, *arguments: str, kill_at: int = 0, given: str = "") -> Ran:
        """Run one command of *home* and kill it at its point number *kill_at*, if it has so many.

        Returns its exit code, negative for a signal, and all that it wrote until then.
        """
        return self._asked(home, arguments, kill_at=kill_at, given=given)

    def _asked(
        self,
        home: Home,
        arguments: tuple[str, ...],
        *,
        kill_at: int = 0,
        given: str = "",
        fork: bool = True,
    ) -> Ran:
        asked = {
            "environment": home.environment(),
            "folder": str(home.folder),
            "arguments": arguments,
            "kill_at": kill_at,
            "given": given,
            "fork": fork,
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked) + "\n")
        code = int(self._process.stdout.readline())
        out, err = (
            (home.folder / name).read_text(encoding="utf-8") for name in ("out.txt", "err.txt")
        )
        return Ran(code, out, err)


def _become(asked: dict[str, Any]) -> int:
    """Be the command that was asked for: its folder, environment and streams; return its code."""
    from perisai_cli.cli.main import run

    os.chdir(asked["folder"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    Path("in.txt").write_text(asked["given"], encoding="utf-8")
    flags = os.O_CREAT | os.O_TRUNC | os.O_WRONLY
    for descriptor, name, mode in (
        (0, "in.txt", os.O_RDONLY),
        (1, "out.txt", flags),
        (2, "err.txt", flags),
    ):
        opened = os.open(name, mode, 0o600)
        os.dup2(opened, descriptor)
        os.close(opened)
    if asked["kill_at"]:
        arm(asked["kill_at"], asked["environment"]["PERISAI_HOME"])
    sys.stdin = os.fdopen(os.dup(0), encoding="utf-8")
    code = run(asked["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def main() -> None:
    asking, answering = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    for line in asking:
        asked = json.loads(line)
        if not asked["fork"]:
            code = _become(asked)
        elif child := os.fork():
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        else:
            code = 70
            try:
                code = _become(asked)
            finally:
                os._exit(code)
        print(code, file=answering, flush=True)


if __name__ == "__main__":
    main()
