"""What an officer decides about records that wait for a person: held ones and duplicates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from perisai_cli.central import claims
from perisai_cli.central.commits import Commit
from perisai_cli.central.database import Database
from perisai_cli.central.facts import codes_of
from perisai_cli.central.judging_payment import months_claimed
from perisai_cli.central.kinds import is_numbered
from perisai_cli.central.pull import decision_of
from perisai_cli.central.tables import decisions, item_versions, items
from perisai_cli.central.upsert import new_numbers, read_problem
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.identity import clean_nik
from perisai_cli.domain.outbox import ENROLMENT, PAYMENT
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.bodies import questions_of
from perisai_cli.protocol.messages import Decision, FieldError, ItemProblem

REASONS = {
    "not_working": "An officer found that the worker does not work.",
    "ill_before": "An officer found that the illness began before the enrolment.",
    "wrong_person": "An officer found that the record stands for another person.",
    "other": "An officer refused the enrolment; the office says why.",
}
VERDICTS = ("accepted", "rejected")
WAITING = ("held", "duplicate")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A record that waits for an officer; it names no person.

    Attributes:
        id: The record's id.
        rev: Its current revision.
        kind: What the record is.
        status: ``held`` or ``duplicate``.
        agent: Who sent it.
        device: From which device.
        canonical_id: The record that a duplicate stands beside.
        codes: Why it waits.
        received_at: Since when (UTC).
        asked: How many questions the guard asked about it.
        unanswered: How many of them have no answer yet.
    """

    id: str
    rev: int
    kind: str
    status: str
    agent: str
    device: str
    canonical_id: str | None
    codes: tuple[str, ...]
    received_at: str
    asked: int
    unanswered: int


def list_waiting(database: Database) -> list[Waiting]:
    """Return the records that wait for an officer, oldest first."""
    wanted = current_records().where(items.c.status.in_(WAITING)).order_by(item_versions.c.seq)
    with database.reading() as connection:
        rows = connection.execute(wanted).all()
    return [_waiting(row) for row in rows]


def decide(
    database: Database,
    record_id: str,
    verdict: str,
    reason: str | None,
    clock: Callable[[], datetime],
    officer: str | None = None,
) -> Decision:
    """Return an officer's decision on a held or duplicate record, once it stands.

    It is written down with the officer's id, or with none when it was made at the central itself.

    An accepted record has a membership number from then on. A duplicate can only be accepted when
    the record beside it has given the NIK up, by withdrawal or refusal.

    Raises:
        InvalidInput: ``decision.verdict``, ``decision.reason`` (one of ``REASONS``, for a
            refusal), ``record.unknown``, ``decision.not_waiting`` or ``decision.nik_taken``.
    """
    if verdict not in VERDICTS:
        raise InvalidInput("decision.verdict", choices=", ".join(VERDICTS))
    if verdict == "rejected" and reason not in REASONS:
        raise InvalidInput("decision.reason", choices=", ".join(REASONS))
    now = clock()
    told = reason if verdict == "rejected" else None
    return database.settle(lambda connection: _decided(connection, record_id, told, now, officer))


def _decided(
    connection: Connection, record_id: str, reason: str | None, now: datetime, officer: str | None
) -> Decision:
    """Decide a record, which nobody corrects meanwhile: it is locked before it is looked at."""
    connection.execute(select(items.c.id).where(items.c.id == record_id).with_for_update())
    record = connection.execute(current_records().where(items.c.id == record_id)).one_or_none()
    if record is None:
        raise InvalidInput("record.unknown")
    if record.status not in WAITING:
        raise InvalidInput("decision.not_waiting", status=record.status)
    if reason is None:
        return conclude(connection, record, "accepted", now, officer=officer)
    problem = _refused(reason)
    return conclude(
        connection, record, "rejected", now, problem=problem, reason=reason, officer=officer
    )


