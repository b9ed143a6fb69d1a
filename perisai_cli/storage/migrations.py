"""The tables of the store, as named steps that are applied once each and in order.

Columns outside ``SEALED_COLUMNS`` can be read by whoever holds the file, so
they hold ids, states, codes, amounts, times and counters only; ``CLEAR_COLUMNS`` is the whole list
and a test compares it with the tables.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils.migrations import Migrations

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION_ID = 0x50525349  # "PRSI", so that a stray SQLite file is told from a store
FORMAT = 3
"""Format of the file; a file with a higher number is left untouched."""

CLEAR_COLUMNS: dict[str, frozenset[str]] = {
    "meta": frozenset({"key", "value"}),
    "key_slots": frozenset({"id", "kind", "parameters", "salt", "wrapped"}),
    "sealed": frozenset({"name", "schema"}),
    "sync_state": frozenset({"key", "value"}),
    "records": frozenset(
        {
            "id", "kind", "rev", "state", "acked_rev", "sent_rev", "base_rev", "acked_seq",
            "verdict", "schema",
            "author", "device", "created_at", "updated_at", "region", "programs", "tier", "start",
            "months", "sector", "payer", "amount", "rules", "canonical_id", "member_id", "money",
        }
    ),
    "journal": frozenset({"seq", "at", "action", "record_id", "rev", "facts", "mac"}),
    "attachments": frozenset(
        {
            "record_id", "sha256", "kind", "media", "size", "schema", "rev", "until_rev",
            "state", "sent_offset", "created_at",
        }
    ),
    "attendees": frozenset(
        {
            "id", "event_id", "interest", "named", "follow_up", "enrolled_id", "schema",
            "created_at", "updated_at",
        }
    ),
    "carried": frozenset({"record_id", "portal", "state", "schema", "at"}),
    "questions": frozenset({"record_id", "code", "asked_at", "answered_at", "schema"}),
}  # fmt: skip

SEALED_COLUMNS = frozenset({"envelope", "reply", "nik_index", "phone_index"})

migrations = Migrations("perisai")

_TABLES = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    """CREATE TABLE key_slots (
        id INTEGER PRIMARY KEY, kind TEXT NOT NULL UNIQUE, parameters TEXT NOT NULL,
        salt BLOB NOT NULL, wrapped BLOB NOT NULL) STRICT""",
    """CREATE TABLE sealed (
        name TEXT PRIMARY KEY, schema INTEGER NOT NULL, envelope BLOB NOT NULL)
        STRICT, WITHOUT ROWID""",
    "CREATE TABLE sync_state (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    """CREATE TABLE records (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, rev INTEGER NOT NULL, state TEXT NOT NULL,
        acked_rev INTEGER NOT NULL DEFAULT 0, sent_rev INTEGER NOT NULL DEFAULT 0,
        base_rev INTEGER NOT NULL DEFAULT 0,
        acked_seq INTEGER, verdict TEXT, schema INTEGER NOT NULL,
        author TEXT NOT NULL, device TEXT NOT NULL,
        created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
        region TEXT, programs TEXT, tier INTEGER, start TEXT, months INTEGER,
        sector TEXT, payer TEXT, amount INTEGER, rules TEXT,
        canonical_id TEXT,
        nik_index BLOB, envelope BLOB NOT NULL, reply BLOB,
        CHECK (acked_rev <= rev AND sent_rev <= rev AND base_rev < max(rev, 1))) STRICT""",
    """CREATE UNIQUE INDEX records_nik ON records (nik_index)
        WHERE nik_index IS NOT NULL AND state NOT IN ('draft', 'withdrawn')""",
    "CREATE INDEX records_pending ON records (id) WHERE acked_rev < rev",
    # Holds all that counting needs, so that a status never reads the rows themselves.
    "CREATE INDEX records_state ON records (state, id, acked_rev, rev)",
    # No command deletes what the central has not answered for; the file itself refuses it too.
    """CREATE TRIGGER records_unsent BEFORE DELETE ON records
        WHEN OLD.state <> 'draft' AND OLD.acked_rev < OLD.rev
        BEGIN SELECT RAISE(ABORT, 'unsent'); END""",
    """CREATE TABLE journal (
        seq INTEGER PRIMARY KEY, at TEXT NOT NULL, action TEXT NOT NULL, record_id TEXT,
        rev INTEGER, facts TEXT NOT NULL, mac BLOB NOT NULL) STRICT""",
    """CREATE TRIGGER journal_update BEFORE UPDATE ON journal
        BEGIN SELECT RAISE(ABORT, 'journal'); END""",
    """CREATE TRIGGER journal_delete BEFORE DELETE ON journal
        BEGIN SELECT RAISE(ABORT, 'journal'); END""",
)


@migrations()
def m001_first_tables(db: Database) -> None:
    """Make the tables of the first format."""
    for statement in _TABLES:
        db.conn.execute(statement)


_ATTACHMENTS = (
    # From revision "rev" on the record's body names it, until "until_rev" no longer does.
    """CREATE TABLE attachments (
        record_id TEXT NOT NULL REFERENCES records (id), sha256 TEXT NOT NULL,
        kind TEXT NOT NULL, media TEXT NOT NULL, size INTEGER NOT NULL, schema INTEGER NOT NULL,
        rev INTEGER NOT NULL, until_rev INTEGER,
        state TEXT NOT NULL DEFAULT 'waiting', sent_offset INTEGER NOT NULL DEFAULT 0,
        created_at TEXT NOT NULL, envelope BLOB NOT NULL,
        PRIMARY KEY (record_id, sha256),
        CHECK (state IN ('waiting', 'sending', 'sent')),
        CHECK (sent_offset BETWEEN 0 AND size)) STRICT""",
    """CREATE INDEX attachments_waiting ON attachments (created_at, record_id, sha256)
        WHERE state <> 'sent' AND until_rev IS NULL""",
    # A record that the central turns out to have lost was perhaps not the only thing lost with it.
    """CREATE TRIGGER attachments_again AFTER UPDATE OF acked_rev ON records
        WHEN NEW.acked_rev < OLD.acked_rev
        BEGIN UPDATE attachments SET state = 'sending' WHERE record_id = NEW.id; END""",
)


@migrations()
def m002_attachments(db: Database) -> None:
    """Make the table of photos."""
    for statement in _ATTACHMENTS:
        db.conn.execute(statement)


_FIELD_WORK = (
    # What a record is about, where it is about another one: the member whom a payment is for.
    "ALTER TABLE records ADD COLUMN member_id TEXT",
    # How far a payment's money has come: promised, received, remitted or confirmed.
    "ALTER TABLE records ADD COLUMN money TEXT",
    # As with NIKs, a phone number is compared by its keyed hash alone.
    "ALTER TABLE records ADD COLUMN phone_index BLOB",
    "CREATE INDEX records_member ON records (member_id, kind) WHERE member_id IS NOT NULL",
    "CREATE INDEX records_phone ON records (phone_index) WHERE phone_index IS NOT NULL",
    # Who came to an event that is a record: known to this store alone. "named" is 1 while the
    # envelope holds a name: without consent it never does, and it is forgotten in time.
    """CREATE TABLE attendees (
        id TEXT PRIMARY KEY, event_id TEXT NOT NULL REFERENCES records (id),
        interest TEXT NOT NULL, named INTEGER NOT NULL, follow_up TEXT, enrolled_id TEXT,
        schema INTEGER NOT NULL, created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
        envelope BLOB NOT NULL) STRICT""",
    "CREATE INDEX attendees_event ON attendees (event_id)",
    "CREATE INDEX attendees_follow_up ON attendees (follow_up) WHERE follow_up IS NOT NULL",
    # A record that was carried into an online form, and what the form gave back.
    """CREATE TABLE carried (
        record_id TEXT NOT NULL REFERENCES records (id), portal TEXT NOT NULL,
        state TEXT NOT NULL, schema INTEGER NOT NULL, at TEXT NOT NULL, envelope BLOB NOT NULL,
        PRIMARY KEY (record_id, portal)) STRICT""",
    # What the guard asks about a record, and the agent's answer.
    """CREATE TABLE questions (
        record_id TEXT NOT NULL REFERENCES records (id), code TEXT NOT NULL,
        asked_at TEXT NOT NULL, answered_at TEXT, schema INTEGER NOT NULL, envelope BLOB NOT NULL,
        PRIMARY KEY (record_id, code)) STRICT""",
    "CREATE INDEX questions_open ON questions (record_id) WHERE answered_at IS NULL",
)


@migrations()
def m003_field_work(db: Database) -> None:
    """Make room for events, for what the bridge brings back, for questions and for payments."""
    for statement in _FIELD_WORK:
        db.conn.execute(statement)
