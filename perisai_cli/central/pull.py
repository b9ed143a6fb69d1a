"""What was decided since: a device's decisions after its cursor, page by page."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from perisai_cli.central.commits import last_commit
from perisai_cli.central.database import Database
from perisai_cli.central.tables import commits, decisions, items
from perisai_cli.central.upsert import assigned_of, read_problem
from perisai_cli.protocol.messages import Decision, PullResponse

MAX_PAGE = 500


@dataclass(frozen=True, slots=True)
class Page:
    """One answer, and the tag that names what the device knows once it has read it."""

    response: PullResponse
    etag: str


def pull(database: Database, device: str, cursor: int, limit: int) -> Page:
    """Return a device's decisions after a cursor, in the order in which they were made.

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
    with database.reading() as connection:
        rows = connection.execute(wanted).all()
        page = rows[:limit]
        upto = page[-1].seq if page else cursor
        last = last_commit(connection)
        etag = _etag(connection, device, upto)
    response = PullResponse(
        items=[decision_of(row) for row in page],
        cursor=upto,
        more=len(rows) > limit,
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
    newest = (
        select(func.max(decisions.c.seq))
        .join(items, items.c.id == decisions.c.id)
        .where(items.c.device == device, decisions.c.seq <= upto)
        .scalar_subquery()
    )
    token = connection.scalar(select(commits.c.token).where(commits.c.seq == newest))
    name = hashlib.sha256(f"{device}\n{token or ''}".encode()).hexdigest()[:16]
    return f'W/"{name}"'
