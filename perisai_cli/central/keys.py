"""Who this central is: its id, the key that signs what it publishes, the key bundles are sealed to.

All three are made once, with the database, and go with it into every backup.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import Connection, insert, select

from perisai_cli.central.tables import server_settings

_MADE: dict[str, Callable[[], str]] = {
    "central_id": lambda: secrets.token_hex(16),
    "nik_key": lambda: secrets.token_hex(32),
    "signing_key": lambda: Ed25519PrivateKey.generate().private_bytes_raw().hex(),
    "office_key": lambda: X25519PrivateKey.generate().private_bytes_raw().hex(),
}


def has_keys(connection: Connection) -> bool:
    """Tell whether the id and every key are there."""
    return not set(_MADE).difference(connection.scalars(select(server_settings.c.name)))


def make_keys(connection: Connection) -> None:
    """Make the id and the keys that are not there yet; those that are stay for ever."""
    known = set(connection.scalars(select(server_settings.c.name)))
    made = [{"name": name, "value": make()} for name, make in _MADE.items() if name not in known]
    if made:
        connection.execute(insert(server_settings), made)


def setting(connection: Connection, name: str) -> str:
    """Return the server setting with this *name*."""
    value = server_settings.c
    return str(connection.scalar(select(value.value).where(value.name == name)))


def signing_key(connection: Connection) -> Ed25519PrivateKey:
    """Return the key that signs answers in files and reference data."""
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(setting(connection, "signing_key")))


def office_key(connection: Connection) -> X25519PrivateKey:
    """Return the key to which devices encrypt bundles."""
    return X25519PrivateKey.from_private_bytes(bytes.fromhex(setting(connection, "office_key")))
