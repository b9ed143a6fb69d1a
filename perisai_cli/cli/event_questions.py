"""The questions about an event, and about those who came, one after another."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.attendees import attended
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.actions.outreach import correct_event, open_event, record_event
from perisai_cli.cli.output import problem_lines, tell
from perisai_cli.cli.questions import ask, interview
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.outreach import (
    EVENT_TYPES,
    INTERESTS,
    MATERIALS,
    TOPICS,
    Attendee,
    read_attendee,
    read_event,
)
from perisai_cli.domain.regions import region_label
from perisai_cli.i18n import text

WAITS = {"now": 1, "later": 14, "unsure": 7}
"""Days after which to ask again, by interest, as they are offered."""

MAX_WAIT_DIGITS = 3
Answers = dict[str, Any]


class EventQuestions:
    """Asks about one event and keeps the answers under the names of the event's JSON."""

    def __init__(self, today: date, region: str, held: Answers):
        self.today = today
        self.answers: Answers = {"day": today.isoformat(), "region": region} | held

    def type(self) -> None:
        """Ask what kind of event it was."""
        listed = _choices(EVENT_TYPES, lambda code: text(f"event_type.{code}"))
        held = self.answers.get("type")
        self.answers["type"] = ask(
            text("ask_event.type", choices=listed),
            lambda typed: _picked(typed, EVENT_TYPES, "/type"),
            None if held is None else str(EVENT_TYPES.index(held) + 1),
        )

    def place(self) -> None:
        """Ask where it was."""
        self._plain("place")

    def day(self) -> None:
        """Ask for the day."""
        self._plain("day")

    def region(self) -> None:
        """Ask for the code of the region."""
        self._plain("region")
        tell("  " + (region_label(self.answers["region"]) or self.answers["region"]))

    def present(self) -> None:
        """Ask how many people were there."""

        def number(typed: str) -> Any:
            return int(typed) if _is_number(typed) else typed or None

        held = self.answers.get("present")
        default = None if held is None else str(held)
        self.answers["present"] = ask(
            text("ask_event.present"),
            lambda typed: self._checked("present", number(typed)),
            default,
        )

    def topics(self) -> None:
        """Ask what was spoken about, by numbers."""
        listed = _choices(TOPICS, lambda code: text(f"topic.{code}"))
        held = _numbers_of(self.answers.get("topics", []), TOPICS)

        def chosen(typed: str) -> list[str]:
            return [_picked(part, TOPICS, "/topics") for part in typed.replace(",", " ").split()]

        self.answers["topics"] = ask(text("ask_event.topics", choices=listed), chosen, held)

    def materials(self) -> None:
        """Ask what was shown or handed out, and how many: a number and a count each."""
        listed = _choices(MATERIALS, lambda code: text(f"material.{code}"))
        held = " ".join(
            f"{MATERIALS.index(each['code']) + 1}x{each['count']}"
            for each in self.answers.get("materials", [])
        )

        def chosen(typed: str) -> list[Answers]:
            found = []
            for part in typed.lower().replace(",", " ").split():
                number, _, count = part.partition("x")
                if count and not _is_number(count):
                    raise InvalidInput("event.materials.form", field="/materials")
                code = _picked(number, MATERIALS, "/materials")
                found.append({"code": code, "count": int(count or 1)})
            return list(self._checked("materials", found))

        self.answers["materials"] = ask(
            text("ask_event.materials", choices=listed), chosen, held or None
        )

    def steps(self) -> Sequence[Callable[[], None]]:
        """Return the questions in the order in which they are asked."""
        return (
            self.type, self.place, self.day, self.region, self.present, self.topics,
            self.materials,
        )  # fmt: skip

    def _plain(self, name: str) -> None:
        self.answers[name] = ask(
            text(f"ask_event.{name}"),
            lambda typed: self._checked(name, typed),
            self.answers.get(name),
        )

    def _checked(self, name: str, value: Any) -> Any:
        """Return a value, once the event's own rules find no fault with it alone."""
        _event, faults = read_event({name: value}, self.today)
        mine = tuple(fault for fault in faults if (fault.field or "").startswith(f"/{name}"))
        if mine:
            raise InvalidInput.of(mine)
        return value


def record(app: App) -> Result:
    """Ask about one event and record it.

    Raises:
        KeyboardInterrupt: the person stopped; nothing was recorded.
    """
    with open_desk(app) as desk:
        return record_event(desk, _answers(desk, {}))


def correct(app: App, event_id: str) -> Result:
    """Ask about one event again, each question with what is held, and record the correction.

    Raises:
        InvalidInput: the id is no open event's.
        KeyboardInterrupt: the person stopped; the event is as it was.
    """
    with open_desk(app) as desk:
        held = open_event(desk, event_id)
        return correct_event(desk, held, _answers(desk, held.body["event"]))


