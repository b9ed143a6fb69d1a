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

    def run(self, home: Home, *arguments: str, kill_at: int = 0, given: str = "") -> Ran:
        """Run one command of *home* and kill it at its point number *kill_at*, if it has so many.

        Returns its exit code, negative for a signal, and all that it wrote until then.
        """
        asked = {
            "environment": home.environment(),
            "folder": str(home.folder),
            "arguments": arguments,
            "kill_at": kill_at,
            "given": given,
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
        os.dup2(os.open(name, mode, 0o600), descriptor)
    if asked["kill_at"]:
        arm(asked["kill_at"], asked["environment"]["PERISAI_HOME"])
    code = run(asked["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    return code


def _import_everything() -> None:
    import httpx
    import httpx._transports.default
    import truststore

    import perisai_cli.actions.enroll
    import perisai_cli.cli.enroll
    import perisai_cli.cli.main
    import perisai_cli.cli.sync
    import perisai_cli.storage.answers
    import perisai_cli.sync.pull  # noqa: F401

    assert httpx
    assert truststore


def main() -> None:
    _import_everything()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 70
            try:
                code = _become(json.loads(line))
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
