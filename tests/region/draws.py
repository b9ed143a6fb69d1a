"""How often what occurs in the made-up region."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import TypeVar

from region.records import Wish

T = TypeVar("T")

STANDINGS = {
    "accepted": 78, "pending": 8, "held": 3, "duplicate": 2, "needs_fix": 4, "conflict": 1,
    "withdrawn": 4,
}  # fmt: skip
PAYMENT_STANDINGS = {
    "accepted": 86, "pending": 8, "held": 1.5, "duplicate": 1.5, "needs_fix": 1, "conflict": 0.5,
    "withdrawn": 1.5,
}  # fmt: skip
PAYERS = {
    "self": 80, "sponsor": 4, "village": 5, "apbd-regency": 4, "apbd-province": 3, "apbn": 2,
    "dbhcht": 2,
}  # fmt: skip
TIERS = {
    1: 46,
    2: 10,
    3: 8,
    4: 9,
    5: 6,
    6: 6,
    7: 4,
    8: 3,
    10: 3,
    12: 2,
    14: 1,
    17: 1,
    22: 0.5,
    32: 0.5,
}
MONTHS = {1: 40, 3: 32, 6: 16, 12: 12}
FLAWS = {
    "nik_region_unknown": 0.006, "nik_region_retired": 0.03, "nik_birth_differs": 0.012,
    "nik_sex_differs": 0.006, "no_heir": 0.18, "one_word_name": 0.07,
}  # fmt: skip
CODES = {
    ("enrolment", "needs_fix"): ("quote.mismatch", "quote.other_rules", "nik.date", "phone.format"),
    ("enrolment", "duplicate"): ("nik.duplicate",),
    ("enrolment", "conflict"): ("revision.other",),
    ("enrolment", "held"): ("attestation.critically_ill", "captured.past", "captured.future"),
    ("payment", "needs_fix"): ("payment.faults", "quote.mismatch"),
    ("payment", "duplicate"): ("payment.duplicate",),
    ("payment", "conflict"): ("revision.other",),
    ("payment", "held"): ("captured.past",),
    ("reactivation", "needs_fix"): ("quote.mismatch",),
    ("reactivation", "duplicate"): ("nik.duplicate",),
    ("reactivation", "conflict"): ("revision.other",),
    ("reactivation", "held"): ("attestation.critically_ill",),
    ("outreach", "needs_fix"): ("event.faults",),
    ("outreach", "held"): ("captured.past",),
}
"""Why a record is held or sent back, by its kind and standing."""


class Draw:
    """Chances drawn from one seed."""

    def __init__(self, seed: str):
        self._random = random.Random(seed)
        self.number = self._random.random

    def chance(self, share: float) -> bool:
        """Tell whether something that occurs in this share of cases does."""
        return self.number() < share

    def between(self, low: int, high: int) -> int:
        """Return a whole number from *low* to *high*."""
        return low + int(self.number() * (high - low + 1))

    def one(self, choices: Sequence[T]) -> T:
        """Return one of *choices*, all alike."""
        return choices[int(self.number() * len(choices))]

    def of(self, choices: Sequence[T], weights: tuple[float, ...]) -> T:
        """Return one of *choices* by their weights."""
        steps = _steps(weights)
        luck = self.number() * steps[-1]
        return choices[next(place for place, step in enumerate(steps) if luck < step)]

    def id(self, moment: int) -> str:
        """Return a UUID version 7 of a moment."""
        milliseconds = moment * 1000 + self.between(0, 999)
        time, rest = f"{milliseconds:012x}", self._random.getrandbits(74)
        return (
            f"{time[:8]}-{time[8:]}-7{rest & 0xFFF:03x}"
            f"-{0x8000 | (rest >> 12 & 0x3FFF):04x}-{rest >> 26:012x}"
        )

    def standing(self, *, payment: bool = False) -> str:
        """Return how a record stands."""
        shares = PAYMENT_STANDINGS if payment else STANDINGS
        return self.of(tuple(shares), tuple(shares.values()))

    def months(self) -> int:
        """Return for how many months someone pays at once."""
        return self.of(tuple(MONTHS), tuple(MONTHS.values()))

    def wish(self, programs: Sequence[tuple[str, ...]]) -> Wish:
        """Return what a member is insured for."""
        return Wish(
            self.of(programs, (72, 28)),
            self.of(tuple(TIERS), tuple(TIERS.values())),
            self.of(("other", "transport"), (82, 18)),
            self.of(tuple(PAYERS), tuple(PAYERS.values())),
            self.chance(0.03),
        )

    def flaws(self) -> tuple[str, ...]:
        """Return what is found about a person's data; a phone or an address is always there."""
        luck = self.number()
        found = ["no_phone"] if luck < 0.09 else ["no_address"] if luck < 0.14 else []
        found += [name for name, share in FLAWS.items() if self.number() < share]
        if "nik_region_unknown" in found and "nik_region_retired" in found:
            found.remove("nik_region_unknown")
        return tuple(found)

    def codes(self, kind: str, standing: str) -> tuple[str, ...]:
        """Return why a record is held or sent back: one reason, sometimes two."""
        known = CODES.get((kind, standing), ())
        if not known:
            return ()
        first = self.between(0, len(known) - 1)
        both = len(known) > 1 and self.chance(0.2)
        return (known[first], known[first - 1]) if both else (known[first],)


@lru_cache(maxsize=64)
def _steps(weights: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(accumulate(weights))
