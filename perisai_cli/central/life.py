"""Whether a central is stopping, and how many requests it still has under way."""

from __future__ import annotations

STOPPING_SECONDS = 5
"""How long a device is asked to wait for the central that takes this one's place."""


class Life:
    """One process's life, as its event loop sees it; nothing else may change it.

    Attributes:
        stopping: Whether new requests are turned away.
        under_way: How many requests have begun and not ended.
    """

    def __init__(self) -> None:
        self.stopping = False
        self.under_way = 0

    def stop(self) -> None:
        """Take no new requests from now on."""
        self.stopping = True
