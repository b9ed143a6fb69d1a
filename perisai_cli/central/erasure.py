"""Erases a record for good: bodies, doubts, numbers and photos go; ids, hashes and counts stay.

An erasure by the record's own agent always goes through, whatever it rests on: the person's right
does not depend on which of the agent's devices was up to date. Afterwards nothing brings the person
back: what arrives late is kept without its body.

Law: UU 27/2022 (PDP), Pasal 8 and 43.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, Text, delete, insert, select, type_coerce, union, update

from perisai_cli.central import claims
from perisai_cli.central.boundary import log_failure
from perisai_cli.central.commits import commit_of
from perisai_cli.central.database import AFTERWARDS
from perisai_cli.central.facts import COLUMNS
from perisai_cli.central.judging import Laws
from perisai_cli.central.tables import (
    attachments,
    blob_parts,
    blobs,
    conflicts,
    decisions,
    devices,
    item_versions,
    items,
    tombstones,
)
from perisai_cli.domain.outbox import ENROLMENT, REACTIVATION
from perisai_cli.domain.period import timestamp
from perisai_cli.domain.traces import fragments, holds_any
from perisai_cli.protocol.bodies import is_erasure
from perisai_cli.protocol.messages import ItemResult

if TYPE_CHECKING:
    from perisai_cli.central.upsert import Arrival

ERASED = "erased"
"""Status of a record whose person is erased, and of the revision that says so."""

_CLEARED: dict[str, Any] = dict.fromkeys(("canonical_id", "codes", *COLUMNS))
_LATE = "superseded"
_SOUGHT = "perisai_erased"


def concerns(arrival: Arrival, current: Row[Any] | None) -> bool:
    """Tell whether an arrival erases, or comes to a record that is erased."""
    return is_erasure(arrival.item.body) or (current is not None and current.status == ERASED)


def settle(
    connection: Connection, arrival: Arrival, current: Row[Any] | None, laws: Laws
) -> ItemResult:
    """Return the verdict on an arrival that ``concerns`` an erasure."""
    item = arrival.item
    if current is not None and current.agent != arrival.sender.agent:
        return _aside(connection, arrival)
    known = _known(connection, item.id, item.rev)
    if known is not None and known.hash == arrival.hash:
        return ItemResult(n=arrival.n, status="unchanged", seq=known.seq)
    if is_erasure(item.body):
        judged = arrival.judgement(laws)
        if judged.status == "rejected":
            return ItemResult(n=arrival.n, status="rejected", problem=judged.problem)
        return _erase(connection, arrival, current, taken=known is not None)
    assert current is not None  # an erased record is one
    late = known is None and item.rev < current.rev and current.device == arrival.sender.device
    if not late:
        return _aside(connection, arrival)
    seq = commit_of(connection, arrival.now)
    _add(connection, arrival, _LATE, seq)
    return ItemResult(n=arrival.n, status="unchanged", seq=seq)


def _erase(
    connection: Connection, arrival: Arrival, current: Row[Any] | None, *, taken: bool
) -> ItemResult:
    """Destroy what is held of a record, and keep the revision that says so."""
    item, sender = arrival.item, arrival.sender
    seq = commit_of(connection, arrival.now)
    newest = {"rev": item.rev, "hash": arrival.hash}
    standing = {"status": ERASED, "device": sender.device, "changed_seq": seq}
    if current is None:
        row = {"id": item.id, "kind": item.kind, "agent": sender.agent, **newest, **standing}
        connection.execute(insert(items), row)
    else:
        _destroy(connection, item.id)
        values: dict[str, Any] = _CLEARED | {"kpj": None, "payment_code": None}
        values |= standing | (newest if item.rev > current.rev else {})
        connection.execute(update(items).where(items.c.id == item.id).values(values))
    if current is None or current.status != ERASED:
        _leave_word(connection, item.id, sender.device, seq)
    if taken:  # the same revision with another body came before
        _aside(connection, arrival)
    else:
        _add(connection, arrival, ERASED, seq)
    if item.kind == ENROLMENT:
        _erase_along(connection, arrival)
    return ItemResult(n=arrival.n, status="accepted", seq=seq)


def _erase_along(connection: Connection, arrival: Arrival) -> None:
    """Destroy the agent's reactivations of a member, which hold the person whole.

    Whichever of the agent's devices sent them hears of it and erases its own.
    """
    sender = arrival.sender
    own = select(devices.c.device).where(devices.c.agent == sender.agent)
    found = (
        select(items.c.id)
        .join(item_versions, item_versions.c.id == items.c.id)
        .where(items.c.device.in_(own), items.c.kind == REACTIVATION, items.c.status != ERASED)
        .where(item_versions.c.body["member"].as_string() == arrival.item.id)
    )
    for record_id in sorted(set(connection.scalars(found))):
        _destroy(connection, record_id)
        gone = update(items).where(items.c.id == record_id)
        seq = commit_of(connection, arrival.now)
        connection.execute(gone.values(_CLEARED | {"status": ERASED, "changed_seq": seq}))
        _leave_word(connection, record_id, sender.device, seq)


def _destroy(connection: Connection, record_id: str) -> None:
    _remember(connection, record_id)
    for table in (item_versions, conflicts):
        of_record = table.c.id == record_id
        connection.execute(update(table).where(of_record).values(body={}))
    of_versions = item_versions.c.id == record_id
    nothing = {"problem": None, "canonical_id": None}
    connection.execute(update(item_versions).where(of_versions).values(nothing))
    of_decisions = decisions.c.id == record_id
    connection.execute(update(decisions).where(of_decisions).values(problem=None, reason=None))
    claims.release(connection, record_id)
    of_photos = attachments.c.record_id == record_id
    named = set(connection.scalars(select(attachments.c.sha256).where(of_photos)))
    connection.execute(delete(attachments).where(of_photos))
    others = select(attachments.c.sha256).where(attachments.c.sha256.in_(named))
    for sha256 in named - set(connection.scalars(others)):
        connection.execute(delete(blob_parts).where(blob_parts.c.sha256 == sha256))
        connection.execute(delete(blobs).where(blobs.c.sha256 == sha256))


def _leave_word(connection: Connection, record_id: str, eraser: str, seq: int) -> None:
    """Leave word for every device that ever sent the record.

    The one that erases it is told too: its store may be put back from a backup one day.
    """
    held = [select(table.c.device).where(table.c.id == record_id) for table in _SENT]
    rows = [
        {"device": device, "seq": seq, "id": record_id}
        for device in sorted({eraser, *connection.scalars(union(*held))})
    ]
    if rows:
        connection.execute(insert(tombstones), rows)


_SENT = (item_versions, conflicts)


def _aside(connection: Connection, arrival: Arrival) -> ItemResult:
    """Keep that an arrival fits nowhere, once, and nothing of a person."""
    item = arrival.item
    key = {"id": item.id, "rev": item.rev, "hash": arrival.hash, "device": arrival.sender.device}
    same = (conflicts.c[name] == value for name, value in key.items())
    seq = connection.scalar(select(conflicts.c.seq).where(*same))
    if seq is None:
        seq = commit_of(connection, arrival.now)
        connection.execute(insert(conflicts), key | _kept(arrival, seq))
    return ItemResult(n=arrival.n, status="conflict", seq=seq)


def _add(connection: Connection, arrival: Arrival, status: str, seq: int) -> None:
    item = arrival.item
    row = {"id": item.id, "rev": item.rev, "hash": arrival.hash, "status": status}
    row |= {"device": arrival.sender.device} | _kept(arrival, seq)
    connection.execute(insert(item_versions), row)


def _kept(arrival: Arrival, seq: int) -> dict[str, Any]:
    """Return what is kept of an arrival: its body only where that is an erasure itself."""
    item = arrival.item
    return {
        "body": item.body if is_erasure(item.body) else {},
        "base_rev": item.base_rev,
        "received_at": timestamp(arrival.now),
        "seq": seq,
    }


def _known(connection: Connection, record_id: str, rev: int) -> Any:
    columns = item_versions.c
    wanted = select(columns.hash, columns.seq)
    return connection.execute(
        wanted.where(columns.id == record_id, columns.rev == rev)
    ).one_or_none()


def _remember(connection: Connection, record_id: str) -> None:
    """Keep in memory what to look for in an SQLite file once the erasure is committed."""
    if connection.dialect.name != "sqlite":
        return
    sought: list[bytes] = connection.info.setdefault(_SOUGHT, [])
    connection.info.setdefault(AFTERWARDS, {})[_SOUGHT] = _sweep
    for table in _SENT:
        bodies = select(type_coerce(table.c.body, Text)).where(table.c.id == record_id)
        for body in connection.scalars(bodies):
            sought += fragments(body.encode("utf-8"))
    parts = (
        select(blob_parts.c.content)
        .join(attachments, attachments.c.sha256 == blob_parts.c.sha256)
        .where(attachments.c.record_id == record_id)
    )
    for content in connection.scalars(parts):
        sought += fragments(bytes(content))


def _sweep(connection: Connection) -> None:
    """Clear what an erasure that was just committed left in an SQLite file; else do nothing.

    The write-ahead log is folded into the file, and only where a piece of what was destroyed still
    stands in the slack of a page is the file written anew. Other databases have their own ways
    (docs/explanation/privacy.md).
    """
    sought = connection.info.pop(_SOUGHT, None)
    driver = connection.connection.driver_connection
    if sought is None or not isinstance(driver, sqlite3.Connection):
        return
    file = driver.execute("PRAGMA database_list").fetchone()[2]
    if not file:
        return
    try:
        _fold(driver)
        if holds_any(_files(Path(file)), sought):
            driver.execute("VACUUM").close()
            _fold(driver)
    except sqlite3.Error as error:  # the erasure stands; what is left goes with the next one
        connection.info[_SOUGHT] = sought
        log_failure(error, "erasure")


def _fold(driver: sqlite3.Connection) -> None:
    driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()


def _files(path: Path) -> list[Path]:
    return [each for each in path.parent.iterdir() if each.name.startswith(path.name)]
