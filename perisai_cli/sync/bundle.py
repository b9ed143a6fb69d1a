"""The same batches by file: what goes into a queue's bundle, and how an answer's is taken in."""

from __future__ import annotations

import base64
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import BinaryIO, Protocol

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pydantic import ValidationError

from perisai_cli.domain.errors import InvalidInput, TryLater
from perisai_cli.domain.outbox import Outcome, Standing
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.bundle import Bundle, BundleWriter, Sink, Told, batch_key
from perisai_cli.protocol.bundle_messages import (
    AnswerManifest,
    BatchAnswer,
    Decided,
    OfficeKey,
    QueueManifest,
)
from perisai_cli.protocol.canonical import receipt_digest
from perisai_cli.protocol.messages import RegisterRequest
from perisai_cli.sync.ports import Outbox, Signer
from perisai_cli.sync.push import BATCH, Sender, batch_message, outcome_of
from perisai_cli.sync.session import Member


class Late(Outbox, Protocol):
    """An outbox that also takes in answers which come late."""

    def settle_late(
        self, outcomes: Sequence[Outcome], now: datetime, state: dict[str, str]
    ) -> list[Standing]:
        """Take in the verdicts that are news, and the sync's new state, in one transaction."""


class Kept(Protocol):
    """Where a store keeps the secrets of its bundles."""

    def keep(self, bundle: str, secrets: dict[str, str], now: datetime) -> None:
        """Keep a bundle's secrets, sealed, in a transaction of its own."""

    def secrets(self, bundle: str) -> dict[str, str] | None:
        """Return a bundle's secrets, or None where this store never made it."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """What a bundle is made with.

    Attributes:
        outbox: The waiting records.
        kept: Where the bundle's secrets stay.
        signer: The device.
        member: Who the device works for.
        office: The central that the bundle is for.
        app: This version of the tool.
        clock: Returns the present moment.
    """

    outbox: Late
    kept: Kept
    signer: Signer
    member: Member
    office: OfficeKey
    app: str
    clock: Callable[[], datetime]


@dataclass
class Queued:
    """What went into a queue's bundle: how many batches, and the last record's id."""

    batches: int = 0
    last: str = ""


def write_queue(carrier: Carrier, bundle: str, sink: Sink, count: int, after: str = "") -> Queued:
    """Write *count* waiting records as one bundle, those after an id; return what went in.

    They are marked as on the wire just as a push marks them, and stay queued until their answer
    comes, by whichever way.

    Raises:
        TryLater: ``bundle.moved``: some were answered for in the meantime; nothing is lost.
    """
    outbox, clock = carrier.outbox, carrier.clock
    answer_key, secret = X25519PrivateKey.generate(), os.urandom(32)
    secrets = {"answer_key": _base64(answer_key.private_bytes_raw()), "batches": _base64(secret)}
    carrier.kept.keep(bundle, secrets, clock())
    device, fingerprint = carrier.signer.id, carrier.office.fingerprint
    told = Told("queue", bundle, device, count, timestamp(clock()), fingerprint)
    recipient = base64.b64decode(carrier.office.office_key)
    writer = BundleWriter(sink, told, recipient, _signing(carrier.signer))
    manifest = QueueManifest(
        bundle=bundle,
        member=_registering(carrier),
        answer_key=_base64(answer_key.public_key().public_bytes_raw()),
        cursor=int(outbox.state("cursor") or 0),
        app=carrier.app,
    )
    writer.line(manifest.model_dump(exclude_none=True))
    queued = Queued(last=after)
    for message in _batches(carrier, secret, count, queued):
        writer.line(message)
        queued.batches += 1
    writer.finish()
    return queued


def _batches(
    carrier: Carrier, secret: bytes, count: int, queued: Queued
) -> Iterator[dict[str, object]]:
    """Yield the batches of *count* records after the last one that was queued."""
    outbox = carrier.outbox
    sender = Sender(carrier.signer.id, carrier.member.agent, carrier.app)
    left, waiting = count, outbox.pending()
    while left:
        claimed = outbox.claim(queued.last, min(BATCH, left))
        if not claimed:
            raise TryLater("bundle.moved")
        queued.last, left, waiting = claimed[-1].id, left - len(claimed), waiting - len(claimed)
        receipts = [(item.id, item.rev, item.hash) for item in claimed]
        request = batch_message(claimed, max(0, waiting), outbox, sender, carrier.clock())
        yield {"key": batch_key(secret, receipts), "request": request}


def _registering(carrier: Carrier) -> RegisterRequest:
    member = carrier.member
    return RegisterRequest(
        agent=member.agent,
        agent_name=member.agent_name,
        office=member.office,
        region=member.region,
        device=carrier.signer.id,
        public_key=carrier.signer.public_key,
        code=member.code,
    )


def _signing(signer: Signer) -> Callable[[bytes], bytes]:
    return lambda message: base64.b64decode(signer.sign(message))


@dataclass
class Taken:
    """What an answer came to: how many verdicts of each kind it held, and how many were news."""

    bundle: str
    records: int = 0
    news: int = 0
    pulled: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)


def take_answer(
    outbox: Late, kept: Kept, device: str, file: BinaryIO, clock: Callable[[], datetime]
) -> Taken:
    """Take in an answer's bundle; each batch is settled in one transaction, as online.

    Raises:
        InvalidInput: ``bundle.is_queue``, ``bundle.not_ours``, ``bundle.other_office``: it is not
            an answer to this store from its central; ``bundle.signature``, ``bundle.damaged``:
            it is not as the central made it. Nothing is changed by any of these.
    """
    bundle = Bundle(file)
    header, secrets = bundle.header, kept.secrets(bundle.header.id)
    if header.kind != "answer":
        code = "bundle.is_book" if header.kind == "book" else "bundle.is_queue"
        raise InvalidInput(code)
    if secrets is None or header.device != device:
        raise InvalidInput("bundle.not_ours")
    office = known_office(outbox)
    if office is None or office.fingerprint != header.office:
        raise InvalidInput("bundle.other_office", theirs=header.office)
    bundle.verify(base64.b64decode(office.signing_key))
    private = X25519PrivateKey.from_private_bytes(base64.b64decode(secrets["answer_key"]))
    lines = bundle.lines(private)
    try:
        manifest = AnswerManifest.model_validate_json(next(lines))
        if (manifest.bundle, manifest.device) != (header.id, device):
            raise InvalidInput("bundle.damaged")
        taken = Taken(header.id)
        for line in lines:
            _take_line(outbox, base64.b64decode(secrets["batches"]), line, taken, clock())
    except (ValidationError, StopIteration):
        raise InvalidInput("bundle.damaged") from None
    return taken


def known_office(outbox: Outbox) -> OfficeKey | None:
    """Return who the store's central is, where it knows one."""
    facts = outbox.central()
    if not facts:
        return None
    return OfficeKey(
        central=facts["id"], signing_key=facts["signing_key"], office_key=facts["office_key"]
    )


