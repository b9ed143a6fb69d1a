"""What the sync asks of a store; it sees no more of it than this."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Protocol

from perisai_cli.domain.errors import Problem
from perisai_cli.domain.outbox import Answered, Claimed, Outcome, Standing


class Outbox(Protocol):
    """The waiting records of one store, and where answers go."""

    def pending(self) -> int:
        """Return how many records wait."""

    def oldest_pending(self, after: str) -> str | None:
        """Return since when the oldest record after this id waits, if one does."""

    def claim(self, after: str, limit: int) -> list[Claimed]:
        """Mark waiting records after this id as on the wire, and return them."""

    def peek(self, after: str, limit: int) -> list[Claimed]:
        """Return what ``claim`` would, marking nothing."""

    def settle(
        self, outcomes: Sequence[Outcome], now: datetime, state: dict[str, str]
    ) -> list[Standing]:
        """Take in verdicts and the sync's new state, all in one transaction."""

    def aside(self, limit: int) -> list[str]:
        """Return ids of waiting records whose present revision the central refused alone."""

    def claim_aside(self, record_id: str) -> list[Claimed]:
        """Return the record with this id as ``claim`` does, if it waits and was refused alone."""

    def set_aside(self, record_id: str, rev: int, problem: Problem, now: datetime) -> None:
        """Note that the central refused a revision alone, and why; it stays queued."""

    def answered(self, after: str, limit: int) -> list[Answered]:
        """Return records after this id whose present revision was answered for, in their order."""

    def forget(self, revisions: Sequence[tuple[str, int]], now: datetime) -> int:
        """Take back that these revisions were answered for, in one transaction; count them.

        One that was edited meanwhile waits already, and is passed over.
        """

    def known(self, ids: Sequence[str]) -> set[str]:
        """Return which of these ids are records of this store."""

    def state(self, key: str) -> str | None:
        """Return a value of the sync's own state."""

    def session(self) -> dict[str, Any]:
        """Return what is kept of the session with the central: its address and the token."""

    def keep_session(self, facts: dict[str, Any]) -> None:
        """Keep the session's facts, sealed, in a transaction of its own."""

    def central(self) -> dict[str, str]:
        """Return who the central is: ``id``, ``signing_key``, ``office_key``; empty at first."""

    def keep_central(self, facts: dict[str, str]) -> None:
        """Keep who the central is, sealed, in a transaction of its own."""


class Signer(Protocol):
    """The device as the central knows it."""

    @property
    def id(self) -> str:
        """The device's id."""

    @property
    def public_key(self) -> str:
        """The device's Ed25519 public key, base64."""

    def sign(self, message: bytes) -> str:
        """Return the signature of *message*, base64."""
