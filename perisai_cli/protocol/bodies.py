"""Bodies of records: what an enrolment and its withdrawal look like on the wire.

An enrolment::

    {"worker": {…}, "quote": {"total": 50400, "rules": "…", "tier": 1},
     "captured": {"at": …, "day": …}}

A withdrawal, which carries nothing personal::

    {"withdrawn": {"at": …, "reason": "…"}}
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from perisai_cli.domain.people import Worker
from perisai_cli.domain.period import timestamp
from perisai_cli.rules.trace import Quote


def enrolment_body(
    worker: Worker, quote: Quote, rules: str, day: date, now: datetime
) -> dict[str, Any]:
    """Return the body of an enrolment captured on the local *day*, at the moment *now*.

    *rules* is the digest of the law that priced it.
    """
    return {
        "worker": worker.as_json(),
        "quote": {"total": quote.total, "tier": quote.tier, "rules": rules},
        "captured": {"at": timestamp(now), "day": day.isoformat()},
    }


def withdrawal_body(reason: str, now: datetime) -> dict[str, Any]:
    """Return the body of a withdrawal: when and why, and nothing else."""
    return {"withdrawn": {"at": timestamp(now), "reason": reason}}


def is_withdrawal(body: dict[str, Any]) -> bool:
    """Tell whether a body withdraws its record."""
    return "withdrawn" in body