def _answers(desk: Desk, held: Answers) -> Answers:
    asking = EventQuestions(desk.app.today(desk.profile.region), desk.profile.region, held)
    tell(text("ask_event.hint"))
    interview(asking.steps())
    return asking.answers


def attend(app: App, event_id: str) -> Result:
    """Ask who came, one person after another; each is on the disk before the next is asked for.

    Raises:
        KeyboardInterrupt: the person stopped; everybody before stays recorded.
    """
    with open_desk(app) as desk:
        event = open_event(desk, event_id)
        tell(text("ask_event.people_of", place=event.body["event"]["place"]))
        tell(text("ask_event.consent_text"), text("ask_event.people_hint"))
        count, result = 0, attended(desk, event.summary.id, [])
        while True:
            came = _person(desk, result.data["people"] + 1)
            if came is None:
                break
            result = attended(desk, event.summary.id, [(count + 1, came)])
            for problem in result.problems:
                tell(*problem_lines(problem))
            count += result.data["accepted"]
    data = result.data | {"count": count, "accepted": count, "refused": 0, "items": []}
    return Result("outreach attend", data)


def _person(desk: Desk, number: int) -> Attendee | None:
    """Return who came as the answers say; None when there is nobody more."""
    asking = PersonQuestions(desk.app.today(desk.profile.region), number)
    interview((asking.consent,))
    if asking.answers.get("consent") is None:
        return None
    interview((asking.name, asking.phone, asking.interest, asking.follow_up))
    came, faults = read_attendee(asking.answers, asking.today)
    if came is None:
        raise InvalidInput.of(tuple(faults))
    return came


class PersonQuestions:
    """Asks about one person who came; without consent, about nothing but the interest."""

    def __init__(self, today: date, number: int):
        self.today = today
        self.number = number
        self.answers: Answers = {}

    def consent(self) -> None:
        """Ask whether the person agrees to be contacted; Enter says that nobody is left."""
        words = {"y": True, "ya": True, "yes": True, "t": False, "n": False}
        words |= {"tidak": False, "no": False}

        def check(typed: str) -> bool | None:
            if typed and typed.lower() not in words:
                raise InvalidInput("answer.yes_or_no")
            return words.get(typed.lower())

        question = text("ask_event.consent", number=self.number)
        self.answers["consent"] = ask(question, check)

    def name(self) -> bool:
        """Ask for the name, where it may be kept."""
        return self._told("name", text("ask_event.name"))

    def phone(self) -> bool:
        """Ask for a phone number, where it may be kept."""
        return self._told("phone", text("ask_event.phone"))

    def interest(self) -> None:
        """Ask what the person wants."""
        listed = _choices(INTERESTS, lambda code: text(f"interest.{code}"))
        self.answers["interest"] = ask(
            text("ask_event.interest", choices=listed),
            lambda typed: _picked(typed, INTERESTS, "/interest"),
        )

    def follow_up(self) -> bool:
        """Ask when to ask again: a day, or in how many days."""
        wait = WAITS.get(self.answers["interest"])
        self.answers.pop("follow_up", None)
        if not self.answers["consent"] or wait is None:
            return False

        def check(typed: str) -> str:
            day = self._day(typed)
            return str(self._checked("follow_up", day))

        default = (self.today + timedelta(wait)).isoformat()
        self.answers["follow_up"] = ask(text("ask_event.follow_up"), check, default)
        return True

    def _day(self, typed: str) -> str:
        if _is_number(typed) and len(typed) <= MAX_WAIT_DIGITS:
            return (self.today + timedelta(int(typed))).isoformat()
        return typed

    def _told(self, name: str, question: str) -> bool:
        if not self.answers["consent"]:
            return False
        self.answers[name] = ask(question, lambda typed: self._checked(name, typed))
        return True

    def _checked(self, name: str, value: Any) -> Any:
        _came, faults = read_attendee({"consent": True, name: value}, self.today)
        mine = tuple(fault for fault in faults if fault.field == f"/{name}")
        if mine:
            raise InvalidInput.of(mine)
        return value


def _is_number(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) <= 6


def _choices(codes: tuple[str, ...], word: Callable[[str], str]) -> str:
    return ", ".join(f"{number} {word(code)}" for number, code in enumerate(codes, 1))


def _numbers_of(codes: list[str], known: tuple[str, ...]) -> str | None:
    return " ".join(str(known.index(code) + 1) for code in codes) or None


def _picked(typed: str, codes: tuple[str, ...], field: str) -> str:
    """Return the choice typed as its number or its code."""
    if typed in codes:
        return typed
    if _is_number(typed) and 1 <= int(typed) <= len(codes):
        return codes[int(typed) - 1]
    raise InvalidInput("answer.number", field=field, choices=f"1–{len(codes)}")
