"""Records what agents do before anybody enrols: an event, corrected and listed."""

from __future__ import annotations

from datetime import date
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.domain import outbox
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.ids import new_id
from perisai_cli.domain.outreach import Event, counted, read_event
from perisai_cli.domain.regions import region_label
from perisai_cli.protocol.bodies import event_body
from perisai_cli.storage.attendees import Attendees, Kept
from perisai_cli.storage.entries import Entry
from perisai_cli.storage.records import Record, Summary


def outreach_record(app: App, loose: dict[str, Any]) -> Result:
    """Record one event; when this returns, it is on the disk.

    The day is today and the region the agent's, unless *loose* says otherwise.

    Raises:
        InvalidInput: every fault of the event at once; nothing was recorded.
    """
    with open_desk(app) as desk:
        return record_event(desk, loose)


def record_event(desk: Desk, loose: dict[str, Any]) -> Result:
    """Record one event as ``outreach_record`` does, on a desk that is open."""
    now, day = desk.app.clock(), desk.app.today(desk.profile.region)
    usual = {"day": day.isoformat(), "region": desk.profile.region}
    event = _read({**usual, **_said(loose)}, day)
    entry = _entry(event, new_id(now), [], desk)
    with desk.store.connection.transaction():
        desk.records.add(entry, now)
    return _recorded(desk, "outreach record", entry, 1)


def outreach_correct(app: App, record_id: str, changes: dict[str, Any]) -> Result:
    """Record *changes* to an event as the next revision of its record, to be sent again.

    Raises:
        InvalidInput: the id is no event's, it is withdrawn, or every fault of the corrected event;
            the record is as it was.
    """
    with open_desk(app) as desk:
        return correct_event(desk, open_event(desk, record_id), changes)


def correct_event(desk: Desk, record: Record, changes: dict[str, Any]) -> Result:
    """Record *changes* to an event as ``outreach_correct`` does, on a desk that is open."""
    day = desk.app.today(desk.profile.region)
    event = _read(record.body["event"] | _said(changes), day)
    with desk.store.connection.transaction():
        came = Attendees(desk.store).of_event(record.summary.id)
        entry = _entry(event, record.summary.id, came, desk)
        rev = desk.records.replace(entry, record.summary.rev, desk.app.clock())
    return _recorded(desk, "outreach correct", entry, rev)


def _recorded(desk: Desk, command: str, entry: Entry, rev: int) -> Result:
    standing = {"id": entry.id, "rev": rev, "state": outbox.QUEUED}
    pending = desk.answers.pending()
    return Result(command, standing | entry.body["event"] | {"pending": pending})


def _said(loose: dict[str, Any]) -> dict[str, Any]:
    """Return the members that say something; null says nothing."""
    return {name: value for name, value in loose.items() if value is not None}


def _read(loose: dict[str, Any], day: date) -> Event:
    event, faults = read_event(loose, day)
    if event is None:
        raise InvalidInput.of(tuple(faults))
    return event


def _entry(event: Event, record_id: str, came: list[Kept], desk: Desk) -> Entry:
    """Return an event's record, which counts those who *came* by interest and names nobody."""
    interests = counted(each.interest for each in came)
    day = desk.app.today(desk.profile.region)
    body = event_body(event, interests, day, desk.app.clock())
    return Entry(record_id, outbox.OUTREACH, body, {"region": event.region[:4]})


def recount(desk: Desk, record: Record) -> int:
    """Make the next revision of an event that counts its attendees anew; return its number.

    Within the caller's transaction.
    """
    event = _read(record.body["event"], desk.app.today(desk.profile.region))
    came = Attendees(desk.store).of_event(record.summary.id)
    entry = _entry(event, record.summary.id, came, desk)
    return desk.records.replace(entry, record.summary.rev, desk.app.clock())


def event_record(desk: Desk, record_id: str) -> Record:
    """Return the record of an event.

    Raises:
        InvalidInput: ``record.unknown``, ``record.ambiguous`` or ``record.no_event``.
    """
    record = desk.records.record(record_id)
    if record.summary.kind != outbox.OUTREACH:
        raise InvalidInput("record.no_event", field="/id")
    return record


def open_event(desk: Desk, record_id: str) -> Record:
    """Return the record of an event that can still be changed.

    Raises:
        InvalidInput: as ``event_record``, or ``record.not_open``.
    """
    record = event_record(desk, record_id)
    if record.summary.state == outbox.WITHDRAWN:
        raise InvalidInput("record.not_open", field="/id", state=record.summary.state)
    return record


def outreach_list(app: App) -> Result:
    """Return the events, newest day first, each with how many of those who came want what."""
    with open_desk(app) as desk:
        records = [
            record
            for record in desk.records.each(kind=outbox.OUTREACH)
            if record.summary.state != outbox.WITHDRAWN
        ]
        items = [shown(record) for record in records]
    items.sort(key=lambda item: (item["day"], item["id"]), reverse=True)
    return Result("outreach list", {"count": len(items), "items": items})


def shown(record: Record) -> dict[str, Any]:
    """Return an event as it is listed."""
    summary: Summary = record.summary
    event = record.body["event"]
    return {
        "id": summary.id,
        "rev": summary.rev,
        "state": summary.state,
        "pending": summary.pending,
        **event,
        "region_name": region_label(event["region"]),
        "attendees": record.body.get("attendees", {}),
        "problems": [
            {"code": problem.code, "field": problem.field, "facts": problem.facts}
            for problem in record.problems
        ],
    }


def outreach_show(app: App, record_id: str) -> Result:
    """Return one event whole, with those who came as this device knows them.

    Raises:
        InvalidInput: the id is no event's, or the event was withdrawn.
    """
    with open_desk(app) as desk:
        record = open_event(desk, record_id)
        came = Attendees(desk.store).of_event(record.summary.id)
    people = [
        {
            "id": each.id,
            "name": each.name,
            "phone": each.phone,
            "interest": each.interest,
            "follow_up": each.follow_up,
            "enrolled_id": each.enrolled_id,
        }
        for each in came
    ]
    return Result("outreach show", shown(record) | {"people": people})
