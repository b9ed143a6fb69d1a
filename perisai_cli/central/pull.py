"""What was decided since: a device's decisions after its cursor, page by page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from perisai_cli.central.commits import last_commit
from perisai_cli.central.database import Database
from perisai_cli.central.tables import commits, decisions, items, tombstones
from perisai_cli.central.upsert import assigned_of, read_problem
from perisai_cli.protocol.messages import Decision, PullResponse

MAX_PAGE = 500


@dataclass(frozen=True, slots=True)
class Page:
    """One answer, and the tag that names what the device knows once it has read it."""

    response: PullResponse
    etag: str


def pull(database: Database, device: str, cursor: int, limit: int) -> Page:
    """Return what was decided and erased after a cursor, in the order in which it was.

    The tag names the last decision read, not the page, so that the next question after a full
    page can already be answered with 304. It is weak: ``seq`` and ``token`` move on beneath it.
    """
    wanted = (
        select(decisions, items.c.kpj, items.c.payment_code)
        .join(items, items.c.id == decisions.c.id)
        .where(items.c.device == device, decisions.c.seq > cursor)
        .order_by(decisions.c.seq)
        .limit(limit + 1)
    )
    erased = (
        select(tombstones.c.seq, tombstones.c.id)
        .where(tombstones.c.device == device, tombstones.c.seq > cursor)
        .order_by(tombstones.c.seq)
        .limit(limit + 1)
    )
    with database.reading() as connection:
        rows, gone = connection.execute(wanted).all(), connection.execute(erased).all()
        told = sorted(row.seq for row in (*rows, *gone))[: limit + 1]
        upto = told[:limit][-1] if told else cursor
        last = last_commit(connection)
        etag = _etag(connection, device, upto)
    response = PullResponse(
        items=[decision_of(row) for row in rows if row.seq <= upto],
        tombstones=[row.id for row in gone if row.seq <= upto],
        cursor=upto,
        more=len(told) > limit,
        seq=last.seq,
        token=last.token,
    )
    return Page(response, etag)


def decision_of(row: Row[Any]) -> Decision:
    """Return a row of decisions, joined with its record's numbers, as it goes over the wire."""
    return Decision(
        seq=row.seq,
        id=row.id,
        rev=row.rev,
        status=row.status,
        decided_at=row.decided_at,
        assigned=assigned_of(row),
        problem=read_problem(row.problem),
    )


def _etag(connection: Connection, device: str, upto: int) -> str:
    decided = (
        select(func.max(decisions.c.seq))
        .join(items, items.c.id == decisions.c.id)
        .where(items.c.device == device, decisions.c.seq <= upto)
    )
    erased = select(func.max(tombstones.c.seq)).where(
        tombstones.c.device == device, tombstones.c.seq <= upto
    )
    newest = max(connection.scalar(each) or 0 for each in (decided, erased))
    token = connection.scalar(select(commits.c.token).where(commits.c.seq == newest))
    name = hashlib.sha256(f"{device}\n{token or ''}".encode()).hexdigest()[:16]
    return f'W/"{name}"'
