"""Takes a batch: all of it in one transaction, each item with its own verdict.

What takes time without the database, reading and judging, is done before the transaction; repeats
are answered without one. An item at which the central fails gets ``retry``, and no other with it.
"""

from __future__ import annotations

from datetime import datetime

from perisai_cli.central.batch import answer_repeats, settle_batch
from perisai_cli.central.boundary import log_failure
from perisai_cli.central.commits import durable_seq, is_known, last_commit
from perisai_cli.central.core import Central
from perisai_cli.central.database import Database
from perisai_cli.central.failures import TROUBLES
from perisai_cli.central.judging import Laws, problem_of
from perisai_cli.central.problems import Refusal
from perisai_cli.central.upsert import Arrival, Sender
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.canonical import body_hash, receipt_digest
from perisai_cli.protocol.messages import (
    MAX_BYTES,
    MAX_ITEMS,
    SCHEMA,
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
    arrivals, results, receipts = _read(batch, sender, now)
    with central.database.reading() as connection:
        if central.check_seen and batch.seen is not None and not is_known(connection, batch.seen):
            raise Refusal("central.rewound")
        repeats, new = answer_repeats(connection, arrivals) if arrivals else ([], [])
    results += repeats
    laws = central.laws(now)
    judged, failed = _judged(laws, new)
    results += failed
    results += _settled(central.database, judged, laws)
    with central.database.reading() as connection:
        last = last_commit(connection)
        durable = durable_seq(connection, last.seq)
    return PushResponse(
        batch=key,
        seq=last.seq,
        token=last.token,
        durable_seq=durable,
        server_time=timestamp(now),
        limits=Limits(max_items=MAX_ITEMS, max_bytes=MAX_BYTES, encodings=ENCODINGS),
        digest=receipt_digest(receipts),
        results=sorted(results, key=lambda result: result.n),
    )


def _read(
    batch: PushRequest, sender: Sender, now: datetime
) -> tuple[list[Arrival], list[ItemResult], list[tuple[str, int, str]]]:
    """Return the items that can be settled, the verdicts on the others, and a receipt for each."""
    arrivals: list[Arrival] = []
    apart: list[ItemResult] = []
    receipts: list[tuple[str, int, str]] = []
    for n, item in enumerate(batch.items):
        computed = _hash_of(item)
        receipts.append((item.id, item.rev, computed or item.hash or _NO_HASH))
        if computed is None:
            apart.append(_apart(n, "rejected", "body.malformed"))
        elif item.hash not in (None, computed):
            apart.append(_apart(n, "retry", "hash.mismatch"))
        else:
            arrivals.append(Arrival(n, item, computed, sender, now))
    return arrivals, apart, receipts


def _hash_of(item: PushItem) -> str | None:
    """Return the hash of an item's body, or None where the body has no canonical form."""
    try:
        return body_hash(item.body)
    except ValueError:
        return None


def _judged(laws: Laws, arrivals: list[Arrival]) -> tuple[list[Arrival], list[ItemResult]]:
    """Judge before anything is locked; return the arrivals, and verdicts where judging failed."""
    judged: list[Arrival] = []
    failed: list[ItemResult] = []
    for arrival in arrivals:
        try:
            arrival.judgement(laws)
            arrival.facts()
        except Exception as error:  # noqa: BLE001 - one poison item must not stop the others
            failed.append(_failed(arrival, error))
        else:
            judged.append(arrival)
    return judged, failed


def _settled(database: Database, arrivals: list[Arrival], laws: Laws) -> list[ItemResult]:
    """Settle a batch as a whole or, if the database will not have it so, each item by itself."""
    if not arrivals:
        return []
    try:
        return database.settle(lambda tx: settle_batch(tx, arrivals, laws))
    except TROUBLES:
        raise
    except Exception as error:  # noqa: BLE001 - one poison item must not stop the others
        log_failure(error, "batch")
        return [_alone(database, arrival, laws) for arrival in arrivals]


def _alone(database: Database, arrival: Arrival, laws: Laws) -> ItemResult:
    try:
        return database.settle(lambda tx: settle_batch(tx, [arrival], laws)[0])
    except TROUBLES:
        raise
    except Exception as error:  # noqa: BLE001 - one poison item must not stop the others
        return _failed(arrival, error)


def _failed(arrival: Arrival, error: Exception) -> ItemResult:
    log_failure(error, "item")
    return _apart(arrival.n, "retry", "internal")


def _apart(n: int, status: str, code: str) -> ItemResult:
    """Return a verdict that stores nothing."""
    return ItemResult.model_validate({"n": n, "status": status, "problem": problem_of(code)})