def _take_line(outbox: Late, secret: bytes, line: bytes, taken: Taken, now: datetime) -> None:
    if line.startswith(b'{"since"'):
        _take_decisions(outbox, Decided.model_validate_json(line), taken, now)
    else:
        _take_batch(outbox, secret, BatchAnswer.model_validate_json(line), taken, now)


def _take_batch(
    outbox: Late, secret: bytes, answer: BatchAnswer, taken: Taken, now: datetime
) -> None:
    """Settle one batch if its answer passes the receipt test.

    It passes when the batch's key fits the named items, so that it was made here for just these,
    every result is for one of them, and the digest over them is theirs.
    """
    items, response = answer.items, answer.response
    numbers = [result.n for result in response.results]
    ours = batch_key(secret, items) == response.batch and len(set(numbers)) == len(numbers)
    if not ours or max(numbers, default=-1) >= len(items):
        raise InvalidInput("bundle.damaged")
    if response.digest != receipt_digest(items[number] for number in numbers):
        raise InvalidInput("bundle.damaged")
    outcomes = [outcome_of(*items[result.n][:2], result) for result in response.results]
    newer = response.seq > int(outbox.state("seq") or 0)
    state = {"seq": str(response.seq), "token": response.token} if newer else {}
    taken.news += len(outbox.settle_late(outcomes, now, state))
    taken.records += len(items)
    taken.verdicts.update(outcome.verdict for outcome in outcomes)


def _take_decisions(outbox: Late, decided: Decided, taken: Taken, now: datetime) -> None:
    """Settle a page of decisions; the cursor moves on only over what was read without a gap."""
    page, cursor = decided.decisions, int(outbox.state("cursor") or 0)
    outcomes = [outcome_of(decision.id, decision.rev, decision) for decision in page.items]
    moves = decided.since <= cursor < page.cursor
    settled = outbox.settle_late(outcomes, now, {"cursor": str(page.cursor)} if moves else {})
    taken.news += len(settled)
    taken.pulled += len(settled)


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode("ascii")
