"""Members that changed hands: to whom, when, by whom and why; and what a merged dataset holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.outbox import WITHDRAWN
from perisai_cli.storage.dataset import CENTRAL, Dataset
from perisai_cli.storage.vault import Vault

SCHEMA = 1
_PLACE = "merged:handover"


class Handover(NamedTuple):
    """Members of one agent given to another; ``number`` counts from 1."""

    number: int
    at: str
    by: str
    giver: str
    taker: str
    members: int
    reason: str


class Move(NamedTuple):
    """Who gives members to whom, who decided it, when and why."""

    giver: str
    taker: str
    by: str
    at: str
    reason: str


def takers(dataset: Dataset) -> dict[str, str]:
    """Return to whom each member that ever changed hands was given last."""
    sql = "SELECT member, taker FROM handed JOIN handovers USING (number) ORDER BY number"
    return {row["member"]: row["taker"] for row in dataset.connection.rows(sql)}


def agents(dataset: Dataset) -> set[str]:
    """Return the agents who have members, or made a book."""
    sql = "SELECT agent FROM members UNION SELECT agent FROM books"
    return {row["agent"] for row in dataset.connection.rows(sql)}


def members_of(dataset: Dataset, agent: str) -> list[str]:
    """Return the members of an agent, but for those who were withdrawn."""
    sql = "SELECT id FROM members WHERE agent = ? AND standing <> ? ORDER BY id"
    return [row["id"] for row in dataset.connection.rows(sql, agent, WITHDRAWN)]


def member_named(dataset: Dataset, named: str) -> str:
    """Return the member whose id is, or uniquely begins or ends with, what was typed.

    Raises:
        InvalidInput: ``merge.no_member`` or ``record.ambiguous``.
    """
    part = named.strip().lower()
    if len(part) < 4 or set(part) - set("0123456789abcdef-"):
        raise InvalidInput("merge.no_member", field="/id")
    rows = dataset.connection.rows(
        "SELECT id FROM members WHERE substr(id, 1, ?) = ? OR substr(id, -?) = ? LIMIT 2",
        len(part), part, len(part), part,
    )  # fmt: skip
    found = [row["id"] for row in rows]
    if len(found) != 1:
        raise InvalidInput("record.ambiguous" if found else "merge.no_member", field="/id")
    return str(found[0])


def hand_over(dataset: Dataset, vault: Vault, move: Move, members: Sequence[str]) -> int:
    """Give members to another agent, inside the caller's transaction; return the number of it.

    Their payments and reactivations go along; who recorded them stays their author.
    """
    connection = dataset.connection
    row = connection.row("SELECT coalesce(max(number), 0) + 1 AS n FROM handovers")
    number = int(row["n"]) if row else 1
    connection.run(
        "INSERT INTO handovers (number, at, by, giver, taker, members, schema, envelope)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        number, move.at, move.by, move.giver, move.taker, len(members), SCHEMA,
        vault.seal(_PLACE, str(number), SCHEMA, {"reason": move.reason}),
    )  # fmt: skip
    connection.run_many(
        "INSERT INTO handed (number, member) VALUES (?, ?)", ((number, each) for each in members)
    )
    moved = [(move.taker, each) for each in members]
    # What rests on a member is worked out anew: its payments follow (``Dataset.derive``).
    connection.run_many("UPDATE members SET agent = ?, covered = NULL WHERE id = ?", moved)
    connection.run_many("UPDATE returns SET agent = ? WHERE member = ?", moved)
    return number


def handovers(dataset: Dataset, vault: Vault) -> list[Handover]:
    """Return all hand-overs, oldest first."""
    return [
        Handover(
            row["number"], row["at"], row["by"], row["giver"], row["taker"], row["members"],
            vault.open(_PLACE, str(row["number"]), row["schema"], row["envelope"])["reason"],
        )
        for row in dataset.connection.rows("SELECT * FROM handovers ORDER BY number")
    ]  # fmt: skip


def handed(dataset: Dataset, number: int) -> list[str]:
    """Return the members that went over with one hand-over."""
    sql = "SELECT member FROM handed WHERE number = ? ORDER BY member"
    return [row["member"] for row in dataset.connection.rows(sql, number)]


class Kept(NamedTuple):
    """The newest book of a device, and how many of its books were taken."""

    agent: str
    office: str
    device: str
    public_key: str
    made_at: str
    number: int
    records: int
    persons: bool
    last_success: str | None
    books: int


def newest_books(dataset: Dataset) -> list[Kept]:
    """Return the newest book of each device, by agent."""
    rows = dataset.connection.rows(
        "SELECT * FROM (SELECT books.*, devices.public_key, count(*) OVER whole AS taken,"
        " row_number() OVER (PARTITION BY books.device ORDER BY made_at DESC, books.id DESC)"
        " AS place FROM books JOIN devices USING (device)"
        " WINDOW whole AS (PARTITION BY books.device)) WHERE place = 1 ORDER BY agent, device"
    )
    return [
        Kept(
            row["agent"], row["office"], row["device"], row["public_key"], row["made_at"],
            row["number"], row["records"], bool(row["persons"]), row["last_success"], row["taken"],
        )
        for row in rows
    ]  # fmt: skip


def has_books(dataset: Dataset) -> bool:
    """Tell whether any book was merged; a first merge that was killed leaves a file without one."""
    return dataset.connection.row("SELECT 1 FROM books LIMIT 1") is not None


def holds_all_persons(dataset: Dataset) -> bool:
    """Tell whether a fetched dataset, or every book of a merged one, came with its persons."""
    if dataset.name == CENTRAL:
        return bool(dataset.kept("persons"))
    return all(each.persons for each in newest_books(dataset))


def newest_change(dataset: Dataset) -> str:
    """Return the moment of the newest change that any book holds; empty without books."""
    row = dataset.connection.row("SELECT max(newest) AS at FROM books")
    return (row["at"] if row else None) or ""


def facts_of(dataset: Dataset, record_id: str) -> dict[str, Any]:
    """Return where and what a record is, as far as reports know it."""
    row = dataset.connection.row("SELECT kind FROM counted WHERE id = ?", record_id)
    if row is None:
        return {}
    table = {"enrolment": "members", "payment": "payments", "reactivation": "returns"}
    named = table.get(row["kind"], "events")
    found = dataset.connection.row(f"SELECT * FROM {named} WHERE id = ?", record_id)  # noqa: S608
    if found is None:
        return {}
    return {"kind": row["kind"]} | dict(zip(found.keys(), found, strict=True))
