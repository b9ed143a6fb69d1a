"""How large the next batch is: it follows the link, and closes in on an item that is refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from perisai_cli.domain.outbox import Claimed
from perisai_cli.protocol.messages import MAX_BYTES, MAX_ITEMS, Limits
from perisai_cli.sync.push import BATCH

_QUICK_SECONDS = 3.0
_AIM_SECONDS = 5.0
_SLOW_SECONDS = 8.0
_FRAME_OCTETS = 1024
"""What a batch says besides its items, and more."""

_ITEM_OCTETS = 160
"""What an item says besides its body."""


@dataclass
class Pace:
    """The size of batches within one run.

    Attributes:
        items: How many items the next batch may hold.
        most: No batch may hold more; what was too large once is not tried again.
        octets: No batch may be longer before compression.
        suspects: How many of the next items were refused together, one of them perhaps for good.
    """

    items: int = BATCH
    most: int = MAX_ITEMS
    octets: int = MAX_BYTES
    suspects: int = 0
    _before: tuple[int, int] = (BATCH, MAX_ITEMS)

    @property
    def next_size(self) -> int:
        """How many items to take for the next batch."""
        if self.suspects:
            return max(1, min(self.suspects // 2, self.most))
        return max(1, min(self.items, self.most))

    def fitting(self, claimed: Sequence[Claimed]) -> list[Claimed]:
        """Return as many of the first items as a batch has octets for; one at least."""
        room, taken = self.octets - _FRAME_OCTETS, 0
        for item in claimed:
            room -= len(json.dumps(item.body, ensure_ascii=False).encode()) + _ITEM_OCTETS
            if room < 0 and taken:
                break
            taken += 1
        return list(claimed[:taken])

    def passed(self, count: int, seconds: float, limits: Limits | None = None) -> None:
        """Take in that a batch of *count* items was answered after so many seconds."""
        if limits is not None:
            self.most = max(1, min(self.most, limits.max_items))
            self.octets = max(1, min(self.octets, limits.max_bytes))
        if self.suspects:
            self.suspects = max(0, self.suspects - count)
        elif seconds < _QUICK_SECONDS and count >= self.items:
            self.items = min(self.items * 2, self.most)
        elif seconds > _SLOW_SECONDS:
            self.items = max(1, int(count * _AIM_SECONDS / seconds))

    def cut(self, count: int) -> None:
        """Take in that the link failed under a batch of *count* items."""
        self.items = max(1, count // 2)

    def refused(self, count: int, *, too_large: bool) -> None:
        """Take in that *count* items were refused as a whole: the next batch is half of them."""
        if not self.suspects:
            self._before = (self.items, self.most)
        self.suspects = count
        if too_large:
            self.most = max(1, count // 2)

    def found(self) -> None:
        """Go on as before: the item that was refused stands alone now."""
        self.suspects = 0
        self.items, self.most = self._before
