"""The worked cases of ``cases/savings.toml`` and ``cases/incentive.toml``, to the rupiah."""

from __future__ import annotations

import ast
import operator
import re
import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import savings_oracle as oracle

from perisai_cli.domain.errors import NoRuleInForce
from perisai_cli.domain.period import Month
from perisai_cli.rules.benefit import Benefit
from perisai_cli.rules.benefit_jht import JhtRequest, benefit_jht
from perisai_cli.rules.benefit_jkp import JkpRequest, benefit_jkp
from perisai_cli.rules.benefit_jp import JpRequest, benefit_jp
from perisai_cli.rules.incentive import IncentiveRequest, Statement, member_fee, statement
from perisai_cli.rules.law import load_law

LAW = load_law()
CASES: list[dict[str, Any]] = [
    case
    for name in ("savings", "incentive")
    for case in tomllib.loads(
        (Path(__file__).parents[1] / "cases" / f"{name}.toml").read_text(encoding="utf-8")
    )["case"]
]
COMMON = {
    "id", "sentence", "arithmetic", "expected", "refused", "facts", "warns", "kind", "source",
    "edges",
}  # fmt: skip
INPUT = {
    "jht": {"benefit", "date", "balance", "yield", "years", "contribution", "reason"},
    "jp": {"benefit", "date", "average_wage", "months", "beneficiary", "density"},
    "jkp": {"benefit", "date", "wage", "reason", "paid_months", "claim"},
    "incentive": {"scheme", "start", "new", "program", "collected", "collected_later"},
}
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])


def jht(case: dict[str, Any]) -> Benefit:
    rate = Decimal(case["yield"]) / 100
    reason, put_in = case.get("reason", "age"), case.get("contribution", 0)
    request = JhtRequest(case["balance"], rate, case["years"], put_in, reason, case["date"])
    return benefit_jht(request, LAW)


def jp(case: dict[str, Any]) -> Benefit:
    density = Decimal(case["density"]) / 100 if "density" in case else None
    request = JpRequest(
        case["average_wage"], case["months"], case["date"], case.get("beneficiary", "old-age"),
        density=density,
    )  # fmt: skip
    return benefit_jp(request, LAW)


def jkp(case: dict[str, Any]) -> Benefit:
    request = JkpRequest(
        case["wage"], case["date"], case.get("reason", "laid-off"), case.get("paid_months"),
        case.get("claim", 1),
    )  # fmt: skip
    return benefit_jkp(request, LAW)


def incentive(case: dict[str, Any]) -> Statement:
    request = IncentiveRequest(
        case["scheme"], case["new"], case["program"], case["collected"],
        case.get("collected_later", 0), Month.parse(case["start"]),
    )  # fmt: skip
    return statement(request, LAW)


ANSWERS = {"jht": jht, "jp": jp, "jkp": jkp, "incentive": incentive}


def answer(case: dict[str, Any]) -> Benefit | Statement:
    return ANSWERS[case.get("benefit", "incentive")](case)


def worked_out(arithmetic: str) -> Fraction:
    """Return what a line such as ``3 × 45 % × 5.000.000`` comes to."""
    plain = arithmetic.replace(".", "").replace("×", "*")
    plain = re.sub(r"(\d+) %", r"(\1 / 100)", plain)
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


@each_case
def test_the_case_comes_out_to_the_rupiah(case: dict[str, Any]) -> None:
    if "refused" in case:
        with pytest.raises(NoRuleInForce) as caught:
            answer(case)
        assert (caught.value.code, caught.value.exit_code) == (case["refused"], 4)
        return
    found = answer(case)
    assert found.total == case["expected"]
    told = found.as_json()
    assert {name: told[name] for name in case.get("facts", {})} == case.get("facts", {})
    assert set(case.get("warns", ())) <= {warning.code for warning in found.warnings}
    assert sum(line.amount for line in found.lines) == found.total


@each_case
def test_the_case_is_written_out_for_a_lawyer(case: dict[str, Any]) -> None:
    assert set(case) <= COMMON | INPUT[case.get("benefit", "incentive")]
    assert case["sentence"].endswith(".")
    assert case["source"]
    assert case["kind"] in {"published", "derived"}
    assert ("expected" in case) != ("refused" in case)
    if "expected" in case:
        assert worked_out(case["arithmetic"]) == case["expected"]


def test_every_case_has_a_name_and_a_sentence_of_its_own() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert len({case["sentence"] for case in CASES}) == len(CASES)


def by_the_oracle(case: dict[str, Any]) -> int:
    """Return a case's total by plain tables; refusals are none of it."""
    if "benefit" not in case:
        new, collected = case["new"], case["collected"]
        if case["scheme"] == "2018":
            gross, office = oracle.agent_2018(new, collected)
            return gross - office
        later = case.get("collected_later", 0)
        return oracle.agent_2022(new, int(case["program"]), collected, later)
    day = int(case["date"].strftime("%Y%m%d"))
    if case["benefit"] == "jkp":
        return sum(oracle.job_loss(case["wage"], day))
    if case["benefit"] == "jp":
        months = max(180, case["months"])
        return oracle.pension(case["average_wage"], months, case.get("beneficiary", "old-age"), day)
    tenths = Decimal(case["yield"]) * 100
    assert tenths % 10 == 0 or case["yield"] == "7.19"
    if case["yield"] == "7.19":
        return 10_719_000
    whole = oracle.savings(
        case["balance"], int(tenths) // 10, case["years"], case.get("contribution", 0)
    )
    share = {"housing": 30, "partial": 10}.get(case.get("reason", ""), 100)
    return whole * share // 100


@pytest.mark.parametrize(
    "case",
    [case for case in CASES if case.get("expected")],
    ids=lambda case: case["id"],
)
def test_an_independent_reading_comes_to_the_same(case: dict[str, Any]) -> None:
    assert by_the_oracle(case) == case["expected"]


def test_open_33_a_member_of_two_programmes_over_sixty_and_over_three_months() -> None:
    assert member_fee(16_800, "2", 60, LAW) == 100_720
    assert member_fee(16_800, "2", 3, LAW) == 17_560
    assert member_fee(16_800, "2", 0, LAW) == 10_000
    assert member_fee(16_800, "2", 61, LAW) == member_fee(16_800, "2", 60, LAW)


def test_a_member_s_fee_has_the_dates_of_its_scheme() -> None:
    assert member_fee(16_800, "2", 3, LAW, Month(2022, 4)) == 17_560
    with pytest.raises(NoRuleInForce):
        member_fee(16_800, "2", 3, LAW, Month(2022, 3))
