"""What happens to one revision of one record, inside one transaction.

An unknown record is stored. A revision seen before gets its standing verdict again. A newer one
that rests on the current one takes its place. Whatever fits nowhere is kept aside as a conflict.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from perisai_cli.central import claims, erasure, photos
from perisai_cli.central.commits import commit_of, next_number
from perisai_cli.central.judging import Judgement, judge, problem_of
from perisai_cli.central.tables import conflicts, item_versions, items
from perisai_cli.domain.errors import Problem
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.messages import Assigned, ItemProblem, ItemResult, PushItem
from perisai_cli.rules.law import Law

SUPERSEDED = "superseded"
"""Status of a revision that arrived after its successor: kept, never judged."""

_ANSWER_AGAIN = {"accepted": "unchanged", "withdrawn": "unchanged", SUPERSEDED: "unchanged"}
_ANSWER_FIRST = {"withdrawn": "accepted"}


@dataclass(frozen=True, slots=True)
class Sender:
    """The device that pushes, and its agent."""

    device: str
    agent: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """One item as it arrived: its place in the batch, the hash of its body, from whom and when."""

    n: int
    item: PushItem
    hash: str
    sender: Sender
    now: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a revision stands: its status, the record that it doubles, and why."""

    status: str
    canonical_id: str | None = None
    problem: ItemProblem | None = None


def settle(connection: Connection, arrival: Arrival, law: Law) -> ItemResult:
    """Return the verdict on an arrival, once the database holds what it stands for."""
    item = arrival.item
    found = select(items).where(items.c.id == item.id).with_for_update()
    current = connection.execute(found).one_or_none()
    if erasure.concerns(arrival, current):
        return erasure.settle(connection, arrival, current, law)
    known = None if current is None else _version(connection, item.id, item.rev)
    if current is not None and not _fits(arrival, current, known):
        return _keep_aside(connection, arrival)
    if current is not None and known is not None:
        standing = Verdict(known.status, known.canonical_id, read_problem(known.problem))
        numbers = assigned_of(current)
        return _answered(arrival.n, standing, known.seq, numbers, _ANSWER_AGAIN)
    if current is not None and item.rev < current.rev:
        seq = _add_version(connection, arrival, Verdict(SUPERSEDED))
        return ItemResult(n=arrival.n, status="unchanged", seq=seq, assigned=assigned_of(current))
    judged = photos.judged(connection, judge(item.body, arrival.now, law), item.body)
    return _make_current(connection, arrival, current, judged)


def _fits(arrival: Arrival, current: Row[Any], known: Any) -> bool:
    """Tell whether an arrival has a place among the revisions of its record.

    It has none with another agent's record, beside another body of the same revision, ahead of a
    revision that its device had not seen, or, too late, from another device than the record's.
    """
    item, sender = arrival.item, arrival.sender
    if current.agent != sender.agent:
        return False
    if known is not None:
        return bool(known.hash == arrival.hash)
    if item.rev > current.rev:
        return bool(current.rev <= item.base_rev)
    return bool(current.device == sender.device)


def new_numbers(connection: Connection) -> dict[str, str]:
    """Return the columns of a record's sample membership number, given once and for good."""
    number = str(next_number(connection, "number"))
    return {"kpj": number, "payment_code": f"CTH{number}"}


def assigned_of(record: Row[Any]) -> Assigned | None:
    """Return the numbers of a record, once it was accepted."""
    if record.kpj is None:
        return None
    return Assigned(kpj=record.kpj, payment_code=record.payment_code, sample=True)


def read_problem(stored: Any) -> ItemProblem | None:
    """Return the problem in a JSON column."""
    return None if stored is None else ItemProblem.model_validate(stored)


