"""The queue as the agent works it: look, correct what came back, withdraw."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.bridge import crossings
from perisai_cli.actions.contribution import quote_json
from perisai_cli.actions.desk import Desk, Ready, open_desk
from perisai_cli.actions.standing import cash_in_hand
from perisai_cli.domain import outbox
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.identity import mask_nik
from perisai_cli.domain.occupations import OCCUPATIONS
from perisai_cli.domain.terms import WITHDRAWAL_REASONS
from perisai_cli.protocol.bodies import withdrawal_body
from perisai_cli.storage.attachments import Photos, carried
from perisai_cli.storage.records import Record


def queue_list(app: App, states: tuple[str, ...]) -> Result:
    """Return the records in *states* with masked NIKs and the problems to be fixed."""
    unknown = [state for state in states if state not in outbox.STATES]
    if unknown:
        raise InvalidInput("state.unknown", field="/state", choices=", ".join(outbox.STATES))
    with open_desk(app) as desk:
        items = [item(record) for record in desk.records.each(states or outbox.STATES)]
    return Result("queue list", {"count": len(items), "items": items})


def item(record: Record) -> dict[str, Any]:
    """Return a record as the queue lists it."""
    summary = record.summary
    return {
        "id": summary.id,
        "rev": summary.rev,
        "kind": summary.kind,
        "state": summary.state,
        "pending": summary.pending,
        "nik_masked": _masked(record),
        "amount": summary.amount,
        "recorded_at": summary.created_at,
        "canonical_id": summary.canonical_id,
        "problems": [_problem(problem) for problem in record.problems],
    }


def _masked(record: Record) -> str | None:
    """Return the masked NIK of an enrolment; no other kind of record has one."""
    if record.summary.kind != outbox.ENROLMENT:
        return None
    return mask_nik(str(record.worker.get("nik", "")))


def _problem(problem: Problem) -> dict[str, Any]:
    return {"code": problem.code, "field": problem.field, "facts": problem.facts}


def queue_show(app: App, record_id: str) -> Result:
    """Return one record whole; a worker's NIK stays masked, other kinds show their content.

    Raises:
        InvalidInput: ``record.unknown`` or ``record.ambiguous``.
    """
    with open_desk(app) as desk:
        return Result("queue show", shown(desk, desk.records.record(record_id)))


def shown(desk: Desk, record: Record) -> dict[str, Any]:
    """Return one record whole as JSON values; no NIK, for a reactivation holds a worker too."""
    photo = Photos(desk.store).held(record)
    worker = {name: value for name, value in record.worker.items() if name not in ("nik", "wizard")}
    data = item(record) | {"worker": worker, "assigned": record.assigned or None}
    if record.summary.kind != outbox.ENROLMENT:
        # A reactivation holds the worker whole, who is shown above with the NIK masked.
        data["content"] = {name: said for name, said in record.body.items() if name != "worker"}
    data |= {"photo": asdict(photo) if photo else None, "erased": record.body.get("erased")}
    return data | {"portals": crossings(desk, record)}


def correct(desk: Desk, record: Record, changes: dict[str, Any]) -> Result:
    """Record *changes* to a worker as the next revision of its record, to be sent again.

    Args:
        desk: The open desk.
        record: The record to correct; not a draft, not withdrawn.
        changes: Members to replace; objects are merged, None takes a member away.

    Raises:
        InvalidInput: every fault of the corrected worker, or ``record.kind_…``: the record is of
            another kind; the record is as it was.
    """
    refuse_other_kinds(record)
    open_to_change(record)
    ready = desk.examine(mended(record.worker, changes), record.summary.id, record.worker)
    ready = replace(
        ready, finished=replace(ready.finished, body=ready.finished.body | carried(record))
    )
    with desk.guard.recording():
        now = desk.app.clock()
        finished, new = desk.guard.correcting(ready.finished, now)
        rev = desk.records.correct(finished, record.summary, now)
        desk.guard.corrected(finished, new, now)
    return Result("queue fix", _corrected(ready, rev, desk), warnings=ready.warnings)


def open_to_change(record: Record) -> None:
    """Check that a record can be corrected or withdrawn.

    Raises:
        InvalidInput: ``record.not_open``: it is a draft, or it was withdrawn or erased.
    """
    state = record.summary.state
    if state in (outbox.DRAFT, outbox.WITHDRAWN):
        raise InvalidInput("record.not_open", field="/id", state=state)


def refuse_other_kinds(record: Record) -> None:
    """Refuse a record that is no enrolment, by a code that tells where its kind is worked.

    Raises:
        InvalidInput: ``record.kind_outreach``, and so on for each other kind.
    """
    if record.summary.kind != outbox.ENROLMENT:
        raise InvalidInput(f"record.kind_{record.summary.kind}", field="/id")


def _corrected(ready: Ready, rev: int, desk: Desk) -> dict[str, Any]:
    return {
        "id": ready.finished.id,
        "rev": rev,
        "state": outbox.QUEUED,
        "nik_masked": ready.nik_masked,
        "tier": ready.quote.tier,
        "base": ready.quote.base,
        "quote": quote_json(ready.quote),
        "pending": desk.answers.pending(),
    }


def mended(worker: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return a worker with *changes*; a sector that the old occupation implied goes with it."""
    kept = dict(worker)
    if "occupations" in changes and kept["sector"] == OCCUPATIONS[kept["occupations"][0]["code"]]:
        del kept["sector"]
    return _merged(kept, changes)


def _merged(worker: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    whole = dict(worker)
    for name, value in changes.items():
        kept = whole.get(name)
        if value is None:
            whole.pop(name, None)
        elif isinstance(value, dict) and isinstance(kept, dict):
            whole[name] = _merged(kept, value)
        else:
            whole[name] = value
    return whole


def queue_fix(app: App, record_id: str, changes: dict[str, Any]) -> Result:
    """Correct one record from JSON.

    Raises:
        InvalidInput: the id is unknown, or every fault of the corrected worker.
    """
    with open_desk(app) as desk:
        return correct(desk, desk.records.record(record_id), changes)


def queue_withdraw(app: App, record_id: str, reason: str) -> Result:
    """Withdraw one record: its next revision says so, and is sent like any other.

    Raises:
        InvalidInput: the id or the reason is unknown, or it is a draft or withdrawn already.
    """
    with open_desk(app) as desk:
        return withdraw(desk, desk.records.record(record_id), reason)


def withdraw(desk: Desk, record: Record, reason: str) -> Result:
    """Record the withdrawal of one record; see ``queue_withdraw``.

    A warning tells the rupiah of it that lie in the agent's hand.
    """
    if reason not in WITHDRAWAL_REASONS:
        choices = ", ".join(WITHDRAWAL_REASONS)
        raise InvalidInput("withdrawal.reason", field="/reason", choices=choices)
    open_to_change(record)
    now, in_hand = desk.app.clock(), cash_in_hand(desk, record)
    with desk.store.connection.transaction():
        rev = desk.records.withdraw(record, withdrawal_body(reason, now), now)
    data = {
        "id": record.summary.id,
        "rev": rev,
        "state": outbox.WITHDRAWN,
        "kind": record.summary.kind,
        "nik_masked": _masked(record),
        "pending": desk.answers.pending(),
    }
    return Result("queue withdraw", data, warnings=in_hand)
