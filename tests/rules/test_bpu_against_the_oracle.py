"""Every BPU quote equals the oracle's, and keeps the promises that hold for any input."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from oracle import HALF_PRICE, JKM, TIERS, following, full_price, price, tier_of

from perisai_cli.domain.errors import InvalidInput, NoRuleInForce
from perisai_cli.domain.period import Month
from perisai_cli.domain.terms import PAYERS, PROGRAMS, SECTORS
from perisai_cli.rules.contribution import quote_bpu, tier_of_income, tiers
from perisai_cli.rules.law import load_law
from perisai_cli.rules.request import BpuRequest
from perisai_cli.rules.trace import Line

LAW = load_law()
unhurried = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])

some_programs = st.lists(st.sampled_from(PROGRAMS), min_size=1, unique=True).map(tuple)
in_the_law = st.integers(0, 12 * 20 + 5).map(Month(2015, 7).plus)
# Most months of twenty years have no relief; those around the reliefs are asked for more often.
around_reliefs = st.integers(-3, 9).map(Month(2020, 7).plus) | st.integers(-3, 18).map(
    Month(2025, 12).plus
)
requests = st.builds(
    BpuRequest,
    tier=st.integers(1, 33),
    programs=some_programs,
    start=in_the_law | around_reliefs,
    months=st.integers(1, 60),
    sector=st.sampled_from(SECTORS),
    payer=st.sampled_from(PAYERS),
    owner=st.booleans(),
    income=st.none() | st.integers(1, 30_000_000),
)


def as_number(month: str) -> int:
    return int(month.replace("-", ""))


@unhurried
@given(requests)
def test_a_quote_equals_the_oracles_line_by_line(request: BpuRequest) -> None:
    month = request.start.year * 100 + request.start.month
    expected = []
    for _ in range(request.months):
        for programme in request.programs:
            owed = price(
                request.tier, programme, month, request.sector, request.payer, request.owner
            )
            expected.append((month, programme, owed, full_price(request.tier, programme)))
        month = following(month)
    quote = quote_bpu(request, LAW)
    assert [
        (as_number(line.month), line.code, line.amount, line.full_amount) for line in quote.lines
    ] == expected
    assert quote.total == sum(owed for _, _, owed, _ in expected)
    assert (quote.tier, quote.base) == (request.tier, TIERS[request.tier - 1][1])


@pytest.mark.parametrize("owner", [False, True])
@pytest.mark.parametrize("payer", PAYERS)
@pytest.mark.parametrize("sector", SECTORS)
def test_every_tier_and_programme_equals_the_oracle_in_every_month_of_a_relief(
    sector: str, payer: str, owner: bool
) -> None:
    for start, months in ((Month(2020, 7), 8), (Month(2025, 12), 17)):
        for tier in range(1, 34):
            quote = quote_bpu(BpuRequest(tier, PROGRAMS, start, months, sector, payer, owner), LAW)
            for line in quote.lines:
                month = as_number(line.month)
                assert line.amount == price(tier, line.code, month, sector, payer, owner)


@unhurried
@given(requests)
def test_a_relieved_amount_is_the_full_amount_times_what_is_left_exactly(
    request: BpuRequest,
) -> None:
    for line in quote_bpu(request, LAW).lines:
        shares = [value.value for value in line.law if isinstance(value.value, Decimal)]
        left = Fraction(1) - sum((Fraction(share) for share in shares), Fraction(0))
        assert Fraction(line.amount) == line.full_amount * left
        assert (line.relief is not None) == (len(shares) == 1) == (line.amount < line.full_amount)


@unhurried
@given(requests)
def test_the_totals_are_the_sums_of_the_lines(request: BpuRequest) -> None:
    quote = quote_bpu(request, LAW)
    totals = quote.totals()
    bearers = ("member", "employer", "worker", "government", "sponsor")
    assert sum(totals[bearer] for bearer in bearers) == quote.total
    assert sum(totals["by_program"].values()) == quote.total
    assert sum(totals["by_month"].values()) == quote.total
    for program, amount in totals["by_program"].items():
        assert amount == sum(line.amount for line in quote.lines if line.code == program)
    for month, amount in totals["by_month"].items():
        assert amount == sum(line.amount for line in quote.lines if line.month == month)
    bearer = {"self": "member", "sponsor": "sponsor"}.get(request.payer, "government")
    assert totals[bearer] == quote.total


@unhurried
@given(requests, st.data())
def test_a_period_split_in_two_costs_the_same(request: BpuRequest, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, request.months))
    parts = [
        BpuRequest(
            request.tier, request.programs, start, months, request.sector, request.payer,
            request.owner,
        )
        for start, months in (
            (request.start, first),
            (request.start.plus(first), request.months - first),
        )
        if months
    ]  # fmt: skip
    quotes = [quote_bpu(part, LAW) for part in parts]
    together: list[Line] = [line for quote in quotes for line in quote.lines]
    assert tuple(together) == quote_bpu(request, LAW).lines


@unhurried
@given(requests)
def test_every_line_names_values_that_hold_in_its_month(request: BpuRequest) -> None:
    for line in quote_bpu(request, LAW).lines:
        assert line.law
        day = Month.parse(line.month).first_day()
        for value in line.law:
            assert value.since <= day
            assert value.until is None or day <= value.until
            assert value.status == "enacted"
        cited = line.as_json()["law"]
        assert all(each["regulation"] and each["at"] and each["basis"] for each in cited)


@unhurried
@given(st.integers(1, 30_000_000), st.integers(0, 3_000_000), in_the_law, st.sampled_from(SECTORS))
def test_who_earns_more_never_pays_less(income: int, more: int, month: Month, sector: str) -> None:
    totals = [
        quote_bpu(
            BpuRequest(tier_of_income(each, month, LAW).number, PROGRAMS, month, 1, sector), LAW
        ).total
        for each in (income, income + more)
    ]
    assert totals[0] <= totals[1]


@unhurried
@given(st.integers(0, 30_000_000) | st.integers(0, 10**12), in_the_law)
def test_the_tier_of_an_income_is_the_oracles(income: int, month: Month) -> None:
    assert tier_of_income(income, month, LAW).number == tier_of(income)


def test_each_tier_begins_at_its_rupiah_and_not_one_before() -> None:
    for number, (begins, *_) in enumerate(TIERS, start=1):
        assert tier_of_income(begins, Month(2026, 1), LAW).number == number
        if number > 1:
            assert tier_of_income(begins - 1, Month(2026, 1), LAW).number == number - 1


@unhurried
@given(st.integers(1, 12 * 2014).map(lambda back: Month(2015, 7).plus(-back)), some_programs)
def test_before_july_2015_there_is_no_rule_and_never_zero(
    month: Month, programs: tuple[str, ...]
) -> None:
    with pytest.raises(NoRuleInForce) as caught:
        quote_bpu(BpuRequest(1, programs, month, 60), LAW)
    assert caught.value.exit_code == 4
    facts = caught.value.problems[0].facts
    assert (facts["month"], facts["first"]) == (str(month), "2015-07-01")


@pytest.mark.parametrize("tier", [-1, 0, 34, 1000])
@pytest.mark.parametrize("programs", [("jkk", "jkm"), ("jkm",), ("jht",)])
def test_a_tier_outside_the_table_is_refused(tier: int, programs: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as caught:
        quote_bpu(BpuRequest(tier, programs, Month(2026, 5), 1), LAW)
    assert (caught.value.code, caught.value.exit_code) == ("tier.value", 2)


@pytest.mark.parametrize("number", range(1, 34))
def test_the_tier_is_the_one_of_the_table_that_was_read(number: int) -> None:
    begins, base, jkk, jht = TIERS[number - 1]
    month = Month(2026, 11)
    row = tiers(month, LAW)[number - 1]
    assert (row.number, row.income_min, row.base) == (number, begins, base)
    assert LAW.parameter("jkk.bpu_tiers").on(month).value[number - 1] == (number, begins, base, jkk)
    assert LAW.parameter("jht.bpu_tiers").on(month).value[number - 1] == (number, begins, base, jht)
    assert (jkk * 100, jht * 50) == (base, base)
    assert LAW.parameter("jkm.bpu_flat").on(month).value == JKM


def test_the_table_has_thirty_three_tiers() -> None:
    assert len(tiers(Month(2026, 11), LAW)) == len(TIERS) == 33


@pytest.mark.parametrize("sector", SECTORS)
def test_a_price_change_is_told_in_the_month_it_happens(sector: str) -> None:
    first, last = HALF_PRICE[sector]
    quote = quote_bpu(BpuRequest(1, ("jkk", "jkm"), Month(2025, 7), 24, sector), LAW)
    changes = [warning.facts for warning in quote.warnings if warning.code == "price.changes"]
    after = following(last)
    assert changes == [
        {"month": f"{first // 100}-{first % 100:02d}", "before": "Rp16.800", "after": "Rp8.400"},
        {"month": f"{after // 100}-{after % 100:02d}", "before": "Rp8.400", "after": "Rp16.800"},
    ]


@pytest.mark.parametrize(
    ("months", "warned"), [(1, False), (2, True), (3, False), (6, False), (9, True), (12, False)]
)
def test_periods_that_the_official_page_does_not_name_are_warned_of(
    months: int, warned: bool
) -> None:
    quote = quote_bpu(BpuRequest(1, ("jkk", "jkm"), Month(2024, 1), months), LAW)
    assert ("months.unusual" in {warning.code for warning in quote.warnings}) is warned


@pytest.mark.parametrize(
    ("programs", "warned"),
    [
        (("jkk", "jkm"), False),
        (PROGRAMS, False),
        (("jkk",), True),
        (("jkm",), True),
        (("jht",), True),
    ],
)
def test_a_calculator_prices_any_set_and_warns_where_jkk_or_jkm_is_missing(
    programs: tuple[str, ...], warned: bool
) -> None:
    quote = quote_bpu(BpuRequest(1, programs, Month(2024, 1), 1), LAW)
    codes = {warning.code for warning in quote.warnings}
    assert ("programs.jkk_and_jkm_expected" in codes) is warned


def test_a_doubt_of_a_source_is_said_once_however_many_lines_rest_on_it() -> None:
    quote = quote_bpu(BpuRequest(1, PROGRAMS, Month(2020, 1), 24), LAW)
    codes = [warning.code for warning in quote.warnings]
    assert codes.count("doubt.annex_not_read") == codes.count("doubt.covid_conditions") == 1


def test_a_line_as_json_keeps_the_contract() -> None:
    request = BpuRequest(1, ("jkk",), Month(2026, 5), 1)
    line = quote_bpu(request, LAW).lines[0].as_json()
    law = line.pop("law")
    assert line == {
        "code": "jkk", "borne_by": "member", "month": "2026-05", "amount": 5000,
        "full_amount": 10000, "relief": "pp-50-2025", "base": 1000000,
    }  # fmt: skip
    first = {key: law[0][key] for key in ("regulation", "since", "basis")}
    assert first == {"regulation": "PP 44/2015", "since": "2015-07-01", "basis": "secondary"}
    assert law[0]["at"].startswith("Pasal 20")
    assert [each["regulation"] for each in law] == ["PP 44/2015", "PP 50/2025"]
