"""Requests octet by octet, for those that no well-behaved client would send."""

from __future__ import annotations

import contextlib
import json
import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit


@contextlib.contextmanager
def connected(address: str) -> Iterator[socket.socket]:
    """Yield a connection to a central."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        yield connection


def head(method: str, path: str, headers: dict[str, str]) -> bytes:
    """Return the beginning of a request, up to the empty line."""
    lines = [f"{method} {path} HTTP/1.1", "Host: central", "Perisai-Protocol: 1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def read_answer(connection: socket.socket) -> tuple[int, dict[str, str], Any]:
    """Return status, headers and JSON of the next answer on a connection."""
    with connection.makefile("rb") as stream:
        status = int(stream.readline().split()[1])
        headers: dict[str, str] = {}
        while line := stream.readline().strip():
            name, _, value = line.decode().partition(":")
            headers[name.lower()] = value.strip()
        content = stream.read(int(headers.get("content-length", "0")))
    return status, headers, json.loads(content) if content else None


def is_closed(connection: socket.socket) -> bool:
    """Tell whether the other end closes the connection."""
    with contextlib.suppress(ConnectionError):
        return connection.recv(1) == b""
    return True
