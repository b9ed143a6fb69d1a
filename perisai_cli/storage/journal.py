"""The journal: what was done to which record and when, append-only and chained by keyed hashes."""

from __future__ import annotations

import json
from datetime import datetime

from perisai_cli.domain.period import timestamp
from perisai_cli.storage.database import Connection
from perisai_cli.storage.vault import Vault

_START = b"\0" * 32
_FACTS, _LINE = json.JSONEncoder(sort_keys=True), json.JSONEncoder()


def append(
    connection: Connection,
    vault: Vault,
    now: datetime,
    action: str,
    *,
    record_id: str | None = None,
    rev: int | None = None,
    **facts: str | int | None,
) -> None:
    """Write one line inside the caller's transaction; *facts* never hold personal data."""
    last = connection.row("SELECT mac FROM journal ORDER BY seq DESC LIMIT 1")
    previous = last["mac"] if last else _START
    at, text = timestamp(now), _FACTS.encode(facts)
    mac = vault.chain(previous, _entry(at, action, record_id, rev, text))
    connection.run(
        "INSERT INTO journal (at, action, record_id, rev, facts, mac) VALUES (?, ?, ?, ?, ?, ?)",
        at, action, record_id, rev, text, mac,
    )  # fmt: skip


def first_broken(connection: Connection, vault: Vault) -> int | None:
    """Return the number of the first line that does not fit the chain, or None when all do."""
    previous = _START
    for row in connection.rows("SELECT * FROM journal ORDER BY seq"):
        entry = _entry(row["at"], row["action"], row["record_id"], row["rev"], row["facts"])
        if vault.chain(previous, entry) != row["mac"]:
            return int(row["seq"])
        previous = row["mac"]
    return None


def _entry(at: str, action: str, record_id: str | None, rev: int | None, facts: str) -> bytes:
    return _LINE.encode([at, action, record_id, rev, facts]).encode("utf-8")
