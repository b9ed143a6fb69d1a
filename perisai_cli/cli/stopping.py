"""Stopping safely: Ctrl-C and SIGTERM wait for the transaction under way; a second one does not.

A stop ends the command by ``KeyboardInterrupt``; whatever it cuts short is undone as a whole.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

UNASKED, KEPT, UNKEPT = "unasked", "kept", "unkept"
"""What became of answers when a command was stopped: none were asked, kept as a draft, or gone."""


class Unkept(KeyboardInterrupt):
    """The person stopped at a question whose answers are kept nowhere."""

    answers = UNKEPT


class Kept(KeyboardInterrupt):
    """The person stopped at a question, and a draft holds what was answered."""

    answers = KEPT


class Stopped(Exception):
    """A stop on its way out of a command: Typer makes a number of any ``KeyboardInterrupt``."""

    def __init__(self, stop: KeyboardInterrupt):
        super().__init__()
        self.stop = stop


class Stopping:
    """Whether a stop was asked for, and whether it has to wait."""

    def __init__(self) -> None:
        self._asked = 0
        self._shields = 0

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """Heed both signals while the block runs."""
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self._ask) for number in signals}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    @contextmanager
    def shield(self) -> Iterator[None]:
        """Finish the block before a stop takes effect.

        Raises:
            KeyboardInterrupt: afterwards, where a stop was asked for meanwhile.
        """
        self._shields += 1
        try:
            yield
        finally:
            self._shields -= 1
        if self._asked and not self._shields:
            raise KeyboardInterrupt

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked += 1
        if self._asked > 1 or not self._shields:
            raise KeyboardInterrupt
