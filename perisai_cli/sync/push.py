"""One batch: its message, the receipt test, and one outcome for each answered revision."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from perisai_cli.domain.errors import Problem, SomethingInTheWay
from perisai_cli.domain.outbox import Claimed, Outcome
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol import messages
from perisai_cli.protocol.canonical import receipt_digest
from perisai_cli.sync.client import Answer, failure
from perisai_cli.sync.ports import Outbox

BATCH = 50
"""How many records a batch holds before anything is known of the link."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends: the device, the agent, and this version of the tool."""

    device: str
    agent: str
    app: str


def batch_message(
    claimed: list[Claimed], left: int, outbox: Outbox, sender: Sender, now: datetime
) -> dict[str, Any]:
    """Return the message that carries *claimed*, with *left* records waiting after it.

    The items' hashes are left out: the central makes them from the bodies that reach it, and the
    answer's digest proves that they are the same, 36 octets a record cheaper.
    """
    seq, token = outbox.state("seq"), outbox.state("token")
    items = [
        messages.PushItem(
            id=item.id, rev=item.rev, base_rev=item.base_rev, kind=item.kind, body=item.body
        )
        for item in claimed
    ]
    request = messages.PushRequest(
        device=sender.device,
        agent=sender.agent,
        app=sender.app,
        schema=messages.SCHEMA,
        client_time=timestamp(now),
        seen=messages.Checkpoint(seq=int(seq), token=token) if seq and token else None,
        pending_after=left,
        oldest_pending_at=outbox.oldest_pending(claimed[-1].id),
        items=items,
    )
    return request.model_dump(by_alias=True, exclude_none=True)


def received(answer: Answer, key: str, claimed: list[Claimed]) -> messages.PushResponse:
    """Return the answer to a batch if it passes the receipt test.

    It passes when it echoes the batch's key, names only items of the batch, each once, and its
    digest over their (id, rev, hash) is ours.

    Raises:
        SomethingInTheWay: it does not; nothing in it is believed.
    """
    if answer.status != 200:
        raise failure(answer)
    try:
        response = messages.PushResponse.model_validate(answer.content)
    except ValidationError:
        raise SomethingInTheWay("network.bad_receipt") from None
    numbers = [result.n for result in response.results]
    outside = max(numbers, default=-1) >= len(claimed)
    if response.batch != key or outside or len(set(numbers)) < len(numbers):
        raise SomethingInTheWay("network.bad_receipt")
    named = [claimed[number] for number in numbers]
    if response.digest != receipt_digest((item.id, item.rev, item.hash) for item in named):
        raise SomethingInTheWay("network.bad_receipt")
    return response


def outcome_of(record_id: str, rev: int, said: messages.ItemResult | messages.Decision) -> Outcome:
    """Return what the central said of a revision, at once or later, as the store takes it in."""
    return Outcome(
        id=record_id,
        rev=rev,
        verdict=said.status,
        seq=said.seq,
        canonical_id=said.canonical_id,
        assigned=said.assigned.model_dump() if said.assigned else None,
        problems=problems(said.status, said.problem),
    )


def problems(verdict: str, problem: messages.ItemProblem | None) -> tuple[Problem, ...]:
    """Return the central's field errors as our own problems; its codes are the ones of ``i18n``."""
    if problem is None:
        return (Problem("record.conflict"),) if verdict == "conflict" else ()
    if not problem.errors:
        return (Problem(problem.type),)
    return tuple(Problem(error.code, error.pointer, error.facts or {}) for error in problem.errors)
