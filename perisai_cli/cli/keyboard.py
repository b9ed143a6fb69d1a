"""Lines that a person types, read so that no signal is lost however close it comes before the wait.

Python runs its handlers between two steps of its own. A signal that comes after the last of them
and before the system's ``read`` begins to wait would be heeded only after the next line: Ctrl-C or
SIGTERM would seem dead. The interpreter also writes every signal into a pipe, at once, and the
wait is for the keyboard and that pipe together.
"""

from __future__ import annotations

import errno
import os
import select
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def typed_line() -> str:
    """Return the next line that is typed, with its end; nothing where the terminal went away.

    It is called from the main thread alone, as everything that asks is.

    Raises:
        UnicodeDecodeError: the octets are no letters in the terminal's encoding.
        KeyboardInterrupt: the person stopped.
    """
    if os.name == "nt":  # a console is nothing to select there, and it hands Ctrl-C over itself
        return sys.stdin.readline()
    keyboard = sys.stdin.fileno()
    line = bytearray()
    with _signals() as signals:
        while not line.endswith(b"\n"):
            _wait(keyboard, signals)
            octet = _octet(keyboard)
            if not octet:
                break
            line += octet
    return line.decode(sys.stdin.encoding, sys.stdin.errors or "strict")


def _octet(keyboard: int) -> bytes:
    """Return one octet, so that what is typed ahead stays with the terminal; none at its end."""
    try:
        return os.read(keyboard, 1)
    except OSError as error:
        if error.errno != errno.EIO:  # what Linux says of a terminal that was closed
            raise
        return b""


@contextmanager
def _signals() -> Iterator[int]:
    """Give the end of a pipe that can be read as soon as a signal came."""
    ended, begun = os.pipe()
    try:
        for end in (ended, begun):
            os.set_blocking(end, False)
        before = signal.set_wakeup_fd(begun, warn_on_full_buffer=False)
        try:
            yield ended
        finally:
            signal.set_wakeup_fd(before)
    finally:
        os.close(ended)
        os.close(begun)


def _wait(keyboard: int, signals: int) -> None:
    """Return when there is something to read; a handler that raises ends the wait."""
    while True:
        ready, _, _ = select.select([keyboard, signals], [], [])
        if signals in ready:
            os.read(signals, 512)
        if keyboard in ready:
            return
