"""What a record's facts may hold: the same rule for a book and for the central."""

from __future__ import annotations

from typing import Any

import pytest

from perisai_cli.domain.fact_forms import HEAD, MAX_TIER, unfit
from perisai_cli.domain.facts import Fact, Held, Member, Paid, Returned, number_of
from perisai_cli.domain.period import Month
from perisai_cli.rules.contribution import tiers
from perisai_cli.rules.law import load_law

START = number_of(Month(2026, 10))
WHO = ("01a0", 1, "accepted", "A-1", "A-1", "W-03", "2026-09-01")
ID = "01a05a4f-e2e0-7000-8000-00000000000d"
MEMBER = Member(
    *WHO, "5171", "jkk,jkm", 1, START, 3, "other", "self", 0, 50400, "ab12", 511
)  # fmt: skip
PAID = Paid(
    *WHO, ID, "jkk,jkm,jht", 33, START, 60, "transport", "apbn", 1, 0, "f" * 64, "confirmed",
    "2026-09-02",
)  # fmt: skip
RETURNED = Returned(*WHO, "", START, 1, 16800)
HELD = Held(*WHO, "5171", "market_visit", 30, 3, None, 2)


@pytest.mark.parametrize("fact", [MEMBER, PAID, RETURNED, HELD, HELD._replace(region="51")])
def test_what_an_honest_record_holds_fits(fact: Fact) -> None:
    assert unfit(fact) is None


@pytest.mark.parametrize(
    ("fact", "changes"),
    [
        (MEMBER, {"day": "20260901"}),
        (MEMBER, {"day": "2026-W40-1"}),
        (MEMBER, {"day": "2026-02-30"}),
        (MEMBER, {"region": "5171019"}),
        (MEMBER, {"region": "５１７１"}),
        (MEMBER, {"programs": "xyz"}),
        (MEMBER, {"programs": ""}),
        (MEMBER, {"programs": "jkk,jkk"}),
        (MEMBER, {"tier": 0}),
        (MEMBER, {"tier": MAX_TIER + 1}),
        (MEMBER, {"tier": True}),
        (MEMBER, {"start": 0}),
        (MEMBER, {"start": number_of(Month(1999, 12))}),
        (MEMBER, {"start": 12 * 3000}),
        (MEMBER, {"months": 0}),
        (MEMBER, {"months": 61}),
        (MEMBER, {"sector": "Ni Luh Sari"}),
        (MEMBER, {"payer": "foo"}),
        (MEMBER, {"owner": 2}),
        (MEMBER, {"amount": 10**12 + 1}),
        (MEMBER, {"amount": 2**53 - 1}),
        (MEMBER, {"amount": -1}),
        (MEMBER, {"rules": ""}),
        (MEMBER, {"rules": "Ni Luh"}),
        (MEMBER, {"rules": "a" * 65}),
        (MEMBER, {"quality": 512}),
        (PAID, {"money": "foo"}),
        (PAID, {"moved": "2026-9-1"}),
        (PAID, {"member": "5171015701900001"}),
        (PAID, {"member": None}),
        (RETURNED, {"amount": "16800"}),
        (HELD, {"type": "market"}),
        (HELD, {"present": 100_001}),
        (HELD, {"interested": -1}),
        (HELD, {"enrolled": 2**53 - 1}),
        (HELD, {"paid": "1"}),
    ],
)
def test_what_no_record_can_hold_is_named(fact: Any, changes: dict[str, Any]) -> None:
    assert unfit(fact._replace(**changes)) == next(iter(changes))


def test_an_emptied_record_may_hold_nothing_but_never_nonsense() -> None:
    blank = MEMBER._replace(region="", programs="", tier=0, start=0, months=0, rules="")
    assert unfit(blank) == "region"
    assert unfit(blank, emptied=True) is None
    assert unfit(blank._replace(tier=99), emptied=True) == "tier"
    assert unfit(blank._replace(programs=None), emptied=True) == "programs"  # type: ignore[arg-type]


def test_there_are_as_many_tiers_as_the_law_has() -> None:
    assert len(tiers(Month(2026, 12), load_law())) == MAX_TIER


def test_who_recorded_it_is_not_judged_here() -> None:
    assert MEMBER._fields[:HEAD] == Held._fields[:HEAD]
    assert "day" not in MEMBER._fields[:HEAD]
