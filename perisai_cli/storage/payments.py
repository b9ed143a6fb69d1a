"""The ledger of one store: payments and how far their money has come, read from clear columns."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from perisai_cli.domain.ledger import Money, Payment
from perisai_cli.domain.outbox import ATTENTION, PAYMENT
from perisai_cli.domain.period import Month
from perisai_cli.storage.database import Connection
from perisai_cli.storage.entries import Entries, Entry

_STANDING = "kind = 'payment' AND state NOT IN ('draft', 'withdrawn')"
_LAST_MONTH = "substr(start, 1, 4) * 12 + substr(start, 6, 2) + months - 1"


@dataclass(frozen=True, slots=True)
class Entered:
    """A payment as the ledger holds it, beside the record that carries it to the central."""

    id: str
    rev: int
    state: str
    created_at: str
    payment: Payment

    @property
    def stands(self) -> bool:
        """Nobody has sent it back: only then do its confirmed months cover."""
        return self.state not in ATTENTION


class Payments(Entries):
    """Writes payments; every method expects the caller's transaction."""

    def enter(self, record_id: str, payment: Payment, body: dict[str, Any], now: datetime) -> None:
        """Record a payment as revision 1 of a record of its own, to be sent."""
        self.add(_entry(record_id, payment, body), now)

    def move(self, entered: Entered, payment: Payment, body: dict[str, Any], now: datetime) -> int:
        """Record that its money moved on, as the next revision; return that revision's number.

        Raises:
            InvalidInput: ``record.changed``: another process made a revision meanwhile.
        """
        return self.replace(_entry(entered.id, payment, body), entered.rev, now)


def _entry(record_id: str, payment: Payment, body: dict[str, Any]) -> Entry:
    facts = body["payment"]
    columns = {
        "programs": ",".join(payment.programs),
        "tier": facts["tier"],
        "start": str(payment.start),
        "months": payment.months,
        "sector": facts["sector"],
        "payer": facts["payer"],
        "amount": payment.amount,
        "rules": body["rules"],
        "member_id": payment.member,
        "money": payment.money,
    }
    return Entry(record_id, PAYMENT, body, columns)


def payments_of(connection: Connection, member: str) -> tuple[Entered, ...]:
    """Return the payments of one member that were not taken back, oldest first."""
    sql = f"SELECT * FROM records WHERE {_STANDING} AND member_id = ? ORDER BY id"  # noqa: S608
    return tuple(_entered(row) for row in connection.rows(sql, member))


def payments(connection: Connection, states: tuple[Money, ...]) -> Iterator[Entered]:
    """Yield the payments whose money is in one of *states*, oldest first."""
    marks = ", ".join("?" * len(states))
    sql = f"SELECT * FROM records WHERE {_STANDING} AND money IN ({marks}) ORDER BY id"  # noqa: S608
    return (_entered(row) for row in connection.rows(sql, *states))


def sums_by_money(connection: Connection) -> dict[str, tuple[int, int]]:
    """Return how many payments there are and their whole rupiah, by how far the money has come."""
    found = connection.rows(
        f"SELECT money, count(*) AS n, sum(amount) AS amount FROM records WHERE {_STANDING}"  # noqa: S608
        " GROUP BY money"
    )
    return {row["money"]: (row["n"], row["amount"]) for row in found}


def cover_ending(connection: Connection, month: Month) -> tuple[int, int]:
    """Return how many members' last confirmed month is before *month*, and how many's it is.

    Members who were withdrawn or erased are counted no more.
    """
    row = connection.row(
        "SELECT count(*) FILTER (WHERE last < ?) AS ended, count(*) FILTER (WHERE last = ?) AS ends"  # noqa: S608
        f" FROM (SELECT max({_LAST_MONTH}) AS last FROM records WHERE {_STANDING}"
        " AND money = 'confirmed' AND EXISTS (SELECT 1 FROM records AS member"
        " WHERE member.id = records.member_id AND member.state NOT IN ('draft', 'withdrawn'))"
        " GROUP BY member_id)",
        _index(month), _index(month),
    )  # fmt: skip
    return (row["ended"], row["ends"]) if row else (0, 0)


def _index(month: Month) -> int:
    return month.year * 12 + month.month


def _entered(row: sqlite3.Row) -> Entered:
    payment = Payment(
        member=row["member_id"],
        programs=tuple(row["programs"].split(",")),
        start=Month.parse(row["start"]),
        months=row["months"],
        amount=row["amount"],
        money=row["money"],
    )
    return Entered(row["id"], row["rev"], row["state"], row["created_at"], payment)
