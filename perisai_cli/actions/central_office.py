"""Keeps a central's officers, its devices, and the copies of its database."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from perisai_cli.actions.app import Result
from perisai_cli.actions.central import Where, central_database
from perisai_cli.domain.errors import DiskTrouble, InvalidInput


def add_officer(
    data: Where,
    officer: str,
    name: str,
    role: str,
    clock: Callable[[], datetime],
    office: str | None = None,
) -> Result:
    """Add an officer, or give a known one a new token; the token is shown this once.

    A supervisor sees the agents of one *office*.
    """
    with central_database(data, new=True) as database:
        from perisai_cli.central import officers

        token = officers.add_officer(database, officer, name, role, clock, office)
    added = {"officer": officer, "role": role, "token": token}
    return Result("central officer add", added | ({"office": office} if office else {}))


def list_officers(data: Where) -> Result:
    """Return the officers that the central knows, without tokens."""
    with central_database(data) as database:
        from perisai_cli.central import officers

        items = [asdict(officer) for officer in officers.list_officers(database)]
    return Result("central officer list", {"count": len(items), "items": items})


def revoke_officer(data: Where, officer: str, clock: Callable[[], datetime]) -> Result:
    """Make an officer's token void; what the officer decided stays."""
    with central_database(data) as database:
        from perisai_cli.central import officers

        since = officers.revoke_officer(database, officer, clock)
    return Result("central officer revoke", {"officer": officer, "revoked_at": since})


def list_devices(data: Where) -> Result:
    """Return the devices that the central knows."""
    with central_database(data) as database:
        from perisai_cli.central import devices

        items = [device.model_dump() for device in devices.list_devices(database)]
    return Result("central device list", {"count": len(items), "items": items})


def suspend_device(data: Where, device: str, reason: str, clock: Callable[[], datetime]) -> Result:
    """Stop hearing a device; what it has not sent can still be handed over.

    The id may be cut down to its end, as long as one device has it.
    """
    with central_database(data) as database:
        from perisai_cli.central import devices

        whole = devices.whole_id(database, device)
        suspended = devices.suspend_device(database, whole, reason, clock)
    return Result("central device suspend", suspended.model_dump())


def restore_device(data: Where, device: str) -> Result:
    """Hear a device again; its id may be cut down like that of ``suspend_device``."""
    with central_database(data) as database:
        from perisai_cli.central import devices

        restored = devices.restore_device(database, devices.whole_id(database, device))
    return Result("central device restore", restored.model_dump())


def back_up(data: Path, output: Path) -> Result:
    """Copy the central's database while it serves; devices hear that the copy holds their work.

    Raises:
        InvalidInput: ``backup.exists``: nothing is ever replaced by a copy.
        StoreUnusable: ``backup.damaged``: the copy is not whole, and was thrown away.
        DiskTrouble: ``backup.unwritable``.
    """
    if output.exists():
        raise InvalidInput("backup.exists", field="--output")
    with central_database(data) as database:
        from perisai_cli.central import backup, durability
        from perisai_cli.central.serve import FILE_NAME
        from perisai_cli.storage.database import publish

        try:
            final = output.resolve()
            descriptor, named = tempfile.mkstemp(".partial", f"{final.name}.", final.parent)
            os.close(descriptor)
            try:
                seq = backup.copy_database(data / FILE_NAME, Path(named))
                publish(Path(named), final)
            finally:
                Path(named).unlink(missing_ok=True)
        except FileExistsError:
            raise InvalidInput("backup.exists", field="--output") from None
        except OSError as error:
            raise DiskTrouble.unwritable("backup.unwritable", output, error) from None
        durability.mark_durable(database, seq)
    copied = {"path": str(final), "seq": seq, "bytes": final.stat().st_size}
    return Result("central backup", copied)


def mark_durable(data: Where, seq: int) -> Result:
    """Write down that a copy made with other tools holds every commit up to *seq*."""
    with central_database(data) as database:
        from perisai_cli.central import durability

        durability.mark_durable(database, seq)
    return Result("central durable", {"durable_seq": seq})
