"""``pusat daftar-anggota`` / ``central register``: the extract that devices check NIKs against."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from perisai_cli import wiring
from perisai_cli.cli import output
from perisai_cli.cli.central_options import DATA, Address, Data, Text, where
from perisai_cli.cli.files import opened
from perisai_cli.cli.framework import command, group, opt
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import text

registers = group("central register")


@registers.callback()
def register() -> None:
    """Make the extract of members that devices carry; the commands below say how."""


@command(registers, "central register publish")
def publish(
    source: Annotated[Text, opt("--dari", "--from", key="register_source", metavar="F")] = None,
    made: Annotated[
        Text, opt("--tanggal", "--date", key="register_date", metavar="YYYY-MM-DD")
    ] = None,
    new_key: Annotated[bool, opt("--kunci-baru", "--new-key", key="register_new_key")] = False,
    data: Data = DATA,
    database: Address = None,
) -> int:
    """Make a new extract, which devices get from now on."""
    from perisai_cli.actions import central_register as actions

    opens = None if source is None else lambda: opened(source, "--from")
    result = actions.publish(where(data, database), opens, made, wiring.now, new_key=new_key)
    return output.show(result, _published_lines)


@command(registers, "central register export")
def export(
    to: Annotated[Text, opt("--output", "--keluaran", "-o", key="output_file", metavar="F")] = None,
    data: Data = DATA,
    database: Address = None,
) -> int:
    """Write the extract to a file, for devices without a network."""
    from perisai_cli.actions import central_register as actions

    if not to:
        raise InvalidInput("usage.missing", field="--output")
    result = actions.export(where(data, database), wiring.typed_path(to))
    return output.show(result, lambda made: [text("register.exported", **made)])


def _published_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("register.published", **data)
    if data["skipped"]:
        yield text("register.skipped", **data)
    if data["new_key"]:
        yield text("register.key_changed")
    yield text("register.sureness", **data)
