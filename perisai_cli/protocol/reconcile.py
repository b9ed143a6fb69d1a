"""Messages by which a device and a central compare their books, and tell that one went back.

``seen`` travels with a pull as a header, since a pull has no body.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field

from perisai_cli.protocol.messages import MAX_REV, Checkpoint, Message, RecordId, Sha256

MAX_ASKED = 500
"""Most records in one question."""

SEEN_HEADER = "Perisai-Seen"
_SEEN = re.compile(r"([0-9]{1,18})-([0-9a-zA-Z_-]{1,64})")

Revision = tuple[RecordId, Annotated[int, Field(ge=1, le=MAX_REV)], Sha256]
"""Id, revision, and the hash of its body."""


def seen_text(seq: int, token: str) -> str:
    """Return the value of the header that shows the last commit a device knows of."""
    return f"{seq}-{token}"


def seen_of(text: str) -> Checkpoint | None:
    """Return the commit that a header shows; None where it is none."""
    found = _SEEN.fullmatch(text)
    return Checkpoint(seq=int(found[1]), token=found[2]) if found else None


class HaveRequest(Message):
    """Which of these revisions does the central hold? With *states*, also how they stand."""

    items: list[Revision] = Field(max_length=MAX_ASKED)
    states: bool = False


class HaveResponse(Message):
    """What the central does not hold of the agent's own records.

    Attributes:
        asked: One digest over all that was asked, which proves what is answered.
        missing: Ids whose revision the central does not hold.
        differs: Ids whose revision it holds with another body.
        states: How each asked revision stands, in their order; empty for one that is missing.
    """

    asked: Sha256
    missing: list[RecordId]
    differs: list[RecordId]
    states: list[str] | None = None


class Sum(Message):
    """How many records of one kind, and their money together in whole rupiah."""

    records: int
    amount: int


class TotalsResponse(Message):
    """What the central holds of a device's records, by kind and status; withdrawn money is 0."""

    totals: dict[str, dict[str, Sum]]
    seq: int
    token: str


class HeldResponse(Message):
    """Ids of the records that the central holds of a device, in their order."""

    ids: list[RecordId]
    more: bool
