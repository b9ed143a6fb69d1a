"""What a store hands over in its agent's book: every final record, as it stands at one moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from perisai_cli.protocol.bodies import is_erasure, is_withdrawal
from perisai_cli.protocol.book import codes_told
from perisai_cli.storage import replies
from perisai_cli.storage.answers import state_value
from perisai_cli.storage.store import Store

NUMBER = "book_number"
"""Under which the sync's state counts the books that were made here."""

_COLUMNS = (
    "region", "programs", "tier", "start", "months", "sector", "payer", "amount", "rules",
    "member_id", "money",
)  # fmt: skip

Reached = Mapping[str, tuple[int, int | None]]
"""Of each event: how many who came enrolled, and how many of them paid (None: nobody knows)."""


@contextmanager
def one_moment(store: Store) -> Iterator[None]:
    """Read the store as it is now, whatever others write meanwhile; they do not wait for it."""
    store.connection.run("BEGIN")
    try:
        yield
    finally:
        store.connection.run("ROLLBACK")


def final_records(store: Store) -> dict[str, int]:
    """Return how many final records of each kind there are."""
    sql = "SELECT kind, count(*) AS n FROM records WHERE state <> 'draft' GROUP BY kind"
    return {row["kind"]: row["n"] for row in store.connection.rows(sql)}


def book_lines(store: Store, reached: Reached, nobody: tuple[int, int | None]) -> Iterator[Any]:
    """Yield the final records in the order of their ids, as ``BookRecord`` has them.

    *reached* tells of the events from which somebody enrolled, *nobody* what all others came to.
    """
    sql = "SELECT * FROM records WHERE state <> 'draft' ORDER BY id"
    for row in store.connection.rows(sql):
        line = _line(store, row)
        if row["kind"] == "outreach":
            line["enrolled"], line["paid"] = reached.get(row["id"], nobody)
        yield {name: value for name, value in line.items() if value is not None}


def _line(store: Store, row: sqlite3.Row) -> dict[str, Any]:
    content = store.vault.open("records", row["id"], row["schema"], row["envelope"])
    reply, body = replies.opened(store.vault, row), content["body"]
    emptied = is_withdrawal(body) or is_erasure(body)
    return {
        "id": row["id"],
        "rev": row["rev"],
        "kind": row["kind"],
        "state": row["state"],
        "acked_rev": row["acked_rev"],
        "seq": row["acked_seq"],
        "created_at": row["created_at"],
        "changed_at": row["updated_at"],
        "hash": content["hash"],
        "body": body,
        "erased": is_erasure(body) or None,
        "columns": {name: row[name] for name in _COLUMNS} if emptied else None,
        "assigned": reply.assigned or None,
        "codes": codes_told(problem.code for problem in reply.problems) or None,
    }


def next_number(store: Store) -> int:
    """Count one more book, inside the caller's transaction; return its number."""
    number = books_made(store) + 1
    store.set_state(NUMBER, str(number))
    return number


def books_made(store: Store) -> int:
    """Return how many books were made here."""
    return int(state_value(store.connection, NUMBER) or 0)
