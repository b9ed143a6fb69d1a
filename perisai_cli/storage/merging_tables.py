"""The tables that only a merged dataset fills: books, variants, questions, hand-overs."""

from __future__ import annotations

CLEAR_COLUMNS: dict[str, frozenset[str]] = {
    "books": frozenset(
        {
            "id", "device", "agent", "office", "region", "made_at", "number", "records", "persons",
            "last_success", "newest", "schema",
        }
    ),
    "devices": frozenset({"device", "public_key", "agent"}),
    "variants": frozenset(
        {
            "id", "rev", "hash", "kind", "erased", "persons", "standing", "seq", "made_at", "since",
            "book", "agent", "office", "zone", "device", "fact", "schema",
        }
    ),
    "counted": frozenset({"id", "kind", "rev", "hash", "standing", "overruled"}),
    "questions": frozenset({"id", "kind", "sides"}),
    "answers": frozenset({"id", "kind", "sides", "choice", "at", "by", "number", "schema"}),
    "handovers": frozenset({"number", "at", "by", "giver", "taker", "members", "schema"}),
    "handed": frozenset({"number", "member"}),
    "stood_in": frozenset({"id", "kind", "member"}),
}  # fmt: skip
"""Columns that can be read without the key: ids, agents, times, hashes, codes and counts."""

SEALED_COLUMNS = frozenset({"envelope", "reply", "nik_index"})

TABLES = (
    """CREATE TABLE books (
        id TEXT PRIMARY KEY, device TEXT NOT NULL, agent TEXT NOT NULL, office TEXT NOT NULL,
        region TEXT NOT NULL, made_at TEXT NOT NULL, number INTEGER NOT NULL,
        records INTEGER NOT NULL, persons INTEGER NOT NULL, last_success TEXT,
        newest TEXT NOT NULL, schema INTEGER NOT NULL, envelope BLOB NOT NULL)
        STRICT, WITHOUT ROWID""",
    # The key by which a device was first known; a book signed by another is never taken.
    """CREATE TABLE devices (device TEXT PRIMARY KEY, public_key TEXT NOT NULL)
        STRICT, WITHOUT ROWID""",
    # What books say of a record, where it may yet count: its top revision, in each content.
    """CREATE TABLE variants (
        id TEXT NOT NULL, rev INTEGER NOT NULL, hash TEXT NOT NULL, kind TEXT NOT NULL,
        erased INTEGER NOT NULL, persons INTEGER NOT NULL, standing TEXT NOT NULL,
        seq INTEGER NOT NULL, made_at TEXT NOT NULL, book TEXT NOT NULL, agent TEXT NOT NULL,
        office TEXT NOT NULL, zone TEXT NOT NULL, device TEXT NOT NULL, fact TEXT NOT NULL,
        schema INTEGER NOT NULL, nik_index BLOB, envelope BLOB, reply BLOB,
        PRIMARY KEY (id, rev, hash)) STRICT""",
    # Which variant of a record counts, and how it would stand without the supervisor's answers.
    """CREATE TABLE counted (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, rev INTEGER NOT NULL, hash TEXT NOT NULL,
        standing TEXT NOT NULL, overruled INTEGER NOT NULL, nik_index BLOB)
        STRICT, WITHOUT ROWID""",
    """CREATE TABLE questions (id TEXT PRIMARY KEY, kind TEXT NOT NULL, sides TEXT NOT NULL)
        STRICT, WITHOUT ROWID""",
    """CREATE TABLE answers (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, sides TEXT NOT NULL, choice INTEGER NOT NULL,
        at TEXT NOT NULL, by TEXT NOT NULL, schema INTEGER NOT NULL, envelope BLOB NOT NULL)
        STRICT, WITHOUT ROWID""",
    """CREATE TABLE handovers (
        number INTEGER PRIMARY KEY, at TEXT NOT NULL, by TEXT NOT NULL, giver TEXT NOT NULL,
        taker TEXT NOT NULL, members INTEGER NOT NULL, schema INTEGER NOT NULL,
        envelope BLOB NOT NULL) STRICT""",
    """CREATE TABLE handed (
        number INTEGER NOT NULL REFERENCES handovers (number), member TEXT NOT NULL,
        PRIMARY KEY (member, number)) STRICT, WITHOUT ROWID""",
)

SEVERAL_AGENTS = (
    # A device is its first agent's; a book of it that names another is never taken.
    "ALTER TABLE devices ADD COLUMN agent TEXT NOT NULL DEFAULT ''",
    """UPDATE devices SET agent = (SELECT agent FROM books WHERE books.device = devices.device
        ORDER BY made_at, id LIMIT 1)""",
    # What each agent's books say of a record, in each content that may yet count.
    """CREATE TABLE variants_of_agents (
        id TEXT NOT NULL, rev INTEGER NOT NULL, hash TEXT NOT NULL, kind TEXT NOT NULL,
        erased INTEGER NOT NULL, persons INTEGER NOT NULL, standing TEXT NOT NULL,
        seq INTEGER NOT NULL, made_at TEXT NOT NULL, since TEXT NOT NULL, book TEXT NOT NULL,
        agent TEXT NOT NULL, office TEXT NOT NULL, zone TEXT NOT NULL, device TEXT NOT NULL,
        fact TEXT NOT NULL, schema INTEGER NOT NULL, nik_index BLOB, envelope BLOB, reply BLOB,
        PRIMARY KEY (id, agent, rev, hash)) STRICT""",
    """INSERT INTO variants_of_agents SELECT id, rev, hash, kind, erased, persons, standing, seq,
        made_at, made_at, book, agent, office, zone, device, fact, schema, nik_index, envelope,
        reply FROM variants""",
    "DROP TABLE variants",
    "ALTER TABLE variants_of_agents RENAME TO variants",
    # Payments and reactivations that count for another record of the same person, and of which
    # record they speak themselves.
    """CREATE TABLE stood_in (id TEXT PRIMARY KEY, kind TEXT NOT NULL, member TEXT NOT NULL)
        STRICT, WITHOUT ROWID""",
)
"""Changes of the third format: whose a record is, and for whom its money counts."""

NUMBERED_ANSWERS = (
    "ALTER TABLE answers ADD COLUMN number INTEGER NOT NULL DEFAULT 0",
    """UPDATE answers SET number = (
        SELECT count(*) FROM answers AS e WHERE (e.at, e.id) <= (answers.at, answers.id))""",
)
"""Changes of the fourth format: answers stand in the order in which they were given.

One may rest on another. Clocks do not tell: two may be of one second, or a clock be put back.
"""
