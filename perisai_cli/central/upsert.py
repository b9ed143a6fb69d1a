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
from perisai_cli.central.commits import Commit
from perisai_cli.central.facts import facts_of
from perisai_cli.central.judging import Judgement, Laws, problem_of
from perisai_cli.central.kinds import amount_of, is_numbered, judge
from perisai_cli.central.rows import item_row, new_item_row, version_row
from perisai_cli.central.tables import conflicts, item_versions, items
from perisai_cli.domain.errors import Problem
from perisai_cli.domain.outbox import THEIRS
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.bodies import is_withdrawal, with_questions
from perisai_cli.protocol.messages import Assigned, ItemProblem, ItemResult, PushItem

SUPERSEDED = "superseded"
"""Status of a revision that arrived after its successor: kept, never judged."""

_ANSWER_AGAIN = {"accepted": "unchanged", "withdrawn": "unchanged", SUPERSEDED: "unchanged"}
_ANSWER_FIRST = {"withdrawn": "accepted"}
_PERSON_TWICE = Problem("nik.duplicate", "/nik")
_MONTH_TWICE = Problem("payment.duplicate", "/payment/start")


@dataclass(frozen=True, slots=True)
class Sender:
    """The device that speaks, its agent, where its clock is, and whether it is suspended."""

    device: str
    agent: str
    region: str = ""
    suspended: bool = False


