"""When ten thousand agents sync, with how much, and over which links: stated, seeded, printed.

The day's work goes up between 17:00 and 18:00 local time. Bali, West and East Nusa Tenggara keep
WITA (UTC+8), Papua keeps WIT (UTC+9), so Papua's hour is over in UTC when the other begins.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

HOUR = 3600.0
ZONES = (("WIT (Papua)", 8, 0.25), ("WITA (Bali, NTB, NTT)", 9, 0.75))
"""Name, the hour in UTC at which it is 17:00 there, and the share of the agents."""

EAGER, AROUND, SPREAD = 0.7, 20 * 60.0, 10 * 60.0
"""This share syncs around twenty past, give or take ten minutes; the others at any time."""

RECORDS = (20, 60)
ROUND_TRIP = (0.2, 0.8)
BITS = (48_000, 384_000)
BROKEN = 0.15
"""This share loses the link after a push was sent and before its answer, and begins again."""


class Link(NamedTuple):
    """How poor an agent's link is: seconds there and back, bits a second upwards."""

    round_trip: float
    bits: float


@dataclass(frozen=True)
class Visit:
    """One agent's sync of the day."""

    at: float
    zone: str
    records: int
    link: Link
    breaks: bool


def day(agents: int, seed: int) -> list[Visit]:
    """Return the visits of a day in order of their time, in seconds after midnight UTC."""
    draw = random.Random(seed)
    visits = []
    for name, hour, share in ZONES:
        visits += [_visit(draw, name, hour * HOUR) for _ in range(round(agents * share))]
    return sorted(visits, key=lambda visit: visit.at)


def _visit(draw: random.Random, zone: str, begins: float) -> Visit:
    within = draw.gauss(AROUND, SPREAD) if draw.random() < EAGER else draw.uniform(0, HOUR)
    while not 0 <= within < HOUR:
        within = draw.gauss(AROUND, SPREAD)
    low, high = (math.log(bits) for bits in BITS)
    link = Link(draw.uniform(*ROUND_TRIP), math.exp(draw.uniform(low, high)))
    return Visit(begins + within, zone, draw.randint(*RECORDS), link, draw.random() < BROKEN)


def busiest(visits: Sequence[Visit], seconds: float) -> float:
    """Return the beginning of the window of this length that holds the most visits."""
    best, begin, low = 0, visits[0].at, 0
    for high, visit in enumerate(visits):
        while visits[low].at <= visit.at - seconds:
            low += 1
        if high - low + 1 > best:
            best, begin = high - low + 1, visits[low].at
    return begin


def by_minutes(visits: Sequence[Visit], minutes: int) -> list[tuple[str, int, int]]:
    """Return (time in UTC, visits, records) for each stretch of so many minutes."""
    count: Counter[int] = Counter()
    records: Counter[int] = Counter()
    for visit in visits:
        stretch = int(visit.at // (60 * minutes))
        count[stretch] += 1
        records[stretch] += visit.records
    return [
        (f"{each * minutes // 60:02}:{each * minutes % 60:02}", count[each], records[each])
        for each in range(min(count), max(count) + 1)
    ]
