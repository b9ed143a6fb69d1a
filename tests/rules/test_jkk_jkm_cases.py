"""The worked cases of ``cases/jkk_jkm.toml`` come out to the rupiah, through the command line."""

import ast
import json
import operator
import re
import tomllib
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from perisai_cli.cli.main import run

CASES: list[dict[str, Any]] = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "jkk_jkm.toml").read_text(encoding="utf-8")
)["case"]
TOLD = {
    "id", "sentence", "arithmetic", "expected", "payable_now", "refused", "kind", "source", "edges",
    "programme",
}  # fmt: skip
INPUT = {
    "jkm": {"date", "membership_months", "paid_months", "arrears", "children"},
    "jkk": {
        "date", "event", "base", "percent", "part", "loss", "months", "days", "land", "sea", "air",
        "arrears", "children",
    },
}  # fmt: skip


def arguments_of(case: dict[str, Any]) -> list[str]:
    found = ["benefit", case["programme"], "--json"]
    for name, value in case.items():
        if name not in TOLD:
            typed = ",".join(value) if isinstance(value, list) else str(value)
            found += [f"--{name.replace('_', '-')}", typed]
    return found


def worked_out(arithmetic: str) -> Fraction:
    """Return what a line such as ``35 % × 80 × 2.000.000`` comes to."""
    plain = re.sub(r"[A-Za-z]+", "", arithmetic).replace(".", "")
    plain = re.sub(r"(\d+) %", r"(\1 / 100)", plain).replace("×", "*")
    signs = {ast.Add: operator.add, ast.Mult: operator.mul, ast.Div: operator.truediv}

    def value_of(node: ast.AST) -> Fraction:
        if isinstance(node, ast.BinOp):
            return Fraction(signs[type(node.op)](value_of(node.left), value_of(node.right)))
        assert isinstance(node, ast.Constant)
        return Fraction(node.value)

    return value_of(ast.parse(plain.strip(), mode="eval").body)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_case_comes_out_to_the_rupiah(
    case: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(arguments_of(case))
    said = json.loads(capsys.readouterr().out)
    if "refused" in case:
        assert (code, said["errors"][0]["code"]) == (4, case["refused"])
        return
    assert code == 0, said
    data = said["data"]
    assert data["total"] == case["expected"]
    assert data["payable_now"] == case.get("payable_now", case["expected"])
    assert data["payable_now"] + data["after_arrears"] == data["total"]
    assert sum(line["amount"] for line in data["lines"]) == data["total"]
    assert all(line["law"] for line in data["lines"])
    for cite in (cite for line in data["lines"] for cite in line["law"]):
        assert cite["since"] <= str(case["date"]) <= (cite["until"] or "9999")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_the_case_is_written_out_for_a_lawyer(case: dict[str, Any]) -> None:
    assert set(case) - TOLD <= INPUT[case["programme"]]
    assert case["sentence"].endswith(".")
    assert case["source"]
    assert case["kind"] in {"published", "derived"}
    assert ("expected" in case) != ("refused" in case)
    if "expected" in case:
        assert worked_out(case["arithmetic"]) == case["expected"]


def test_every_case_has_a_name_of_its_own() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)
