"""Events at which agents explain the protection, and the people who came: read, checked, counted.

What an event is goes to the central; who came stays on the agent's device.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from perisai_cli.domain.errors import Problem
from perisai_cli.domain.period import parse_day
from perisai_cli.domain.phones import normalise_phone
from perisai_cli.domain.reading import Reading
from perisai_cli.domain.regions import region_exists

EVENT_TYPES = (
    "market_visit", "harbour_visit", "village_meeting", "prayer_group", "door_to_door",
    "association", "other",
)  # fmt: skip
TOPICS = ("jkk", "jkm", "jht", "contribution", "relief", "payment", "claim", "other")
MATERIALS = ("brochure", "poster", "banner", "form", "sticker", "video", "souvenir", "other")
INTERESTS = ("now", "later", "unsure", "no")
INTERESTED = ("now", "later")
"""Interests that count as interested in the funnel."""

CONTACT_TEXT = "contact-1"
"""Version of the sentence by which a person agrees to be contacted; it stands in ``i18n``."""

MAX_PRESENT = 100_000
MAX_ATTENDEES = 500
PLACE_LIMIT, NAME_LIMIT = 80, 60
LONGEST_WAIT = timedelta(days=366)
FORGET_DAYS = 90
"""Days after which the name of someone who did not enrol is suggested to be forgotten."""

_MANY_DIGITS = re.compile(r"[0-9]{6}")
_SEPARATORS = str.maketrans("", "", " .-()+/")


@dataclass(frozen=True, slots=True)
class Event:
    """One event.

    Attributes:
        type: One of ``EVENT_TYPES``.
        place: Where it was, in words; no person's name belongs here.
        day: The local day.
        region: Code of the region, two to six digits.
        present: How many people were there, as the agent counted.
        topics: What was spoken about, of ``TOPICS``.
        materials: What was shown or handed out, of ``MATERIALS``, and how many of each.
    """

    type: str
    place: str
    day: date
    region: str
    present: int
    topics: tuple[str, ...]
    materials: tuple[tuple[str, int], ...]

    def as_json(self) -> dict[str, Any]:
        """Return the event as JSON values."""
        return {
            "type": self.type,
            "place": self.place,
            "day": self.day.isoformat(),
            "region": self.region,
            "present": self.present,
            "topics": list(self.topics),
            "materials": [{"code": code, "count": count} for code, count in self.materials],
        }


@dataclass(frozen=True, slots=True)
class Attendee:
    """Someone who came; nameless unless they agreed to be contacted.

    Attributes:
        interest: One of ``INTERESTS``.
        name: What they are called, one word is fine.
        phone: ``+628…``, if they gave it.
        follow_up: Day to ask again.
    """

    interest: str
    name: str | None = None
    phone: str | None = None
    follow_up: date | None = None


def read_event(loose: dict[str, Any], today: date) -> tuple[Event | None, list[Problem]]:
    """Return the event in *loose* JSON with every fault; None when there is any.

    *today* is the local day of recording: an event is recorded once it has begun.
    """
    faults: list[Problem] = []
    reading = Reading(loose, faults)
    _refuse_others(reading, Event.__dataclass_fields__)
    kind = reading.choice("type", "event.type", EVENT_TYPES)
    place = reading.text("place", "event.place", required=True, limit=PLACE_LIMIT)
    if place is not None and _MANY_DIGITS.search(place.translate(_SEPARATORS)):
        reading.fault("event.place.digits", "place")
    day = reading.parsed("day", "event.day", _past(today), required=True)
    region = reading.text("region", "region", required=True)
    if region is not None and not region_exists(region):
        reading.fault("region.unknown", "region")
    present = reading.whole("present", "event.present", 0, MAX_PRESENT)
    if present is None and loose.get("present") is None:
        reading.fault("event.present.missing", "present")
    topics, materials = _topics(reading), _materials(reading)
    if faults:
        return None, faults
    parts = (kind, place, day, region, present, topics, materials)
    assert None not in parts  # else there were faults
    return Event(*parts), faults  # type: ignore[arg-type]


def read_attendee(loose: dict[str, Any], today: date) -> tuple[Attendee | None, list[Problem]]:
    """Return the person in *loose* JSON with every fault; None when there is any.

    Whoever does not agree to be contacted is counted with their interest and nothing else.
    """
    faults: list[Problem] = []
    reading = Reading(loose, faults)
    _refuse_others(reading, ("name", "phone", "interest", "follow_up", "consent"))
    interest = reading.choice("interest", "attendee.interest", INTERESTS)
    consent = reading.flag("consent", "attendee.consent")
    name = reading.text("name", "name", required=bool(consent), limit=NAME_LIMIT)
    phone = reading.parsed("phone", "phone", normalise_phone)
    follow_up = reading.parsed("follow_up", "attendee.follow_up", coming(today))
    if consent is False and any(loose.get(each) for each in ("name", "phone", "follow_up")):
        reading.fault("attendee.consent.needed", "consent")
    if faults or interest is None:
        return None, faults
    return Attendee(interest, name, phone, follow_up), faults


def coming(today: date) -> Any:
    """Return a parser of days from *today* to a year on: a further one is a slip of the keys."""

    def parse(text: str) -> date:
        day = parse_day(text)
        if not today <= day <= today + LONGEST_WAIT:
            raise ValueError
        return day

    return parse


def counted(interests: Iterable[str]) -> dict[str, int]:
    """Return how many people have which interest, without zeros, in the order of ``INTERESTS``."""
    found = Counter(interests)
    return {interest: found[interest] for interest in INTERESTS if found[interest]}


def _past(today: date) -> Any:
    def parse(text: str) -> date:
        day = parse_day(text)
        if day > today or day.year < 2000:
            raise ValueError
        return day

    return parse


def _refuse_others(reading: Reading, known: Iterable[str]) -> None:
    """Refuse members that nobody reads, once: what they hold could be a person's."""
    if set(reading.members) - set(known):
        reading.fault("event.unknown_member")


def _topics(reading: Reading) -> tuple[str, ...]:
    told = reading.members.get("topics") or []
    if not isinstance(told, list) or any(topic not in TOPICS for topic in told):
        reading.fault("event.topics.unknown", "topics", choices=", ".join(TOPICS))
        return ()
    return tuple(topic for topic in TOPICS if topic in told)


def _materials(reading: Reading) -> tuple[tuple[str, int], ...]:
    found: dict[str, int] = {}
    for each in reading.each("materials", "event.materials", len(MATERIALS)):
        _refuse_others(each, ("code", "count"))
        code = each.choice("code", "event.materials", MATERIALS)
        count = each.whole("count", "event.materials.count", 1, MAX_PRESENT, default=1)
        if code in found:
            each.fault("event.materials.twice", "code")
        elif code is not None and count is not None:
            found[code] = count
    return tuple((code, found[code]) for code in MATERIALS if code in found)
