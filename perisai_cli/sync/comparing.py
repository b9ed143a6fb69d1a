"""Asking a central what it holds, and sending again what it has lost."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from pydantic import ValidationError

from perisai_cli.domain.errors import SomethingInTheWay
from perisai_cli.domain.outbox import Answered
from perisai_cli.protocol.canonical import receipt_digest
from perisai_cli.protocol.messages import Message
from perisai_cli.protocol.reconcile import (
    HaveRequest,
    HaveResponse,
    HeldResponse,
    Sum,
    TotalsResponse,
)
from perisai_cli.sync.client import Answer, failure
from perisai_cli.sync.ports import Outbox
from perisai_cli.sync.session import Session

PAGE = 200
M = TypeVar("M", bound=Message)

LOCAL_STATE = {"rejected": "needs_fix", "superseded": "accepted", "erased": "withdrawn"}
"""What the central calls a status, to what the device calls the state, where they differ."""


def ask(
    session: Session, page: Sequence[Answered], now: datetime, *, states: bool = False
) -> HaveResponse:
    """Return what the central does not hold of a page of records.

    Raises:
        SomethingInTheWay: the answer does not prove that it answers this question.
    """
    revisions = [(item.id, item.rev, item.hash) for item in page]
    request = HaveRequest(items=revisions, states=states)
    body = request.model_dump(exclude_defaults=True)
    answer = session.post("/v1/sync/have", body, str(uuid.uuid4()), now)
    response = _believed(answer, HaveResponse)
    ids = {item.id for item in page}
    named = {*response.missing, *response.differs}
    told = [] if response.states is None else response.states
    complete = not states or len(told) == len(page)
    if response.asked != receipt_digest(revisions) or named - ids or not complete:
        raise SomethingInTheWay("network.bad_receipt")
    return response


def send_again(outbox: Outbox, session: Session, clock: Callable[[], datetime]) -> int:
    """Take back every answer of which the central holds nothing; return how many.

    All answered records are asked about: that a commit was called durable was the word of the
    very machine that was put back. Until the last page is done the old checkpoint stays, so that
    this begins anew wherever it was cut short.

    Raises:
        TryLater: the network or the central failed; what was asked before stays taken back.
    """
    after, again = "", 0
    while page := outbox.answered(after, PAGE):
        after = page[-1].id
        response = ask(session, page, clock())
        lost = {*response.missing, *response.differs}
        again += outbox.forget([(item.id, item.rev) for item in page if item.id in lost], clock())
    # Decisions have new numbers now: all are fetched again, and change nothing that is known.
    outbox.settle([], clock(), dict.fromkeys(("seq", "token", "cursor", "etag", "doubted"), ""))
    return again


@dataclass(frozen=True, slots=True)
class Difference:
    """One record that is not the same on both sides.

    Attributes:
        id: Record id.
        rev: The revision that was compared; 0 where the record is only there.
        kind: ``missing_there``, ``differs``, ``state`` or ``only_there``.
        here: The record's state here; None where it is only there.
        there: How it stands there, in the device's words, where that is told.
    """

    id: str
    rev: int
    kind: str
    here: str | None
    there: str | None


def differences(session: Session, page: Sequence[Answered], now: datetime) -> list[Difference]:
    """Return how a page of records differs from what the central holds."""
    response = ask(session, page, now, states=True)
    missing, other = set(response.missing), set(response.differs)
    found = []
    for item, status in zip(page, response.states or (), strict=True):
        there = LOCAL_STATE.get(status, status)
        if item.id in missing:
            found.append(Difference(item.id, item.rev, "missing_there", item.state, None))
        elif item.id in other:
            found.append(Difference(item.id, item.rev, "differs", item.state, there))
        elif there != item.state:
            found.append(Difference(item.id, item.rev, "state", item.state, there))
    return found


def totals(session: Session, now: datetime) -> dict[str, dict[str, Sum]]:
    """Return the central's sums of this device's records, by kind and the device's states."""
    answer = session.get("/v1/sync/totals", {}, now)
    kinds = _believed(answer, TotalsResponse).totals
    return {kind: _by_state(statuses) for kind, statuses in kinds.items()}


def _by_state(statuses: dict[str, Sum]) -> dict[str, Sum]:
    summed: dict[str, Sum] = {}
    for status, found in statuses.items():
        state = LOCAL_STATE.get(status, status)
        before = summed.get(state, Sum(records=0, amount=0))
        summed[state] = Sum(
            records=before.records + found.records, amount=before.amount + found.amount
        )
    return summed


def only_there(outbox: Outbox, session: Session, clock: Callable[[], datetime]) -> list[Difference]:
    """Return the records that the central holds of this device and this store does not."""
    found: list[Difference] = []
    after = ""
    while True:
        answer = session.get(f"/v1/sync/held?after={after}&limit={PAGE}", {}, clock())
        held = _believed(answer, HeldResponse)
        strangers = set(held.ids) - outbox.known(held.ids)
        found += [Difference(each, 0, "only_there", None, None) for each in sorted(strangers)]
        if not held.more or not held.ids or held.ids[-1] <= after:
            return found
        after = held.ids[-1]


def _believed(answer: Answer, model: type[M]) -> M:
    if answer.status != 200:
        raise failure(answer)
    try:
        return model.model_validate(answer.content)
    except ValidationError:
        raise SomethingInTheWay("network.bad_receipt") from None
