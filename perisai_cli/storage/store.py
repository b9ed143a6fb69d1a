"""The store as the rest of the tool sees it: set up, unlock, sealed facts about the agent."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from perisai_cli.domain.errors import InvalidInput, PerisaiError, StoreUnusable
from perisai_cli.domain.ids import new_id
from perisai_cli.domain.period import timestamp
from perisai_cli.storage import journal
from perisai_cli.storage.database import FILE_NAME, Connection, created_database, open_database
from perisai_cli.storage.vault import KeySlot, Vault, new_vault_key, unwrap, wrap

_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Profile:
    """Whose store this is; sealed, since it names a person.

    Attributes:
        agent: The agent's id at the office.
        name: The agent's name.
        office: Id of the office (wadah).
        region: Four digits of the regency where the agent works.
        central: Address of the central API, empty when none was given yet.
    """

    agent: str
    name: str
    office: str
    region: str
    central: str


@dataclass(frozen=True, slots=True)
class Device:
    """This device's id and signing key (Ed25519, base64 of 32 octets)."""

    id: str
    key: str

    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(base64.b64decode(self.key))

    @property
    def public_key(self) -> str:
        """The key by which the central knows the device (Ed25519, base64)."""
        return base64.b64encode(self._private().public_key().public_bytes_raw()).decode("ascii")

    def sign(self, message: bytes) -> str:
        """Return the signature of *message*, base64."""
        return base64.b64encode(self._private().sign(message)).decode("ascii")


class Store:
    """An unlocked store: one connection and the vault that opens its rows."""

    def __init__(self, connection: Connection, vault: Vault):
        self.connection = connection
        self.vault = vault

    def sealed(self, name: str) -> dict[str, Any] | None:
        """Return the sealed facts kept under *name*, if there are any."""
        row = self.connection.row("SELECT * FROM sealed WHERE name = ?", name)
        return (
            None if row is None else self.vault.open("sealed", name, row["schema"], row["envelope"])
        )

    def seal(self, name: str, facts: dict[str, Any]) -> None:
        """Keep *facts* sealed under *name*, inside the caller's transaction."""
        self.connection.run(
            "INSERT INTO sealed (name, schema, envelope) VALUES (?, ?, ?)"
            " ON CONFLICT (name)"
            " DO UPDATE SET schema = excluded.schema, envelope = excluded.envelope",
            name, _SCHEMA, self.vault.seal("sealed", name, _SCHEMA, facts),
        )  # fmt: skip

    @property
    def profile(self) -> Profile:
        """Whose store this is."""
        facts = self.sealed("profile")
        assert facts is not None  # every store is made with one
        return Profile(**facts)

    @property
    def device(self) -> Device:
        """This device's identity."""
        facts = self.sealed("device")
        assert facts is not None
        return Device(**facts)

    def journal(self, now: datetime, action: str, **facts: Any) -> None:
        """Append a line to the journal, inside the caller's transaction."""
        journal.append(self.connection, self.vault, now, action, **facts)

    def set_state(self, key: str, value: str) -> None:
        """Keep a value of the sync's own state, inside the caller's transaction."""
        self.connection.run(
            "INSERT INTO sync_state (key, value) VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            key, value,
        )  # fmt: skip

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


def create_store(home: Path, profile: Profile, passphrase: str, now: datetime) -> bytes:
    """Make a whole store in *home*; return the vault key (for the system's keyring, if wanted).

    Raises:
        InvalidInput: ``store.exists``: there is a store already; it is left as it is.
        DiskTrouble: the disk is full or fails; nothing is left behind.
    """
    if (home / FILE_NAME).exists():
        raise InvalidInput("store.exists")
    vault_key = new_vault_key()
    store_id = new_id(now)
    device = Ed25519PrivateKey.generate().private_bytes_raw()
    with created_database(home) as connection, connection.transaction():
        store = Store(connection, Vault(vault_key))
        for key, value in {"store_id": store_id, "created_at": timestamp(now)}.items():
            connection.run("INSERT INTO meta (key, value) VALUES (?, ?)", key, value)
        _keep_slot(connection, wrap(vault_key, passphrase, store_id))
        store.seal("profile", asdict(profile))
        store.seal("device", {"id": new_id(now), "key": base64.b64encode(device).decode("ascii")})
        store.journal(now, "store.created")
    return vault_key


def _keep_slot(connection: Connection, slot: KeySlot) -> None:
    connection.run(
        "INSERT INTO key_slots (kind, parameters, salt, wrapped) VALUES ('passphrase', ?, ?, ?)",
        slot.parameters, slot.salt, slot.wrapped,
    )  # fmt: skip


def store_id(connection: Connection) -> str:
    """Return the store's own id, by which the system's keyring knows its key."""
    row = connection.row("SELECT value FROM meta WHERE key = 'store_id'")
    return "" if row is None else str(row["value"])


@contextlib.contextmanager
def locked_store(home: Path) -> Iterator[Connection]:
    """Yield the file of *home* without unlocking it: enough for counts and states.

    Raises:
        NoStore: there is no store.
        StoreUnusable: it is damaged or newer; it is left untouched.
    """
    connection = open_database(home)
    try:
        yield connection
    finally:
        connection.close()


def open_store(
    home: Path, passphrase: Callable[[], str], kept_key: Callable[[str], bytes | None]
) -> Store:
    """Return the store of *home*, unlocked.

    Args:
        home: Folder of the store.
        passphrase: Asked only when the keyring has no key.
        kept_key: Looks the vault key up in the system's keyring by store id.

    Raises:
        NoStore: there is no store.
        WrongPassphrase: the passphrase does not fit; nothing was changed.
        StoreUnusable: the file is damaged or newer; it is left untouched.
    """
    connection = open_database(home)
    try:
        identity = store_id(connection)
        vault_key = kept_key(identity)
        if vault_key is None or not _opens(connection, vault_key):
            vault_key = unwrap(_slot(connection), passphrase(), identity)
        store = Store(connection, Vault(vault_key))
        # A wrong key shows here, before anything is written, and so does a fact that is gone.
        if not (store.sealed("profile") and store.sealed("device")):
            raise StoreUnusable("store.damaged")
    except PerisaiError:
        connection.close()
        raise
    return store


def _opens(connection: Connection, vault_key: bytes) -> bool:
    """Tell whether a key that was kept elsewhere is this store's; an old one is passed over."""
    try:
        return bool(Store(connection, Vault(vault_key)).sealed("profile"))
    except StoreUnusable:
        return False


def _slot(connection: Connection) -> KeySlot:
    row = connection.row("SELECT * FROM key_slots WHERE kind = 'passphrase'")
    if row is None:
        raise StoreUnusable("store.no_slot")
    return KeySlot(row["parameters"], row["salt"], row["wrapped"])
