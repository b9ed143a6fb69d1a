"""Takes photos in, chunk by chunk, and decides what waited for nothing else when one is whole."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from perisai_cli.central import photos
from perisai_cli.central.commits import commit_of, last_commit
from perisai_cli.central.database import Database
from perisai_cli.central.decisions import conclude, current_records
from perisai_cli.central.judging import problem_of
from perisai_cli.central.problems import Refusal
from perisai_cli.central.tables import attachments, blob_parts, blobs, items
from perisai_cli.central.upsert import Sender, read_problem
from perisai_cli.domain.errors import Problem
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.blobs import BlobStanding


def standing(database: Database, sender: Sender, sha256: str) -> BlobStanding:
    """Return how much of a photo is here.

    Raises:
        Refusal: ``blob.unknown``: no record of this agent's names it.
    """
    with database.reading() as connection:
        size = _stated_size(connection, sender, sha256)
        blob = connection.execute(select(blobs).where(blobs.c.sha256 == sha256)).one_or_none()
        fits = blob is not None and (blob.size == size or blob.completed_at is not None)
        received = blob.received if blob is not None and fits else 0
        whole = blob is not None and blob.completed_at is not None
        return _told(connection, sha256, received, size, whole=whole)


def take(
    database: Database, sender: Sender, sha256: str, offset: int, content: bytes, now: datetime
) -> BlobStanding:
    """Return how much of a photo is here once a chunk of it was taken in.

    What was here before is passed over, and a chunk that leaves a gap changes nothing, so that
    chunks may come twice and in any order.

    Raises:
        Refusal: ``blob.unknown``; ``blob.size``: it is longer than stated; ``blob.mismatch``: it is
            whole and not what its hash says, so all of it is dropped.
    """
    try:
        taken = _take(database, sender, sha256, offset, content, now)
    except IntegrityError:  # another process began the same photo or took the same chunk
        taken = _take(database, sender, sha256, offset, content, now)
    if taken is None:
        raise Refusal("blob.mismatch")
    return taken


def _take(
    database: Database, sender: Sender, sha256: str, offset: int, content: bytes, now: datetime
) -> BlobStanding | None:
    with database.writing() as connection:
        size = _stated_size(connection, sender, sha256)
        blob = _begun(connection, sender, sha256, size)
        if blob.completed_at is not None:
            return _told(connection, sha256, blob.received, size, whole=True)
        received: int = blob.received
        new = content[received - offset :] if offset <= received else b""
        if received + len(new) > size:
            raise Refusal("blob.size")
        if new:
            part = {"sha256": sha256, "start": received, "content": new}
            connection.execute(insert(blob_parts), part)
            received += len(new)
            _set(connection, sha256, received=received)
        if received == size:
            if not _is_whole(connection, sha256):
                _start_anew(connection, sha256, size)
                return None
            _set(connection, sha256, completed_at=timestamp(now))
            _arrived(connection, sha256, now)
        return _told(connection, sha256, received, size, whole=received == size)


def _stated_size(connection: Connection, sender: Sender, sha256: str) -> int:
    """Return the size that a record of this agent's states for a photo."""
    stated = (
        select(attachments.c.size)
        .join(items, items.c.id == attachments.c.record_id)
        .where(attachments.c.sha256 == sha256, items.c.agent == sender.agent)
        .limit(1)
    )
    size = connection.scalar(stated)
    if size is None:
        raise Refusal("blob.unknown")
    return int(size)


def _begun(connection: Connection, sender: Sender, sha256: str, size: int) -> Row[Any]:
    """Return the photo's row, made at its first chunk; one of another size begins anew."""
    wanted = select(blobs).where(blobs.c.sha256 == sha256).with_for_update()
    blob = connection.execute(wanted).one_or_none()
    if blob is None:
        row = {"sha256": sha256, "size": size, "received": 0, "device": sender.device}
        connection.execute(insert(blobs), row)
    elif blob.size != size and blob.completed_at is None:
        _start_anew(connection, sha256, size)
    else:
        return blob
    return connection.execute(wanted).one()


def _start_anew(connection: Connection, sha256: str, size: int) -> None:
    connection.execute(delete(blob_parts).where(blob_parts.c.sha256 == sha256))
    _set(connection, sha256, received=0, size=size)


def _set(connection: Connection, sha256: str, **values: Any) -> None:
    connection.execute(update(blobs).where(blobs.c.sha256 == sha256).values(**values))


def _is_whole(connection: Connection, sha256: str) -> bool:
    parts = select(blob_parts.c.content).where(blob_parts.c.sha256 == sha256)
    digest = hashlib.sha256()
    for content in connection.scalars(parts.order_by(blob_parts.c.start)):
        digest.update(bytes(content))
    return digest.hexdigest() == sha256


def _arrived(connection: Connection, sha256: str, now: datetime) -> None:
    """Commit the arrival, and decide the records that wait for this photo."""
    naming = select(attachments.c.record_id).where(attachments.c.sha256 == sha256)
    for record_id in connection.scalars(naming.order_by(attachments.c.record_id)).all():
        commit_of(connection, now)
        wanted = current_records().where(items.c.id == record_id, items.c.status == "held")
        record = connection.execute(wanted.with_for_update()).one_or_none()
        if record is not None:
            _settle_waiting(connection, record, now)


def _settle_waiting(connection: Connection, record: Row[Any], now: datetime) -> None:
    """Accept a record that only waited for its photo; tell of what else is in doubt."""
    problem = read_problem(record.problem)
    doubts = problem.errors if problem else []
    others = [doubt for doubt in doubts if doubt.code != photos.AWAITED]
    awaited = len(others) < len(doubts)
    cards = photos.complete(connection, photos.named(record.body))
    if not awaited or photos.doubt_of(record.body, cards) is not None:
        return
    if not others:
        conclude(connection, record, "accepted", now)
        return
    told = [Problem(doubt.code, doubt.pointer, doubt.facts or {}) for doubt in others]
    conclude(connection, record, "held", now, problem=problem_of(told[0].code, *told))


def _told(
    connection: Connection, sha256: str, received: int, size: int, *, whole: bool
) -> BlobStanding:
    last = last_commit(connection)
    return BlobStanding(
        sha256=sha256,
        offset=received,
        size=size,
        complete=whole,
        seq=last.seq,
        token=last.token,
    )
