"""Employees' and building sites' bills equal the oracle's, and keep promises for any input."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction

import contribution_oracle as oracle
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perisai_cli.domain.errors import InvalidInput, NoRuleInForce
from perisai_cli.domain.money import MAX_RUPIAH
from perisai_cli.domain.period import Month
from perisai_cli.domain.terms import SEGMENTS
from perisai_cli.rules.bill import Bill
from perisai_cli.rules.checking import BadParameterFile, read_relief
from perisai_cli.rules.contribution_jakon import JakonRequest, quote_jakon, slices
from perisai_cli.rules.contribution_pmi import PmiRequest, quote_pmi
from perisai_cli.rules.contribution_pu import BILLED, PROGRAMS, PuRequest, quote_pu, wage_of
from perisai_cli.rules.law import load_law
from perisai_cli.rules.relief import in_segments
from perisai_cli.rules.trace import Line, totals_of

LAW = load_law()
unhurried = settings(deadline=None, max_examples=100)

LAST_CEILING = Month(2027, 2)
some_programs = st.lists(st.sampled_from(tuple(BILLED)), min_size=1, unique=True).map(tuple)
# Months around the reliefs, the ceilings of March, and any other; none after the last ceiling.
starts = st.sampled_from([(2020, 7), (2021, 1), (2025, 1), (2025, 7), (2026, 1)]).map(
    lambda pair: Month(*pair)
) | st.integers(0, 127).map(Month(2015, 7).plus)
requests = st.builds(
    PuRequest,
    wage=st.integers(1, 30_000_000) | st.integers(1, MAX_RUPIAH),
    risk=st.integers(1, 5),
    programs=some_programs,
    start=starts,
    months=st.integers(1, 12),
    kind=st.sampled_from(["monthly", "daily", "piece"]),
    segment=st.just("regular"),
    labour_intensive=st.booleans(),
    size=st.sampled_from([None, "micro", "small", "medium", "large"]),
)


def as_number(month: str) -> int:
    return int(month.replace("-", ""))


def expected(request: PuRequest) -> list[tuple[int, str, str, int]]:
    monthly = request.wage * (25 if request.kind == "daily" else 1)
    month, found = request.start.year * 100 + request.start.month, []
    for _ in range(request.months):
        rows = oracle.bill(
            monthly, request.risk or 0, request.programs, month, request.labour_intensive
        )
        found += [(month, *row) for row in rows]
        month = oracle.following(month)
    return found


def told(bill: Bill) -> list[tuple[int, str, str, int]]:
    return [(as_number(each.month), each.code, each.borne_by, each.amount) for each in bill.lines]


@unhurried
@given(requests)
def test_a_bill_equals_the_oracles_line_by_line(request: PuRequest) -> None:
    bill = quote_pu(request, LAW)
    assert told(bill) == expected(request)
    assert bill.total == sum(row[-1] for row in expected(request))


@pytest.mark.parametrize("intensive", [False, True])
@pytest.mark.parametrize("risk", [1, 2, 3, 4, 5])
def test_every_month_that_is_known_equals_the_oracle(risk: int, intensive: bool) -> None:
    request = PuRequest(
        wage=9_876_543, risk=risk, programs=tuple(BILLED), start=Month(2015, 7), months=140,
        labour_intensive=intensive,
    )  # fmt: skip
    assert str(request.start.plus(139)) == str(LAST_CEILING)
    assert told(quote_pu(request, LAW)) == expected(request)


@unhurried
@given(requests)
def test_the_totals_are_the_sums_of_the_lines_and_jkp_is_in_none(request: PuRequest) -> None:
    with_jkp = request._replace(programs=(*request.programs, "jkp"))
    bill = quote_pu(request, LAW)
    if request.start >= Month(2021, 2):
        also = quote_pu(with_jkp, LAW)
        assert (also.lines, also.total) == (bill.lines, bill.total)
        assert {line.code for line in also.information} >= {"jkp_government"}
    totals = totals_of(bill.lines)
    bearers = ("member", "employer", "worker", "government", "sponsor")
    assert sum(totals[bearer] for bearer in bearers) == bill.total
    assert totals["employer"] + totals["worker"] == bill.total
    assert sum(totals["by_program"].values()) == bill.total
    assert sum(totals["by_month"].values()) == bill.total
    assert bill.as_json()["totals"] == totals


@unhurried
@given(requests)
def test_a_relieved_line_is_what_is_left_of_the_unrounded_amount(request: PuRequest) -> None:
    for line in quote_pu(request, LAW).lines:
        shares = [v.value for v in line.law if v.parameter.startswith("relief.")]
        assert (line.relief is not None) == (len(shares) == 1)
        left = 1 - sum((Fraction(share) for share in shares), Fraction(0))
        assert abs(Fraction(line.amount) - line.full_amount * left) <= 1
        assert line.amount <= line.full_amount
        rounded = [v for v in line.law if v.parameter == "rounding.percentages"]
        if not rounded:
            assert Fraction(line.amount) == line.full_amount * left


@unhurried
@given(requests, st.integers(1, 10**9))
def test_a_higher_wage_never_costs_less(request: PuRequest, more: int) -> None:
    higher = request._replace(wage=min(request.wage + more, MAX_RUPIAH))
    if higher.wage >= request.wage:
        pairs = zip(quote_pu(request, LAW).lines, quote_pu(higher, LAW).lines, strict=True)
        assert all(low.amount <= high.amount for low, high in pairs)


@unhurried
@given(requests, st.data())
def test_a_period_split_in_two_costs_the_same(request: PuRequest, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, request.months))
    spans = [(request.start, first), (request.start.plus(first), request.months - first)]
    parts = [
        quote_pu(request._replace(start=start, months=months), LAW)
        for start, months in spans
        if months
    ]
    together: list[Line] = [line for part in parts for line in part.lines]
    assert tuple(together) == quote_pu(request, LAW).lines


@unhurried
@given(requests)
def test_every_line_names_values_that_hold_in_its_month(request: PuRequest) -> None:
    bill = quote_pu(request, LAW)
    for line in (*bill.lines, *bill.deferred):
        assert line.law
        assert all(value.holds_in(Month.parse(line.month)) for value in line.law)
        assert line.working


@pytest.mark.parametrize("program", list(BILLED))
def test_before_july_2015_there_is_no_rule_and_never_zero(program: str) -> None:
    with pytest.raises(NoRuleInForce):
        quote_pu(PuRequest(3_000_000, 1, (program,), Month(2015, 6)), LAW)


def test_the_pension_of_an_unannounced_march_is_refused_and_the_rest_is_not() -> None:
    request = PuRequest(3_000_000, 1, ("jkk", "jkm", "jht"), LAST_CEILING, months=2)
    assert quote_pu(request, LAW).total == 2 * (7_200 + 9_000 + 171_000)
    with pytest.raises(NoRuleInForce) as caught:
        quote_pu(request._replace(programs=("jp",)), LAW)
    facts = caught.value.problems[0].facts
    assert (facts["parameter"], facts["month"]) == ("jp.wage_ceiling", "2027-03")


@pytest.mark.parametrize("segment", ["non-asn", "election"])
@pytest.mark.parametrize("program", list(BILLED))
def test_an_assumed_rate_is_called_derived_and_doubted_on_every_line(
    segment: str, program: str
) -> None:
    asked = PuRequest(2_000_000, 1, (program,), Month(2026, 1), segment=segment)
    assumed, plain = quote_pu(asked, LAW), quote_pu(asked._replace(segment="regular"), LAW)
    assert told(assumed) == told(plain)
    for line in assumed.lines:
        assert (line.law[0].basis, line.law[0].doubt) == ("derived", "segment_rate_assumed")
        assert "pu.assumed_segments" in {value.parameter for value in line.law}
    assert "doubt.segment_rate_assumed" in {warning.code for warning in assumed.warnings}
    assert "doubt.segment_rate_assumed" not in {warning.code for warning in plain.warnings}


def test_staff_of_the_state_have_no_labour_intensive_relief() -> None:
    asked = PuRequest(
        2_000_000, 1, ("jkk", "jkm"), Month(2025, 5), segment="non-asn", labour_intensive=True
    )
    bill = quote_pu(asked, LAW)
    assert {line.relief for line in bill.lines} == {None}
    assert "relief.labour_intensive_none" in {warning.code for warning in bill.warnings}


def test_every_relief_that_ships_names_its_segments_and_keeps_to_them() -> None:
    reach = {relief.code: relief.segments for relief in LAW.reliefs}
    assert reach == {
        "pp-50-2025": {"bpu"},
        "pp-49-2020": {"bpu", "pu", "jakon"},
        "pp-7-2025": {"labour-intensive"},
        "pp-36-2025": {"labour-intensive"},
    }
    for segment in ("pu", "jakon", "pmi", "labour-intensive"):
        for offset in range(160):
            month = Month(2015, 7).plus(offset)
            found = in_segments("jkk", month, frozenset({segment}), LAW)
            assert found is None or segment in reach[found.code]
    assert set().union(*reach.values()) <= set(SEGMENTS)


@unhurried
@given(st.integers(1, MAX_RUPIAH) | st.integers(1, 6_000_000_000), starts)
def test_a_contract_equals_the_oracle_and_its_slices_are_the_whole(
    value: int, start: Month
) -> None:
    bill = quote_jakon(JakonRequest(start, value=value), LAW)
    jkk, jkm = oracle.contract(value, start.year * 100 + start.month)
    assert [(line.code, line.amount) for line in bill.lines] == [("jkk", jkk), ("jkm", jkm)]
    assert {line.base for line in bill.lines} == {value}
    assert {line.borne_by for line in bill.lines} == {"employer"}


@pytest.mark.parametrize("bound", [100_000_000, 500_000_000, 1_000_000_000, 5_000_000_000])
def test_a_band_begins_right_above_its_bound(bound: int) -> None:
    bands = LAW.parameter("jakon.jkk_bands").on(Month(2026, 1)).value
    at, above = slices(bound, bands), slices(bound + 1, bands)
    assert len(above) == len(at) + 1
    assert above[-1][1] == 1
    assert sum(piece for _, piece in above) == bound + 1


@unhurried
@given(st.integers(1, MAX_RUPIAH))
def test_a_building_site_by_wages_is_priced_as_an_employee_of_the_highest_risk(wage: int) -> None:
    site = quote_jakon(JakonRequest(Month(2026, 5), wage=wage), LAW)
    employee = quote_pu(PuRequest(wage, 5, ("jkk", "jkm"), Month(2026, 5)), LAW)
    assert [line.amount for line in site.lines] == [line.amount for line in employee.lines]


PACKAGES = {6: 108_000, 12: 189_000, 24: 332_500}


@given(
    st.sampled_from(["agency", "self"]),
    st.sampled_from(list(PACKAGES)),
    st.integers(0, 60),
    st.sampled_from([None, 50_000, 100_000, 600_000]),
)
def test_a_migrant_pays_the_sum_of_the_parts(
    via: str, months: int, extra: int, jht: int | None
) -> None:
    bill = quote_pmi(PmiRequest(via, months, extra, date(2026, 11, 22), jht), LAW)
    leaving = 37_500 if via == "agency" else 0
    saved = (jht or 0) * (months + extra)
    assert bill.total == leaving + PACKAGES[months] + 13_500 * extra + saved
    assert {line.month for line in bill.lines} == {"2026-11"}
    assert all(line.amount > 0 for line in bill.lines)


def test_a_length_without_a_package_and_a_step_there_is_not_are_refused_together() -> None:
    with pytest.raises(InvalidInput) as caught:
        quote_pmi(PmiRequest("self", 18, 0, date(2026, 11, 22), 75_000), LAW)
    assert {problem.code for problem in caught.value.problems} == {"months.package", "jht.step"}


def test_a_daily_wage_names_its_article_and_piece_work_too() -> None:
    for kind, name in (("daily", "pu.days_a_month"), ("piece", "pu.piece_months")):
        asked = PuRequest(150_000, 1, ("jkk",), Month(2026, 1), kind=kind)
        (line,) = quote_pu(asked, LAW).lines
        assert name in {value.parameter for value in line.law}
        assert wage_of(asked, Month(2026, 1), LAW).monthly == line.base


def test_all_programmes_are_billed_but_job_loss() -> None:
    assert set(PROGRAMS) - set(BILLED) == {"jkp"}
    assert all(
        isinstance(rate, Decimal) for rate in LAW.parameter("pu.jkk_by_risk").values[0].value
    )


@pytest.mark.parametrize("segments", [[], ["pu", "sea"], "pu", 3])
def test_a_relief_for_segments_that_there_are_not_is_refused(segments: object) -> None:
    table = {"programs": ["jkk"], "segments": segments}
    with pytest.raises(BadParameterFile):
        read_relief("pp_7_2025", table, LAW.parameters)


def test_a_relief_that_names_no_segments_is_for_all() -> None:
    relief = read_relief("pp_7_2025", {"programs": ["jkk"]}, LAW.parameters)
    assert relief.segments == set(SEGMENTS)
