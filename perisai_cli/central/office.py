"""What an officer needs to decide: the records that wait, and one of them beside its double."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, Row, select

from perisai_cli.central.agents import list_agents
from perisai_cli.central.core import Central
from perisai_cli.central.database import Database
from perisai_cli.central.decisions import WAITING
from perisai_cli.central.devices import list_devices
from perisai_cli.central.tables import item_versions, items
from perisai_cli.central.upsert import read_problem
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.identity import mask_name, mask_nik
from perisai_cli.domain.people import Witness, Worker
from perisai_cli.domain.period import parse_day
from perisai_cli.protocol.bodies import questions_of
from perisai_cli.protocol.office import (
    AgentList,
    DeviceList,
    OfficeAgent,
    OfficeRecord,
    Side,
    WaitingPage,
    WaitingRecord,
)
from perisai_cli.rules.eligibility import examine

_EXAMINED = (*WAITING, "accepted")
"""Statuses of revisions whose body passed every check of its form."""


def waiting_page(database: Database, after: str, limit: int) -> WaitingPage:
    """Return records that wait, in the order of their commits, after the one that a cursor names.

    The cursor is the commit and the id of the last record seen: a commit may hold many records.
    """
    seq, _, record_id = after.partition("/")
    versions = item_versions.c
    later = (versions.seq > int(seq or 0)) | (
        (versions.seq == int(seq or 0)) & (items.c.id > record_id)
    )
    wanted = (
        _current()
        .where(items.c.status.in_(WAITING), later)
        .order_by(versions.seq, items.c.id)
        .limit(limit + 1)
    )
    with database.reading() as connection:
        rows = connection.execute(wanted).all()
    page = [_waiting(row) for row in rows[:limit]]
    cursor = f"{page[-1].seq}/{page[-1].id}" if page else after
    return WaitingPage(items=page, cursor=cursor, more=len(rows) > limit)


def record_for_decision(central: Central, record_id: str) -> OfficeRecord:
    """Return a record that waits, beside the one that it doubles.

    Raises:
        InvalidInput: ``record.unknown`` or ``decision.not_waiting``.
    """
    with central.database.reading() as connection:
        row = _row(connection, record_id)
        if row is None:
            raise InvalidInput("record.unknown")
        if row.status not in WAITING:
            raise InvalidInput("decision.not_waiting")
        beside = None if row.canonical_id is None else _row(connection, row.canonical_id)
    worker, other = _worker(row, central), _worker(beside, central)
    return OfficeRecord(
        record=_side(row, worker),
        problem=read_problem(row.problem),
        beside=None if beside is None else _side(beside, other),
        differs=_differs(worker, other),
    )


def agent_page(database: Database, after: str, limit: int) -> AgentList:
    """Return the agents whose id comes after one, in order of id."""
    rows = list_agents(database, after, limit + 1)
    page = [OfficeAgent.model_validate(asdict(agent)) for agent in rows[:limit]]
    return AgentList(items=page, cursor=page[-1].agent if page else after, more=len(rows) > limit)


def device_page(database: Database, after: str, limit: int) -> DeviceList:
    """Return the devices whose id comes after one, in order of id."""
    rows = list_devices(database, after, limit + 1)
    page = rows[:limit]
    return DeviceList(items=page, cursor=page[-1].device if page else after, more=len(rows) > limit)


def _current() -> Any:
    """Return the question for records with their current revisions."""
    versions = item_versions.c
    same = (versions.id == items.c.id) & (versions.rev == items.c.rev)
    told = (versions.problem, versions.body, versions.received_at, versions.seq)
    return select(items, *told).join(item_versions, same)


def _row(connection: Connection, record_id: str) -> Row[Any] | None:
    found: Row[Any] | None = connection.execute(
        _current().where(items.c.id == record_id)
    ).one_or_none()
    return found


def _waiting(row: Row[Any]) -> WaitingRecord:
    problem = read_problem(row.problem)
    asked = questions_of(row.body)
    return WaitingRecord(
        seq=row.seq,
        id=row.id,
        rev=row.rev,
        kind=row.kind,
        status=row.status,
        agent=row.agent,
        device=row.device,
        canonical_id=row.canonical_id,
        codes=[error.code for error in problem.errors] if problem else [],
        received_at=row.received_at,
        asked=len(asked),
        unanswered=sum(each.get("answer") is None for each in asked),
    )


def _side(row: Row[Any], worker: Worker | None) -> Side:
    """Return what may be shown of a record; of a body that breaks the rules, nothing."""
    known = {
        "id": row.id,
        "rev": row.rev,
        "kind": row.kind,
        "status": row.status,
        "agent": row.agent,
        "device": row.device,
        "received_at": row.received_at,
    }
    return Side.model_validate(known if worker is None else known | _shown(row.body, worker))


def _shown(body: dict[str, Any], worker: Worker) -> dict[str, Any]:
    return {
        "captured_day": body["captured"]["day"],
        "nik_masked": mask_nik(worker.nik),
        "name_masked": mask_name(worker.name),
        "region": worker.region,
        "occupations": [each.code for each in worker.occupations],
        "programs": list(worker.programs),
        "payer": worker.payer,
        "start": str(worker.start),
        "months": worker.months,
        "tier": body["quote"]["tier"],
        "total": body["quote"]["total"],
        "critically_ill": worker.attestation.critically_ill,
        "consent_method": worker.consent.method,
        "questions": questions_of(body) or None,
    } | _witness(worker.attestation.witness)


def _witness(witness: Witness | None) -> dict[str, Any]:
    if witness is None:
        return {}
    return {"witness_masked": mask_name(witness.name), "witness_role": witness.role}


def _worker(row: Row[Any] | None, central: Central) -> Worker | None:
    """Return the worker of a record as the rules read the body, if it has one and they can."""
    if row is None or row.status not in _EXAMINED or "worker" not in row.body:
        return None
    day = parse_day(row.body["captured"]["day"])
    now = central.clock()
    law = central.laws(now).of(row.body["quote"]["rules"])
    return examine(row.body["worker"], day, now, law).worker


def _differs(one: Worker | None, other: Worker | None) -> list[str] | None:
    """Return the names of what two workers do not agree on, where both are known."""
    if one is None or other is None:
        return None
    names = [field.name for field in fields(Worker) if field.name not in ("attestation", "consent")]
    return sorted(name for name in names if getattr(one, name) != getattr(other, name))
