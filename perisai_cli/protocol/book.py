"""An agent's book: all records of a store in one bundle, sealed to the agent's supervisor.

A book holds a ``BookManifest`` and then one ``BookRecord`` a line. A supervisor's key file is told
from a central's by its first octets, so that neither is taken for the other.
"""

from __future__ import annotations

import base64
from typing import Any, Literal

from pydantic import Field, ValidationError

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.outbox import Kind
from perisai_cli.protocol.bundle_messages import Fingerprint, Key, thirty_digits
from perisai_cli.protocol.canonical import canonical
from perisai_cli.protocol.messages import MAX_REV, Message, RecordId, Sha256

SUPERVISOR_FILE = b"PRSSUP\x00\x01"
"""First octets of a supervisor's key file, beneath its text form."""

Count = Field(ge=0, le=2**53 - 1)


class SupervisorKey(Message):
    """Whom books are for: the supervisor's id, office, and the key that books are sealed to."""

    supervisor: str = Field(min_length=1, max_length=64)
    office: str = Field(max_length=64)
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
    agent: str = Field(min_length=1, max_length=64)
    name: str = Field(max_length=60)
    office: str = Field(max_length=64)
    region: str = Field(pattern=r"^[0-9]{4}$")
    device: RecordId
    public_key: Key
    supervisor: Fingerprint
    made_at: str = Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z$")
    number: int = Count
    records: int = Count
    persons: bool
    last_success: str | None = Field(default=None, max_length=40)
    app: str = Field(max_length=64)


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
    created_at: str = Field(max_length=40)
    changed_at: str = Field(max_length=40)
    hash: Sha256
    body: dict[str, Any] | None = None
    facts: dict[str, str | int | None] | None = None
    columns: dict[str, str | int | None] | None = None
    erased: bool = False
    assigned: dict[str, str | bool] = Field(default_factory=dict)
    codes: list[str] = Field(default_factory=list, max_length=64)
    enrolled: int | None = Field(default=None, ge=0, le=2**53 - 1)
    paid: int | None = Field(default=None, ge=0, le=2**53 - 1)

    @property
    def pending(self) -> bool:
        """The central has not answered for this revision yet."""
        return self.acked_rev < self.rev
