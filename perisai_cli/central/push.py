"""Takes a batch: each item in its own transaction, with its own verdict, whatever the others do."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.exc import IntegrityError

from perisai_cli.central import upsert
from perisai_cli.central.boundary import log_failure
from perisai_cli.central.commits import is_known, last_commit
from perisai_cli.central.core import Central
from perisai_cli.central.database import Database
from perisai_cli.central.judging import Laws, problem_of
from perisai_cli.central.problems import Refusal
from perisai_cli.central.upsert import Arrival, Sender
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.canonical import body_hash, receipt_digest
from perisai_cli.protocol.messages import (
    MAX_BYTES,
    MAX_ITEMS,
    SCHEMA,
    Checkpoint,
    ItemResult,
    Limits,
    PushItem,
    PushRequest,
    PushResponse,
)

ENCODINGS = ["gzip"]
_NO_HASH = "0" * 64


def push(
    central: Central, batch: PushRequest, key: str, sender: Sender, now: datetime
) -> PushResponse:
    """Return the verdicts on a batch, each of which the database holds by now.

    Args:
        central: The central that takes it.
        batch: The parsed batch.
        key: Its idempotency key, echoed in the answer.
        sender: The device that the access token belongs to.
        now: The server's moment.

    Raises:
        Refusal: the batch names another device, unknown bodies, or a commit that is no more.
    """
    if (batch.device, batch.agent) != (sender.device, sender.agent):
        raise Refusal("auth.other_device")
    if batch.schema_version != SCHEMA:
        raise Refusal("schema.unknown")
    if central.check_seen and batch.seen is not None:
        _refuse_rewound(central.database, batch.seen)
    results: list[ItemResult] = []
    receipts: list[tuple[str, int, str]] = []
    laws = central.laws(now)
    for n, item in enumerate(batch.items):
        computed = _hash_of(item)
        if computed is None:
            results.append(_apart(n, "rejected", "body.malformed"))
        else:
            results.append(_result(central.database, laws, Arrival(n, item, computed, sender, now)))
        receipts.append((item.id, item.rev, computed or item.hash or _NO_HASH))
    with central.database.reading() as connection:
        last = last_commit(connection)
    return PushResponse(
        batch=key,
        seq=last.seq,
        token=last.token,
        durable_seq=last.seq,
        server_time=timestamp(now),
        limits=Limits(max_items=MAX_ITEMS, max_bytes=MAX_BYTES, encodings=ENCODINGS),
        digest=receipt_digest(receipts),
        results=results,
    )


def _refuse_rewound(database: Database, seen: Checkpoint) -> None:
    with database.reading() as connection:
        if not is_known(connection, seen):
            raise Refusal("central.rewound")


def _hash_of(item: PushItem) -> str | None:
    """Return the hash of an item's body, or None where the body has no canonical form."""
    try:
        return body_hash(item.body)
    except ValueError:
        return None


def _result(database: Database, laws: Laws, arrival: Arrival) -> ItemResult:
    if arrival.item.hash not in (None, arrival.hash):
        return _apart(arrival.n, "retry", "hash.mismatch")
    try:
        return _settle(database, laws, arrival)
    except Exception as error:  # noqa: BLE001 - one poison item must not stop the others
        log_failure(error, "item")
        return _apart(arrival.n, "retry", "internal")


def _settle(database: Database, laws: Laws, arrival: Arrival) -> ItemResult:
    """Settle an arrival; once more if another process took the same id or NIK in between."""
    try:
        with database.writing() as connection:
            return upsert.settle(connection, arrival, laws)
    except IntegrityError:
        with database.writing() as connection:
            return upsert.settle(connection, arrival, laws)


def _apart(n: int, status: str, code: str) -> ItemResult:
    """Return a verdict that stores nothing."""
    return ItemResult.model_validate({"n": n, "status": status, "problem": problem_of(code)})
