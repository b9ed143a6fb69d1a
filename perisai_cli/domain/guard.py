"""What the guard asks about a record: questions with a recorded answer, never verdicts.

Pure: facts about a new worker and about the ones before go in, questions come out. A question
protects everyone: the family, since someone looks before money is promised; the office, since
what is odd is seen early; and the agent, since what was asked and answered is on record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.thresholds import Thresholds

SHARED_PHONE = "guard.shared_phone"
OWN_PHONE = "guard.own_phone"
SAME_ADDRESS = "guard.same_address"
SAME_HEIR = "guard.same_heir"
AGENT_IS_HEIR = "guard.agent_is_heir"
OLDER_WORKERS = "guard.older_workers"
BURST = "guard.burst"
NIGHT = "guard.night"

REASONS: dict[str, tuple[str, ...]] = {
    SHARED_PHONE: ("family", "no_phone", "group_list"),
    OWN_PHONE: ("no_phone", "own_family", "mistake"),
    SAME_ADDRESS: ("boarding_house", "workplace", "village_only"),
    SAME_HEIR: ("family", "same_name"),
    AGENT_IS_HEIR: ("own_family", "same_name", "mistake"),
    OLDER_WORKERS: ("older_group", "asked_to_come", "chance"),
    BURST: ("group_list", "paper_forms", "several_helped"),
    NIGHT: ("night_workers", "paper_forms", "no_signal"),
}
"""Every question's code, with the codes of the answers that are often given to it."""

OF_THE_DAY = (OLDER_WORKERS, BURST, NIGHT)
"""Questions about how the agent's records follow one another: each is asked once a day at most."""

MAX_ANSWER = 200
_NUMBER = re.compile(r"[0-9](?:[ ./-]?[0-9]){7,}")


