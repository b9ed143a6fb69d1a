"""What stands in a bundle: its header, which anyone may read, and the messages inside.

A queue holds a ``QueueManifest`` and then one ``Batch`` a line; an answer an ``AnswerManifest``,
one ``BatchAnswer`` for each batch, and then pages of decisions as a pull would bring them. An
agent's book has messages of its own (``protocol/book.py``).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.protocol.canonical import canonical
from perisai_cli.protocol.messages import (
    MAX_ITEMS,
    Message,
    PullResponse,
    PushRequest,
    PushResponse,
    RecordId,
    RegisterRequest,
    Sha256,
)

FORMAT = 1
"""Version of the layout; a bundle of another one is refused, and nothing of it is used."""

_GROUPS, _DIGITS = 6, 5


def _key(text: str) -> str:
    try:
        octets = base64.b64decode(text, validate=True)
    except binascii.Error:
        octets = b""
    if len(octets) != 32:
        raise ValueError("key")
    return text


Key = Annotated[str, AfterValidator(_key)]
"""A public key of 32 octets, base64."""

Fingerprint = Annotated[str, Field(pattern=r"^[0-9]{5}( [0-9]{5}){5}$")]


def thirty_digits(content: bytes) -> str:
    """Return the fingerprint of *content*: digits to be read out, in groups of five."""
    number = int.from_bytes(hashlib.sha256(content).digest(), "big") % 10 ** (_GROUPS * _DIGITS)
    digits = f"{number:0{_GROUPS * _DIGITS}d}"
    return " ".join(digits[at : at + _DIGITS] for at in range(0, len(digits), _DIGITS))


class Header(Message):
    """What a courier may know of a bundle; it names no person and no agent.

    ``office`` is the fingerprint of the office that a queue is for or an answer is from, or of the
    supervisor whom a book is for, ``count`` how many records it carries, ``key`` the sender's
    X25519 key for this one bundle.
    """

    kind: Literal["queue", "answer", "book"]
    id: RecordId
    device: RecordId
    count: int = Field(ge=0)
    created_at: str = Field(max_length=40)
    office: Fingerprint
    key: Key


class OfficeKey(Message):
    """Who a central is: its id, the key that signs for it, the key that queues are sealed to."""

    central: str = Field(min_length=1, max_length=64)
    signing_key: Key
    office_key: Key

    @property
    def fingerprint(self) -> str:
        """Thirty digits in groups of five, short enough to be read out over the telephone."""
        return thirty_digits(b"perisai office 1\n" + canonical(self.model_dump()))


class QueueManifest(Message):
    """First line of a queue: who sends it, and where the answer goes.

    ``member`` is what the device would tell the central when it registers, its public key and, if
    it has one, its code among it; ``cursor`` is up to where it knows the central's decisions;
    ``answer_key`` (X25519) is what the answer is to be sealed to.
    """

    bundle: RecordId
    member: RegisterRequest
    answer_key: Key
    cursor: int = Field(ge=0)
    app: str = Field(max_length=64)


class Batch(Message):
    """A batch just as it goes over the wire, with its idempotency key."""

    key: str = Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
    request: PushRequest


class AnswerManifest(Message):
    """First line of an answer: which bundle it answers, and for whom."""

    bundle: RecordId
    device: RecordId
    central: str = Field(max_length=64)


class BatchAnswer(Message):
    """The answer to a batch, and (id, rev, hash) of each of its items as the central has them."""

    items: list[tuple[RecordId, int, Sha256]] = Field(max_length=MAX_ITEMS)
    response: PushResponse


class Decided(Message):
    """A page of decisions: those after ``since``, up to the page's cursor."""

    since: int = Field(ge=0)
    decisions: PullResponse


OFFICE_FILE = b"PRSKEY\x00\x01"
"""First octets of an office's key file, beneath its text form."""


def office_file(office: OfficeKey) -> bytes:
    """Return the octets that an office's key file holds."""
    return OFFICE_FILE + canonical(office.model_dump())


def read_office_file(content: bytes) -> OfficeKey:
    """Return the office in a key file.

    Raises:
        InvalidInput: ``bundle.office_key``: it is none.
    """
    if not content.startswith(OFFICE_FILE):
        raise InvalidInput("bundle.office_key")
    try:
        return OfficeKey.model_validate_json(content.removeprefix(OFFICE_FILE))
    except ValidationError:
        raise InvalidInput("bundle.office_key") from None
