"""``iuran pu``, ``jakon`` and ``pmi`` as they are typed: contract, working, faults, both languages."""

from __future__ import annotations

import json
from typing import Any

import pytest
from command_line import Cli, checked_envelope

from perisai_cli import i18n
from perisai_cli.cli.main import run

PU = ("contribution", "pu", "--wage", "3000000", "--risk", "1")
JAKON = ("contribution", "jakon")
PMI = ("contribution", "pmi")


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """Return the envelope of a call in this process."""
    code = run([*arguments, "--json"])
    envelope = checked_envelope(capsys.readouterr().out, code)
    assert envelope["command"] == " ".join(arguments[:2]).replace("iuran", "contribution")
    return envelope


def data(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    envelope = asked(capsys, *arguments)
    assert envelope["exit_code"] == 0, envelope
    return envelope["data"]


TOTALS = [
    ((*PU, "--start", "2020-10"), 162),
    (("iuran", "pu", "--upah", "Rp10.000.000", "--risiko", "3", "--program", "jkk,jkm,jht,jp",
      "--mulai", "2024-04"), 989_000),
    (("iuran", "pu", "--upah", "150000", "--jenis-upah", "daily", "--risiko", "2", "--mulai",
      "2026-01", "--bulan", "2"), 63_000),
    (("iuran", "pu", "--upah", "5000000", "--risiko", "1", "--padat-karya", "--mulai", "2025-02"),
     21_000),
    ((*PU, "--labour-intensive", "--on", "2026-02-01"), 16_200),
    (("iuran", "pu", "--upah", "2000000", "--segmen", "election", "--mulai", "2026-01"), 10_800),
    ((*JAKON, "--value", "80000000", "--start", "2026-11"), 192_000),
    (("iuran", "jakon", "--nilai", "10000000000", "--mulai", "2026-11"), 11_550_000),
    (("iuran", "jakon", "--upah", "40000000", "--pada", "2026-11-22"), 816_000),
    ((*PMI, "--via", "agency", "--months", "24", "--on", "2026-11-22"), 370_000),
    (("iuran", "pmi", "--lewat", "self", "--bulan", "24", "--pada", "2026-11-22"), 332_500),
    (("iuran", "pmi", "--lewat", "agency", "--bulan", "24", "--tambahan", "3", "--pada",
      "2026-11-22"), 410_500),
    ((*PMI, "--via", "self", "--months", "6", "--on", "2023-02-22"), 108_000),
    ((*PMI, "--via", "self", "--months", "6", "--jht", "50000", "--start", "2023-03"), 408_000),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "total"), TOTALS)
def test_totals_come_out_by_both_names(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], total: int
) -> None:
    found = data(capsys, *arguments)
    assert found["total"] == total
    assert found["total"] == sum(line["amount"] for line in found["lines"])
    totals = found["totals"]
    bearers = ("member", "employer", "worker", "government", "sponsor")
    assert sum(totals[bearer] for bearer in bearers) == total
    assert sum(totals["by_program"].values()) == sum(totals["by_month"].values()) == total
    for line in found["lines"]:
        assert {"code", "borne_by", "month", "amount", "full_amount", "relief", "base", "law"} <= (
            set(line)
        )
        assert {"regulation", "at", "since", "basis"} <= set(line["law"][0])
    for warning in found["warnings"]:
        assert warning["code"] not in warning["message"]
        assert "{" not in warning["message"]


def test_jkp_stands_aside_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    found = data(capsys, *PU, "--program", "jkk,jkm,jkp", "--start", "2026-01")
    assert found["total"] == 16_200
    assert found["totals"]["government"] == 0
    assert {line["code"]: line["amount"] for line in found["information"]} == {
        "jkp_government": 6_600,
        "jkp_from_jkk": 4_200,
    }
    assert "jkp.no_extra_bill" in {warning["code"] for warning in found["warnings"]}