def _make_current(
    connection: Connection, arrival: Arrival, current: Row[Any] | None, judged: Judgement
) -> ItemResult:
    """Make an arrival the current revision of its record, and answer for it the first time."""
    item = arrival.item
    # A correction that is refused takes nothing from the revision that stood before it.
    if current is not None and judged.status != "rejected":
        claims.release(connection, item.id)
    verdict = _against_others(connection, judged)
    assigned = None if current is None else assigned_of(current)
    values: dict[str, Any] = {
        "rev": item.rev,
        "hash": arrival.hash,
        "status": verdict.status,
        "device": arrival.sender.device,
        "canonical_id": verdict.canonical_id,
    }
    if verdict.status == "accepted" and assigned is None:
        numbers = new_numbers(connection)
        values |= numbers
        assigned = Assigned.model_validate(numbers)
    if current is None:
        made = {"id": item.id, "kind": item.kind, "agent": arrival.sender.agent}
        connection.execute(insert(items), values | made)
    else:
        connection.execute(update(items).where(items.c.id == item.id).values(values))
    if judged.nik is not None and verdict.canonical_id is None:
        claims.claim(connection, judged.nik, item.id)
    if judged.status != "rejected":
        photos.keep_named(connection, item.id, item.body)
    seq = _add_version(connection, arrival, verdict)
    return _answered(arrival.n, verdict, seq, assigned, _ANSWER_FIRST)


def _against_others(connection: Connection, judged: Judgement) -> Verdict:
    """Return the verdict on a judged body once the NIK's present holder is known."""
    holder = None if judged.nik is None else claims.holder_of(connection, judged.nik)
    if holder is None:
        return Verdict(judged.status, None, judged.problem)
    doubts = judged.problem.errors if judged.problem else []
    told = [Problem(doubt.code, doubt.pointer, doubt.facts or {}) for doubt in doubts]
    problem = problem_of("nik.duplicate", Problem("nik.duplicate", "/nik"), *told)
    return Verdict("duplicate", holder, problem)


def _keep_aside(connection: Connection, arrival: Arrival) -> ItemResult:
    """Keep an arrival that fits nowhere, once, and say so; nothing of the record is told."""
    item, table = arrival.item, conflicts.c
    key = {
        "id": item.id,
        "rev": item.rev,
        "hash": arrival.hash,
        "device": arrival.sender.device,
    }
    known = select(table.seq).where(*(table[name] == value for name, value in key.items()))
    seq = connection.scalar(known)
    if seq is None:
        seq = commit_of(connection, item.id, arrival.now)
        kept = {
            "body": item.body,
            "base_rev": item.base_rev,
            "received_at": timestamp(arrival.now),
            "seq": seq,
        }
        connection.execute(insert(conflicts), key | kept)
    return ItemResult(n=arrival.n, status="conflict", seq=seq)


def _add_version(connection: Connection, arrival: Arrival, verdict: Verdict) -> int:
    """Keep a revision for good, and return the number of the commit that does so."""
    item, problem = arrival.item, verdict.problem
    seq = commit_of(connection, item.id, arrival.now)
    row = {
        "id": item.id,
        "rev": item.rev,
        "hash": arrival.hash,
        "status": verdict.status,
        "canonical_id": verdict.canonical_id,
        "problem": problem.model_dump(exclude_none=True) if problem else None,
        "body": item.body,
        "base_rev": item.base_rev,
        "device": arrival.sender.device,
        "received_at": timestamp(arrival.now),
        "seq": seq,
    }
    connection.execute(insert(item_versions), row)
    return seq


def _version(connection: Connection, record_id: str, rev: int) -> Any:
    """Return how a revision stands, or None where it never came."""
    columns = item_versions.c
    wanted = select(
        columns.hash, columns.status, columns.canonical_id, columns.problem, columns.seq
    ).where(columns.id == record_id, columns.rev == rev)
    return connection.execute(wanted).one_or_none()


def _answered(
    n: int, verdict: Verdict, seq: int, assigned: Assigned | None, names: dict[str, str]
) -> ItemResult:
    """Return the answer for a verdict, under the name that a first or a later answer gives it."""
    return ItemResult.model_validate(
        {
            "n": n,
            "status": names.get(verdict.status, verdict.status),
            "seq": seq,
            "canonical_id": verdict.canonical_id,
            "assigned": assigned,
            "problem": verdict.problem,
        }
    )
