"""The full sync: officers, attachments, reference data and escrow; one commit for a whole batch.

A claim of a NIK may now be made before its record, inside one transaction, so that whole batches
claim first and the losers are known before a number is given. A commit no longer names a record,
for it may hold five hundred; the records' revisions name their commit.
"""

from __future__ import annotations

from typing import Any

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    ForeignKey,
    LargeBinary,
    Text,
    bindparam,
    column,
    select,
    table,
    update,
)

revision = "2"
down_revision = "1"

_PAGE = 500


def upgrade() -> None:
    """Make the tables of version 2 and carry over what version 1 held."""
    op.add_column("devices", Column("suspended_at", Text))
    op.add_column("devices", Column("suspended_for", Text))
    op.add_column("items", Column("amount", BigInteger))
    op.add_column("decisions", Column("officer", Text))
    op.drop_column("commits", "record_id")
    _officers()
    _attachments()
    _files()
    _payments()
    _claim_first(op.get_bind())
    _fill_amounts(op.get_bind())
    settings = table("server_settings", column("name"), column("value"))
    op.execute(update(settings).where(settings.c.name == "schema").values(value="2"))


def _officers() -> None:
    op.create_table(
        "officers",
        Column("officer", Text, primary_key=True),
        Column("name", Text, nullable=False),
        Column("role", Text, nullable=False),
        Column("token_hash", Text, nullable=False, unique=True),
        Column("added_at", Text, nullable=False),
        Column("revoked_at", Text),
    )


def _attachments() -> None:
    op.create_table(
        "blobs",
        Column("sha256", Text, primary_key=True),
        Column("size", BigInteger, nullable=False),
        Column("received", BigInteger, nullable=False),
        Column("device", Text, ForeignKey("devices.device"), nullable=False),
        Column("completed_at", Text),
    )
    op.create_table(
        "blob_parts",
        Column("sha256", Text, ForeignKey("blobs.sha256"), primary_key=True),
        Column("start", BigInteger, primary_key=True, autoincrement=False),
        Column("content", LargeBinary, nullable=False),
    )
    op.create_table(
        "attachments",
        Column("record_id", Text, ForeignKey("items.id"), primary_key=True),
        Column("sha256", Text, primary_key=True, index=True),
        Column("kind", Text, nullable=False),
        Column("size", BigInteger, nullable=False),
    )
    op.create_table(
        "tombstones",
        Column("device", Text, ForeignKey("devices.device"), primary_key=True),
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("id", Text, ForeignKey("items.id"), nullable=False),
    )


def _files() -> None:
    op.create_table(
        "reference_data",
        Column("name", Text, primary_key=True),
        Column("version", BigInteger, primary_key=True, autoincrement=False),
        Column("hash", Text, nullable=False),
        Column("valid_from", Text, nullable=False),
        Column("content", LargeBinary, nullable=False),
        Column("signature", Text, nullable=False),
        Column("published_at", Text, nullable=False),
    )
    op.create_table(
        "escrows",
        Column("id", Text, primary_key=True),
        Column("device", Text, ForeignKey("devices.device"), nullable=False, index=True),
        Column("size", BigInteger, nullable=False),
        Column("content", LargeBinary, nullable=False),
        Column("received_at", Text, nullable=False),
        Column("settled_at", Text),
    )


def _claim_first(connection: Connection) -> None:
    """Let the database look for a claim's record at the end of the transaction only."""
    # SQLite alters no constraint; the table is small, so it is made anew in both.
    claims = table("nik_claims", column("nik_key"), column("record_id"))
    held = [row._asdict() for row in connection.execute(select(claims))]
    op.drop_table("nik_claims")
    record = ForeignKey("items.id", deferrable=True, initially="DEFERRED")
    op.create_table(
        "nik_claims",
        Column("nik_key", Text, primary_key=True),
        Column("record_id", Text, record, nullable=False, unique=True),
    )
    if held:
        op.bulk_insert(claims, held)


def _payments() -> None:
    record = ForeignKey("items.id", deferrable=True, initially="DEFERRED")
    op.create_table(
        "month_claims",
        Column("month", Text, primary_key=True),
        Column("record_id", Text, record, nullable=False, index=True),
    )


def _fill_amounts(connection: Connection) -> None:
    """Write the total of each record's current body beside it, page by page."""
    items = table("items", column("id"), column("rev"), column("amount"))
    versions = table("item_versions", column("id"), column("rev"), column("body", JSON))
    same = (versions.c.id == items.c.id) & (versions.c.rev == items.c.rev)
    page = select(items.c.id, versions.c.body).join(versions, same).order_by(items.c.id)
    fill = update(items).where(items.c.id == bindparam("of")).values(amount=bindparam("rupiah"))
    upto = ""
    while rows := connection.execute(page.where(items.c.id > upto).limit(_PAGE)).all():
        totals = {row.id: _total(row.body) for row in rows}
        known = [
            {"of": id_, "rupiah": rupiah} for id_, rupiah in totals.items() if rupiah is not None
        ]
        if known:
            connection.execute(fill, known)
        upto = rows[-1].id


def _total(body: dict[str, Any]) -> int | None:
    """Return the total that a body quotes; refused bodies may hold anything in its place."""
    quote = body.get("quote")
    total = quote.get("total") if isinstance(quote, dict) else None
    return total if type(total) is int else None
