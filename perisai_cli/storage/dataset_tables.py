"""The tables of a dataset, as named steps that are applied once each and in order.

A dataset holds records of many agents as reports need them. As in a store, only what
``CLEAR_COLUMNS`` lists can be read without the key: no column of it names a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlite_utils.migrations import Migrations

from perisai_cli.domain.facts import Fact, Held, Member, Paid, Returned
from perisai_cli.storage import merging_tables

if TYPE_CHECKING:
    from sqlite_utils import Database

APPLICATION_ID = 0x50525344  # "PRSD"
FORMAT = 4
"""Format of the file; a file with a higher number is left untouched."""

TABLES: dict[type[Fact], str] = {
    Member: "members", Paid: "payments", Returned: "returns", Held: "events",
}  # fmt: skip
"""Where the facts of each kind of record are kept."""

DERIVED: dict[str, tuple[str, ...]] = {
    "members": ("covered", "latest"),
    "payments": ("region", "cohort", "member_standing", "again"),
}
"""Columns that are worked out from other rows, once all are there; NULL until then.

Of a member: the last month that confirmed money covers and the last first month of such a payment,
0 where there is none. Of a payment: region, first month and standing of its member, and how many of
its first months an earlier confirmed payment of the member covers; its agent is the member's.
"""

CLEAR_COLUMNS: dict[str, frozenset[str]] = (
    {table: frozenset((*fact._fields, *DERIVED.get(table, ()))) for fact, table in TABLES.items()}
    | {
        "meta": frozenset({"key", "value"}),
        "sealed": frozenset({"name", "schema"}),
        "persons": frozenset({"id", "schema"}),
    }
    | merging_tables.CLEAR_COLUMNS
)

migrations = Migrations("perisai-dataset")

_HEAD = (
    "id TEXT PRIMARY KEY, rev INTEGER NOT NULL, standing TEXT NOT NULL, agent TEXT NOT NULL,"
    " author TEXT NOT NULL, office TEXT NOT NULL, day TEXT NOT NULL"
)
_WISH = (
    "programs TEXT NOT NULL, tier INTEGER NOT NULL, start INTEGER NOT NULL,"
    " months INTEGER NOT NULL, sector TEXT NOT NULL, payer TEXT NOT NULL, owner INTEGER NOT NULL,"
    " amount INTEGER NOT NULL, rules TEXT NOT NULL"
)
_FACTS = (
    f"""CREATE TABLE members ({_HEAD}, region TEXT NOT NULL, {_WISH}, quality INTEGER NOT NULL,
        covered INTEGER, latest INTEGER) STRICT""",
    f"""CREATE TABLE payments ({_HEAD}, member TEXT NOT NULL, {_WISH}, money TEXT NOT NULL,
        moved TEXT NOT NULL, region TEXT, cohort INTEGER, member_standing TEXT, again INTEGER)
        STRICT""",
    f"""CREATE TABLE returns ({_HEAD}, member TEXT NOT NULL, start INTEGER NOT NULL,
        months INTEGER NOT NULL, amount INTEGER NOT NULL) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE events ({_HEAD}, region TEXT NOT NULL, type TEXT NOT NULL,
        present INTEGER NOT NULL, interested INTEGER NOT NULL, enrolled INTEGER, paid INTEGER)
        STRICT, WITHOUT ROWID""",
)
_KEPT = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    """CREATE TABLE sealed (
        name TEXT PRIMARY KEY, schema INTEGER NOT NULL, envelope BLOB NOT NULL)
        STRICT, WITHOUT ROWID""",
    # What names or concerns a person: the worker, the numbers given, why it was held or sent back.
    """CREATE TABLE persons (
        id TEXT PRIMARY KEY, schema INTEGER NOT NULL, envelope BLOB NOT NULL)
        STRICT, WITHOUT ROWID""",
)
PAID_INDEXES = (
    """CREATE INDEX IF NOT EXISTS payments_member ON payments
        (member, start, months, money, standing, again)""",
    "CREATE INDEX IF NOT EXISTS payments_new ON payments (member) WHERE again IS NULL",
)
NEW_MEMBERS = "CREATE INDEX IF NOT EXISTS members_new ON members (id) WHERE covered IS NULL"
COVERING = (
    """CREATE INDEX IF NOT EXISTS members_wish ON members
        (region, programs, sector, payer, standing, day, amount)""",
    "CREATE INDEX IF NOT EXISTS members_agent ON members (agent, standing, day, amount)",
    "CREATE INDEX IF NOT EXISTS members_day ON members (day, standing, author, amount)",
    "CREATE INDEX IF NOT EXISTS members_cohort ON members (agent, start, standing, day)",
    "CREATE INDEX IF NOT EXISTS members_quality ON members (quality, standing, day)",
    """CREATE INDEX IF NOT EXISTS members_cover ON members
        (agent, region, standing, programs, tier, sector, payer, owner, day, start, covered,
        latest, id)""",
    """CREATE INDEX IF NOT EXISTS payments_price ON payments
        (money, standing, programs, payer, sector, tier, owner, start, months, amount, day)""",
    "CREATE INDEX IF NOT EXISTS payments_age ON payments (money, standing, moved, day, amount)",
    """CREATE INDEX IF NOT EXISTS payments_author ON payments
        (author, money, standing, day, moved, amount)""",
    """CREATE INDEX IF NOT EXISTS payments_kept ON payments
        (agent, cohort, start, months, again, standing, member_standing, day)
        WHERE money = 'confirmed'""",
    "CREATE INDEX IF NOT EXISTS payments_day ON payments (day)",
    "CREATE INDEX IF NOT EXISTS payments_twice ON payments (standing, day) WHERE again > 0",
    """CREATE INDEX IF NOT EXISTS payments_alone ON payments (standing, day)
        WHERE member_standing IS NULL""",
)
"""One for each question of a report: it reads an index from end to end, and never the table.

Made once the rows are there: filling an indexed table costs more than indexing a full one.
"""


@migrations()
def m001_first_tables(db: Database) -> None:
    """Make the tables of the first format."""
    for statement in (*_FACTS, *_KEPT):
        db.conn.execute(statement)


@migrations()
def m002_merging(db: Database) -> None:
    """Make room for agents' books, and for what their supervisor decides about them."""
    for statement in merging_tables.TABLES:
        db.conn.execute(statement)


@migrations()
def m003_several_agents(db: Database) -> None:
    """Tell the agents of one record apart, and for whom money counts from whose it is."""
    for statement in merging_tables.SEVERAL_AGENTS:
        db.conn.execute(statement)


@migrations()
def m004_numbered_answers(db: Database) -> None:
    """Number the answers in the order in which they were given."""
    for statement in merging_tables.NUMBERED_ANSWERS:
        db.conn.execute(statement)
