"""Queues that devices handed over as they are: kept sealed until an officer takes one in.

A deposit is a bundle, so its author is proved by its signature and not by who brings it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from perisai_cli.central.bundles import office_of
from perisai_cli.central.database import Database
from perisai_cli.central.problems import Refusal
from perisai_cli.central.tables import escrows
from perisai_cli.central.upsert import Sender
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.bundle import Bundle
from perisai_cli.protocol.escrow import MAX_ESCROW, EscrowResponse

MAX_WAITING = 8 * MAX_ESCROW
"""Octets that one device may have lying here unsettled."""


@dataclass(frozen=True, slots=True)
class Deposit:
    """A deposited queue, as it may be shown: ``size`` in octets, moments in UTC."""

    id: str
    device: str
    size: int
    received_at: str
    settled_at: str | None


def deposit(database: Database, content: bytes, sender: Sender, now: datetime) -> EscrowResponse:
    """Keep a device's sealed queue; bringing the same one again changes nothing.

    Raises:
        Refusal: ``escrow.not_queue``: it is no queue of this device for this office;
            ``escrow.taken``: another content lies here under its id; ``escrow.full``.
    """
    try:
        header = Bundle(io.BytesIO(content)).header
    except InvalidInput:
        raise Refusal("escrow.not_queue") from None
    ours = office_of(database).key.fingerprint
    if (header.kind, header.device, header.office) != ("queue", sender.device, ours):
        raise Refusal("escrow.not_queue")
    try:
        received_at = _keep(database, header.id, content, sender, now)
    except IntegrityError:  # the same deposit came twice at once
        received_at = _keep(database, header.id, content, sender, now)
    return EscrowResponse(
        id=header.id, size=len(content), received_at=received_at, server_time=timestamp(now)
    )


def _keep(database: Database, bundle: str, content: bytes, sender: Sender, now: datetime) -> str:
    with database.writing() as connection:
        known = connection.execute(select(escrows).where(escrows.c.id == bundle)).one_or_none()
        if known is not None:
            if (known.device, bytes(known.content)) != (sender.device, content):
                raise Refusal("escrow.taken")
            return str(known.received_at)
        if _waiting(connection, sender.device) + len(content) > MAX_WAITING:
            raise Refusal("escrow.full")
        row = {
            "id": bundle,
            "device": sender.device,
            "size": len(content),
            "content": content,
            "received_at": timestamp(now),
        }
        connection.execute(insert(escrows), row)
    return timestamp(now)


def _waiting(connection: Connection, device: str) -> int:
    mine = (escrows.c.device == device) & escrows.c.settled_at.is_(None)
    total = connection.scalar(select(func.coalesce(func.sum(escrows.c.size), 0)).where(mine))
    return int(total or 0)


def list_deposits(database: Database) -> list[Deposit]:
    """Return what was deposited, oldest first, without its content."""
    shown = (
        escrows.c.id,
        escrows.c.device,
        escrows.c.size,
        escrows.c.received_at,
        escrows.c.settled_at,
    )
    with database.reading() as connection:
        wanted = select(*shown).order_by(escrows.c.received_at, escrows.c.id)
        return [Deposit(*row) for row in connection.execute(wanted)]


def deposit_content(database: Database, named: str) -> tuple[str, bytes]:
    """Return the whole id and the content of a deposit, named by its id or the id's end.

    Raises:
        InvalidInput: ``escrow.unknown``: none or more than one is named so.
    """
    known = [each.id for each in list_deposits(database)]
    found = [each for each in known if len(named) >= 4 and each.endswith(named.lower())]
    if len(found) != 1:
        raise InvalidInput("escrow.unknown")
    with database.reading() as connection:
        wanted = select(escrows.c.content).where(escrows.c.id == found[0])
        return found[0], bytes(connection.scalar(wanted) or b"")


def mark_settled(database: Database, deposit_id: str, now: datetime) -> None:
    """Write down when a deposit was first taken in whole."""
    mine = (escrows.c.id == deposit_id) & escrows.c.settled_at.is_(None)
    with database.writing() as connection:
        connection.execute(update(escrows).where(mine).values(settled_at=timestamp(now)))
