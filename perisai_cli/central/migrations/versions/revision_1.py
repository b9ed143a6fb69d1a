"""The first tables: agents and devices, records with their revisions, claims and decisions."""

from __future__ import annotations

from alembic import op
from sqlalchemy import JSON, BigInteger, Column, ForeignKey, LargeBinary, Text

revision = "1"
down_revision = None


def upgrade() -> None:
    """Make the tables of version 1."""
    _settings()
    _people()
    _sessions()
    _records()
    _verdicts()


def _settings() -> None:
    op.create_table(
        "server_settings",
        Column("name", Text, primary_key=True),
        Column("value", Text, nullable=False),
    )
    op.create_table(
        "counters",
        Column("name", Text, primary_key=True),
        Column("value", BigInteger, nullable=False),
    )
    op.create_table(
        "commits",
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("token", Text, nullable=False),
        Column("committed_at", Text, nullable=False),
        Column("record_id", Text, nullable=False),
    )


def _people() -> None:
    op.create_table(
        "agents",
        Column("agent", Text, primary_key=True),
        Column("name", Text, nullable=False),
        Column("office", Text, nullable=False),
        Column("added_at", Text, nullable=False),
    )
    op.create_table(
        "registration_codes",
        Column("code_hash", Text, primary_key=True),
        Column("agent", Text, ForeignKey("agents.agent"), nullable=False, index=True),
        Column("made_at", Text, nullable=False),
    )
    op.create_table(
        "devices",
        Column("device", Text, primary_key=True),
        Column("agent", Text, ForeignKey("agents.agent"), nullable=False, index=True),
        Column("region", Text, nullable=False),
        Column("public_key", LargeBinary, nullable=False),
        Column("registered_at", Text, nullable=False),
    )


def _sessions() -> None:
    op.create_table(
        "used_nonces",
        Column("device", Text, ForeignKey("devices.device"), primary_key=True),
        Column("nonce", Text, primary_key=True),
    )
    op.create_table(
        "access_tokens",
        Column("token_hash", Text, primary_key=True),
        Column("device", Text, ForeignKey("devices.device"), nullable=False, index=True),
        Column("expires_at", Text, nullable=False),
    )


def _records() -> None:
    op.create_table(
        "items",
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
    )
    op.create_table(
        "item_versions",
        Column("id", Text, ForeignKey("items.id"), primary_key=True),
        Column("rev", BigInteger, primary_key=True, autoincrement=False),
        Column("hash", Text, nullable=False),
        Column("status", Text, nullable=False),
        Column("canonical_id", Text),
        Column("problem", JSON),
        Column("body", JSON, nullable=False),
        Column("base_rev", BigInteger, nullable=False),
        Column("device", Text, nullable=False),
        Column("received_at", Text, nullable=False),
        Column("seq", BigInteger, nullable=False),
    )


def _verdicts() -> None:
    op.create_table(
        "conflicts",
        Column("id", Text, ForeignKey("items.id"), primary_key=True),
        Column("rev", BigInteger, primary_key=True, autoincrement=False),
        Column("hash", Text, primary_key=True),
        Column("device", Text, primary_key=True),
        Column("body", JSON, nullable=False),
        Column("base_rev", BigInteger, nullable=False),
        Column("received_at", Text, nullable=False),
        Column("seq", BigInteger, nullable=False),
    )
    op.create_table(
        "nik_claims",
        Column("nik_key", Text, primary_key=True),
        Column("record_id", Text, ForeignKey("items.id"), nullable=False, unique=True),
    )
    op.create_table(
        "decisions",
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        Column("id", Text, ForeignKey("items.id"), nullable=False),
        Column("rev", BigInteger, nullable=False),
        Column("status", Text, nullable=False),
        Column("reason", Text),
        Column("problem", JSON),
        Column("decided_at", Text, nullable=False),
    )
    op.create_index("decisions_by_record", "decisions", ["id", "seq"])
