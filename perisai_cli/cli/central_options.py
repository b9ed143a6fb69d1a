"""What several commands of ``pusat`` / ``central`` take, and how it is read."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from perisai_cli import wiring
from perisai_cli.actions.app import App
from perisai_cli.actions.central_remote import Office
from perisai_cli.cli.framework import opt
from perisai_cli.domain.errors import InvalidInput

MAX_LIMIT = 10_000_000

Text = str | None
Data = Annotated[str, opt("--data", key="data", metavar="DIR")]
Address = Annotated[Text, opt("--basis-data", "--database", key="database", metavar="URL")]
DATA = "./perisai-central"


def where(data: str, database: Text) -> Path | str:
    """Return the database's address where one was given, else the folder."""
    return Path(data) if database is None else database


def office_from(central: Text, token_file: Text, app: App | None = None) -> Office:
    """Return the office to ask; its token stands in a file: others can read a command line.

    Without an address it is the one of *app*, and where that has none, the profile's.

    Raises:
        InvalidInput: ``token.needed``: no file is named; ``token.file``.
    """
    if token_file is None:
        raise InvalidInput("token.needed", field="--token-file")
    address = central or (app.central if app is not None else None) or ""
    return Office(address, wiring.first_line(Path(token_file), "token.file"), wiring.now)


def limit(typed: Text, option: str) -> int | None:
    """Return requests a minute, or None where nothing was typed.

    Raises:
        InvalidInput: ``limit.value``.
    """
    if typed is None:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < 9 and int(typed) <= MAX_LIMIT):
        raise InvalidInput("limit.value", field=option, high=MAX_LIMIT)
    return int(typed)


def proxies(typed: Text) -> str | None:
    """Return the addresses of proxies as they were typed, once each is one.

    Raises:
        InvalidInput: ``proxy.address``.
    """
    if typed is None:
        return None
    try:
        networks = [ip_network(part.strip()) for part in typed.split(",")]
    except ValueError:
        raise InvalidInput("proxy.address", field="--proxy") from None
    return ",".join(str(network) for network in networks)
