"""Stopping safely: Ctrl-C and SIGTERM wait for the transaction under way; a second one does not.

A stop ends the command by ``KeyboardInterrupt``; whatever it cuts short is undone as a whole.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


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
