"""The way from an event to protection: who came, who wanted it, who enrolled, who has paid."""

from __future__ import annotations

from datetime import date
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.desk import open_desk
from perisai_cli.domain import outbox
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.outreach import INTERESTED
from perisai_cli.domain.period import parse_day
from perisai_cli.storage.attendees import Attendees

STAGES = ("attended", "interested", "enrolled", "paid")


def outreach_funnel(app: App, since: str | None = None, until: str | None = None) -> Result:
    """Return the funnel of each event in a span of days, and of all of them together.

    ``enrolled`` counts people tied to an enrolment that stands, each once in the total however
    many events they came to. ``paid`` counts those among them with a confirmed payment; it is None
    while this store holds no payments at all, for then nobody can tell.

    Raises:
        InvalidInput: ``day.format``.
    """
    first, last = _bound("since", since), _bound("until", until)
    with open_desk(app) as desk:
        attendees = Attendees(desk.store)
        links, paying = attendees.enrolled(), attendees.payments_recorded()
        bodies = {
            record.summary.id: record.body
            for record in desk.records.each(kind=outbox.OUTREACH)
            if record.summary.state != outbox.WITHDRAWN
        }
    chosen = {
        event_id: body
        for event_id, body in bodies.items()
        if (first or "") <= body["event"]["day"] <= (last or "9999")
    }
    items = [_item(event_id, body, links, paying=paying) for event_id, body in chosen.items()]
    items.sort(key=lambda item: (item["day"], item["id"]))
    among = [link for link in links if link[0] in chosen]
    total = {stage: sum(item[stage] for item in items) for stage in STAGES[:2]}
    total |= _reached(among, paying=paying)
    data: dict[str, Any] = {"since": first, "until": last, "count": len(items)}
    data |= {"payments_recorded": paying, "total": total, "items": items}
    return Result("outreach funnel", data)


def _bound(name: str, typed: str | None) -> str | None:
    try:
        day: date | None = None if typed is None else parse_day(typed)
    except ValueError:
        raise InvalidInput("day.format", field=f"/{name}") from None
    return None if day is None else day.isoformat()


def _item(
    event_id: str, body: dict[str, Any], links: list[tuple[str, str, bool]], *, paying: bool
) -> dict[str, Any]:
    event, counts = body["event"], body.get("attendees", {})
    mine = [link for link in links if link[0] == event_id]
    # Those who gave their word were there, even where fewer heads were counted.
    attended = max(event["present"], sum(counts.values()))
    interested = sum(counts.get(interest, 0) for interest in INTERESTED)
    known = {"id": event_id, "day": event["day"], "place": event["place"], "type": event["type"]}
    reached = {"attended": attended, "interested": interested}
    return known | reached | _reached(mine, paying=paying)


def by_event(attendees: Attendees) -> tuple[dict[str, tuple[int, int | None]], int | None]:
    """Return how many people enrolled and paid after each event, and what stands for no payment.

    The latter is 0, or None while the store holds no payments at all. Events that are not named led
    to nobody.
    """
    links, paying = attendees.enrolled(), attendees.payments_recorded()
    sorted_out: dict[str, list[tuple[str, str, bool]]] = {}
    for link in links:
        sorted_out.setdefault(link[0], []).append(link)
    reached = {event: _reached(mine, paying=paying) for event, mine in sorted_out.items()}
    counts = {event: (each["enrolled"] or 0, each["paid"]) for event, each in reached.items()}
    return counts, 0 if paying else None


def _reached(links: list[tuple[str, str, bool]], *, paying: bool) -> dict[str, int | None]:
    """Return how many different people enrolled, and how many of them have paid."""
    enrolled = {record for _event, record, _paid in links}
    paid = {record for _event, record, has_paid in links if has_paid}
    return {"enrolled": len(enrolled), "paid": len(paid) if paying else None}
