"""The tables of the central, in portable SQL: the same definitions serve SQLite and PostgreSQL.

Moments are UTC text to the second, which sorts as time does. Money is whole rupiah: in the bodies,
and the total of a record's current body beside it. Nothing here numbers itself: ``counters`` gives
every number inside the transaction that uses it, so numbers have no gaps and become visible in
their order.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

SCHEMA_VERSION = 3

metadata = MetaData()

_ABSENT_OR_JSON = JSON(none_as_null=True)


def _claims_come_first() -> ForeignKey:
    """Return a reference to a record that is looked for at the end of the transaction only."""
    return ForeignKey("items.id", deferrable=True, initially="DEFERRED")


server_settings = Table(
    "server_settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

agents = Table(
    "agents",
    metadata,
    Column("agent", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("office", Text, nullable=False),
    Column("added_at", Text, nullable=False),
)

registration_codes = Table(
    "registration_codes",
    metadata,
    Column("code_hash", Text, primary_key=True),
    Column("agent", Text, ForeignKey("agents.agent"), nullable=False, index=True),
    Column("made_at", Text, nullable=False),
)

devices = Table(
    "devices",
    metadata,
    Column("device", Text, primary_key=True),
    Column("agent", Text, ForeignKey("agents.agent"), nullable=False, index=True),
    Column("region", Text, nullable=False),
    Column("public_key", LargeBinary, nullable=False),
    Column("registered_at", Text, nullable=False),
    Column("suspended_at", Text),
    Column("suspended_for", Text),
)

used_nonces = Table(
    "used_nonces",
    metadata,
    Column("device", Text, ForeignKey("devices.device"), primary_key=True),
    Column("nonce", Text, primary_key=True),
)

access_tokens = Table(
    "access_tokens",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("device", Text, ForeignKey("devices.device"), nullable=False, index=True),
    Column("expires_at", Text, nullable=False),
)

commits = Table(
    "commits",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("token", Text, nullable=False),
    Column("committed_at", Text, nullable=False),
)

items = Table(
    "items",
    metadata,
    Column("id", Text, primary_key=True),
    Column("rev", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
    Column("status", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("agent", Text, ForeignKey("agents.agent"), nullable=False),
    Column("device", Text, ForeignKey("devices.device"), nullable=False, index=True),
    Column("canonical_id", Text),
    Column("kpj", Text, unique=True),
    Column("payment_code", Text),
    Column("amount", BigInteger),
    # Why it is held, a duplicate or rejected: codes with commas between them.
    Column("codes", Text),
    # The commit in which this row changed last.
    Column("changed_seq", BigInteger, nullable=False, server_default="0"),
    # What reports know of it (``facts.COLUMNS``): nothing here names a person.
    Column("day", Text),
    Column("region", Text),
    Column("programs", Text),
    Column("tier", BigInteger),
    Column("start", BigInteger),
    Column("months", BigInteger),
    Column("sector", Text),
    Column("payer", Text),
    Column("owner", BigInteger),
    Column("rules", Text),
    Column("quality", BigInteger),
    Column("member", Text),
    Column("money", Text),
    Column("moved", Text),
    Column("type", Text),
    Column("present", BigInteger),
    Column("interested", BigInteger),
    Index("items_changed", "changed_seq", "id"),
)
# The payments of a member; most records are of nobody else.
Index(
    "items_member",
    items.c.member,
    sqlite_where=items.c.member.is_not(None),
    postgresql_where=items.c.member.is_not(None),
)

item_versions = Table(
    "item_versions",
    metadata,
    Column("id", Text, ForeignKey("items.id"), primary_key=True),
    Column("rev", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("canonical_id", Text),
    Column("problem", _ABSENT_OR_JSON),
    Column("body", JSON, nullable=False),
    Column("base_rev", BigInteger, nullable=False),
    Column("device", Text, nullable=False),
    Column("received_at", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
)

conflicts = Table(
    "conflicts",
    metadata,
    Column("id", Text, ForeignKey("items.id"), primary_key=True),
    Column("rev", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", Text, primary_key=True),
    Column("device", Text, primary_key=True),
    Column("body", JSON, nullable=False),
    Column("base_rev", BigInteger, nullable=False),
    Column("received_at", Text, nullable=False),
    Column("seq", BigInteger, nullable=False),
)

nik_claims = Table(
    "nik_claims",
    metadata,
    Column("nik_key", Text, primary_key=True),
    Column("record_id", Text, _claims_come_first(), nullable=False, unique=True),
)

# A month of a member, a programme at a time, to the payment that stands for it.
month_claims = Table(
    "month_claims",
    metadata,
    Column("month", Text, primary_key=True),
    Column("record_id", Text, _claims_come_first(), nullable=False, index=True),
)

decisions = Table(
    "decisions",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Text, ForeignKey("items.id"), nullable=False),
    Column("rev", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("reason", Text),
    Column("problem", _ABSENT_OR_JSON),
    Column("decided_at", Text, nullable=False),
    Column("officer", Text),
    Index("decisions_by_record", "id", "seq"),
)

tombstones = Table(
    "tombstones",
    metadata,
    Column("device", Text, ForeignKey("devices.device"), primary_key=True),
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("id", Text, ForeignKey("items.id"), nullable=False),
)

officers = Table(
    "officers",
    metadata,
    Column("officer", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("added_at", Text, nullable=False),
    Column("revoked_at", Text),
    Column("office", Text),
)

# To whom persons were handed out in an extract, why, and of how many records.
disclosures = Table(
    "disclosures",
    metadata,
    Column("id", Text, primary_key=True),
    Column("officer", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("records", BigInteger, nullable=False),
)

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("device", Text, ForeignKey("devices.device"), nullable=False),
    Column("completed_at", Text),
)

blob_parts = Table(
    "blob_parts",
    metadata,
    Column("sha256", Text, ForeignKey("blobs.sha256"), primary_key=True),
    Column("start", BigInteger, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
)

attachments = Table(
    "attachments",
    metadata,
    Column("record_id", Text, ForeignKey("items.id"), primary_key=True),
    Column("sha256", Text, primary_key=True, index=True),
    Column("kind", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
)

reference_data = Table(
    "reference_data",
    metadata,
    Column("name", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    Column("hash", Text, nullable=False),
    Column("valid_from", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("signature", Text, nullable=False),
    Column("published_at", Text, nullable=False),
)

escrows = Table(
    "escrows",
    metadata,
    Column("id", Text, primary_key=True),
    Column("device", Text, ForeignKey("devices.device"), nullable=False, index=True),
    Column("size", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("received_at", Text, nullable=False),
    Column("settled_at", Text),
)