def current_records() -> Any:
    """Return the question for records with their current revisions."""
    versions = item_versions.c
    same = (versions.id == items.c.id) & (versions.rev == items.c.rev)
    return select(items, versions.problem, versions.body, versions.received_at).join(
        item_versions, same
    )


def conclude(
    connection: Connection,
    record: Row[Any],
    verdict: str,
    now: datetime,
    *,
    problem: ItemProblem | None = None,
    reason: str | None = None,
    officer: str | None = None,
) -> Decision:
    """Return the new standing of a record (a row of ``current_records``), once it is written down.

    Args:
        connection: Inside a transaction that writes.
        record: The record, locked.
        verdict: ``accepted``, ``rejected``, or ``held`` where something else is still in doubt.
        now: The moment of the decision.
        problem: Why, unless it is accepted.
        reason: An officer's reason for a refusal.
        officer: Who decided; None for the central itself and whoever works at it.
    """
    told = None if problem is None else problem.model_dump(exclude_none=True)
    if verdict == "accepted":
        _claim(connection, record)
    elif verdict == "rejected":
        claims.release(connection, record.id)
    commit = Commit(connection, now)
    unnumbered = is_numbered(record.kind) and record.kpj is None
    new = new_numbers(commit, 1 if verdict == "accepted" and unnumbered else 0)
    seq = commit.seq
    standing = {"status": verdict, "canonical_id": None}
    changed = {"changed_seq": seq, "codes": codes_of(problem)}
    given = standing | changed | (new[0] if new else {})
    connection.execute(update(items).where(items.c.id == record.id).values(given))
    version = (item_versions.c.id == record.id) & (item_versions.c.rev == record.rev)
    connection.execute(
        update(item_versions).where(version).values(**standing, problem=told, seq=seq)
    )
    row = {
        "seq": seq,
        "id": record.id,
        "rev": record.rev,
        "status": verdict,
        "reason": reason,
        "problem": told,
        "decided_at": timestamp(now),
        "officer": officer,
    }
    connection.execute(insert(decisions), row)
    return _made(connection, seq)


def _claim(connection: Connection, record: Row[Any]) -> None:
    """Make sure that an accepted record holds what it stands for, and that no other does."""
    if record.kind == ENROLMENT:
        _claim_nik(connection, record)
    elif record.kind == PAYMENT:
        _claim_months(connection, record)


def _claim_nik(connection: Connection, record: Row[Any]) -> None:
    nik = clean_nik(str(record.body["worker"]["nik"]))
    holder = claims.holder_of(connection, nik)
    if holder is None:
        claims.claim(connection, nik, record.id)
    elif holder != record.id:
        raise InvalidInput("decision.nik_taken", canonical_id=holder)


def _claim_months(connection: Connection, record: Row[Any]) -> None:
    months = months_claimed(record.body["payment"])
    holder = claims.payer_of(connection, months)
    if holder is None:
        claims.claim_months(connection, months, record.id)
    elif holder != record.id:
        raise InvalidInput("decision.months_taken", canonical_id=holder)


def _made(connection: Connection, seq: int) -> Decision:
    wanted = (
        select(decisions, items.c.kpj, items.c.payment_code)
        .join(items, items.c.id == decisions.c.id)
        .where(decisions.c.seq == seq)
    )
    return decision_of(connection.execute(wanted).one())


def _refused(reason: str) -> ItemProblem:
    code = f"officer.{reason}"
    return ItemProblem(type=code, title=REASONS[reason], errors=[FieldError(code=code)])


def _waiting(row: Row[Any]) -> Waiting:
    problem = read_problem(row.problem)
    asked = questions_of(row.body)
    return Waiting(
        id=row.id,
        rev=row.rev,
        kind=row.kind,
        status=row.status,
        agent=row.agent,
        device=row.device,
        canonical_id=row.canonical_id,
        codes=tuple(error.code for error in problem.errors) if problem else (),
        received_at=row.received_at,
        asked=len(asked),
        unanswered=sum(each.get("answer") is None for each in asked),
    )
