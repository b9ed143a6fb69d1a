"""Handing the waiting queue to the office as it is, sealed; the records stay queued here.

It is what a suspended device can still do, so that no work is lost with it.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

from pydantic import ValidationError

from perisai_cli.domain.errors import SomethingInTheWay
from perisai_cli.domain.ids import new_id
from perisai_cli.protocol.escrow import ESCROW_RECORDS, EscrowResponse
from perisai_cli.sync.bundle import Carrier, write_queue
from perisai_cli.sync.client import failure
from perisai_cli.sync.ports import Outbox
from perisai_cli.sync.push import BATCH
from perisai_cli.sync.session import Session

_STATE = "deposited"


@dataclass(frozen=True, slots=True)
class Deposited:
    """What lies at the office now.

    Attributes:
        records: How many waiting records.
        deposits: In how many deposits they were brought just now; 0 when they lay there already.
    """

    records: int
    deposits: int


def deposit(carrier: Carrier, session: Session) -> Deposited:
    """Bring everything that waits to the office; nothing, where all of it lies there already.

    Raises:
        TryLater: the network or the central failed.
        SomethingInTheWay: the answer is not the central's.
        SignInAgain: the central does not know this device at all.
    """
    outbox = carrier.outbox
    waiting, content = outbox.pending(), _content_of(outbox)
    if not waiting or outbox.state(_STATE) == content:
        return Deposited(waiting, 0)
    deposits, after, left = 0, "", waiting
    while left:
        count = min(ESCROW_RECORDS, left)
        after = _bring(carrier, session, after, count)
        deposits, left = deposits + 1, left - count
    outbox.settle([], carrier.clock(), {_STATE: content})
    return Deposited(waiting, deposits)


def _bring(carrier: Carrier, session: Session, after: str, count: int) -> str:
    """Bring one deposit of *count* records after an id; return the id of the last one."""
    now = carrier.clock
    bundle, made = new_id(now()), io.BytesIO()
    written = write_queue(carrier, bundle, made, count, after)
    answer = session.post_octets("/v1/escrow", made.getvalue(), now())
    if answer.status != 200:
        raise failure(answer)
    try:
        kept = EscrowResponse.model_validate(answer.content)
    except ValidationError:
        raise SomethingInTheWay("network.bad_receipt") from None
    if (kept.id, kept.size) != (bundle, made.tell()):
        raise SomethingInTheWay("network.bad_receipt")
    return written.last


def _content_of(outbox: Outbox) -> str:
    """Return a digest of what waits: the same as long as no record and no revision changes."""
    digest, after = hashlib.sha256(), ""
    while waiting := outbox.peek(after, BATCH):
        after = waiting[-1].id
        for item in waiting:
            digest.update(f"{item.id} {item.rev} {item.hash}\n".encode())
    return digest.hexdigest()
