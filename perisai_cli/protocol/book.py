"""An agent's book: all records of a store in one bundle, sealed to the agent's supervisor.

A book holds a ``BookManifest`` and then one ``BookRecord`` a line. A supervisor's key file is told
from a central's by its first octets, so that neither is taken for the other.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, Field, StringConstraints, ValidationError

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.outbox import Kind
from perisai_cli.protocol.bodies import is_erasure, is_withdrawal
from perisai_cli.protocol.bundle_messages import Fingerprint, Key, thirty_digits
from perisai_cli.protocol.canonical import canonical
from perisai_cli.protocol.messages import MAX_REV, Message, RecordId, Sha256

SUPERVISOR_FILE = b"PRSSUP\x00\x01"
"""First octets of a supervisor's key file, beneath its text form."""

MAX_RECORD = 64 * 1024
"""Octets of a record's line; the longest that this program makes has a quarter of that."""

Count = Field(ge=0, le=2**53 - 1)
_MOMENT = re.compile(r"(?:19[7-9]|2[0-9]{2})[0-9]-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def _a_moment(text: str) -> str:
    """Return a moment as ``period.timestamp`` writes it, so that texts compare as moments do."""
    if _MOMENT.fullmatch(text) is None:
        raise ValueError
    datetime.fromisoformat(text)
    return text


def _a_name(text: str) -> str:
    """Return what a person typed at ``setup`` of themselves: trimmed, and nothing that steers."""
    if text != text.strip() or not text.isprintable():
        raise ValueError
    return text


Moment = Annotated[str, AfterValidator(_a_moment)]
Name = Annotated[str, Field(max_length=64), AfterValidator(_a_name)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.-]{1,64}$")]
MAX_CODES = 64
OTHER_CODE = "other"
_CODE = re.compile(r"[a-z0-9_.-]{1,64}")


def codes_told(codes: Iterable[str]) -> list[str]:
    """Return a central's codes as a book tells them; one that is no code is ``other``."""
    told = (code if _CODE.fullmatch(code) else OTHER_CODE for code in codes)
    return list(dict.fromkeys(told))[:MAX_CODES]


class SupervisorKey(Message):
    """Whom books are for: the supervisor's id, office, and the key that books are sealed to."""

    supervisor: Name = Field(min_length=1)
    office: Name
    key: Key

    @property
    def fingerprint(self) -> str:
        """Thirty digits in groups of five, short enough to be read out over the telephone."""
        return thirty_digits(b"perisai supervisor 1\n" + canonical(self.model_dump()))


def supervisor_file(supervisor: SupervisorKey) -> bytes:
    """Return the octets that a supervisor's key file holds."""
    return SUPERVISOR_FILE + canonical(supervisor.model_dump())


def read_supervisor_file(content: bytes) -> SupervisorKey:
    """Return the supervisor in a key file.

    Raises:
        InvalidInput: ``book.supervisor_key``: it is none.
    """
    if not content.startswith(SUPERVISOR_FILE):
        raise InvalidInput("book.supervisor_key")
    try:
        return SupervisorKey.model_validate_json(content.removeprefix(SUPERVISOR_FILE))
    except ValidationError:
        raise InvalidInput("book.supervisor_key") from None


def device_fingerprint(public_key: str) -> str:
    """Return the thirty digits by which a device's signing key (base64) is read out."""
    return thirty_digits(b"perisai device 1\n" + base64.b64decode(public_key))


class BookManifest(Message):
    """First line of a book: whose it is, and what stands in it.

    ``number`` counts the books that the device made, ``persons`` tells whether the bodies are in
    it, ``last_success`` when the device last heard from its central.
    """

    bundle: RecordId
    agent: Name = Field(min_length=1)
    name: Name
    office: Name
    region: str = Field(pattern=r"^[0-9]{4}$")
    device: RecordId
    public_key: Key
    supervisor: Fingerprint
    made_at: Moment
    number: int = Count
    records: int = Count
    persons: bool
    last_success: Moment | None = None
    app: Name


class BookRecord(Message):
    """One record as its store has it.

    Either ``body`` stands, of which ``hash`` is the hash, or, in a book without persons, ``facts``:
    the members of the record's facts (``domain/facts.py``) from ``day`` on. ``columns`` tell what
    the store still knows of a record whose body was emptied; ``erased`` tells an erasure from a
    withdrawal. ``acked_rev`` below ``rev`` means that it waits for the central; ``seq`` is the
    central's commit of its last word, ``codes`` are why it was held or sent back. ``enrolled`` and
    ``paid`` tell how many who came to an event did so.
    """

    id: RecordId
    rev: int = Field(ge=1, le=MAX_REV)
    kind: Kind
    state: Literal[
        "queued", "accepted", "held", "duplicate", "needs_fix", "conflict", "withdrawn"
    ]  # fmt: skip
    acked_rev: int = Field(ge=0, le=MAX_REV)
    seq: int | None = Field(default=None, ge=0, le=2**53 - 1)
    created_at: Moment
    changed_at: Moment
    hash: Sha256
    body: dict[str, Any] | None = None
    facts: dict[str, str | int | None] | None = None
    columns: dict[str, str | int | None] | None = None
    erased: bool = False
    assigned: dict[Code, Name | bool] = Field(default_factory=dict, max_length=8)
    codes: list[Code] = Field(default_factory=list, max_length=MAX_CODES)
    enrolled: int | None = Field(default=None, ge=0, le=2**53 - 1)
    paid: int | None = Field(default=None, ge=0, le=2**53 - 1)

    @property
    def pending(self) -> bool:
        """The central has not answered for this revision yet."""
        return self.acked_rev < self.rev

    @property
    def emptied(self) -> bool:
        """The body withdraws or erases the record; nothing else that stands in it is read."""
        return self.body is not None and (is_withdrawal(self.body) or is_erasure(self.body))


class Line(NamedTuple):
    """A record as it came in a book.

    Attributes:
        record: What it says.
        body: Its body's canonical JSON; None where the book is without persons.
        size: How many octets it had.
    """

    record: BookRecord
    body: bytes | None
    size: int
