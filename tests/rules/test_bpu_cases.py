"""The worked cases of ``cases/bpu.toml``, and that no dated value goes without one."""

import ast
import operator
import re
import tomllib
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from perisai_cli.domain.errors import NoRuleInForce
from perisai_cli.domain.period import Month, months_from
from perisai_cli.rules.contribution import quote_bpu, tier_of_income
from perisai_cli.rules.law import load_law
from perisai_cli.rules.parameter import Value
from perisai_cli.rules.request import BpuRequest
from perisai_cli.rules.trace import Quote

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "bpu.toml").read_text(encoding="utf-8")
)["case"]
KEYS = {
    "id", "sentence", "income", "tier", "programs", "sector", "payer", "owner", "members", "start",
    "months", "arithmetic", "expected", "refused", "by_month", "warns", "kind", "source",
}  # fmt: skip
LAW = load_law()


def request_of(case: dict[str, Any]) -> BpuRequest:
    start, income = Month.parse(case["start"]), case.get("income")
    tier = case.get("tier") or tier_of_income(income, start, LAW).number
    return BpuRequest(
        tier=tier,
        programs=tuple(case.get("programs", ["jkk", "jkm"])),
        start=start,
        months=case.get("months", 1),
        sector=case.get("sector", "other"),
        payer=case.get("payer", "self"),
        owner=case.get("owner", False),
        income=income,
    )


def worked_out(arithmetic: str) -> Fraction:
    """Return what a line such as ``50 % × (JKK 10.000 + JKM 6.800)`` comes to."""
    plain = re.sub(r"[A-Za-z]+", "", arithmetic).replace(".", "")
    plain = re.sub(r"(\d+) %", r"(\1 / 100)", plain).replace("×", "*")
    signs = {
        ast.Add: operator.add,
        ast.Sub: operator.sub,
        ast.Mult: operator.mul,
        ast.Div: operator.truediv,
    }

    def value_of(node: ast.AST) -> Fraction:
        if isinstance(node, ast.BinOp):
            return signs[type(node.op)](value_of(node.left), value_of(node.right))
        assert isinstance(node, ast.Constant)
        return Fraction(node.value)

    return value_of(ast.parse(plain.strip(), mode="eval").body)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_case_comes_out_to_the_rupiah(case: dict[str, Any]) -> None:
    if "refused" in case:
        with pytest.raises(NoRuleInForce) as caught:
            quote_bpu(request_of(case), LAW)
        assert (caught.value.code, caught.value.exit_code) == (case["refused"], 4)
        return
    quote = quote_bpu(request_of(case), LAW)
    assert quote.total * case.get("members", 1) == case["expected"]
    if "by_month" in case:
        assert quote.by("month") == case["by_month"]
    assert set(case.get("warns", ())) <= {warning.code for warning in quote.warnings}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_case_is_written_out_for_a_lawyer(case: dict[str, Any]) -> None:
    assert set(case) <= KEYS
    assert case["sentence"].endswith(".")
    assert case["source"]
    assert case["kind"] in {"published", "derived"}
    assert ("expected" in case) != ("refused" in case)
    if "expected" in case:
        assert worked_out(case["arithmetic"]) == case["expected"]
    if "by_month" in case:
        assert sum(case["by_month"].values()) == case["expected"]


def test_every_case_has_a_name_and_a_sentence_of_its_own() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert len({case["sentence"] for case in CASES}) == len(CASES)


def test_no_case_without_warnings_hides_an_exclusion() -> None:
    outside = next(case for case in CASES if case["id"] == "dbhcht-outside-the-relief")
    codes = {warning.code for warning in quote_bpu(request_of(outside), LAW).warnings}
    assert not {code for code in codes if code.startswith("relief.")}


def bpu_values() -> Iterator[tuple[str, Value]]:
    """Yield every enacted value that a BPU quote or enrolment can rest on."""
    reaching = [relief for relief in LAW.reliefs if "bpu" in relief.segments]
    reliefs = {relief.share.name for relief in reaching}
    reliefs |= {relief.excluded_payers.name for relief in reaching if relief.excluded_payers}
    for name, parameter in LAW.parameters.items():
        if name in reliefs or name.startswith("bpu.") or ".bpu_" in name:
            yield from ((name, value) for value in parameter.values if value.status == "enacted")


