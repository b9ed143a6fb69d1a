"""What a record's state becomes: pure, so that every path of the sync can be tested alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, get_args

from perisai_cli.domain.errors import Problem

Kind = Literal["enrolment", "outreach", "reactivation", "payment"]
"""Kinds of record; each later kind joins here."""

KINDS: tuple[Kind, ...] = get_args(Kind)
ENROLMENT: Kind = "enrolment"
"""The kind that stands for a person: it alone has a NIK, a photo and a membership number."""

OUTREACH: Kind = "outreach"
REACTIVATION: Kind = "reactivation"
PAYMENT: Kind = "payment"

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

THEIRS = "revision.other"
"""Code of a conflict's problem; its fact ``theirs`` is the central's current revision."""


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

    ``retry`` changes nothing, nor does ``unchanged`` on a revision that was answered before: the
    verdict on it is known and was perhaps another than ``accepted``. A verdict on an older
    revision than the local one (an edit was made in flight, or the answer came late) is remembered
    but leaves the record queued. A withdrawal that the central has taken stays withdrawn.

    Raises:
        ValueError: the verdict is none of ``VERDICTS``, or answers a revision never made here.
    """
    if verdict not in VERDICTS or rev > standing.rev:
        raise ValueError
    if verdict == "retry" or rev < standing.acked_rev:
        return standing
    if verdict == "unchanged" and rev == standing.acked_rev:
        return standing
    if rev < standing.rev:
        return Standing(standing.rev, max(standing.acked_rev, rev), standing.state)
    state = _STATE_OF_VERDICT[verdict]
    if standing.state == WITHDRAWN and state == ACCEPTED:
        state = WITHDRAWN
    return Standing(standing.rev, rev, state)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The central's answer for one revision of one record, as the local store takes it in.

    Attributes:
        id: Record id.
        rev: Revision that was answered.
        verdict: One of ``VERDICTS``.
        seq: The central's commit sequence, where it made a commit.
        canonical_id: The record that a duplicate stands beside.
        assigned: Membership number and payment code, where they were given.
        problems: What must be fixed, or why an officer looks.
    """

    id: str
    rev: int
    verdict: str
    seq: int | None = None
    canonical_id: str | None = None
    assigned: dict[str, str | bool] | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Claimed:
    """One revision taken out to be sent: its identity, and the body opened for the wire.

    ``base_rev`` is the newest revision that was on the wire, or answered, before this one.
    """

    id: str
    rev: int
    base_rev: int
    kind: Kind
    hash: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answered:
    """A record whose present revision the central has answered for, as this store knows it."""

    id: str
    rev: int
    hash: str
    state: str
