"""What holds for every balance, wage and month of savings, pension, job loss and incentive."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
import savings_oracle as oracle
from hypothesis import given, settings
from hypothesis import strategies as st

from perisai_cli.domain.errors import NoRuleInForce
from perisai_cli.domain.period import Month, age_on
from perisai_cli.rules.benefit import BenefitLine
from perisai_cli.rules.benefit_jht import REASONS, JhtRequest, benefit_jht, growth
from perisai_cli.rules.benefit_jkp import REASONS as CAUSES
from perisai_cli.rules.benefit_jkp import JkpRequest, benefit_jkp
from perisai_cli.rules.benefit_jp import (
    BENEFICIARIES,
    JpRequest,
    benefit_jp,
    reaches_pension_age,
)
from perisai_cli.rules.incentive import IncentiveRequest, member_fee, scheme_in, statement
from perisai_cli.rules.law import load_law

LAW = load_law()
unhurried = settings(deadline=None, max_examples=80)
money = st.integers(1, 10**12)
wages = st.integers(100_000, 20_000_000)
tenths = st.integers(0, 200)
some_years = st.integers(0, 40)
lawful_days = st.dates(date(2015, 7, 1), date(2060, 12, 31))
jkp_days = st.dates(date(2021, 2, 2), date(2060, 12, 31))
counts = st.integers(0, 300)


def number(day: date) -> int:
    return day.year * 10000 + day.month * 100 + day.day


def rests_on_what_holds(lines: tuple[BenefitLine, ...], day: date) -> bool:
    """Tell whether every line names values, and all of them hold on *day*."""
    return all(line.law and all(value.holds_on(day) for value in line.law) for line in lines)


def jht(
    balance: int, rate: int, years: int, put_in: int = 0, reason: str = "age",
    day: date = date(2026, 11, 22),
) -> JhtRequest:  # fmt: skip
    return JhtRequest(balance, Decimal(rate) / 1000, years, put_in, reason, day)


@unhurried
@given(money, tenths, some_years, st.integers(0, 1_000_000), lawful_days)
def test_savings_grow_as_a_second_reading_says(
    balance: int, rate: int, years: int, put_in: int, day: date
) -> None:
    found = benefit_jht(jht(balance, rate, years, put_in, day=day), LAW)
    told = found.as_json()
    assert found.total == oracle.savings(balance, rate, years, put_in)
    assert told["tax"] == oracle.tax(found.total)
    assert told["net"] + told["tax"] == found.total == told["balance"]
    assert told["payable_now"] == found.total
    assert rests_on_what_holds(found.lines, day)


@unhurried
@given(money, tenths, st.integers(1, 20), st.integers(1, 20), st.integers(0, 1_000_000))
def test_saving_on_from_where_one_stopped_is_saving_all_along(
    balance: int, rate: int, first: int, then: int, put_in: int
) -> None:
    halfway = growth(jht(balance, rate, first, put_in))[-1].closing
    ends = (
        growth(jht(halfway, rate, then, put_in)),
        growth(jht(balance, rate, first + then, put_in)),
    )
    assert ends[0][-1].closing == ends[1][-1].closing


@unhurried
@given(money, tenths, some_years, st.sampled_from(["housing", "partial"]))
def test_a_part_drawn_early_is_never_above_its_share_and_never_loses_a_rupiah(
    balance: int, rate: int, years: int, reason: str
) -> None:
    told = benefit_jht(jht(balance, rate, years, reason=reason), LAW).as_json()
    percent = {"housing": 30, "partial": 10}[reason]
    assert told["total"] * 100 <= percent * told["balance"] < (told["total"] + 1) * 100
    assert told["total"] + told["remaining"] == told["balance"]
    assert told["total"] == told["options"][reason]
    assert (told["tax"], told["net"]) == (None, None)


@unhurried
@given(money, money, tenths, some_years, st.sampled_from(REASONS))
def test_who_saved_more_never_gets_less(
    one: int, other: int, rate: int, years: int, reason: str
) -> None:
    less, more = sorted((one, other))
    amounts = [
        benefit_jht(jht(each, rate, years, reason=reason), LAW).total for each in (less, more)
    ]
    assert 0 <= amounts[0] <= amounts[1]


@unhurried
@given(st.sampled_from(REASONS), st.dates(date(1990, 1, 1), date(2015, 6, 30)))
def test_before_july_2015_no_savings_rule_is_known(reason: str, day: date) -> None:
    with pytest.raises(NoRuleInForce):
        benefit_jht(jht(1_000_000, 50, 1, reason=reason, day=day), LAW)


@unhurried
@given(wages, st.integers(180, 600), lawful_days, st.sampled_from(BENEFICIARIES))
def test_a_pension_is_what_a_second_reading_says(
    wage: int, months: int, day: date, who: str
) -> None:
    found = benefit_jp(JpRequest(wage, months, day, who), LAW)
    assert found.total == oracle.pension(wage, months, who, number(day))
    assert found.as_json()["pension_age"] == oracle.pension_age(number(day))
    assert rests_on_what_holds(found.lines, day)
    missing = {warning.code for warning in found.warnings if warning.code.endswith("not_found")}
    assert found.lines[0].estimate == bool(missing)


@unhurried
@given(wages, st.integers(1, 179), lawful_days, st.sampled_from(BENEFICIARIES), st.integers(0, 100))
def test_too_few_months_are_deemed_refused_or_a_lump_sum_and_never_a_smaller_pension(
    wage: int, months: int, day: date, who: str, density: int
) -> None:
    request = JpRequest(wage, months, day, who, density=Decimal(density) / 100)
    least = 1 if who == "disability" else 12
    if who == "old-age":
        told = benefit_jp(request, LAW).as_json()
        assert (told["total"], told["lines"], told["lump_sum"]) == (0, [], True)
        assert told["refused_by"]
    elif density >= 80 and months >= least:
        assert benefit_jp(request, LAW).total == oracle.pension(wage, 180, who, number(day))
    else:
        with pytest.raises(NoRuleInForce) as caught:
            benefit_jp(request, LAW)
        assert caught.value.code == "jp.too_few_months"


@unhurried
@given(st.dates(date(1930, 1, 1), date(2010, 12, 31)))
def test_the_pension_age_is_reached_once_and_not_a_day_sooner(born: date) -> None:
    reached = reaches_pension_age(born, LAW)
    assert age_on(born, reached) >= oracle.pension_age(number(reached))
    before = reached - timedelta(days=1)
    if before >= date(2015, 7, 1):
        assert age_on(born, before) < oracle.pension_age(number(before))


@pytest.mark.parametrize(
    ("born", "reached"),
    [
        (date(1958, 12, 31), date(2014, 12, 31)),
        (date(1962, 12, 31), date(2018, 12, 31)),
        (date(1963, 1, 1), date(2020, 1, 1)),
        (date(1964, 12, 31), date(2021, 12, 31)),
        (date(1965, 1, 1), date(2023, 1, 1)),
        (date(1964, 2, 29), date(2021, 3, 1)),
        (date(1978, 12, 31), date(2042, 12, 31)),
        (date(1979, 1, 1), date(2044, 1, 1)),
        (date(2000, 2, 29), date(2065, 3, 1)),
    ],
)
def test_some_birthdays_by_hand(born: date, reached: date) -> None:
    assert reaches_pension_age(born, LAW) == max(reached, date(2015, 7, 1))


def test_before_the_pension_age_there_is_no_pension_and_the_day_is_told() -> None:
    born = date(1968, 3, 15)
    early = benefit_jp(JpRequest(5_000_000, 240, date(2027, 3, 14), born=born), LAW)
    assert (early.total, early.lines) == (0, ())
    assert early.as_json()["reaches_pension_age"] == "2027-03-15"
    assert [value.parameter for value in early.refused] == ["jp_benefit.pension_age"]
    there = benefit_jp(JpRequest(5_000_000, 240, date(2027, 3, 15), born=born), LAW)
    assert there.total == 1_000_000


def test_fifteen_years_are_not_deemed_from_the_pension_age_on() -> None:
    request = JpRequest(
        5_000_000, 24, date(2027, 3, 14), "widow", date(1968, 3, 15), Decimal(1)
    )  # fmt: skip
    assert benefit_jp(request, LAW).total == 375_000
    with pytest.raises(NoRuleInForce):
        benefit_jp(request._replace(day=date(2027, 3, 15)), LAW)


@unhurried
@given(money, jkp_days)
def test_job_loss_cash_is_what_a_second_reading_says(wage: int, day: date) -> None:
    found = benefit_jkp(JkpRequest(wage, day), LAW)
    months = [row["amount"] for row in found.as_json()["by_month"]]
    assert months == oracle.job_loss(wage, number(day))
    assert found.total == sum(months) <= 18_000_000
    assert rests_on_what_holds(found.lines, day)
    until = date.fromisoformat(found.as_json()["claim_until"])
    waited = 6 if day >= date(2025, 2, 7) else 3
    assert Month.of(until) == Month.of(day).plus(waited)
    assert until.day == day.day or (until + timedelta(days=1)).day == 1


@unhurried
@given(money, jkp_days, st.sampled_from(CAUSES), st.integers(0, 24), st.integers(1, 9))
def test_job_loss_is_paid_whole_or_refused_with_an_article(
    wage: int, day: date, reason: str, paid: int, claim: int
) -> None:
    found = benefit_jkp(JkpRequest(wage, day, reason, paid, claim), LAW)
    due = reason in ("laid-off", "contract-ended-early") and paid >= 12 and claim <= 3
    assert bool(found.total) == due
    assert bool(found.refused) == (not due)
    assert all(value.holds_on(day) for value in found.refused)


@unhurried
@given(counts, st.integers(0, 10**9), st.integers(0, 10**9), st.sampled_from(["2", "3"]))
def test_a_statement_adds_up_as_a_second_reading_says(
    new: int, collected: int, later: int, programs: str
) -> None:
    now = statement(IncentiveRequest("2022", new, programs, collected, later), LAW)
    assert now.total == now.gross == oracle.agent_2022(new, int(programs), collected, later)
    old = statement(IncentiveRequest("2018", new, programs, collected), LAW)
    assert (old.gross, old.office_share) == oracle.agent_2018(new, collected)
    for each in (now, old):
        assert sum(line.amount for line in each.lines) == each.total >= 0
        assert all(line.law for line in each.lines)


@unhurried
@given(counts, st.sampled_from(["2", "3"]), st.sampled_from(["2018", "2022"]))
def test_a_cliff_tells_what_the_missing_members_would_bring(
    new: int, programs: str, scheme: str
) -> None:
    here = statement(IncentiveRequest(scheme, new, programs, 0), LAW)
    told = {warning.code: warning.facts for warning in here.warnings}
    if "incentive.below_threshold" not in told:
        assert new >= {"2018": 50, "2022": 25}[scheme]
        return
    facts = told["incentive.below_threshold"]
    there = statement(IncentiveRequest(scheme, new + int(facts["missing"]), programs, 0), LAW)
    assert facts["gain"] == f"Rp{there.total - here.total:,}".replace(",", ".")
    one_short = statement(IncentiveRequest(scheme, int(facts["least"]) - 1, programs, 0), LAW)
    assert one_short.total == 0 < there.total


@unhurried
@given(st.integers(1000, 1_000_000), st.sampled_from(["2", "3"]), st.integers(0, 80))
def test_a_member_s_fee_is_the_sum_of_its_months(price: int, programs: str, months: int) -> None:
    assert member_fee(price, programs, months, LAW) == oracle.member(price, int(programs), months)


@pytest.mark.parametrize(
    ("month", "scheme"),
    [(Month(2018, 2), "2018"), (Month(2022, 3), "2018"), (Month(2022, 4), "2022"),
     (Month(2026, 11), "2022")],
)  # fmt: skip
def test_a_month_has_one_scheme(month: Month, scheme: str) -> None:
    assert scheme_in(month, LAW) == scheme


def test_no_scheme_is_known_before_the_first() -> None:
    with pytest.raises(NoRuleInForce):
        scheme_in(Month(2018, 1), LAW)
