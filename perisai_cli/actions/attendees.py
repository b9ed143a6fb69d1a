"""Who came to an event: written down with their consent, asked again in time, forgotten in time.

Law: UU 27/2022 (PDP), Pasal 16 ayat (2) and Pasal 43: no more than is needed, for no longer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.actions.lines import Line
from perisai_cli.actions.outreach import event_record, open_event, recount
from perisai_cli.domain import outbox
from perisai_cli.domain.errors import EXIT_DONE, EXIT_INVALID, EXIT_PARTIAL, InvalidInput, Problem
from perisai_cli.domain.ids import new_id
from perisai_cli.domain.outreach import MAX_ATTENDEES, Attendee, coming, read_attendee
from perisai_cli.storage.attendees import Attendees, Kept

Row = tuple[int, Attendee | tuple[Problem, ...]]


def attend(app: App, event_id: str, lines: Iterable[Line]) -> Result:
    """Write down who came to an event; a bad line never stops the others.

    All good lines are recorded at once, and the event's next revision counts them.

    Raises:
        InvalidInput: the id is no open event's, or ``attendee.too_many``; nothing was recorded.
    """
    with open_desk(app) as desk:
        event_id = open_event(desk, event_id).summary.id
        day = app.today(desk.profile.region)
        rows = [(row, _read(row, held, day)) for row, held in lines]
        return attended(desk, event_id, rows)


def _read(row: int, held: dict[str, Any] | Problem, day: date) -> Attendee | tuple[Problem, ...]:
    if isinstance(held, Problem):
        return (held,)
    came, faults = read_attendee(held, day)
    return came or tuple(replace(fault, row=row) for fault in faults)


def attended(desk: Desk, event_id: str, rows: Sequence[Row]) -> Result:
    """Record those *rows* that hold a person, in one transaction; the others tell their faults."""
    attendees, now = Attendees(desk.store), desk.app.clock()
    items: list[dict[str, Any]] = []
    faults: list[Problem] = []
    with desk.store.connection.transaction():
        record = open_event(desk, event_id)
        known = attendees.of_event(event_id)
        there = {_same(each) for each in known if each.name}
        if len(known) + len(rows) > MAX_ATTENDEES:
            raise InvalidInput("attendee.too_many", limit=MAX_ATTENDEES)
        for row, came in rows:
            if not isinstance(came, Attendee):
                faults += came
            elif came.name and _same(came) in there:
                faults.append(Problem("attendee.already_here", "/name", row=row))
            else:
                there.add(_same(came))
                attendee_id = new_id(now)
                attendees.add(attendee_id, event_id, came, now)
                items.append({"row": row, "id": attendee_id, "interest": came.interest})
        rev = recount(desk, record) if items else record.summary.rev
    counts = {"count": len(rows), "accepted": len(items), "refused": len(rows) - len(items)}
    data = {"id": event_id, "rev": rev, **counts, "items": items, "people": len(known) + len(items)}
    data["pending"] = desk.answers.pending()
    status, code = _verdict(counts)
    return Result("outreach attend", data, tuple(faults), status=status, exit_code=code)


def _same(each: Attendee | Kept) -> tuple[str, str | None]:
    """Return what two lines about the same person have in common."""
    return ((each.name or "").casefold(), each.phone)


def _verdict(counts: dict[str, int]) -> tuple[str, int]:
    if not counts["refused"]:
        return "success", EXIT_DONE
    return ("partial", EXIT_PARTIAL) if counts["accepted"] else ("error", EXIT_INVALID)


def follow_ups(app: App, until: str | None = None) -> Result:
    """Return who is to be asked again by today, or by another day, longest due first.

    Raises:
        InvalidInput: ``day.format``.
    """
    with open_desk(app) as desk:
        day = app.today(desk.profile.region)
        by = day if until is None else _day(until, day)
        due = Attendees(desk.store).due(by)
        events = {each.event_id: event_record(desk, each.event_id).body for each in due}
        items = [_due_item(each, events[each.event_id]) for each in due]
    data = {"day": by.isoformat(), "count": len(items), "items": items}
    return Result("outreach follow-up", data)


def _due_item(each: Kept, body: dict[str, Any]) -> dict[str, Any]:
    event = body.get("event", {})  # a withdrawn event keeps nothing of itself
    return {
        "id": each.id,
        "name": each.name,
        "phone": each.phone,
        "interest": each.interest,
        "follow_up": each.follow_up,
        "event_id": each.event_id,
        "place": event.get("place"),
        "day": event.get("day"),
    }


def _day(typed: str, today: date) -> date:
    try:
        day: date = coming(today)(typed)
    except ValueError:
        raise InvalidInput("attendee.follow_up.format", field="/follow_up") from None
    return day


def postpone(app: App, attendee_id: str, until: str) -> Result:
    """Note that someone wants to be asked again on another day.

    Raises:
        InvalidInput: the id or the day can't be used, or nobody is left to be asked.
    """
    with open_desk(app) as desk:
        attendees = Attendees(desk.store)
        kept = _open(attendees, attendee_id)
        day = _day(until, app.today(desk.profile.region))
        with desk.store.connection.transaction():
            attendees.postpone(kept, day, app.clock())
    data = {"id": kept.id, "outcome": "postponed", "follow_up": day.isoformat()}
    return Result("outreach follow-up", data)


def not_interested(app: App, attendee_id: str) -> Result:
    """Note that someone does not want to enrol: they are asked no more and their name is destroyed.

    Raises:
        InvalidInput: the id can't be used, or nobody is left to be asked.
    """
    with open_desk(app) as desk:
        kept = _open(Attendees(desk.store), attendee_id)
        clean = _forgotten(desk, [kept.id])
    data = {"id": kept.id, "outcome": "not_interested", "traces": not clean}
    return Result("outreach follow-up", data, warnings=_doubt(clean))


def enrolled(app: App, attendee_id: str, record_id: str) -> Result:
    """Tie someone who came to their enrolment; their name is kept there and here no more.

    Raises:
        InvalidInput: an id can't be used, or the record is no enrolment that stands.
    """
    with open_desk(app) as desk:
        attendees = Attendees(desk.store)
        kept = _open(attendees, attendee_id)
        summary = desk.records.summary(record_id)
        if summary.kind != outbox.ENROLMENT:
            raise InvalidInput("attendee.no_enrolment", field="/record")
        if summary.state in (outbox.DRAFT, outbox.WITHDRAWN):
            raise InvalidInput("record.not_open", field="/record", state=summary.state)
        traces = attendees.traces([kept.id])
        with desk.store.connection.transaction():
            attendees.link(kept, summary.id, app.clock())
        clean = attendees.swept(traces)
    data = {"id": kept.id, "outcome": "enrolled", "enrolled_id": summary.id, "traces": not clean}
    return Result("outreach follow-up", data, warnings=_doubt(clean))


def _open(attendees: Attendees, attendee_id: str) -> Kept:
    """Return someone who can still be asked again.

    Raises:
        InvalidInput: ``attendee.unknown``, ``attendee.ambiguous`` or ``attendee.closed``.
    """
    kept = attendees.one(attendee_id)
    if kept.enrolled_id is not None or kept.name is None:
        raise InvalidInput("attendee.closed", field="/id")
    return kept


def forget(app: App, days: int) -> Result:
    """Destroy the names of those who came more than *days* ago, did not enrol and await no call.

    That they came and what they wanted stays counted.
    """
    with open_desk(app) as desk:
        today = app.today(desk.profile.region)
        ids = Attendees(desk.store).stale(today - timedelta(days), today)
        clean = _forgotten(desk, ids) if ids else True
    data = {"days": days, "forgotten": len(ids), "traces": not clean}
    return Result("outreach forget", data, warnings=_doubt(clean))


def forget_one(app: App, attendee_id: str) -> Result:
    """Destroy the name of one person, who asked for it.

    Raises:
        InvalidInput: the id can't be used, or no name is kept any more.
    """
    with open_desk(app) as desk:
        kept = _open(Attendees(desk.store), attendee_id)
        clean = _forgotten(desk, [kept.id])
    data = {"days": None, "forgotten": 1, "traces": not clean}
    return Result("outreach forget", data, warnings=_doubt(clean))


def _forgotten(desk: Desk, ids: Sequence[str]) -> bool:
    """Destroy names; return whether no file of the store holds a trace of them any more."""
    attendees = Attendees(desk.store)
    traces = attendees.traces(ids)
    with desk.store.connection.transaction():
        attendees.forget(ids, desk.app.clock())
    return attendees.swept(traces)


def _doubt(clean: bool) -> tuple[Problem, ...]:
    return () if clean else (Problem("erasure.traces"),)
