"""What a sync has come to, counted as it goes, so that whatever cuts it short can tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from perisai_cli.domain import outbox
from perisai_cli.domain.errors import Problem

if TYPE_CHECKING:
    from perisai_cli.sync.client import Client
    from perisai_cli.sync.delivery import Pushed


@dataclass
class Tally:
    """What a sync has come to so far, whole or cut short.

    Attributes:
        pushed: What the pushes came to; None before the first.
        pulled: Decisions that were fetched.
        photos_sent: Photos that the central holds whole since.
        photos_pending: Photos that still wait.
        again: Records whose answer the central has lost.
        warnings: What the agent should know, though nothing failed.
        standing: How many records stand where; None while the store is not open.
    """

    pushed: Pushed | None = None
    pulled: int = 0
    photos_sent: int = 0
    photos_pending: int = 0
    again: int = 0
    requests: int = 0
    bytes_up: int = 0
    bytes_down: int = 0
    warnings: list[Problem] = field(default_factory=list)
    standing: dict[str, int] | None = None

    def add(self, client: Client) -> None:
        """Take in what a client carried, and whether the clocks agree."""
        self.requests += client.traffic.requests
        self.bytes_up += client.traffic.bytes_up
        self.bytes_down += client.traffic.bytes_down

    @property
    def sent(self) -> int:
        """How many records went out and had an answer."""
        return self.pushed.sent if self.pushed else 0

    @property
    def asks(self) -> int:
        """How many records ask something of the agent."""
        standing = self.standing or {}
        return sum(standing.get(state, 0) for state in outbox.ATTENTION)

    def data(self) -> dict[str, Any]:
        """Return the counts as a command's result."""
        verdicts = self.pushed.verdicts if self.pushed else {}
        data: dict[str, Any] = {"sent": self.sent}
        for name in ("accepted", "unchanged", "held", "duplicate"):
            data[name] = verdicts.get(name, 0)
        data |= {"needs_fix": verdicts.get("rejected", 0), "conflict": verdicts.get("conflict", 0)}
        data |= {"pulled": self.pulled, "pending": (self.standing or {}).get("pending", 0)}
        data |= {"requests": self.requests, "bytes_up": self.bytes_up}
        data |= {"bytes_down": self.bytes_down, "attention": self.asks}
        data |= {"photos_sent": self.photos_sent, "photos_pending": self.photos_pending}
        aside = len(self.pushed.aside) if self.pushed else 0
        return data | {"sent_again": self.again, "refused_alone": aside}
