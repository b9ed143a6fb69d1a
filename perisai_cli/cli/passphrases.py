"""A passphrase that a person types: it never shows, not even after the program was put to sleep."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType


def typed_passphrase(prompt: str) -> str:
    """Return what is typed after *prompt*, which is not shown.

    Raises:
        KeyboardInterrupt: the person stopped, by Ctrl-C or by the end of what is typed.
    """
    import getpass

    with _unseen_after_sleep(prompt):
        try:
            return getpass.getpass(prompt)
        except EOFError:
            raise KeyboardInterrupt from None


@contextlib.contextmanager
def _unseen_after_sleep(prompt: str) -> Iterator[None]:
    """Hide what is typed again whenever the program wakes up: the shell that woke it showed it.

    Ctrl-Z gives the terminal back to the shell, which sets it as it likes and leaves it so.
    """
    if sys.platform == "win32":  # consoles put nothing to sleep
        yield
        return
    keyboard = _keyboard()

    def hide(_number: int, _frame: FrameType | None) -> None:
        import termios

        with contextlib.suppress(OSError, termios.error):  # woken in the background: once more
            attributes = termios.tcgetattr(keyboard)
            attributes[3] &= ~termios.ECHO
            termios.tcsetattr(keyboard, termios.TCSADRAIN, attributes)
            os.write(keyboard, f"\n{prompt}".encode(sys.stderr.encoding, "replace"))

    before = signal.signal(signal.SIGCONT, hide)
    try:
        yield
    finally:
        signal.signal(signal.SIGCONT, before)
        os.close(keyboard)


def _keyboard() -> int:
    """Return a terminal to write to and to set: the one of this session, else that of stdin."""
    try:
        return os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY)
    except OSError:
        return os.dup(sys.stdin.fileno())
