"""Whom the store knows already, asked a hundred thousand times over by an import."""

from __future__ import annotations

from typing import Any, NamedTuple

from perisai_cli.storage.store import Store


class KnownWorker(NamedTuple):
    """A worker whose record is live: its id, and the worker's JSON as it was normalised."""

    id: str
    worker: dict[str, Any]


class Known:
    """Looks workers up by NIK and records by id; each look is one step into an index."""

    def __init__(self, store: Store):
        self._store = store

    def any(self) -> bool:
        """Tell whether the store holds any record at all."""
        return self._store.connection.row("SELECT 1 FROM records LIMIT 1") is not None

    def record(self, record_id: str) -> bool:
        """Tell whether some record, of whatever state, has this very id."""
        found = self._store.connection.row("SELECT 1 FROM records WHERE id = ?", record_id)
        return found is not None

    def worker(self, nik: str) -> KnownWorker | None:
        """Return the worker whose live record has this NIK, if there is one."""
        vault = self._store.vault
        row = self._store.connection.row(
            "SELECT id, schema, envelope FROM records"
            " WHERE nik_index = ? AND state NOT IN ('draft', 'withdrawn')",
            vault.blind_index(nik),
        )
        if row is None:
            return None
        content = vault.open("records", row["id"], row["schema"], row["envelope"])
        worker = content.get("worker") or content["body"].get("worker", {})
        return KnownWorker(str(row["id"]), worker)
