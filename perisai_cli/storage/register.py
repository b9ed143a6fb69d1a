"""The office's extract of its members in a home: replaced whole or not at all, its keys sealed."""

from __future__ import annotations

import mmap
import os
from pathlib import Path

from filelock import FileLock, Timeout

from perisai_cli.domain.errors import SomethingInTheWay, StoreLocked, StoreUnusable
from perisai_cli.protocol.register import KEY_BYTES, Register, key_id
from perisai_cli.storage.database import translated
from perisai_cli.storage.store import Store

FILE_NAME = "register"
KEY_STATE = "register_key_id"
"""Under which the sync's state tells, unsealed, the name of the newest key that is here."""

_SEALED = "register_keys"
_PATIENCE = 10.0
_FLAGS = os.O_CREAT | os.O_WRONLY | os.O_TRUNC | getattr(os, "O_BINARY", 0)


def install_register(home: Path, octets: bytes) -> None:
    """Put a proved extract in the place of the one before, which stays until this one is whole.

    Raises:
        DiskTrouble: the disk is full or fails; the one before is still there.
        StoreLocked: another update keeps the lock.
    """
    unfinished = home / f"{FILE_NAME}.new"
    try:
        with translated(), FileLock(home / f"{FILE_NAME}.lock", timeout=_PATIENCE, mode=0o600):
            try:
                with os.fdopen(os.open(unfinished, _FLAGS, 0o600), "wb") as file:
                    file.write(octets)
                    file.flush()
                    os.fsync(file.fileno())
                unfinished.replace(home / FILE_NAME)
            finally:
                unfinished.unlink(missing_ok=True)
    except Timeout:
        raise StoreLocked from None


def open_register(home: Path) -> Register | None:
    """Return the extract, mapped and not read in, or None where there is none.

    Raises:
        StoreUnusable: ``register.damaged``: it is not what was installed.
        DiskTrouble: it can't be read.
    """
    with translated():
        try:
            with (home / FILE_NAME).open("rb") as file:
                octets = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except FileNotFoundError:
            return None
        except ValueError:  # an empty file can't be mapped
            raise StoreUnusable("register.damaged") from None
    try:
        return Register(memoryview(octets))
    except SomethingInTheWay:
        raise StoreUnusable("register.damaged") from None


def forget_register(home: Path, store: Store) -> None:
    """Remove the extract and its keys, as where the office no longer takes this device."""
    with translated():
        for name in (FILE_NAME, f"{FILE_NAME}.new"):
            (home / name).unlink(missing_ok=True)
    if store.sealed(_SEALED):
        with store.connection.transaction():
            store.seal(_SEALED, {})
            store.set_state(KEY_STATE, "")


def register_key(store: Store, name: str) -> bytes | None:
    """Return the key with this name, if it is here."""
    held = (store.sealed(_SEALED) or {}).get(name)
    return None if held is None else bytes.fromhex(held)


def keep_register_key(store: Store, key: bytes, used: str | None) -> None:
    """Keep a key beside the one that the extract in use is under; others are forgotten.

    Raises:
        SomethingInTheWay: ``register.malformed``: it is no key.
    """
    if len(key) != KEY_BYTES:
        raise SomethingInTheWay("register.malformed")
    before = store.sealed(_SEALED) or {}
    name = key_id(key)
    if before.get(name) == key.hex():
        return
    kept = {each: before[each] for each in before if each == used} | {name: key.hex()}
    with store.connection.transaction():
        store.seal(_SEALED, kept)
        store.set_state(KEY_STATE, name)
