"""Takes queues that came by file through the very same push, and writes the answers to them."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pydantic import ValidationError
from sqlalchemy import Connection, select

from perisai_cli.central import keys, sessions
from perisai_cli.central import pull as pulling
from perisai_cli.central import push as pushing
from perisai_cli.central.core import Central
from perisai_cli.central.database import Database
from perisai_cli.central.problems import Refusal
from perisai_cli.central.tables import devices
from perisai_cli.central.upsert import Sender
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.bundle import Bundle, BundleWriter, Sink, Told
from perisai_cli.protocol.bundle_messages import (
    AnswerManifest,
    Batch,
    BatchAnswer,
    Decided,
    OfficeKey,
    QueueManifest,
)
from perisai_cli.protocol.canonical import body_hash
from perisai_cli.protocol.messages import PushItem, PushResponse

PAGE = 200
"""Decisions in one line of an answer."""


@dataclass(frozen=True, slots=True)
class Office:
    """The central's keys, open."""

    key: OfficeKey
    signing: Ed25519PrivateKey
    opening: X25519PrivateKey


def office_of(database: Database) -> Office:
    """Return the keys with which this central opens queues and signs answers."""
    with database.reading() as connection:
        signing, opening = keys.signing_key(connection), keys.office_key(connection)
        central = keys.setting(connection, "central_id")
    public = OfficeKey(
        central=central,
        signing_key=_base64(signing.public_key().public_bytes_raw()),
        office_key=_base64(opening.public_key().public_bytes_raw()),
    )
    return Office(public, signing, opening)


@dataclass
class Accepted:
    """What a queue came to: whose it is, and how many records came under each verdict."""

    bundle: str
    device: str
    agent: str
    records: int
    decisions: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)


class Queue:
    """A queue that came by file and was proved to be whole, ours, and its device's.

    Raises:
        InvalidInput: ``bundle.is_answer``, ``bundle.is_book``, ``bundle.other_office``,
            ``bundle.damaged`` or ``bundle.signature``; nothing was changed.
    """

    def __init__(self, office: Office, file: BinaryIO):
        self._office = office
        self._bundle = Bundle(file)
        self.header = self._bundle.header
        if self.header.kind != "queue":
            code = "bundle.is_book" if self.header.kind == "book" else "bundle.is_answer"
            raise InvalidInput(code)
        if self.header.office != office.key.fingerprint:
            raise InvalidInput("bundle.other_office", theirs=self.header.office)
        self.manifest = self._manifest()
        self._bundle.verify(base64.b64decode(self.manifest.member.public_key))

    def _manifest(self) -> QueueManifest:
        try:
            manifest = QueueManifest.model_validate_json(next(self._lines()))
        except (ValidationError, StopIteration):
            raise InvalidInput("bundle.damaged") from None
        told = (manifest.bundle, manifest.member.device)
        if told != (self.header.id, self.header.device):
            raise InvalidInput("bundle.damaged")
        return manifest

    def _lines(self) -> Iterator[bytes]:
        return self._bundle.lines(self._office.opening)

    def batches(self) -> Iterator[Batch]:
        """Yield the batches in the order in which they were made.

        Raises:
            InvalidInput: ``bundle.damaged``: the device wrote something else than batches.
        """
        lines = self._lines()
        next(lines)
        for line in lines:
            try:
                yield Batch.model_validate_json(line)
            except ValidationError:
                raise InvalidInput("bundle.damaged") from None


def admit(central: Central, queue: Queue, *, vouched: bool) -> None:
    """Make sure that the queue's device is one of ours, registering it where it may.

    Args:
        central: The central that takes the queue.
        queue: The queue, which holds what the device would say online, its code among it.
        vouched: Whether an officer takes responsibility for a device without a code, or for one
            that is suspended.

    Raises:
        InvalidInput: ``bundle.unknown_device``, ``bundle.suspended``, ``auth.code_wrong`` or
            ``auth.device_taken``; nothing was changed.
    """
    member = queue.manifest.member
    with central.database.reading() as connection:
        if not vouched and _is_suspended(connection, member.device):
            raise InvalidInput("bundle.suspended")
    host = replace(central, self_registration=vouched)
    try:
        sessions.register(host, member)
    except Refusal as refusal:
        if refusal.code == "auth.code_needed":
            raise InvalidInput("bundle.unknown_device") from None
        raise InvalidInput(refusal.code) from None


def _is_suspended(connection: Connection, device: str) -> bool:
    wanted = select(devices.c.suspended_at).where(devices.c.device == device)
    return connection.scalar(wanted) is not None


def accept(
    central: Central, office: Office, queue: Queue, sink: Sink, decisions: int | None = None
) -> Accepted:
    """Settle every batch of an admitted queue, and write the answer's bundle to *sink*.

    Each record has its own transaction, as online. Doing it again gives the standing verdicts.

    Args:
        central: The central that takes the queue.
        office: Its keys.
        queue: The queue, whose device was admitted.
        sink: Where the answer goes.
        decisions: How many later decisions the answer may hold; None for all.

    Raises:
        InvalidInput: a batch is not its sender's own; the batches before it are settled.
    """
    header, member = queue.header, queue.manifest.member
    accepted = Accepted(header.id, header.device, member.agent, 0)
    told = Told(
        "answer",
        header.id,
        header.device,
        header.count,
        timestamp(central.clock()),
        office.key.fingerprint,
    )
    recipient = base64.b64decode(queue.manifest.answer_key)
    writer = BundleWriter(sink, told, recipient, office.signing.sign)
    manifest = AnswerManifest(bundle=header.id, device=header.device, central=office.key.central)
    writer.line(manifest.model_dump())
    sender = Sender(member.device, member.agent, member.region)
    for batch in queue.batches():
        response = _settled(central, batch, sender)
        receipts = [(item.id, item.rev, _hash_of(item)) for item in batch.request.items]
        answer = BatchAnswer(items=receipts, response=response)
        writer.line(answer.model_dump(exclude_none=True))
        accepted.records += len(receipts)
        accepted.verdicts.update(result.status for result in response.results)
    for page in _decisions(central.database, header.device, queue.manifest.cursor, decisions):
        writer.line(page.model_dump(exclude_none=True))
        accepted.decisions += len(page.decisions.items)
    writer.finish()
    return accepted


def _settled(central: Central, batch: Batch, sender: Sender) -> PushResponse:
    # What the device saw last may be long past by now; the answer tells it where the central is.
    request = batch.request.model_copy(update={"seen": None})
    try:
        return pushing.push(central, request, batch.key, sender, central.clock())
    except Refusal as refusal:
        raise InvalidInput(refusal.code) from None


def _hash_of(item: PushItem) -> str:
    """Return the hash of an item's body; nought for a body without a canonical form."""
    try:
        return body_hash(item.body)
    except ValueError:
        return "0" * 64


def _decisions(
    database: Database, device: str, cursor: int, limit: int | None
) -> Iterator[Decided]:
    """Yield the pages of decisions after a cursor, as many as *limit* allows."""
    more = True
    while more and limit != 0:
        size = PAGE if limit is None else min(PAGE, limit)
        page = pulling.pull(database, device, cursor, size).response
        if not page.items:
            return
        yield Decided(since=cursor, decisions=page)
        cursor, more = page.cursor, page.more
        limit = None if limit is None else limit - len(page.items)


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")
