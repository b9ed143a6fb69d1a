"""What the central holds of an agent's records, told to the agent's own devices alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, func, select

from perisai_cli.central.commits import is_known, last_commit
from perisai_cli.central.database import Database
from perisai_cli.central.problems import Refusal
from perisai_cli.central.tables import conflicts, item_versions, items
from perisai_cli.central.upsert import Sender
from perisai_cli.domain.outbox import ENROLMENT
from perisai_cli.protocol.canonical import receipt_digest
from perisai_cli.protocol.reconcile import (
    HaveRequest,
    HaveResponse,
    HeldResponse,
    Sum,
    TotalsResponse,
    seen_of,
)

CONFLICT = "conflict"
_GONE = ("withdrawn", "erased")
"""Statuses whose money nobody owes any more."""


def refuse_rewound(database: Database, shown: str | None) -> None:
    """Refuse a device that was told of a commit which is no more.

    Raises:
        Refusal: ``central.rewound``, or ``request.invalid`` for text that shows no commit.
    """
    if not shown:
        return
    seen = seen_of(shown)
    if seen is None:
        raise Refusal("request.invalid", "/header/Perisai-Seen: pattern")
    with database.reading() as connection:
        if not is_known(connection, seen):
            raise Refusal("central.rewound")


def have(database: Database, request: HaveRequest, sender: Sender) -> HaveResponse:
    """Return which of the asked revisions the central does not hold, or holds otherwise.

    What was kept aside as a conflict is held. Another agent's record is as good as missing.
    """
    ids = {record_id for record_id, _, _ in request.items}
    with database.reading() as connection:
        held = _held(connection, ids, sender)
    missing, differs, states = [], [], []
    for record_id, rev, digest in request.items:
        found = held.get((record_id, rev), {})
        status = found.get(digest) or next(iter(found.values()), "")
        states.append(status)
        if not found:
            missing.append(record_id)
        elif digest not in found:
            differs.append(record_id)
    return HaveResponse(
        asked=receipt_digest(request.items),
        missing=missing,
        differs=differs,
        states=states if request.states else None,
    )


def _held(
    connection: Connection, ids: Iterable[str], sender: Sender
) -> dict[tuple[str, int], dict[str, str]]:
    """Return the status of each held body by its hash, for each revision of the asked records."""
    versions = item_versions.c
    mine = (
        select(versions.id, versions.rev, versions.hash, versions.status)
        .join(items, items.c.id == versions.id)
        .where(versions.id.in_(ids), items.c.agent == sender.agent)
    )
    aside = select(conflicts.c.id, conflicts.c.rev, conflicts.c.hash).where(
        conflicts.c.id.in_(ids), conflicts.c.device == sender.device
    )
    held: dict[tuple[str, int], dict[str, str]] = {}
    for record_id, rev, digest in connection.execute(aside):
        held.setdefault((record_id, rev), {})[digest] = CONFLICT
    for record_id, rev, digest, status in connection.execute(mine):
        held.setdefault((record_id, rev), {})[digest] = status
    return held


def totals(database: Database, device: str) -> TotalsResponse:
    """Return counts and sums of the records whose current revision a device sent."""
    summed = (func.count().label("records"), func.sum(items.c.amount).label("sum"))
    wanted = (
        select(items.c.kind, items.c.status, *summed)
        .where(items.c.device == device)
        .group_by(items.c.kind, items.c.status)
    )
    with database.reading() as connection:
        rows = connection.execute(wanted).all()
        unwritten = _unwritten(connection, device)
        last = last_commit(connection)
    found: dict[str, dict[str, Sum]] = {}
    for row in rows:
        more = unwritten.get(row.status, 0) if row.kind == ENROLMENT else 0
        money = 0 if row.status in _GONE else int(row.sum or 0) + more
        found.setdefault(row.kind, {})[row.status] = Sum(records=row.records, amount=money)
    return TotalsResponse(totals=found, seq=last.seq, token=last.token)


def _unwritten(connection: Connection, device: str) -> dict[str, int]:
    """Return the sums of enrolments whose amount stands in their bodies alone, by status."""
    versions = item_versions.c
    wanted = (
        select(items.c.status, versions.body)
        .join(item_versions, (versions.id == items.c.id) & (versions.rev == items.c.rev))
        .where(items.c.device == device, items.c.kind == ENROLMENT)
        .where(items.c.amount.is_(None), items.c.status.not_in(_GONE))
    )
    sums: dict[str, int] = {}
    for row in connection.execute(wanted):
        sums[row.status] = sums.get(row.status, 0) + _quoted(row.body)
    return sums


def _quoted(body: Any) -> int:
    """Return the total that a body promises; 0 where it promises none that is whole rupiah."""
    quote = body.get("quote") if isinstance(body, dict) else None
    total = quote.get("total") if isinstance(quote, dict) else None
    return total if type(total) is int else 0


def held(database: Database, device: str, after: str, limit: int) -> HeldResponse:
    """Return ids of the records whose current revision a device sent, after an id."""
    wanted = (
        select(items.c.id)
        .where(items.c.device == device, items.c.id > after)
        .order_by(items.c.id)
        .limit(limit + 1)
    )
    with database.reading() as connection:
        ids = list(connection.scalars(wanted))
    return HeldResponse(ids=ids[:limit], more=len(ids) > limit)
