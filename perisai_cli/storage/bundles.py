"""Secrets of the bundles that this store has made, by which it knows the answers to them."""

from __future__ import annotations

from datetime import datetime

from perisai_cli.storage.store import Store


class Bundles:
    """The bundles of one store; each row is small, sealed and kept for good.

    An answer may come late or twice, and must be known for one even then.
    """

    def __init__(self, store: Store):
        self._store = store

    def keep(self, bundle: str, secrets: dict[str, str], now: datetime) -> None:
        """Keep a bundle's secrets before anything of it is written."""
        with self._store.connection.transaction():
            self._store.seal(f"bundle:{bundle}", secrets)
            self._store.journal(now, "bundle.made", bundle=bundle)

    def secrets(self, bundle: str) -> dict[str, str] | None:
        """Return a bundle's secrets, or None where this store never made it."""
        return self._store.sealed(f"bundle:{bundle}")
