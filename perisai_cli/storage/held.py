"""Everything that the store holds of one record: what is sealed, opened, and what is clear."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterator
from typing import Any

from perisai_cli.storage.migrations import CLEAR_COLUMNS
from perisai_cli.storage.store import Store

BESIDE = {
    "questions": "record_id",
    "carried": "record_id",
    "attendees": "enrolled_id",
}
"""Tables of sealed rows about a record's person, with the column that names the record."""

_KEYS = {
    "questions": ("record_id", "code"),
    "carried": ("record_id", "portal"),
    "attendees": ("id",),
}


def place(table: str, row: sqlite3.Row) -> str:
    """Return the name under which a row of one of the tables ``BESIDE`` is sealed."""
    return "|".join(str(row[name]) for name in _KEYS[table])


def beside(store: Store, table: str, record_id: str) -> Iterator[dict[str, Any]]:
    """Yield what a table ``BESIDE`` holds of a record, each row opened, as JSON values."""
    found = store.connection.rows(
        f"SELECT * FROM {table} WHERE {BESIDE[table]} = ? ORDER BY 1, 2",  # noqa: S608 - constants
        record_id,
    )
    for row in found:
        content = store.vault.open(table, place(table, row), row["schema"], row["envelope"])
        yield _clear(table, row) | {"content": content}


def own(store: Store, record_id: str) -> dict[str, Any]:
    """Return a record's own row: its clear columns, its envelope and its reply opened."""
    row = store.connection.row("SELECT * FROM records WHERE id = ?", record_id)
    assert row is not None  # found by the caller
    vault, schema = store.vault, row["schema"]
    reply = row["reply"] and vault.open("reply", record_id, schema, row["reply"])
    content = vault.open("records", record_id, schema, row["envelope"])
    return {"columns": _clear("records", row), "content": content, "answer": reply}


def of_member(store: Store, record_id: str) -> Iterator[dict[str, Any]]:
    """Yield the records that are about a member, such as payments, each as ``own`` gives it."""
    sql = "SELECT id FROM records WHERE member_id = ? ORDER BY id"
    for row in store.connection.rows(sql, record_id):
        yield own(store, row["id"])


def photos(store: Store, record_id: str) -> Iterator[dict[str, Any]]:
    """Yield the photos of a record, one at a time, their octets as base64."""
    for row in store.connection.rows(
        "SELECT * FROM attachments WHERE record_id = ? ORDER BY rev", record_id
    ):
        sealed_as = f"{record_id}|{row['sha256']}"
        octets = store.vault.open_octets("attachments", sealed_as, row["schema"], row["envelope"])
        yield _clear("attachments", row) | {"base64": base64.b64encode(octets).decode("ascii")}


def history(store: Store, record_id: str) -> list[dict[str, Any]]:
    """Return the journal's lines about a record and what is recorded of its member, oldest first.

    None holds personal data; ``id`` and ``kind`` tell which record a line is about.
    """
    found = store.connection.rows(
        "SELECT at, action, journal.rev, facts, record_id AS id, kind FROM journal"
        " JOIN records ON records.id = record_id WHERE record_id = ? OR member_id = ? ORDER BY seq",
        record_id, record_id,
    )  # fmt: skip
    return [dict(row) | {"facts": json.loads(row["facts"])} for row in found]


def _clear(table: str, row: sqlite3.Row) -> dict[str, Any]:
    return {name: row[name] for name in row.keys() if name in CLEAR_COLUMNS[table]}  # noqa: SIM118
