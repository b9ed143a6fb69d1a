"""What a run would send: counted, not sent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from perisai_cli.sync.delivery import HEADERS_OCTETS
from perisai_cli.sync.pace import Pace
from perisai_cli.sync.ports import Outbox
from perisai_cli.sync.push import Sender, batch_message
from perisai_cli.sync.wire import encoded

ROUND_TRIP_MILLISECONDS = 800
"""One way and back over the poorest link that must hold."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a push would do: records, requests, octets with their headers, and how long it takes."""

    pending: int
    requests: int
    bytes_up: int
    seconds: int


def plan(outbox: Outbox, sender: Sender, now: datetime, kilobits: int) -> Plan:
    """Return what a run would send now over a link of that speed, marking and sending nothing.

    The times are those of the link alone, with one round trip of a slow one for each request.
    """
    pace, total, octets, requests, milliseconds, after = Pace(), 0, 0, 0, 0, ""
    left = outbox.pending()
    while waiting := pace.fitting(outbox.peek(after, pace.next_size)):
        after = waiting[-1].id
        total += len(waiting)
        requests += 1
        body = encoded(batch_message(waiting, left - total, outbox, sender, now))
        took = _milliseconds(len(body) + HEADERS_OCTETS, kilobits)
        octets += len(body)
        milliseconds += took
        pace.passed(len(waiting), took / 1000)
    return Plan(total, requests, octets, -(-milliseconds // 1000))


def estimate(outbox: Outbox, sender: Sender, now: datetime, kilobits: int) -> Plan:
    """Return about what ``plan`` does, judged by the first batch alone, however long the queue."""
    total, sample = outbox.pending(), outbox.peek("", Pace().next_size)
    if not sample:
        return Plan(total, 0, 0, 0)
    body = len(encoded(batch_message(sample, 0, outbox, sender, now)))
    octets = -(-body * total // len(sample))
    pace, requests, left = Pace(), 0, total
    while left > 0:
        left -= pace.next_size
        requests += 1
        pace.passed(pace.next_size, 0)
    milliseconds = _milliseconds(octets, kilobits) + requests * ROUND_TRIP_MILLISECONDS
    return Plan(total, requests, octets, -(-milliseconds // 1000))


def _milliseconds(octets: int, kilobits: int) -> int:
    return octets * 8 // kilobits + ROUND_TRIP_MILLISECONDS
