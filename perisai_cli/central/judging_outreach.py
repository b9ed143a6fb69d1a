"""Judges an event on its own: what happened where, and how many of those who came want what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import Field

from perisai_cli.central.judging import (
    Captured,
    Judgement,
    Laws,
    captured_day,
    clock_doubts,
    malformed,
    problem_of,
)
from perisai_cli.domain.outreach import MAX_ATTENDEES, read_event
from perisai_cli.protocol.messages import Message


class _Counts(Message):
    now: int = Field(default=0, strict=True, ge=0, le=MAX_ATTENDEES)
    later: int = Field(default=0, strict=True, ge=0, le=MAX_ATTENDEES)
    unsure: int = Field(default=0, strict=True, ge=0, le=MAX_ATTENDEES)
    no: int = Field(default=0, strict=True, ge=0, le=MAX_ATTENDEES)


class _Outreach(Message):
    event: dict[str, Any]
    attendees: _Counts = _Counts()
    captured: Captured


def judge_event(body: dict[str, Any], now: datetime, _laws: Laws) -> Judgement:
    """Return the judgement of an event; no law decides about one.

    Raises:
        ValidationError: the body does not have the form of an event.
    """
    sent = _Outreach.model_validate(body)
    day = captured_day(sent.captured)
    if day is None:
        return malformed("/captured/day")
    event, faults = read_event(sent.event, day)
    if event is None:
        return Judgement("rejected", problem_of("event.faults", *faults))
    doubts = clock_doubts(day, now, event.region)
    if doubts:
        return Judgement("held", problem_of(doubts[0].code, *doubts))
    return Judgement("accepted")
