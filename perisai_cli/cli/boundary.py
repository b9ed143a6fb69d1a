"""The error boundary: every way to end badly becomes problems and an exit code, never a traceback.

A traceback repeats the messages of exceptions, which may hold a NIK.
"""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from perisai_cli.cli import output
from perisai_cli.cli.invocation import current
from perisai_cli.cli.stopping import UNASKED, Stopped
from perisai_cli.domain.errors import (
    EXIT_BUG,
    EXIT_DISK,
    EXIT_INTERRUPTED,
    PerisaiError,
    Problem,
)


def failure_of(error: BaseException) -> tuple[tuple[Problem, ...], int]:
    """Return what is told of an error that ends a command, and its exit code."""
    if isinstance(error, PerisaiError):
        return error.problems, error.exit_code
    if isinstance(error, Stopped):
        error = error.stop
    if isinstance(error, KeyboardInterrupt):
        facts: dict[str, str | int] = {"answers": getattr(error, "answers", UNASKED)}
        return (Problem("interrupted", None, facts),), EXIT_INTERRUPTED
    if isinstance(error, OSError):
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return (Problem("disk.no_room"),), EXIT_DISK
        return (Problem("disk.io", None, {"number": error.errno or 0}),), EXIT_DISK
    return (_bug(error),), EXIT_BUG


def _bug(error: BaseException) -> Problem:
    """Return our own mistake: its kind and place, never its message, which may hold a NIK."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "–"
    ours = [frame for frame in frames if "perisai_cli" in frame.filename]
    trail = " < ".join(
        f"{Path(frame.filename).name}:{frame.lineno}" for frame in reversed(ours[-6:])
    )
    return Problem("bug", None, {"kind": type(error).__name__, "place": place, "trail": trail})


def tell_failure(problems: Iterable[Problem], exit_code: int, command: str) -> int:
    """Print an error, if it can be printed; return the exit code, which says it in any case.

    What JSON has no room for on stdout is told in words on stderr.
    """
    found = tuple(problems)
    if exit_code == EXIT_INTERRUPTED and sys.stderr.isatty():
        sys.stderr.write("\n")  # the terminal has just shown ^C
    try:
        output.fail(found, exit_code, command)
        sys.stdout.flush()
    except Exception as error:  # noqa: BLE001 - there is no further boundary
        with contextlib.suppress(OSError):
            _tell_at_least(found, error)
        silence(1, 2)  # what Python can't write as it ends would be its exit code
    return exit_code


def _tell_at_least(problems: Iterable[Problem], error: Exception) -> None:
    """Tell on stderr what JSON could not be told on stdout, or why nothing can be told."""
    lines = [f"perisai: {type(error).__name__}"]
    if current().json:
        lines = [line for problem in problems for line in output.problem_lines(problem)]
    try:
        output.tell(*lines)
        sys.stderr.flush()
    except Exception as worse:  # noqa: BLE001 - there is no further boundary
        os.write(2, f"perisai: {type(worse).__name__}\n".encode())


def open_streams() -> None:
    """Let what is written to a stream that was closed before the start (``>&-``) go nowhere."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            setattr(sys, name, os.fdopen(nowhere, "w", encoding="utf-8"))


@contextlib.contextmanager
def deaf() -> Iterator[None]:
    """Pass over Ctrl-C while the farewell is told: a second one would end in its middle."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def silence(*streams: int) -> None:
    """Send to nowhere what is still to be written to streams: their reader or disk is gone."""
    for stream in streams:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
