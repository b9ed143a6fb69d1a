"""The rows that an arrival becomes: its record, with the facts beside it, and its revision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from perisai_cli.central.facts import codes_of
from perisai_cli.domain.period import timestamp

if TYPE_CHECKING:
    from perisai_cli.central.upsert import Arrival, Verdict


def item_row(arrival: Arrival, verdict: Verdict, seq: int) -> dict[str, Any]:
    """Return how a record stands that an arrival is the current revision of, but for its facts."""
    return {
        "rev": arrival.item.rev,
        "hash": arrival.hash,
        "status": verdict.status,
        "device": arrival.sender.device,
        "canonical_id": verdict.canonical_id,
        "codes": codes_of(verdict.problem),
        "changed_seq": seq,
    }


def new_item_row(
    arrival: Arrival, verdict: Verdict, numbers: dict[str, str] | None, seq: int
) -> dict[str, Any]:
    """Return the whole row of a record that is new."""
    item, none = arrival.item, {"kpj": None, "payment_code": None}
    made = {"id": item.id, "kind": item.kind, "agent": arrival.sender.agent}
    return item_row(arrival, verdict, seq) | arrival.facts() | made | (numbers or none)


def version_row(arrival: Arrival, verdict: Verdict, seq: int) -> dict[str, Any]:
    """Return the row that keeps a revision for good."""
    item, problem = arrival.item, verdict.problem
    return {
        "id": item.id,
        "rev": item.rev,
        "hash": arrival.hash,
        "status": verdict.status,
        "canonical_id": verdict.canonical_id,
        "problem": problem.model_dump(exclude_none=True) if problem else None,
        "body": item.body,
        "base_rev": item.base_rev,
        "device": arrival.sender.device,
        "received_at": timestamp(arrival.now),
        "seq": seq,
    }