def test_a_firm_of_each_size_is_told_what_it_must_join(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = {}
    for size in ("micro", "small", "medium", "large"):
        found = data(capsys, *PU, "--firm-size", size, "--start", "2026-01")
        (told[size],) = [
            [w["message"] for w in found["warnings"] if w["code"] == "programs.firm_size"]
        ]
    assert told["micro"] == []
    assert "JHT" in told["small"][0]
    assert "JP" not in told["small"][0]
    assert "JP" in told["medium"][0]
    assert "JP" in told["large"][0]


@pytest.mark.parametrize(
    ("arguments", "faults"),
    [
        (PU[:2], {("/wage", "usage.missing"), ("/risk", "usage.missing")}),
        ((*PU, "--wage", "1000000.5"), {("/wage", "amount.value")}),
        ((*PU, "--wage", "-5"), {("/wage", "amount.value")}),
        ((*PU, "--wage", "0"), {("/wage", "amount.value")}),
        ((*PU, "--wage", str(10**15)), {("/wage", "amount.value")}),
        ((*PU, "--wage", "9" * 5000), {("/wage", "amount.value")}),
        ((*PU, "--wage", "١٠٠٠"), {("/wage", "amount.value")}),
        ((*PU, "--wage", ""), {("/wage", "amount.value")}),
        ((*PU, "--risk", "0"), {("/risk", "number.value")}),
        ((*PU, "--risk", "6"), {("/risk", "number.value")}),
        ((*PU, "--risk", "2.5"), {("/risk", "number.value")}),
        ((*PU, "--months", "0"), {("/months", "months.value")}),
        ((*PU, "--months", "1000"), {("/months", "months.value")}),
        ((*PU, "--program", "jkk,jkn"), {("/programs", "programs.unknown")}),
        ((*PU, "--segment", "bpu"), {("/segment", "segment.unknown")}),
        ((*PU, "--wage-kind", "weekly"), {("/wage_kind", "wage_kind.unknown")}),
        ((*PU, "--firm-size", "huge"), {("/firm_size", "firm_size.unknown")}),
        ((*PU, "--start", "2026-13"), {("/start", "start.format")}),
        ((*PU, "--on", "2026-02-30"), {("/on", "day.format")}),
        (JAKON, {("/value", "jakon.one_wanted")}),
        ((*JAKON, "--value", "1", "--wage", "1"), {("/wage", "jakon.one_wanted")}),
        ((*JAKON, "--value", "-1"), {("/value", "amount.value")}),
        ((*JAKON, "--value", str(10**15)), {("/value", "amount.value")}),
        (PMI, {("/via", "usage.missing"), ("/months", "usage.missing")}),
        ((*PMI, "--via", "boat", "--months", "24"), {("/via", "via.unknown")}),
        ((*PMI, "--via", "self", "--months", "18"), {("/months", "months.package")}),
        ((*PMI, "--via", "self", "--months", "x"), {("/months", "number.value")}),
        ((*PMI, "--via", "self", "--months", "6", "--extra", "-1"), {("/extra", "number.value")}),
        ((*PMI, "--via", "self", "--months", "6", "--extra", "61"), {("/extra", "number.value")}),
        ((*PMI, "--via", "self", "--months", "6", "--jht", "75000"), {("/jht", "jht.step")}),
        ((*PMI, "--via", "self", "--months", "6", "--jht", "0"), {("/jht", "amount.value")}),
        (
            (*PU, "--wage", "x", "--risk", "y", "--months", "z", "--segment", "q", "--start", "w"),
            {
                ("/wage", "amount.value"), ("/risk", "number.value"), ("/months", "months.value"),
                ("/segment", "segment.unknown"), ("/start", "start.format"),
            },
        ),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_what_cant_be_priced_is_refused_with_every_fault(
    capsys: pytest.CaptureFixture[str],
    language: str,
    arguments: tuple[str, ...],
    faults: set[tuple[str, str]],
) -> None:
    envelope = asked(capsys, *arguments, "--lang", language)
    assert envelope["exit_code"] == 2
    assert {(error["field"], error["code"]) for error in envelope["errors"]} == faults
    for error in envelope["errors"]:
        assert "–" not in error["message"] + error["remedy"], error


@pytest.mark.parametrize(
    "arguments",
    [
        (*PU, "--start", "2015-06"),
        (*PU, "--start", "0001-01"),
        (*PU, "--program", "jkk,jkm,jkp", "--start", "2021-01"),
        (*PU, "--program", "jp", "--start", "2027-03"),
        (*PU, "--program", "jkk,jkm,jp", "--start", "2026-11", "--months", "12"),
        (*JAKON, "--value", "80000000", "--start", "2015-06"),
        (*JAKON, "--wage", "80000000", "--start", "2015-06"),
        (*PMI, "--via", "self", "--months", "6", "--on", "2023-02-21"),
        (*PMI, "--via", "self", "--months", "6", "--start", "2023-02"),
    ],
)
def test_a_time_without_a_rule_exits_4_with_its_pointer(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    envelope = asked(capsys, *arguments)
    assert envelope["exit_code"] == 4
    (error,) = envelope["errors"]
    assert (error["field"], error["code"]) == ("/start", "rule.not_in_force")
    assert error["remedy"]


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*PU, "--program", "jkk,jkm,jht,jp,jkp", "--start", "2025-02", "--labour-intensive"),
         ("50 % × (0,24 % × Rp3.000.000)", "Rp3.600", "PP 7/2025", "Pasal 16")),
        ((*PU, "--wage-kind", "daily", "--start", "2026-01"), ("Rp75.000.000", "Pasal 19")),
        ((*PU, "--wage-kind", "piece", "--start", "2026-01"), ("Rp3.000.000", "Pasal 19")),
        ((*PU, "--program", "jp", "--start", "2020-10"), ("Rp90.000", "PP 49/2020")),
        ((*JAKON, "--value", "250000000", "--start", "2026-01"),
         ("0,21 % × Rp100.000.000 + 0,17 % × Rp150.000.000 = Rp465.000", "Pasal 54")),
        ((*JAKON, "--wage", "40000000", "--start", "2020-10"), ("Rp6.960", "Pasal 55")),
        ((*PMI, "--via", "agency", "--months", "24", "--extra", "3", "--on", "2026-11-22"),
         ("3 × Rp13.500 = Rp40.500", "Rp410.500", "Permenaker 4/2023")),
        ((*PMI, "--via", "self", "--months", "6", "--jht", "50000", "--on", "2026-11-22"),
         ("6 × Rp50.000 = Rp300.000",)),
    ],
)  # fmt: skip
def test_the_working_is_told_with_its_articles_in_both_languages(
    capsys: pytest.CaptureFixture[str],
    language: str,
    arguments: tuple[str, ...],
    said: tuple[str, ...],
) -> None:
    assert run([*arguments, "--lang", language]) == 0
    short = capsys.readouterr()
    assert run([*arguments, "--lang", language, "--explain"]) == 0
    long = capsys.readouterr()
    assert long.out.startswith(short.out)
    assert long.err == short.err
    for piece in said:
        assert piece in long.out, piece
    for broken in ("{", "–", "None"):
        assert broken not in long.out + long.err


ASK = """
import json, sys
from perisai_cli.__main__ import main
main()
sys.stderr.write("MODULES " + json.dumps(sorted(sys.modules)))
"""
HEAVY = {
    "httpx", "sqlite3", "sqlite_utils", "pydantic", "cryptography", "rich", "asyncio", "ssl",
}  # fmt: skip


def test_the_calculators_import_nothing_heavy_and_make_no_home(cli: Cli) -> None:
    import subprocess
    import sys

    for arguments in (PU, (*JAKON, "--value", "1000"), (*PMI, "--via", "self", "--months", "6")):
        done = subprocess.run(
            [sys.executable, "-c", ASK, *arguments, "--explain"],
            env=cli.environment, cwd=cli.folder, capture_output=True, timeout=60, check=True,
        )  # fmt: skip
        modules = set(json.loads(done.stderr.decode().split("MODULES ")[1]))
        assert not modules & HEAVY, arguments
    assert not cli.home.exists()
