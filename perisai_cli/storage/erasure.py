"""Erasing a person: the record's content is destroyed, and the file is searched for what is left.

What stays is a revision that says when and why, the sum of money, and the journal's lines, none of
which tells who it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from perisai_cli.domain.errors import DiskTrouble, StoreLocked
from perisai_cli.domain.outbox import ENROLMENT, REACTIVATION
from perisai_cli.domain.traces import fragments, holds_any
from perisai_cli.protocol.bodies import erasure_body, is_erasure
from perisai_cli.protocol.canonical import body_hash
from perisai_cli.storage import questions
from perisai_cli.storage.database import Connection, translated
from perisai_cli.storage.entries import SCHEMA
from perisai_cli.storage.held import BESIDE
from perisai_cli.storage.store import Store

ELSEWHERE = "elsewhere"
"""Reason of an erasure that the central told of."""

_PATIENCE = 2000
"""Milliseconds to wait for another process that reads; what it keeps goes when it ends."""

# "created_at" and "amount" stay: how many were enrolled when, and the sums, must go on adding up.
_EMPTIED = (
    "canonical_id", "region", "programs", "tier", "start", "months", "sector", "payer", "rules",
    "verdict", "nik_index", "phone_index", "reply",
)  # fmt: skip


def erase(store: Store, record_ids: Sequence[str], reason: str, now: datetime) -> bool:
    """Make the next revision of each record its erasure; a draft goes altogether.

    The reactivations of a person repeat the enrolment: they are erased with it. Payments stay, for
    their sums; they tell nobody's name.

    Returns:
        Whether no file of the store holds any of the sealed octets any more. Where another process
        is reading they may stay in the write-ahead log until it ends.
    """
    whole = list(dict.fromkeys([*record_ids, *_reactivations(store, record_ids)]))
    sought = [piece for record_id in whole for piece in _sealed(store, record_id)]
    with store.connection.transaction():
        for record_id in whole:
            _erase(store, record_id, reason, now)
    return swept(store.connection, sought)


def _reactivations(store: Store, record_ids: Sequence[str]) -> Iterator[str]:
    """Yield the ids of reactivations of these members that are not erased yet."""
    sql = "SELECT id FROM records WHERE kind = ? AND member_id = ? ORDER BY id"
    for record_id in record_ids:
        found = [row["id"] for row in store.connection.rows(sql, REACTIVATION, record_id)]
        yield from (each for each in found if _stands(store, each))


def erase_known(store: Store, record_ids: Sequence[str], now: datetime) -> bool:
    """Erase those of these records that this store holds and has not erased yet."""
    known = [record_id for record_id in record_ids if _stands(store, record_id)]
    return not known or erase(store, known, ELSEWHERE, now)


def _stands(store: Store, record_id: str) -> bool:
    row = store.connection.row("SELECT schema, envelope FROM records WHERE id = ?", record_id)
    if row is None:
        return False
    content = store.vault.open("records", record_id, row["schema"], row["envelope"])
    return not is_erasure(content.get("body", {}))


def _erase(store: Store, record_id: str, reason: str, now: datetime) -> None:
    body = erasure_body(reason, now)
    content = {"hash": body_hash(body), "body": body}
    emptied = ", ".join(f"{column} = NULL" for column in _EMPTIED)
    connection = store.connection
    connection.run("DELETE FROM attachments WHERE record_id = ?", record_id)
    for table, column in BESIDE.items():
        connection.run(f"DELETE FROM {table} WHERE {column} = ?", record_id)  # noqa: S608
    connection.run("DELETE FROM attendees WHERE event_id = ?", record_id)
    questions.forget(store, record_id)
    connection.run("DELETE FROM records WHERE id = ? AND state = 'draft'", record_id)
    connection.run(
        "UPDATE records SET rev = rev + 1, state = 'withdrawn', updated_at = ?,"  # noqa: S608
        f" {emptied}, schema = ?, envelope = ? WHERE id = ?",
        body["erased"]["at"], SCHEMA, store.vault.seal("records", record_id, SCHEMA, content),
        record_id,
    )  # fmt: skip
    row = connection.row("SELECT rev, kind FROM records WHERE id = ?", record_id)
    rev, kind = (None, ENROLMENT) if row is None else (int(row["rev"]), row["kind"])
    store.journal(now, f"{kind}.erased", record_id=record_id, rev=rev, reason=reason)


def _sealed(store: Store, record_id: str) -> Iterator[bytes]:
    """Yield pieces of everything sealed that is to be destroyed."""
    # A number that another record has as well stays that record's.
    held = (
        "SELECT envelope, reply, nik_index, iif(EXISTS (SELECT 1 FROM records AS other"
        " WHERE other.phone_index = records.phone_index AND other.id <> records.id),"
        " NULL, phone_index) FROM records WHERE id = ?"
    )
    photos = "SELECT envelope FROM attachments WHERE record_id = ?"
    beside = (f"SELECT envelope FROM {table} WHERE {column} = ?"  # noqa: S608
              for table, column in BESIDE.items())  # fmt: skip
    came = "SELECT envelope FROM attendees WHERE event_id = ?"
    for sql in (held, photos, came, *beside):
        for row in store.connection.rows(sql, record_id):
            for blob in row:
                yield from fragments(blob or b"")


def swept(connection: Connection, sought: Sequence[bytes]) -> bool:
    """Return whether no file of the store holds any of the pieces *sought*, after clearing up.

    ``secure_delete`` overwrites what is freed, and folding the write-ahead log into the file takes
    away the older pages in it. What SQLite moved within the file before may have left a copy in
    the slack of a page: only where one is found is the file written anew.
    """
    try:
        connection.run(f"PRAGMA busy_timeout = {_PATIENCE}")
        folded = _fold(connection)
        if folded and holds_any(_files(connection), sought):
            connection.run("VACUUM")
            _fold(connection)
        return not holds_any(_files(connection), sought)
    except (DiskTrouble, StoreLocked):  # the erasure itself stands; the caller tells what does not
        return False


def _fold(connection: Connection) -> bool:
    """Fold the write-ahead log into the file; tell whether no reader stood in the way."""
    row = connection.row("PRAGMA wal_checkpoint(TRUNCATE)")
    return row is not None and row[0] == 0


def _files(connection: Connection) -> list[Path]:
    row = connection.row("PRAGMA database_list")
    assert row is not None  # an open database has a file
    path = Path(row["file"])
    with translated():
        return [each for each in path.parent.iterdir() if each.name.startswith(path.name)]