def edges() -> list[tuple[str, Value, Month, Month]]:
    """Return (name, value, month inside, neighbouring month outside) for every first and last day."""
    found = []
    for name, value in bpu_values():
        first = Month.of(value.since)
        found.append((name, value, first, first.plus(-1)))
        if value.until:
            last = Month.of(value.until)
            found.append((name, value, last, last.plus(1)))
    return found


def shape(request: BpuRequest) -> tuple[Any, ...]:
    """Return what must be alike in two cases for their months to be compared."""
    return (request.tier, request.programs, request.sector, request.payer, request.owner)


REQUESTS = [request_of(case) for case in CASES if "tier" in case]
QUOTES: dict[int, Quote] = {
    index: quote_bpu(request, LAW)
    for index, request in enumerate(REQUESTS)
    if request.start >= Month(2015, 7)
}


def shapes_in(month: Month) -> set[tuple[Any, ...]]:
    """Return the shapes of all cases that have *month* among theirs, priced or refused."""
    return {shape(each) for each in REQUESTS if month in months_from(each.start, each.months)}


def shapes_resting_on(value: Value, month: Month) -> set[tuple[Any, ...]]:
    """Return the shapes of the cases with a line in *month* that cites *value*."""
    return {
        shape(REQUESTS[index])
        for index, quote in QUOTES.items()
        if any(line.month == str(month) and value in line.law for line in quote.lines)
    }


def has_cases_on_both_sides(value: Value, inside: Month, outside: Month) -> bool:
    """Tell whether two cases alike but for the month stand inside and outside of *value*."""
    beside = shapes_in(outside) - shapes_resting_on(value, outside)
    # Ages and advance months stand in no line of a quote; being there on both sides must do.
    aside = value.parameter.startswith("bpu.")
    touched = shapes_in(inside) if aside else shapes_resting_on(value, inside)
    return bool(touched & beside)


@pytest.mark.parametrize(
    ("name", "value", "inside", "outside"), edges(), ids=lambda part: str(part)[:30]
)
def test_every_first_and_last_day_has_a_case_on_both_sides(
    name: str, value: Value, inside: Month, outside: Month
) -> None:
    assert has_cases_on_both_sides(value, inside, outside), f"{name}: {inside} and {outside}"


def test_a_new_value_without_cases_is_found_out() -> None:
    present = LAW.parameter("jkm.bpu_flat").values[0]
    new = present._replace(since=date(2031, 1, 1), value=7000)
    assert not has_cases_on_both_sides(new, Month(2031, 1), Month(2030, 12))
    shifted = present._replace(since=date(2026, 1, 1), value=7000)
    assert not has_cases_on_both_sides(shifted, Month(2026, 1), Month(2025, 12))


@pytest.mark.parametrize(
    "edge", ["2015-06", "2020-07", "2021-01", "2025-12", "2026-03", "2026-12", "2027-03"]
)
def test_the_dates_that_are_known_to_change_a_price_are_among_the_edges(edge: str) -> None:
    pairs = {tuple(sorted((str(inside), str(outside)))) for _, _, inside, outside in edges()}
    assert (edge, str(Month.parse(edge).plus(1))) in pairs


@pytest.mark.parametrize("sector", ["transport", "other"])
@pytest.mark.parametrize(
    ("payer", "owner"),
    [
        ("self", False), ("self", True), ("apbn", False), ("apbd-province", False),
        ("apbd-regency", False), ("dbhcht", False), ("village", False), ("sponsor", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("before", ["2025-12", "2026-03", "2026-12", "2027-03"])
def test_every_payer_and_owner_has_cases_on_both_sides_of_every_edge_of_pp_50_2025(
    sector: str, payer: str, owner: bool, before: str
) -> None:
    month = Month.parse(before)
    sides = [
        {(known[2], known[3], known[4]) for known in shapes_in(side)}
        for side in (month, month.plus(1))
    ]
    assert (sector, payer, owner) in sides[0] & sides[1]