@dataclass(slots=True)
class Arrival:
    """One item as it arrived: its place in the batch, the hash of its body, from whom and when."""

    n: int
    item: PushItem
    hash: str
    sender: Sender
    now: datetime
    _judged: Judgement | None = None
    _facts: dict[str, Any] | None = None

    def judgement(self, laws: Laws) -> Judgement:
        """Return what the body deserves by itself, worked out once."""
        if self._judged is None:
            self._judged = judge(self.item.kind, self.item.body, self.now, laws)
        return self._judged

    def facts(self) -> dict[str, Any]:
        """Return the clear columns that the body gives, worked out once."""
        if self._facts is None:
            item = self.item
            found = facts_of(item.kind, item.body, item.id, self.sender.region, self.now)
            self._facts = found | {"amount": amount_of(item.kind, item.body)}
        return self._facts


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a revision stands: its status, the record that it doubles, and why."""

    status: str
    canonical_id: str | None = None
    problem: ItemProblem | None = None


def settle(connection: Connection, arrival: Arrival, laws: Laws, commit: Commit) -> ItemResult:
    """Return the verdict on an arrival, once the database holds what it stands for."""
    item = arrival.item
    found = select(items).where(items.c.id == item.id).with_for_update()
    current = connection.execute(found).one_or_none()
    if erasure.concerns(arrival, current):
        return erasure.settle(connection, arrival, current, laws)
    known = None if current is None else _version(connection, item.id, item.rev)
    if current is not None and not _fits(arrival, current, known):
        return _keep_aside(connection, arrival, current, commit)
    if current is not None and known is not None:
        return answer_again(arrival, current, known)
    if current is not None and item.rev < current.rev:
        superseded = Verdict(SUPERSEDED)
        connection.execute(insert(item_versions), version_row(arrival, superseded, commit.seq))
        numbers = assigned_of(current)
        return ItemResult(n=arrival.n, status="unchanged", seq=commit.seq, assigned=numbers)
    judged = photos.judged(connection, item, arrival.judgement(laws))
    if judged.status == "held" and _only_answers(connection, arrival, current):
        judged = Judgement("accepted", nik=judged.nik)
    return _make_current(connection, arrival, current, judged, commit)


def answer_again(arrival: Arrival, current: Row[Any], known: Row[Any]) -> ItemResult:
    """Return the standing verdict on a revision that is *known*, of a record that stands so."""
    standing = Verdict(known.status, known.canonical_id, read_problem(known.problem))
    return _answered(arrival.n, standing, known.seq, assigned_of(current), _ANSWER_AGAIN)


def answer_first(
    arrival: Arrival, verdict: Verdict, seq: int, assigned: Assigned | None
) -> ItemResult:
    """Return the first answer for a revision that was stored."""
    return _answered(arrival.n, verdict, seq, assigned, _ANSWER_FIRST)


def _only_answers(connection: Connection, arrival: Arrival, current: Row[Any] | None) -> bool:
    """Tell whether an arrival answers the guard's questions on an accepted record, and no more.

    An officer may have accepted what would be held; an answer that comes later undoes no decision.
    """
    if current is None or current.status != "accepted":
        return False
    versions = item_versions.c
    wanted = select(versions.body).where(versions.id == current.id, versions.rev == current.rev)
    standing: dict[str, Any] = connection.scalars(wanted).one()
    return with_questions(standing, []) == with_questions(arrival.item.body, [])


def _fits(arrival: Arrival, current: Row[Any], known: Any) -> bool:
    """Tell whether an arrival has a place among the revisions of its record.

    It has none with another agent's record or one of another kind, beside another body of the same
    revision, ahead of a revision that its device had not seen, or, too late, from another device
    than the record's.
    """
    item, sender = arrival.item, arrival.sender
    if (current.agent, current.kind) != (sender.agent, item.kind):
        return False
    if known is not None:
        return bool(known.hash == arrival.hash)
    if item.rev > current.rev:
        return bool(current.rev <= item.base_rev)
    return bool(current.device == sender.device)


def new_numbers(commit: Commit, count: int) -> list[dict[str, str]]:
    """Return the columns of *count* sample membership numbers, each given once and for good."""
    numbers = commit.numbers(count) if count else range(0)
    return [{"kpj": str(number), "payment_code": f"CTH{number}"} for number in numbers]


def assigned_of(record: Row[Any]) -> Assigned | None:
    """Return the numbers of a record, once it was accepted."""
    if record.kpj is None:
        return None
    return Assigned(kpj=record.kpj, payment_code=record.payment_code, sample=True)


def read_problem(stored: Any) -> ItemProblem | None:
    """Return the problem in a JSON column."""
    return None if stored is None else ItemProblem.model_validate(stored)


def verdict_on(judged: Judgement, holder: str | None) -> Verdict:
    """Return the verdict on a judged body, given the record that holds what it claims."""
    if holder is None:
        return Verdict(judged.status, None, judged.problem)
    doubts = judged.problem.errors if judged.problem else []
    told = [Problem(doubt.code, doubt.pointer, doubt.facts or {}) for doubt in doubts]
    twice = _MONTH_TWICE if judged.months else _PERSON_TWICE
    problem = problem_of(twice.code, twice, *told)
    return Verdict("duplicate", holder, problem)


def _make_current(
    connection: Connection,
    arrival: Arrival,
    current: Row[Any] | None,
    judged: Judgement,
    commit: Commit,
) -> ItemResult:
    """Make an arrival the current revision of its record, and answer for it the first time."""
    item = arrival.item
    # A correction that is refused takes nothing from the revision that stood before it.
    if current is not None and judged.status != "rejected":
        claims.release(connection, item.id)
    verdict = verdict_on(judged, claims.take(connection, judged.nik, judged.months, item.id))
    assigned = None if current is None else assigned_of(current)
    numbers: dict[str, str] | None = None
    if verdict.status == "accepted" and assigned is None and is_numbered(item.kind):
        [numbers] = new_numbers(commit, 1)
        assigned = Assigned.model_validate(numbers)
    if current is None:
        connection.execute(insert(items), new_item_row(arrival, verdict, numbers, commit.seq))
    else:
        values = item_row(arrival, verdict, commit.seq) | (numbers or {})
        if not is_withdrawal(item.body):  # it says nothing itself: what stood goes on standing
            values |= arrival.facts()
        connection.execute(update(items).where(items.c.id == item.id).values(values))
    if judged.status != "rejected":
        photos.keep_named(connection, item.id, item.body)
    connection.execute(insert(item_versions), version_row(arrival, verdict, commit.seq))
    return answer_first(arrival, verdict, commit.seq, assigned)


def _keep_aside(
    connection: Connection, arrival: Arrival, current: Row[Any], commit: Commit
) -> ItemResult:
    """Keep an arrival that fits nowhere, once, and say so.

    The record's own agent is told which revision is the current one, so that the next can rest on
    it; of another agent's record nothing is told.
    """
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
        seq = commit.seq
        kept = {
            "body": item.body,
            "base_rev": item.base_rev,
            "received_at": timestamp(arrival.now),
            "seq": seq,
        }
        connection.execute(insert(conflicts), key | kept)
    told = None
    if current.agent == arrival.sender.agent:
        told = problem_of(THEIRS, Problem(THEIRS, None, {"theirs": current.rev}))
    return ItemResult(n=arrival.n, status="conflict", seq=seq, problem=told)


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
