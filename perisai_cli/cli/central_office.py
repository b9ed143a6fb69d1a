"""``pusat petugas``, ``pusat perangkat``, ``pusat cadangkan``: what keeps a central in order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from perisai_cli import wiring
from perisai_cli.actions import central_office as actions
from perisai_cli.cli import output, tables
from perisai_cli.cli.central_options import DATA, Address, Data, Text, where
from perisai_cli.cli.framework import command, group, opt
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import text

officers = group("central officer")
devices = group("central device")

OfficerId = Annotated[str, typer.Argument(metavar="ID", help=text("option.officer"))]
DeviceId = Annotated[str, typer.Argument(metavar="ID", help=text("option.device"))]
_MAX_DIGITS = 18


def add_to(app: typer.Typer) -> None:
    """Hang these commands below ``central``."""
    app.add_typer(officers)
    app.add_typer(devices)
    command(app, "central backup")(backup)
    command(app, "central durable")(durable)


@officers.callback()
def officer() -> None:
    """Keep the central's officers."""


@devices.callback()
def device() -> None:
    """Keep the devices in the field."""


@command(officers, "central officer add")
def officer_add(
    officer: OfficerId,
    name: Annotated[Text, opt("--nama", "--name", key="officer_name", metavar="N")] = None,
    role: Annotated[
        str, opt("--peran", "--role", key="officer_role", metavar="officer|admin|supervisor")
    ] = "officer",
    office: Annotated[Text, opt("--kantor", "--office", key="officer_office", metavar="ID")] = None,
    data: Data = DATA,
    database: Address = None,
) -> int:
    """Add an officer and print the token."""
    result = actions.add_officer(
        where(data, database), officer, name or officer, role, wiring.now, office
    )
    return output.show(result, _added_lines)


@command(officers, "central officer list")
def officer_list(data: Data = DATA, database: Address = None) -> int:
    """List the officers."""
    return output.show(actions.list_officers(where(data, database)), _officer_lines)


@command(officers, "central officer revoke")
def officer_revoke(officer: OfficerId, data: Data = DATA, database: Address = None) -> int:
    """Make an officer's token void."""
    result = actions.revoke_officer(where(data, database), officer, wiring.now)
    return output.show(result, lambda revoked: [text("central.officer_revoked", **revoked)])


@command(devices, "central device list")
def device_list(data: Data = DATA, database: Address = None) -> int:
    """List the devices."""
    return output.show(actions.list_devices(where(data, database)), _device_lines)


@command(devices, "central device suspend")
def device_suspend(
    device: DeviceId,
    reason: Annotated[
        str, opt("--alasan", "--reason", key="suspend_reason", metavar="CODE")
    ] = "lost",
    data: Data = DATA,
    database: Address = None,
) -> int:
    """Stop hearing a device."""
    result = actions.suspend_device(where(data, database), device, reason, wiring.now)
    return output.show(result, _suspended_lines)


@command(devices, "central device restore")
def device_restore(device: DeviceId, data: Data = DATA, database: Address = None) -> int:
    """Hear a device again."""
    result = actions.restore_device(where(data, database), device)
    return output.show(result, lambda shown: [text("central.restored", **shown)])


def backup(
    target: Annotated[Text, opt("--output", key="backup_output", metavar="F")] = None,
    data: Data = DATA,
) -> int:
    """Copy the central's database while it serves."""
    if not target:
        raise InvalidInput("usage.missing", field="--output")
    result = actions.back_up(Path(data), wiring.typed_path(target))
    return output.show(result, lambda copied: [text("central.backed_up", **copied)])


def durable(
    seq: Annotated[str, typer.Argument(metavar="SEQ", help=text("option.durable_seq"))],
    data: Data = DATA,
    database: Address = None,
) -> int:
    """Say that a copy made with other tools holds everything up to a number."""
    typed = seq.isascii() and seq.isdigit() and len(seq) <= _MAX_DIGITS
    result = actions.mark_durable(where(data, database), int(seq) if typed else -1)
    return output.show(result, lambda marked: [text("central.durable", **marked)])


def _suspended_lines(data: dict[str, Any]) -> Iterator[str]:
    reason = text(f"suspended_for.{data['suspended_for']}")
    yield text("central.suspended", device=data["device"], reason=reason)


def _added_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("central.officer_added", **(data | {"role": text(f"role.{data['role']}")}))
    yield text("central.officer_added_hint")


def _officer_lines(data: dict[str, Any]) -> Iterator[str]:
    if not data["items"]:
        yield text("central.no_officers")
        return
    heading = [text(f"central.col_{name}") for name in ("officer", "name", "role", "revoked")]
    rows = [
        [item["officer"], item["name"], _role(item), item["revoked_at"] or ""]
        for item in data["items"]
    ]
    yield from tables.table(heading, rows)


def _role(item: dict[str, Any]) -> str:
    """Return an officer's role, with the office that a supervisor sees."""
    role = text(f"role.{item['role']}")
    return f"{role} {item['office']}" if item["office"] else role


def _device_lines(data: dict[str, Any]) -> Iterator[str]:
    if not data["items"]:
        yield text("central.no_devices")
        return
    heading = [text(f"central.col_{name}") for name in ("device", "agent", "suspended")]
    rows = [
        [
            item["device"][-8:],
            item["agent"],
            text(f"suspended_for.{item['suspended_for']}") if item["suspended_at"] else "",
        ]
        for item in data["items"]
    ]
    yield from tables.table(heading, rows, whole=(0,))
