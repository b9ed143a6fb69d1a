"""Cover begins with number and payment, follows the paid months, and ends by the rules."""

import tomllib
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perisai_cli.domain.errors import NoRuleInForce
from perisai_cli.domain.period import Month, months_from
from perisai_cli.rules.cover import (
    Cover,
    Membership,
    cover_began,
    cover_until,
    first_cover_day,
    short_jkm,
    state_on,
)
from perisai_cli.rules.law import load_law

LAW = load_law()
FIRST = date(2026, 1, 12)
CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "cover.toml").read_text(encoding="utf-8")
)["case"]


def months_of(span: str) -> list[Month]:
    """Return the months of a span such as ``2026-01..2026-10``."""
    first, last = map(Month.parse, span.split(".."))
    return [month for month in months_from(first, 240) if month <= last]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_a_worked_case_has_its_state(case: dict[str, Any]) -> None:
    months = frozenset(month for span in case["paid"] for month in months_of(span))
    member = Membership(months, case["first_day"])
    if "refused" in case:
        with pytest.raises(NoRuleInForce):
            state_on(case["date"], member, LAW)
        return
    cover = state_on(case["date"], member, LAW)
    assert (cover.state, cover.unpaid) == (case["state"], case["unpaid"])


def paid(*spans: tuple[int, int, int]) -> frozenset[Month]:
    """Return months from (year, month, how many) spans."""
    return frozenset(
        each for year, month, count in spans for each in months_from(Month(year, month), count)
    )


def on(day: date, months: frozenset[Month], closed: date | None = None) -> Cover:
    return state_on(day, Membership(months, FIRST, closed), LAW)


def test_cover_begins_when_both_the_number_and_the_first_payment_are_there() -> None:
    assert first_cover_day(date(2026, 1, 12), date(2026, 1, 10)) == date(2026, 1, 12)
    assert first_cover_day(date(2026, 1, 10), date(2026, 1, 12)) == date(2026, 1, 12)
    assert first_cover_day(date(2026, 1, 10), date(2026, 1, 10)) == date(2026, 1, 10)


def test_paid_months_carry_cover_to_the_last_day_of_the_last() -> None:
    assert cover_until(paid((2026, 1, 3))) == date(2026, 3, 31)
    assert cover_until(paid((2027, 12, 3))) == date(2028, 2, 29)
    assert cover_until(frozenset()) is None


@pytest.mark.parametrize(
    ("day", "state", "reason", "unpaid"),
    [
        (date(2026, 1, 11), "not_begun", "not_begun", 0),
        (date(2026, 1, 12), "active", "paid", 0),
        (date(2026, 3, 31), "active", "paid", 0),
        (date(2026, 4, 1), "grace", "arrears", 1),
        (date(2026, 6, 30), "grace", "arrears", 3),
        (date(2026, 7, 1), "lapsed", "too_long_unpaid", 4),
        (date(2030, 7, 1), "lapsed", "too_long_unpaid", 52),
    ],
)
def test_the_state_follows_the_paid_months(day: date, state: str, reason: str, unpaid: int) -> None:
    cover = on(day, paid((2026, 1, 3)))
    assert (cover.state, cover.reason, cover.unpaid) == (state, reason, unpaid)
    assert cover.law
    if state in ("grace", "lapsed"):
        assert (cover.until, cover.grace_until) == (date(2026, 3, 31), date(2026, 6, 30))
        cited = {value.parameter for value in cover.law}
        assert cited == {
            "cover.grace_months", "jkk_benefit.arrears_limit", "jkm_benefit.arrears_limit"
        }  # fmt: skip


def test_without_any_payment_nothing_has_begun() -> None:
    assert on(date(2026, 2, 1), frozenset()).reason == "no_payment"
    assert on(date(2026, 2, 1), paid((2026, 5, 1))).state == "not_begun"


def test_a_payment_ahead_does_not_cover_a_month_that_was_left_out() -> None:
    months = paid((2026, 1, 2), (2026, 4, 3))
    assert [on(date(2026, month, 15), months).state for month in (2, 3, 4, 6)] == [
        "active", "grace", "active", "active"
    ]  # fmt: skip


def test_a_closed_membership_has_ended_from_its_day_on() -> None:
    months = paid((2026, 1, 12))
    assert on(date(2026, 5, 19), months, date(2026, 5, 20)).state == "active"
    ended = on(date(2026, 5, 20), months, date(2026, 5, 20))
    assert (ended.state, ended.reason) == ("ended", "closed")


def test_before_the_first_rule_there_is_no_state() -> None:
    early = Membership(paid((2015, 6, 2)), date(2015, 6, 1))
    with pytest.raises(NoRuleInForce):
        state_on(date(2015, 6, 30), early, LAW)
    assert state_on(date(2015, 7, 1), early, LAW).state == "active"
    assert state_on(date(2015, 8, 1), early, LAW).state == "grace"


def test_a_return_within_the_grace_period_does_not_begin_membership_anew() -> None:
    within = paid((2026, 1, 2), (2026, 6, 1))
    beyond = paid((2026, 1, 2), (2026, 7, 1))
    assert cover_began(within, date(2026, 8, 1), LAW) == Month(2026, 1)
    assert cover_began(beyond, date(2026, 8, 1), LAW) == Month(2026, 7)
    assert cover_began(beyond, date(2026, 5, 1), LAW) == Month(2026, 1)
    assert cover_began(beyond, date(2025, 12, 31), LAW) is None


@pytest.mark.parametrize(
    ("start", "day", "short"),
    [
        (Month(2024, 12), date(2025, 1, 31), False),
        (Month(2024, 12), date(2025, 2, 1), True),
        (Month(2026, 6), date(2026, 6, 30), True),
        (Month(2026, 6), date(2026, 8, 31), True),
        (Month(2026, 6), date(2026, 9, 1), False),
    ],
)
def test_the_first_three_months_are_calendar_months(start: Month, day: date, short: bool) -> None:
    months = frozenset(months_from(start, 12))
    assert (short_jkm(months, day, LAW) is not None) is short


def test_before_any_cover_there_are_no_first_months() -> None:
    assert short_jkm(frozenset(), date(2026, 1, 1), LAW) is None


@given(
    st.frozensets(st.integers(0, 30).map(Month(2026, 1).plus), min_size=1),
    st.integers(0, 1200),
)
def test_cover_is_active_in_paid_months_and_in_no_other(
    months: frozenset[Month], offset: int
) -> None:
    day = FIRST + timedelta(offset)
    state = on(day, months).state
    assert (state == "active") == (Month.of(day) in months)
    if state == "grace":
        assert any(Month.of(day).plus(-back) in months for back in (1, 2, 3))


def test_the_states_come_in_their_order() -> None:
    order = ["not_begun", "active", "grace", "lapsed"]
    days = [date(2026, 1, 1) + timedelta(count) for count in range(400)]
    states = [order.index(on(day, paid((2026, 1, 3))).state) for day in days]
    assert all(earlier <= later for earlier, later in pairwise(states))
    assert set(states) == {0, 1, 2, 3}
