"""Every benefit of an accident or a death equals the oracle's, and keeps what holds for all."""

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from benefit_oracle import BEGINS, LEVELS, jkk, jkm, rounded
from hypothesis import given, settings
from hypothesis import strategies as st

from perisai_cli.domain.errors import NoRuleInForce
from perisai_cli.rules.benefit import Benefit
from perisai_cli.rules.benefit_jkk import EVENTS, JkkAccident, benefit_jkk
from perisai_cli.rules.benefit_jkm import JkmDeath, benefit_jkm
from perisai_cli.rules.law import load_law

LAW = load_law()
unhurried = settings(deadline=None, max_examples=120)

edges = st.sampled_from([date(2015, 7, 1), date(2019, 12, 2), date(2025, 2, 1)])
days = st.dates(date(2015, 6, 1), date(2032, 1, 1)) | st.builds(
    lambda edge, near: edge + timedelta(near), edges, st.integers(-2, 2)
)
children = st.lists(st.sampled_from([*LEVELS, "all"]), max_size=4)
arrears = st.integers(0, 5)
bases = st.integers(1, 40_000_000)
percents = st.integers(1, 100)


def number(day: date) -> int:
    return day.year * 10_000 + day.month * 100 + day.day


def keeps_its_promises(benefit: Benefit, day: date) -> None:
    said = benefit.as_json()
    assert said["payable_now"] + said["after_arrears"] == said["total"] >= 0
    assert sum(line.amount for line in benefit.lines) == said["total"]
    for line in benefit.lines:
        assert line.amount >= 0
        assert line.law
        for value in line.law:
            assert value.holds_on(day)
            assert not value.doubt or f"doubt.{value.doubt}" in {w.code for w in benefit.warnings}
    assert benefit.lines or benefit.refused


@unhurried
@given(days, st.integers(0, 80), arrears, children, st.integers(0, 80))
def test_jkm_equals_the_oracle(
    day: date, membership: int, months: int, some: list[str], paid: int
) -> None:
    death = JkmDeath(day, membership, months, tuple(some), paid)
    if number(day) < BEGINS:
        with pytest.raises(NoRuleInForce):
            benefit_jkm(death, LAW)
        return
    benefit = benefit_jkm(death, LAW)
    keeps_its_promises(benefit, day)
    total, now = jkm(number(day), membership, months, some, paid)
    assert (benefit.total, benefit.total - benefit.after_arrears) == (total, now)


@unhurried
@given(
    days, st.sampled_from(EVENTS), bases, arrears,
    st.fixed_dictionaries(
        {
            "percent": percents, "loss": percents, "months": st.integers(1, 40),
            "days": st.integers(0, 30), "land": st.integers(1, 20_000_000),
            "sea": st.integers(0, 20_000_000), "air": st.integers(0, 20_000_000),
        }
    ),
    children,
)  # fmt: skip
def test_jkk_equals_the_oracle(
    day: date, event: str, base: int, months: int, more: dict[str, int], some: list[str]
) -> None:
    accident = JkkAccident(
        event=event,
        day=day,
        base=base,
        percent=Decimal(more["percent"]) / 100,
        loss=Decimal(more["loss"]) / 100 if event == "functional" else Decimal(1),
        months=more["months"],
        days=more["days"],
        receipts={mode: more[mode] for mode in ("land", "sea", "air")},
        arrears=months,
        children=tuple(some),
    )
    told: dict[str, Any] = {**more, "children": some}
    expected = None if number(day) < BEGINS else jkk(number(day), event, base, months, **told)
    if expected is None:
        with pytest.raises(NoRuleInForce):
            benefit_jkk(accident, LAW)
        return
    benefit = benefit_jkk(accident, LAW)
    keeps_its_promises(benefit, day)
    assert benefit.total == expected
    assert benefit.total - benefit.after_arrears == (0 if months else expected)


@unhurried
@given(bases, bases, st.sampled_from(["death", "total", "partial", "temporary"]))
def test_a_higher_base_never_gives_less(one: int, other: int, event: str) -> None:
    low, high = (
        benefit_jkk(
            JkkAccident(event, date(2026, 11, 2), base, Decimal("0.4"), months=14, days=3), LAW
        ).total
        for base in sorted((one, other))
    )
    assert low <= high


@given(st.integers(0, 10_000), st.integers(1, 1000))
def test_the_oracle_rounds_half_up(above: int, below: int) -> None:
    amount = Fraction(above, below)
    assert abs(rounded(amount) - amount) <= Fraction(1, 2)
    assert rounded(Fraction(1, 2)) == 1


def test_the_minimum_of_a_death_at_work_is_the_lump_sum_of_jkm() -> None:
    least = LAW.parameter("jkk_benefit.death_minimum").values
    for value in least:
        assert LAW.parameter("jkm_benefit.lump_sum").on_day(value.since).value == value.value


def test_shares_of_eighty_wages_are_the_multiples_that_people_know() -> None:
    multiple = LAW.parameter("jkk_benefit.wage_multiple").on_day(date(2026, 1, 1)).value
    shares = [
        LAW.parameter(f"jkk_benefit.{name}_share").on_day(date(2026, 1, 1)).value
        for name in ("death", "total")
    ]
    assert [share * multiple for share in shares] == [48, 56]


def test_the_schedule_adds_up_to_the_scholarship() -> None:
    accident = JkkAccident("death", date(2026, 1, 1), 1_000_000, children=("all", "sma"))
    facts = benefit_jkk(accident, LAW).facts
    assert facts is not None
    told = facts["scholarship"]
    assert sum(row["amount"] for row in told["schedule"]) == told["total"] == 96_000_000
    assert [row["amount"] for row in told["schedule"]][:4] == [4_500_000] * 3 + [1_500_000]
    assert [child["later"] for child in told["children"]] == [0, 60_000_000]


def test_a_table_without_an_unseen_row_is_offered() -> None:
    rows = dict(LAW.parameter("jkk_benefit.parts").values[-1].value)
    assert rows["one_eye"] == Decimal("0.35")
    assert not {part for part in rows if "finger" in part or "leg" in part or "hand" in part}
    assert max(rows.values()) <= Decimal("0.7")
