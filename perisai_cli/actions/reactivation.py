"""Reactivates a member whose cover has lapsed: a record of its own, without the old arrears."""

from __future__ import annotations

from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.contribution import quote_json
from perisai_cli.actions.desk import Desk, Ready, open_desk
from perisai_cli.actions.standing import open_member
from perisai_cli.domain import outbox
from perisai_cli.domain.ids import new_id
from perisai_cli.domain.period import Month
from perisai_cli.storage.entries import Entry
from perisai_cli.storage.records import Record

_SAID_ANEW = ("start", "months", "attestation", "consent")
"""What a reactivation says for itself; the rest is as the member's record has it."""


def worker_reactivate(app: App, member_id: str | None, said: dict[str, Any]) -> Result:
    """Record that a lapsed member pays again; old arrears do not count.

    Args:
        app: The world.
        member_id: The member's record in this store; None for a member whom it does not know.
        said: Members of a worker's JSON: attestation and consent anew, first month and how many;
            for someone unknown the whole worker.

    Raises:
        InvalidInput: every fault of what was said, or the member's record is not open.

    Law: re-activation by paying again with the NIK, without old arrears, from BPJS
    Ketenagakerjaan's own words (secondary sources).
    """
    with open_desk(app) as desk:
        return reactivated(desk, None if member_id is None else open_member(desk, member_id), said)


def reactivated(desk: Desk, member: Record | None, said: dict[str, Any]) -> Result:
    """Record the reactivation of a member at an open desk; see ``worker_reactivate``.

    The guard asks nothing: nobody new comes into the book, and the declaration is taken anew, so
    that whoever is critically ill goes to an officer.
    """
    app = desk.app
    now, day = app.clock(), app.today(desk.profile.region)
    kept = {} if member is None else dict(member.worker)
    for name in _SAID_ANEW:
        kept.pop(name, None)
    loose = {"start": str(Month.of(day))} | kept | said
    ready = desk.examine(loose, new_id(now), kept)
    entry = _entry(ready, None if member is None else member.summary.id)
    with desk.store.connection.transaction():
        desk.records.add(entry, now)
    data = _told(ready, member) | {"pending": desk.answers.pending()}
    return Result("worker reactivate", data, warnings=ready.warnings)


def _entry(ready: Ready, member: str | None) -> Entry:
    finished = ready.finished
    columns = finished.columns() | {"member_id": member}
    body = finished.body | {"member": member}
    return Entry(finished.id, outbox.REACTIVATION, body, columns, finished.worker)


def _told(ready: Ready, member: Record | None) -> dict[str, Any]:
    return {
        "id": ready.finished.id,
        "rev": 1,
        "state": outbox.QUEUED,
        "member": None if member is None else member.summary.id,
        "nik_masked": ready.nik_masked,
        "tier": ready.quote.tier,
        "base": ready.quote.base,
        "start": ready.finished.start,
        "months": ready.finished.months,
        "quote": quote_json(ready.quote),
    }
