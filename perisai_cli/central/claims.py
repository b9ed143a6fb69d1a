"""One person, one standing record; one month, one payment: enforced by the database itself.

A claim's key is an HMAC of the NIK: this table alone tells nothing, though the key that would
check a guess stands in the same database.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, delete, insert, select

from perisai_cli.central.engines import among, insert_missing
from perisai_cli.central.failures import Raced
from perisai_cli.central.keys import setting
from perisai_cli.central.tables import month_claims, nik_claims


def holder_of(connection: Connection, nik: str) -> str | None:
    """Return the id of the accepted or held record with this NIK, if there is one."""
    key = _key(connection, nik)
    holder = connection.scalar(select(nik_claims.c.record_id).where(nik_claims.c.nik_key == key))
    return None if holder is None else str(holder)


def claim(connection: Connection, nik: str, record_id: str) -> None:
    """Give a NIK that nobody holds to a record.

    Raises:
        IntegrityError: another process gave it away first.
    """
    row = {"nik_key": _key(connection, nik), "record_id": record_id}
    connection.execute(insert(nik_claims), row)


def claim_all(connection: Connection, wanted: Mapping[str, str]) -> dict[str, str]:
    """Give each NIK to its record, as far as nobody holds it; return the holders of the others.

    Args:
        connection: A transaction that writes.
        wanted: The id of a record that is new, by its NIK.

    Raises:
        Raced: another process released one of the NIKs at this moment.
    """
    niks = {_key(connection, nik): nik for nik in wanted}
    # Everybody claims in the same order, so that two batches never wait for each other.
    rows = [{"nik_key": key, "record_id": wanted[niks[key]]} for key in sorted(niks)]
    claimed = insert_missing(connection, nik_claims).execution_options(preserve_rowcount=True)
    if not rows or connection.execute(claimed, rows).rowcount == len(rows):
        return {}
    held = connection.execute(
        select(nik_claims).where(among(connection, nik_claims.c.nik_key, niks))
    )
    holders = {niks[row.nik_key]: str(row.record_id) for row in held}
    if len(holders) < len(niks):
        raise Raced
    return {nik: holder for nik, holder in holders.items() if holder != wanted[nik]}


def payer_of(connection: Connection, months: Sequence[str]) -> str | None:
    """Return the id of an accepted or held payment that holds one of these months, if one does."""
    column = month_claims.c.record_id
    found = select(column).where(among(connection, month_claims.c.month, months))
    holder = connection.scalar(found.order_by(column).limit(1)) if months else None
    return None if holder is None else str(holder)


def claim_months(connection: Connection, months: Sequence[str], record_id: str) -> None:
    """Give months of a member that no payment holds to a payment.

    Raises:
        IntegrityError: another process gave one of them away first.
    """
    rows = [{"month": month, "record_id": record_id} for month in sorted(months)]
    if rows:
        connection.execute(insert(month_claims), rows)


def take(
    connection: Connection, nik: str | None, months: Sequence[str], record_id: str
) -> str | None:
    """Give a record its NIK or its months; return the record that holds them instead, if one does.

    Raises:
        IntegrityError: another process gave one of them away first.
    """
    if nik is None:
        holder = payer_of(connection, months)
        if holder is None:
            claim_months(connection, months, record_id)
        return holder
    holder = holder_of(connection, nik)
    if holder is None:
        claim(connection, nik, record_id)
    return holder


def release(connection: Connection, record_id: str) -> None:
    """Take back what a record holds, if anything."""
    for table in (nik_claims, month_claims):
        connection.execute(delete(table).where(table.c.record_id == record_id))


def _key(connection: Connection, nik: str) -> str:
    # The key never changes, so each pooled connection reads it once.
    secret = connection.info.get("nik_key")
    if secret is None:
        secret = connection.info["nik_key"] = bytes.fromhex(setting(connection, "nik_key"))
    return hmac.digest(secret, nik.encode("ascii"), hashlib.sha256).hex()
