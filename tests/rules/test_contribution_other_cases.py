"""The worked cases of ``cases/contribution_other.toml``: employees, building sites, migrants."""

from __future__ import annotations

import ast
import operator
import re
import tomllib
from collections import Counter
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from perisai_cli.domain.errors import NoRuleInForce
from perisai_cli.domain.period import Month
from perisai_cli.rules.bill import Bill
from perisai_cli.rules.contribution_jakon import JakonRequest, quote_jakon
from perisai_cli.rules.contribution_pmi import PmiRequest, quote_pmi
from perisai_cli.rules.contribution_pu import PuRequest, quote_pu
from perisai_cli.rules.law import load_law

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "contribution_other.toml").read_text(encoding="utf-8")
)["case"]
EVERYONE = {
    "id", "sentence", "who", "arithmetic", "expected", "refused", "by_program", "by_month",
    "employer", "worker", "aside", "deferred", "warns", "kind", "source", "edges",
}  # fmt: skip
KEYS = {
    "pu": {
        "wage", "risk", "programs", "wage_kind", "segment", "size", "labour_intensive", "start",
        "months",
    },
    "jakon": {"value", "wage", "start"},
    "pmi": {"via", "contract", "extra", "jht", "date"},
}  # fmt: skip
LAW = load_law()
OURS = ("pu.", "jp.", "jkp.", "jakon.", "pmi.", "rounding.", "relief.pp_7_", "relief.pp_36_")
each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])


def billed(case: dict[str, Any]) -> Bill:
    if case["who"] == "pmi":
        asked = PmiRequest(
            case["via"], case["contract"], case.get("extra", 0), case["date"], case.get("jht")
        )
        return quote_pmi(asked, LAW)
    start = Month.parse(case["start"])
    if case["who"] == "jakon":
        return quote_jakon(JakonRequest(start, case.get("value"), case.get("wage")), LAW)
    return quote_pu(
        PuRequest(
            wage=case["wage"],
            risk=case.get("risk"),
            programs=tuple(case.get("programs", ["jkk", "jkm"])),
            start=start,
            months=case.get("months", 1),
            kind=case.get("wage_kind", "monthly"),
            segment=case.get("segment", "regular"),
            labour_intensive=case.get("labour_intensive", False),
            size=case.get("size"),
        ),
        LAW,
    )


def worked_out(arithmetic: str) -> Fraction:
    """Return what a line such as ``0,24 % × 3.000.000`` comes to, exactly."""
    plain = arithmetic.replace(".", "")
    plain = re.sub(
        r"(\d+),(\d+)", lambda found: f"({found[1]}{found[2]}/{10 ** len(found[2])})", plain
    )
    plain = re.sub(r"(\d+|\(\d+/\d+\)) %", r"(\1/100)", plain).replace("×", "*")
    plain = re.sub(r"\b0+(?=\d)", "", plain)
    signs = {ast.Add: operator.add, ast.Mult: operator.mul, ast.Div: operator.truediv}

    def value_of(node: ast.AST) -> Fraction:
        if isinstance(node, ast.BinOp):
            return signs[type(node.op)](value_of(node.left), value_of(node.right))
        assert isinstance(node, ast.Constant)
        return Fraction(node.value)

    return value_of(ast.parse(plain, mode="eval").body)


def beside_the_total(case: dict[str, Any], bill: Bill) -> None:
    """Compare who bears what, what JKP is made of, and what may be paid later, where it is said."""
    for bearer in ("employer", "worker"):
        if bearer in case:
            assert bill.by("borne_by")[bearer] == case[bearer]
    if "aside" in case:
        aside: Counter[str] = Counter()
        for line in bill.information:
            aside[line.code] += line.amount
        assert aside == case["aside"]
    if "deferred" in case:
        assert sum(line.amount for line in bill.deferred) == case["deferred"]


@each_case
def test_the_case_comes_out_to_the_rupiah(case: dict[str, Any]) -> None:
    if "refused" in case:
        with pytest.raises(NoRuleInForce) as caught:
            billed(case)
        assert (caught.value.code, caught.value.exit_code) == (case["refused"], 4)
        return
    bill = billed(case)
    assert bill.total == case["expected"]
    for key, attribute in (("by_program", "code"), ("by_month", "month")):
        if key in case:
            assert bill.by(attribute) == case[key]
    beside_the_total(case, bill)
    assert set(case.get("warns", ())) <= {warning.code for warning in bill.warnings}


@each_case
def test_the_case_is_written_out_for_a_lawyer(case: dict[str, Any]) -> None:
    assert set(case) <= EVERYONE | KEYS[case["who"]]
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


def test_every_first_and_last_day_has_a_case_on_both_sides() -> None:
    claimed = {edge for case in CASES for edge in case.get("edges", ())}
    wanted = set()
    for name, parameter in LAW.parameters.items():
        if name.startswith(OURS):
            for value, following in zip(
                parameter.values, (*parameter.values[1:], None), strict=True
            ):
                days = [value.since] + ([value.until] if value.until and not following else [])
                wanted |= {f"{name}@{day} {side}" for day in days for side in ("before", "after")}
    assert wanted - claimed == set()


@pytest.mark.parametrize(
    ("arithmetic", "comes_to"),
    [
        ("0,24 % × 3.000.000", 7200),
        ("1 % × (0,03 % × 100.000.000 + 2)", Fraction(30002, 100)),
        ("25 × 150.000", 3_750_000),
    ],
)
def test_the_arithmetic_is_read_as_indonesia_writes_it(
    arithmetic: str, comes_to: int | Fraction
) -> None:
    assert worked_out(arithmetic) == comes_to
