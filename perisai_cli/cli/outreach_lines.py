"""Events and those who came, as a person reads them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perisai_cli.cli import names, output, tables
from perisai_cli.domain.errors import Problem
from perisai_cli.domain.outreach import INTERESTED
from perisai_cli.domain.regions import region_label
from perisai_cli.i18n import language, text

WIDE = 80


def short(some_id: str) -> str:
    """Return the end of an id, enough to name it by hand."""
    return some_id[-8:]


def recorded(data: dict[str, Any]) -> Iterator[str]:
    """Yield the receipt of an event, and how to go on."""
    yield text("outreach.recorded", id=short(data["id"]), place=data["place"])
    yield text("receipt.pending", pending=data["pending"])
    command = f"{names.spoken('outreach attend', language())} {short(data['id'])}"
    yield text("outreach.then_attend", command=command)


def corrected(data: dict[str, Any]) -> Iterator[str]:
    """Yield the receipt of a correction."""
    yield text("outreach.corrected", id=short(data["id"]), rev=data["rev"])


def listed(data: dict[str, Any]) -> Iterator[str]:
    """Yield the events as a table."""
    if not data["items"]:
        yield text("outreach.none", command=names.spoken("outreach record", language()))
        return
    columns = ["id", "day", "place", "present", "interested"]
    heading = [text(f"outreach.col_{name}") for name in columns]
    rows = []
    for item in data["items"]:
        interested = sum(item["attendees"].get(interest, 0) for interest in INTERESTED)
        facts = [str(item["present"]), str(interested)]
        rows.append([short(item["id"]), item["day"], item["place"], *facts])
    yield from tables.table(heading, rows, right=(3, 4), whole=(0, 1))
    yield text("outreach.count", count=data["count"])


def event_lines(event: dict[str, Any], attendees: dict[str, int]) -> Iterator[str]:
    """Yield the facts of one event."""
    place = region_label(event["region"]) or event["region"]
    topics = ", ".join(text(f"topic.{topic}") for topic in event["topics"])
    materials = ", ".join(
        f"{text('material.' + each['code'])} {each['count']}" for each in event["materials"]
    )
    wants = ", ".join(f"{count} {text('interest.' + key)}" for key, count in attendees.items())
    for label, value in (
        ("type", text(f"event_type.{event['type']}")),
        ("place", event["place"]),
        ("day", event["day"]),
        ("region", place),
        ("present", str(event["present"])),
        ("topics", topics),
        ("materials", materials),
        ("interest", wants),
    ):
        if value:
            yield f"  {text(f'field.{label}')}: {value}"


def shown(data: dict[str, Any]) -> Iterator[str]:
    """Yield one event whole: its facts, what came back, and who came."""
    yield text("outreach.event", id=short(data["id"]), rev=data["rev"])
    waiting = data["pending"] and data["state"] != "queued"
    state = text(f"state.{data['state']}")
    suffix = f" ({text('state.waiting')})" if waiting else ""
    yield f"  {text('queue.col_state')}: {state}{suffix}"
    yield from event_lines(data, data["attendees"])
    for problem in data["problems"]:
        yield from (f"  {line}" for line in output.problem_lines(Problem(**problem)))
    if data["people"]:
        yield ""
        yield from _people(data["people"])
    else:
        command = f"{names.spoken('outreach attend', language())} {short(data['id'])}"
        yield text("outreach.then_attend", command=command)


def _people(people: list[dict[str, Any]]) -> Iterator[str]:
    heading = [text(f"outreach.col_{name}") for name in ("id", "name", "phone", "interest", "next")]
    rows = [
        [
            short(each["id"]),
            each["name"] or "–",
            each["phone"] or "–",
            text(f"interest.{each['interest']}"),
            _next(each),
        ]
        for each in people
    ]
    yield from tables.table(heading, rows, whole=(0,))


def _next(each: dict[str, Any]) -> str:
    if each["enrolled_id"]:
        return text("outreach.enrolled_as", id=short(each["enrolled_id"]))
    return each["follow_up"] or "–"


def due(data: dict[str, Any]) -> Iterator[str]:
    """Yield those who are to be asked again, longest due first."""
    if not data["items"]:
        yield text("outreach.nobody_due", day=data["day"])
        return
    wide = tables.width() >= WIDE
    columns = ["id", "name", "phone", "due", *(["interest", "place"] if wide else [])]
    heading = [text(f"outreach.col_{name}") for name in columns]
    rows = []
    for item in data["items"]:
        named = [short(item["id"]), item["name"] or "–", item["phone"] or "–", item["follow_up"]]
        more = [text(f"interest.{item['interest']}"), item["place"] or "–"] if wide else []
        rows.append(named + more)
    yield from tables.table(heading, rows, whole=(0, 3))
    command = names.spoken("outreach follow-up", language())
    yield text("outreach.due_hint", command=command)


def today(data: dict[str, Any]) -> Iterator[str]:
    """Yield what events leave to be done on a day."""
    for name, path in (("follow_ups", "follow-up"), ("names_to_forget", "forget")):
        if data[name]:
            command = names.spoken(f"outreach {path}", language())
            yield text(f"today.{name}", count=data[name], command=command)


def followed(data: dict[str, Any]) -> Iterator[str]:
    """Yield what was noted of one person, who is not named again."""
    if data["outcome"] == "enrolled":
        yield text("outreach.linked", id=short(data["id"]), record=short(data["enrolled_id"]))
    elif data["outcome"] == "postponed":
        yield text("outreach.postponed", id=short(data["id"]), day=data["follow_up"])
    else:
        yield text("outreach.let_go", id=short(data["id"]))
