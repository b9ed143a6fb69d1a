"""``daftar-anggota`` / ``register``: the office's extract of its members on this device."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from perisai_cli.cli import output
from perisai_cli.cli.files import opened
from perisai_cli.cli.framework import command, group, opt
from perisai_cli.cli.world import world
from perisai_cli.i18n import text

app = group("register")

Text = str | None


@app.callback()
def register() -> None:
    """Keep the office's extract of its members; the commands below say how."""


@command(app, "register update")
def update(
    file: Annotated[Text, opt("--berkas", "--file", key="register_file", metavar="F")] = None,
    central: Annotated[Text, opt("--pusat", "--central", key="central", metavar="URL")] = None,
    authority: Annotated[Text, opt("--ca", key="ca", metavar="F")] = None,
) -> int:
    """Take in the office's newest extract."""
    from perisai_cli.actions.register import RegisterOptions, register_update

    octets = None if file is None else _whole(file)
    result = register_update(world(central, authority), RegisterOptions(octets))
    return output.show(result, _update_lines)


@command(app, "register status")
def status() -> int:
    """Tell of which day the extract is, and how sure its word is."""
    from perisai_cli.actions.register import register_status

    return output.show(register_status(world()), _status_lines)


def _whole(name: str) -> bytes:
    """Return a file's octets, one more than an extract may have at most."""
    from perisai_cli.protocol.register import MAX_BYTES

    with opened(name) as stream:
        return stream.read(MAX_BYTES + 1)


def _update_lines(data: dict[str, Any]) -> Iterator[str]:
    yield text("register.updated" if data["updated"] else "register.newest")
    yield from _status_lines(data | {"here": True})


def _status_lines(data: dict[str, Any]) -> Iterator[str]:
    if not data["here"]:
        yield text("register.not_here")
        return
    yield text("register.of_day", **data)
    yield text("register.sureness", **data)
