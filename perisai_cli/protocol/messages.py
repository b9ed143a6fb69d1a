"""The messages of protocol version 1, shared by the agent's tool and the central API.

Names follow ``docs/reference/protocol.md``. Every model refuses unknown members and never repeats
its input in an error, since input holds NIKs.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from perisai_cli.domain.outbox import Kind

PROTOCOL = "1"
PROTOCOL_HEADER = "Perisai-Protocol"
SCHEMA = 1
"""Version of the record bodies."""

MAX_REV = 2**31 - 1
MAX_ITEMS = 500
MAX_BYTES = 4 * 2**20
"""Largest batch that the central takes, in items and in bytes after decompression."""

RecordId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Verdict = Literal["accepted", "unchanged", "held", "duplicate", "rejected", "conflict", "retry"]


class Message(BaseModel):
    """Base of all messages."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)


class Checkpoint(Message):
    """The last commit of the central that the device was told of."""

    seq: int = Field(ge=0)
    token: str = Field(max_length=64)


class PushItem(Message):
    """One revision of one record.

    ``hash`` may be left out: the central computes it from the body, and the digest of the answer
    proves that it came to the same. ``base_rev`` is the newest revision that the device had put on
    the wire, or had answered, before this one.
    """

    id: RecordId
    rev: int = Field(ge=1, le=MAX_REV)
    base_rev: int = Field(ge=0, le=MAX_REV)
    kind: Kind
    hash: Sha256 | None = None
    body: dict[str, Any]


class PushRequest(Message):
    """A batch of records from one device."""

    device: RecordId
    agent: str = Field(max_length=64)
    app: str = Field(max_length=64)
    # ``schema`` is what the wire says; the attribute's name avoids pydantic's own method.
    schema_version: int = Field(alias="schema")
    client_time: str = Field(max_length=40)
    seen: Checkpoint | None = None
    pending_after: int = Field(ge=0)
    oldest_pending_at: str | None = Field(default=None, max_length=40)
    items: list[PushItem] = Field(max_length=MAX_ITEMS)


class FieldError(Message):
    """One fault of a body: where, and the stable code of what."""

    pointer: str | None = None
    code: str
    facts: dict[str, str | int] | None = None


class ItemProblem(Message):
    """Why an item was refused, held or kept apart."""

    type: str
    title: str
    detail: str | None = None
    errors: list[FieldError] = []


class Assigned(Message):
    """What an accepted enrolment was given; ``sample`` marks numbers that BPJS did not issue."""

    kpj: str = Field(pattern=r"^[0-9]{11}$")
    payment_code: str
    sample: bool = True


class ItemResult(Message):
    """The verdict on the item at position ``n`` of the batch."""

    n: int = Field(ge=0)
    status: Verdict
    seq: int | None = None
    canonical_id: RecordId | None = None
    assigned: Assigned | None = None
    problem: ItemProblem | None = None


class Limits(Message):
    """What the central takes in one batch."""

    max_items: int
    max_bytes: int
    encodings: list[str]


class PushResponse(Message):
    """The answer to a batch; it counts only if it passes the receipt test."""

    batch: str
    seq: int
    token: str
    durable_seq: int
    server_time: str
    limits: Limits
    digest: Sha256
    results: list[ItemResult]


class Decision(Message):
    """An officer's or the central's later word on a record, pulled by its device."""

    seq: int
    id: RecordId
    rev: int
    status: Verdict
    decided_at: str
    canonical_id: RecordId | None = None
    assigned: Assigned | None = None
    problem: ItemProblem | None = None


class PullResponse(Message):
    """Decisions after a cursor; ``cursor`` is the central's commit sequence, never a time."""

    items: list[Decision]
    tombstones: list[RecordId] = []
    cursor: int
    more: bool
    seq: int
    token: str


class RegisterRequest(Message):
    """A device makes itself known: its Ed25519 key in base64, and a code where one is asked."""

    agent: str = Field(min_length=1, max_length=64)
    agent_name: str = Field(min_length=1, max_length=60)
    office: str = Field(min_length=1, max_length=64)
    region: str = Field(pattern=r"^[0-9]{4}$")
    device: RecordId
    public_key: str = Field(min_length=44, max_length=44)
    code: str | None = Field(default=None, max_length=64)


class RegisterResponse(Message):
    """The device is known; and who the central is, which the device keeps from then on.

    ``signing_key`` (Ed25519) signs reference data and answers in files, ``office_key`` (X25519) is
    what bundles are encrypted to; both base64.
    """

    agent: str
    device: RecordId
    server_time: str
    central: str = Field(max_length=64)
    signing_key: str = Field(min_length=44, max_length=44)
    office_key: str = Field(min_length=44, max_length=44)


class TokenRequest(Message):
    """A device proves that it holds its key: an Ed25519 signature over ``token_message``."""

    device: RecordId
    time: str = Field(max_length=40)
    nonce: str = Field(min_length=16, max_length=64)
    signature: str = Field(min_length=88, max_length=88)


class TokenResponse(Message):
    """A short access token, good for ``expires_in`` seconds."""

    access_token: str
    expires_in: int
    server_time: str


class ProblemDetails(Message):
    """A failure of the whole request (RFC 9457, ``application/problem+json``)."""

    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True, frozen=True)

    type: str
    title: str
    status: int
    detail: str | None = None
    code: str
    retryable: bool
    scope: Literal["item", "batch", "session", "device"]


def token_message(device: str, time: str, nonce: str) -> bytes:
    """Return the octets that a device signs when it asks for a token."""
    return f"perisai-token\n{device}\n{time}\n{nonce}".encode()
