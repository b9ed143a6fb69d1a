"""Photos as the verdict on an enrolment sees them: which it names, and which are still awaited.

An office may ask for the photo of the card. An enrolment without it is then held, like one that
an officer must look at, until the photo has come; the central decides that by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, insert, select

from perisai_cli.central.judging import Judgement, problem_of
from perisai_cli.central.keys import put_setting, setting
from perisai_cli.central.tables import attachments, blobs
from perisai_cli.domain.attachments import CARD
from perisai_cli.domain.errors import Problem
from perisai_cli.domain.outbox import ENROLMENT
from perisai_cli.protocol.bodies import attachments_of
from perisai_cli.protocol.messages import PushItem

AWAITED = "photo.awaited"
_SETTING = "require_photo"
_REQUIRED = "1"


def require_photos(connection: Connection, *, required: bool) -> None:
    """Ask for the photo of the card from now on, or no more; kept with the database."""
    put_setting(connection, _SETTING, _REQUIRED if required else "0")


def photos_required(connection: Connection) -> bool:
    """Tell whether the office asks for the photo of the card."""
    return setting(connection, _SETTING) == _REQUIRED


def judged(connection: Connection, item: PushItem, judgement: Judgement) -> Judgement:
    """Return an item's judgement with the doubt about its photo, where one is due and not there."""
    [doubted] = judged_all(connection, [(item, judgement)])
    return doubted


def judged_all(
    connection: Connection, judgements: Iterable[tuple[PushItem, Judgement]]
) -> list[Judgement]:
    """Return judgements of items as ``judged`` does, asking once whether photos are wanted."""
    required = photos_required(connection)
    return [
        _doubted(connection, judgement, item.body)
        if required and item.kind == ENROLMENT and judgement.status in ("accepted", "held")
        else judgement
        for item, judgement in judgements
    ]


def _doubted(connection: Connection, judgement: Judgement, body: dict[str, Any]) -> Judgement:
    doubt = doubt_of(body, complete(connection, named(body)))
    if doubt is None:
        return judgement
    before = judgement.problem.errors if judgement.problem else []
    told = [Problem(error.code, error.pointer, error.facts or {}) for error in before]
    problems = (*told, doubt)
    return replace(judgement, status="held", problem=problem_of(problems[0].code, *problems))


def doubt_of(body: dict[str, Any], arrived: set[str]) -> Problem | None:
    """Return what is in doubt about a body's photo, given which photos have *arrived*."""
    cards = named(body)
    if not cards:
        return Problem("photo.missing", "/attachments")
    return None if cards <= arrived else Problem(AWAITED, "/attachments")


def named(body: dict[str, Any]) -> set[str]:
    """Return the hashes of the photos of cards that a body names."""
    return {each["sha256"] for each in attachments_of(body) if each["kind"] == CARD}


def complete(connection: Connection, hashes: Iterable[str]) -> set[str]:
    """Return which of these photos the central holds whole."""
    wanted = select(blobs.c.sha256).where(
        blobs.c.sha256.in_(list(hashes)), blobs.c.completed_at.is_not(None)
    )
    return set(connection.scalars(wanted))


def keep_named(connection: Connection, record_id: str, body: dict[str, Any]) -> None:
    """Write down which photos a record names, so that they are let in."""
    sent = {each["sha256"]: each for each in attachments_of(body)}
    if not sent:
        return
    known = select(attachments.c.sha256).where(attachments.c.record_id == record_id)
    new = sent.keys() - set(connection.scalars(known))
    rows = [
        {"record_id": record_id, **{key: sent[each][key] for key in ("sha256", "kind", "size")}}
        for each in sorted(new)
    ]
    if rows:
        connection.execute(insert(attachments), rows)