@dataclass(frozen=True, slots=True)
class Question:
    """Something about a record that the agent is asked to explain.

    Attributes:
        code: Stable code such as ``guard.shared_phone``; the sentence lives in ``i18n``.
        facts: Values for the sentence's placeholders; they name no person.
    """

    code: str
    facts: dict[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trace:
    """What is remembered of a recorded worker; it names nobody.

    Attributes:
        record: The end of the record's id.
        at: When it was recorded (UTC, as stored).
        age: Age in years on the day of registration.
        address: Keyed hash of the address; empty without one.
        heirs: Keyed hashes of the heirs' names.
    """

    record: str
    at: str
    age: int
    address: str
    heirs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A worker about to be recorded, as the guard sees one.

    Attributes:
        trace: What will be remembered of the worker.
        local: The moment on the agent's own clock.
        sharing: Records with this phone number, this one among them; 0 without a number.
        own_phone: Whether the number is the agent's own.
        agent_is_heir: Whether an heir has the agent's name.
    """

    trace: Trace
    local: datetime
    sharing: int
    own_phone: bool
    agent_is_heir: bool


def checked_answer(code: str, typed: str) -> str:
    """Return an answer as it is kept: one of the code's reasons, or a few words.

    Long numbers are refused, for an answer is read by others: it needs no NIK and no telephone.

    Raises:
        InvalidInput: ``answer.missing``, ``answer.format``, ``answer.length``, ``answer.digits``.
    """
    words, pointer = " ".join(typed.split()), f"/{code}"
    if not words:
        raise InvalidInput("answer.missing", field=pointer)
    if not words.isprintable():
        raise InvalidInput("answer.format", field=pointer)
    if len(words) > MAX_ANSWER:
        raise InvalidInput("answer.length", field=pointer, limit=MAX_ANSWER)
    if _NUMBER.search(words):
        raise InvalidInput("answer.digits", field=pointer)
    return words


def questions_about(
    seen: Seen, recent: Sequence[Trace], asked: Mapping[str, str], limits: Thresholds
) -> tuple[Question, ...]:
    """Return what to ask about a worker who is about to be recorded.

    Args:
        seen: The worker.
        recent: The workers recorded before on this device, oldest first.
        asked: The local day on which a question of ``OF_THE_DAY`` was asked last, by its code.
        limits: Where odd begins.
    """
    today = seen.local.date().isoformat()
    found = list(questions_of_person(seen, recent, limits))
    for code, pattern in _PATTERNS.items():
        if asked.get(code) != today:
            found += pattern(seen, recent, limits)
    return tuple(found)


def questions_of_person(
    seen: Seen, recent: Sequence[Trace], limits: Thresholds
) -> tuple[Question, ...]:
    """Return what to ask about a worker whatever the hour: also when a record is corrected."""
    window = [each for each in recent if each.record != seen.trace.record]
    window = window[-(limits["window.records"] - 1) :]
    same = [each for each in window if seen.trace.address and each.address == seen.trace.address]
    shared_heirs = [
        1 + sum(heir in each.heirs for each in window) for heir in set(seen.trace.heirs)
    ]
    of_last: dict[str, str | int] = {"of": limits["window.records"]}
    counted = (
        (Question(SHARED_PHONE), seen.sharing, limits["shared_phone.records"]),
        (Question(SAME_ADDRESS, of_last), 1 + len(same), limits["same_address.records"]),
        (Question(SAME_HEIR, of_last), max(shared_heirs, default=0), limits["same_heir.records"]),
    )
    found = [
        Question(question.code, question.facts | {"count": count})
        for question, count, first in counted
        if is_step(count, first, limits["again.times"])
    ]
    if seen.own_phone:
        found.append(Question(OWN_PHONE))
    if seen.agent_is_heir:
        found.append(Question(AGENT_IS_HEIR))
    return tuple(found)


def is_step(count: int, first: int, times: int) -> bool:
    """Tell whether *count* is where a question is asked: *first*, then whenever it grew *times*.

    An association's list may hold its own number a thousand times: that is one matter to ask about
    a few times, not a thousand questions.
    """
    step = first
    while step < count:
        step *= times
    return step == count


def _older_workers(seen: Seen, recent: Sequence[Trace], limits: Thresholds) -> list[Question]:
    low, high = limits["older_workers.from_age"], limits["older_workers.to_age"]
    last = [*recent[-(limits["older_workers.of_last"] - 1) :], seen.trace]
    older = sum(low <= each.age <= high for each in last)
    if not low <= seen.trace.age <= high or older < limits["older_workers.records"]:
        return []
    facts: dict[str, str | int] = {"count": older, "of": len(last), "low": low, "high": high}
    return [Question(OLDER_WORKERS, facts)]


def _burst(seen: Seen, recent: Sequence[Trace], limits: Thresholds) -> list[Question]:
    count, minutes = limits["burst.records"], limits["burst.minutes"]
    since = seen.local - timedelta(minutes=minutes)
    lately = 1 + sum(_moment(each.at) >= since for each in recent[-(count - 1) :])
    return [Question(BURST, {"count": count, "minutes": minutes})] if lately >= count else []


def _night(seen: Seen, recent: Sequence[Trace], limits: Thresholds) -> list[Question]:
    begins, ends = limits["night.from_hour"], limits["night.to_hour"]
    if not _at_night(seen.local, begins, ends):
        return []
    hours = (seen.local.hour - begins) % 24
    since = seen.local.replace(minute=0, second=0, microsecond=0) - timedelta(hours=hours)
    count = limits["night.records"]
    tonight = 1 + sum(_moment(each.at) >= since for each in recent[-(count - 1) :])
    facts: dict[str, str | int] = {"count": count, "begins": begins, "ends": ends}
    return [Question(NIGHT, facts)] if tonight >= count else []


def _at_night(local: datetime, begins: int, ends: int) -> bool:
    return local.hour >= begins or local.hour < ends


_PATTERNS = {OLDER_WORKERS: _older_workers, BURST: _burst, NIGHT: _night}


@lru_cache(maxsize=256)  # the workers of one import share their moments, and are looked at often
def _moment(at: str) -> datetime:
    return datetime.strptime(at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
