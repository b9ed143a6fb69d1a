"""The devices in the field, as the office sees them, and which of them it has suspended.

A suspended device can still hand over what it holds (``/v1/escrow``); nothing else that it says is
heard until it is restored.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update

from perisai_cli.central.database import Database
from perisai_cli.central.tables import devices
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.office import SUSPENDED_FOR, OfficeDevice

MIN_END = 4
"""Fewest signs of its end that may stand for an id."""


def list_devices(
    database: Database, after: str = "", limit: int | None = None
) -> list[OfficeDevice]:
    """Return the devices whose id comes after one, in order of id."""
    wanted = select(devices).where(devices.c.device > after).order_by(devices.c.device).limit(limit)
    with database.reading() as connection:
        rows = connection.execute(wanted).all()
    return [_shown(row) for row in rows]


def whole_id(database: Database, end: str) -> str:
    """Return the id of the one device whose id ends so.

    Raises:
        InvalidInput: ``device.unknown``: none or several do, or fewer than four signs are given.
    """
    wanted = select(devices.c.device).where(devices.c.device.endswith(end.lower(), autoescape=True))
    with database.reading() as connection:
        found = connection.scalars(wanted.limit(2)).all()
    if len(end) < MIN_END or len(found) != 1:
        raise InvalidInput("device.unknown")
    return str(found[0])


def suspend_device(
    database: Database, device: str, reason: str, clock: Callable[[], datetime]
) -> OfficeDevice:
    """Return a device once it is suspended; one that was keeps its moment and has the new reason.

    Raises:
        InvalidInput: ``device.reason`` (one of ``SUSPENDED_FOR``) or ``device.unknown``.
    """
    if reason not in SUSPENDED_FOR:
        raise InvalidInput("device.reason", field="--reason", choices=", ".join(SUSPENDED_FOR))
    now = timestamp(clock())
    return _change(
        database,
        device,
        lambda known: {"suspended_at": known.suspended_at or now, "suspended_for": reason},
    )


def restore_device(database: Database, device: str) -> OfficeDevice:
    """Return a device once it is heard again.

    Raises:
        InvalidInput: ``device.unknown``.
    """
    return _change(database, device, lambda _known: {"suspended_at": None, "suspended_for": None})


def _change(
    database: Database, device: str, change: Callable[[Row[Any]], dict[str, str | None]]
) -> OfficeDevice:
    same = devices.c.device == device
    with database.writing() as connection:
        known = connection.execute(select(devices).where(same).with_for_update()).one_or_none()
        if known is None:
            raise InvalidInput("device.unknown")
        connection.execute(update(devices).where(same).values(change(known)))
        return _shown(connection.execute(select(devices).where(same)).one())


def _shown(row: Row[Any]) -> OfficeDevice:
    return OfficeDevice(
        device=row.device,
        agent=row.agent,
        region=row.region,
        registered_at=row.registered_at,
        suspended_at=row.suspended_at,
        suspended_for=row.suspended_for,
    )
