"""Addresses of a central: https, or http to this very machine alone."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from perisai_cli.domain.errors import InvalidInput


def checked_address(address: str) -> str:
    """Return the address of a central without its trailing slash.

    Raises:
        InvalidInput: ``central.address`` (not http or https), or ``central.plain_http`` (http to
            anything but this very machine would show NIKs to the network).
    """
    try:
        parts = urlsplit(address.strip())
        named = parts.hostname and parts.port != 0
    except ValueError:
        named = False
    if not named or parts.scheme not in ("http", "https"):
        raise InvalidInput("central.address", field="/central")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise InvalidInput("central.plain_http", field="/central")
    return address.strip().rstrip("/")


def is_loopback(host: str) -> bool:
    """Tell whether *host* is this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
