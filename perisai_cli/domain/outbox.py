"""What a record's state becomes: pure, so that every path of the sync can be tested alone."""

from __future__ import annotations

from dataclasses import dataclass

DRAFT = "draft"
QUEUED = "queued"
ACCEPTED = "accepted"
HELD = "held"
DUPLICATE = "duplicate"
NEEDS_FIX = "needs_fix"
CONFLICT = "conflict"
WITHDRAWN = "withdrawn"

STATES = (DRAFT, QUEUED, ACCEPTED, HELD, DUPLICATE, NEEDS_FIX, CONFLICT, WITHDRAWN)
ATTENTION = (NEEDS_FIX, DUPLICATE, CONFLICT)
"""States that ask something of the agent; a sync that leaves one of these exits 3."""

_STATE_OF_VERDICT = {
    "accepted": ACCEPTED,
    "unchanged": ACCEPTED,
    "held": HELD,
    "duplicate": DUPLICATE,
    "rejected": NEEDS_FIX,
    "conflict": CONFLICT,
}
VERDICTS = (*_STATE_OF_VERDICT, "retry")


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a record stands locally: its revision, the last one answered for, and its state."""

    rev: int
    acked_rev: int
    state: str

    @property
    def pending(self) -> bool:
        """The central has not answered for this revision yet."""
        return self.acked_rev < self.rev


def next_state(standing: Standing, rev: int, verdict: str) -> Standing:
    """Return where a record stands after the central's *verdict* on its revision *rev*.

    ``retry`` changes nothing. A verdict on an older revision than the local one (an edit was made
    in flight, or the answer came late) is remembered but leaves the record queued. A withdrawal
    that the central has taken stays withdrawn.

    Raises:
        ValueError: the verdict is none of ``VERDICTS``, or answers a revision never made here.
    """
    if verdict not in VERDICTS or rev > standing.rev:
        raise ValueError
    if verdict == "retry" or rev < standing.acked_rev:
        return standing
    if rev < standing.rev:
        return Standing(standing.rev, max(standing.acked_rev, rev), standing.state)
    state = _STATE_OF_VERDICT[verdict]
    if standing.state == WITHDRAWN and state == ACCEPTED:
        state = WITHDRAWN
    return Standing(standing.rev, rev, state)
