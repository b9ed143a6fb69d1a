"""Keys and envelopes: how personal fields are kept unreadable without the passphrase.

A random 256-bit vault key is wrapped by a key made of the passphrase (Argon2id; scrypt where the
OpenSSL beneath has none). Sub-keys for rows, for the NIK index and for the journal are derived from
it by HKDF. A row's personal fields are one AES-256-GCM blob, bound to table, row, schema and key,
so that a blob moved to another row does not open.
"""

from __future__ import annotations

import hmac
import json
import os
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from perisai_cli.domain.errors import StoreUnusable, WrongPassphrase

KEY_BYTES = 32
KEY_ID = 1
_NONCE_BYTES = 12
_SALT_BYTES = 16
_ARGON2ID = {"kdf": "argon2id", "memory_kib": 65536, "iterations": 3, "lanes": 4}
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_SCRYPT = {"kdf": "scrypt", "n": 65536, "r": 8, "p": 1}


@dataclass(frozen=True, slots=True)
class KeySlot:
    """The vault key wrapped by one passphrase; everything here may be read by anyone.

    Attributes:
        parameters: JSON of the key-derivation function and its costs.
        salt: Salt of the derivation.
        wrapped: Nonce and AES-256-GCM of the vault key.
    """

    parameters: str
    salt: bytes
    wrapped: bytes


def new_vault_key() -> bytes:
    """Return a fresh random vault key."""
    return os.urandom(KEY_BYTES)


def wrap(vault_key: bytes, passphrase: str, store_id: str) -> KeySlot:
    """Return *vault_key* wrapped for *passphrase*, bound to the store's id."""
    salt = os.urandom(_SALT_BYTES)
    parameters = dict(_ARGON2ID)
    try:
        wrapping_key = _derive(passphrase, salt, parameters)
    except UnsupportedAlgorithm:
        parameters = dict(_SCRYPT)
        wrapping_key = _derive(passphrase, salt, parameters)
    return KeySlot(
        json.dumps(parameters), salt, _encrypt(AESGCM(wrapping_key), vault_key, store_id.encode())
    )


def unwrap(slot: KeySlot, passphrase: str, store_id: str) -> bytes:
    """Return the vault key.

    Raises:
        WrongPassphrase: the passphrase does not fit the slot.
        StoreUnusable: the slot names a derivation that this version does not know, or none.
    """
    try:
        parameters = json.loads(slot.parameters)
        if parameters["kdf"] not in ("argon2id", "scrypt"):
            raise StoreUnusable("store.newer")
        wrapping_key = _derive(passphrase, slot.salt, parameters)
        return _decrypt(AESGCM(wrapping_key), slot.wrapped, store_id.encode())
    except InvalidTag:
        raise WrongPassphrase from None
    except (ValueError, KeyError, TypeError):
        raise StoreUnusable("store.damaged") from None


def _derive(passphrase: str, salt: bytes, parameters: dict[str, Any]) -> bytes:
    secret = passphrase.encode("utf-8")
    if parameters["kdf"] == "argon2id":
        return Argon2id(
            salt=salt,
            length=KEY_BYTES,
            iterations=parameters["iterations"],
            lanes=parameters["lanes"],
            memory_cost=parameters["memory_kib"],
        ).derive(secret)
    return Scrypt(
        salt=salt, length=KEY_BYTES, n=parameters["n"], r=parameters["r"], p=parameters["p"]
    ).derive(secret)


def _encrypt(cipher: AESGCM, content: bytes, bound_to: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + cipher.encrypt(nonce, content, bound_to)


def _decrypt(cipher: AESGCM, blob: bytes, bound_to: bytes) -> bytes:
    return cipher.decrypt(blob[:_NONCE_BYTES], blob[_NONCE_BYTES:], bound_to)


class Vault:
    """The opened vault: seals and opens rows, makes the NIK's blind index, chains the journal."""

    def __init__(self, vault_key: bytes):
        self._rows = AESGCM(self._subkey(vault_key, "rows"))
        self._index_key = self._subkey(vault_key, "nik-index")
        self._journal_key = self._subkey(vault_key, "journal")
        self._mark_key = self._subkey(vault_key, "marks")

    @staticmethod
    def _subkey(vault_key: bytes, purpose: str) -> bytes:
        info = f"perisai/1/{purpose}".encode()
        return HKDFExpand(SHA256(), KEY_BYTES, info).derive(vault_key)

    def seal(self, table: str, row: str, schema: int, content: dict[str, Any]) -> bytes:
        """Return *content* as one blob that opens only for this table, row, schema and key."""
        plain = _ENCODER.encode(content).encode("utf-8")
        return self.seal_octets(table, row, schema, plain)

    def open(self, table: str, row: str, schema: int, blob: bytes) -> dict[str, Any]:
        """Return the content of a sealed blob.

        Raises:
            StoreUnusable: ``store.row_damaged``: the blob was changed, or moved from another row.
        """
        content: dict[str, Any] = json.loads(self.open_octets(table, row, schema, blob))
        return content

    def seal_octets(self, table: str, row: str, schema: int, plain: bytes) -> bytes:
        """Return octets, such as a photo's, sealed in the same way as ``seal`` does."""
        return _encrypt(self._rows, plain, self._place(table, row, schema))

    def open_octets(self, table: str, row: str, schema: int, blob: bytes) -> bytes:
        """Return the octets of a sealed blob.

        Raises:
            StoreUnusable: ``store.row_damaged``: the blob was changed, or moved from another row.
        """
        try:
            return _decrypt(self._rows, blob, self._place(table, row, schema))
        except (InvalidTag, ValueError):
            raise StoreUnusable("store.row_damaged", table=table, row=row) from None

    @staticmethod
    def _place(table: str, row: str, schema: int) -> bytes:
        return f"{table}|{row}|{schema}|{KEY_ID}".encode()

    def blind_index(self, nik: str) -> bytes:
        """Return the keyed hash under which a NIK can be looked up but not read."""
        return hmac.digest(self._index_key, nik.encode("ascii"), "sha256")

    def hidden_name(self, text: str) -> str:
        """Return the keyed hash under which something is kept without telling what it is of."""
        return hmac.digest(self._index_key, b"name|" + text.encode("utf-8"), "sha256").hex()

    def mark(self, kind: str, words: str) -> bytes:
        """Return the keyed hash by which two texts of a *kind* are known to be the same."""
        return hmac.digest(self._mark_key, f"{kind}|{words}".encode(), "sha256")

    def chain(self, previous: bytes, entry: bytes) -> bytes:
        """Return the keyed hash that ties a journal *entry* to the one before it."""
        return hmac.digest(self._journal_key, previous + entry, "sha256")
