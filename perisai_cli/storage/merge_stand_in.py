"""Whose money counts for whom, once it was said that several records are one person's.

One record of the person stands. What was paid for the others, and their reactivations, count for it
from then on, as long as that answer does; ``stood_in`` keeps of which record each speaks itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from perisai_cli.storage import handovers
from perisai_cli.storage.dataset import Dataset

_OF_MEMBER = """SELECT id, 'payments' AS kind FROM payments WHERE member = ?
    UNION ALL SELECT id, 'returns' FROM returns WHERE member = ?"""
_COUNTED_ANEW = "UPDATE members SET covered = NULL WHERE id = ?"


def standing_in(stands_for: Mapping[str, str], member: str) -> str:
    """Return the record that stands for *member*: itself, unless another does."""
    while member in stands_for:
        member = stands_for[member]
    return member


def stand_in(dataset: Dataset, stands_for: Mapping[str, str]) -> None:
    """Let payments and reactivations count for the records that stand for their own.

    *stands_for* leads from each record that another stands for to that one. What counted for
    another before and does not any more is its own record's again.
    """
    connection, takers = dataset.connection, handovers.takers(dataset)
    for record_id, table, member in list(_known(dataset, stands_for)):
        counts_for = standing_in(stands_for, member)
        connection.run("DELETE FROM stood_in WHERE id = ?", record_id)
        if counts_for != member:
            connection.run("INSERT INTO stood_in VALUES (?, ?, ?)", record_id, table, member)
        if table == "payments":
            _pay_for(dataset, record_id, counts_for)
        else:
            connection.run(
                "UPDATE returns SET member = ?, agent = coalesce(?, author) WHERE id = ?",
                counts_for, takers.get(counts_for), record_id,
            )  # fmt: skip


def _known(dataset: Dataset, stands_for: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield what stands, or stood, for another, once: its id, its table, and its own record."""
    moved = dataset.connection.rows("SELECT id, kind, member FROM stood_in")
    own = {row["id"]: (row["kind"], row["member"]) for row in moved}
    for member in stands_for:
        for row in dataset.connection.rows(_OF_MEMBER, member, member):
            own.setdefault(row["id"], (row["kind"], member))
    for record_id, (table, member) in own.items():
        yield record_id, table, member


def _pay_for(dataset: Dataset, payment: str, member: str) -> None:
    """Let a payment be for *member*, and what rests on it be worked out anew."""
    connection = dataset.connection
    row = connection.row("SELECT member FROM payments WHERE id = ?", payment)
    if row is None or row["member"] == member:
        return
    connection.run("UPDATE payments SET member = ? WHERE id = ?", member, payment)
    for each in (row["member"], member):
        connection.run("UPDATE payments SET again = NULL WHERE member = ?", each)
        connection.run(_COUNTED_ANEW, each)
