"""Reports: the clear facts beside each record, the commit of its last change, supervisors.

Older records get their facts from the body that stands; a withdrawn one from the last body before
it was withdrawn, which is also where its amount comes back from.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Text,
    bindparam,
    column,
    func,
    select,
    table,
    update,
)

from perisai_cli.central.facts import facts_of

revision = "3"
down_revision = "2"

_PAGE = 500
_TEXTS = (
    "day", "region", "programs", "sector", "payer", "rules", "member", "money", "moved", "type",
)  # fmt: skip
_NUMBERS = ("tier", "start", "months", "owner", "quality", "present", "interested")
_FACTS = (*_TEXTS, *_NUMBERS)
_REFUSED = ("held", "duplicate", "rejected")

_items = table(
    "items",
    *map(column, ("id", "rev", "kind", "status", "device", "amount", "codes", "changed_seq")),
    *map(column, _FACTS),
)
_versions = table(
    "item_versions",
    *map(column, ("id", "rev", "seq", "received_at")),
    column("body", JSON),
    column("problem", JSON),
)
_devices = table("devices", column("device"), column("region"))


def upgrade() -> None:
    """Add what version 3 has beside version 2, and fill it for the records that are there."""
    op.add_column("officers", Column("office", Text))
    op.create_table(
        "disclosures",
        Column("id", Text, primary_key=True),
        Column("officer", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("at", Text, nullable=False),
        Column("records", BigInteger, nullable=False),
    )
    op.add_column("items", Column("codes", Text))
    changed = Column("changed_seq", BigInteger, nullable=False, server_default="0")
    op.add_column("items", changed)
    for name in _TEXTS:
        op.add_column("items", Column(name, Text))
    for name in _NUMBERS:
        op.add_column("items", Column(name, BigInteger))
    connection = op.get_bind()
    _fill_changes(connection)
    _fill_facts(connection)
    op.create_index("items_changed", "items", ["changed_seq", "id"])
    known = column("member").is_not(None)
    op.create_index("items_member", "items", ["member"], sqlite_where=known, postgresql_where=known)
    settings = table("server_settings", column("name"), column("value"))
    op.execute(update(settings).where(settings.c.name == "schema").values(value="3"))


def _fill_changes(connection: Connection) -> None:
    newest = select(func.coalesce(func.max(_versions.c.seq), 0)).where(
        _versions.c.id == _items.c.id
    )
    connection.execute(update(_items).values(changed_seq=newest.scalar_subquery()))


def _fill_facts(connection: Connection) -> None:
    """Write down the facts of every record, page by page."""
    same = (_versions.c.id == _items.c.id) & (_versions.c.rev == _items.c.rev)
    told = (_versions.c.body, _versions.c.problem, _versions.c.received_at)
    known = (_items.c.id, _items.c.kind, _items.c.status, _items.c.amount, _devices.c.region)
    page = (
        select(*known, *told)
        .join(_versions, same)
        .join(_devices, _devices.c.device == _items.c.device)
        .where(_items.c.status != "erased")
        .order_by(_items.c.id)
    )
    names = ("amount", "codes", *_FACTS)
    values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
    fill = update(_items).where(_items.c.id == bindparam("of")).values(values)
    upto = ""
    while rows := connection.execute(page.where(_items.c.id > upto).limit(_PAGE)).all():
        filled = [_filled(connection, row) for row in rows]
        connection.execute(
            fill,
            [{"of": each["id"]} | {f"new_{name}": each[name] for name in names} for each in filled],
        )
        upto = rows[-1].id


def _filled(connection: Connection, row: Any) -> dict[str, Any]:
    body, amount = row.body, row.amount
    if row.status == "withdrawn":
        body = _before(connection, row.id) or body
        amount = _total(body)
    received = datetime.fromisoformat(row.received_at).astimezone(UTC)
    facts = facts_of(row.kind, body, row.id, row.region, received)
    found = {"id": row.id, "amount": amount, "codes": None}
    found |= {name: facts.get(name) for name in _FACTS}
    if row.status in _REFUSED and row.problem:
        found["codes"] = (
            ",".join(dict.fromkeys(each["code"] for each in row.problem["errors"])) or None
        )
    return found


def _before(connection: Connection, record_id: str) -> dict[str, Any] | None:
    """Return the last body of a record that does not withdraw it."""
    wanted = select(_versions.c.body).where(_versions.c.id == record_id)
    bodies = connection.scalars(wanted.order_by(_versions.c.rev.desc())).all()
    return next((body for body in bodies if "withdrawn" not in body), None)


def _total(body: dict[str, Any]) -> int | None:
    """Return the total that a body carries, in whichever place its kind has it."""
    quote = body.get("quote")
    total = quote.get("total") if isinstance(quote, dict) else body.get("amount")
    return total if type(total) is int else None
