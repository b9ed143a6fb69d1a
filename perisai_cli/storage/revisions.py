"""A record's next revision where its worker stays and something beside the worker changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.canonical import body_hash
from perisai_cli.storage.entries import SCHEMA
from perisai_cli.storage.store import Store


def renew(store: Store, record_id: str, rev: int, body: dict[str, Any], now: datetime) -> None:
    """Make revision *rev* of a record the one with this body, to be sent; the caller transacts."""
    content = {"hash": body_hash(body), "body": body}
    store.connection.run(
        "UPDATE records SET rev = ?, state = 'queued', updated_at = ?, canonical_id = NULL,"
        " envelope = ? WHERE id = ?",
        rev, timestamp(now), store.vault.seal("records", record_id, SCHEMA, content), record_id,
    )  # fmt: skip
