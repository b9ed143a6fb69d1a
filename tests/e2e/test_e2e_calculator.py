"""The calculator of contributions: no store, no passphrase, no network, and quick to start."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest
from command_line import Cli, Said, checked_envelope

from perisai_cli.domain.money import rupiah


def bpu(cli: Cli, *arguments: str, **how: Any) -> Said:
    return cli.run("iuran", "bpu", *arguments, **how)


@pytest.fixture
def nowhere(cli: Cli) -> Cli:
    """Return the program where there is no home, no passphrase and no way to a network."""
    del cli.environment["PERISAI_PASSPHRASE_FILE"]
    return cli


CASES = [
    (("--lapisan", "1", "--mulai", "2022-01"), 16_800),
    (("--tier", "1", "--start", "2026-12"), 8_400),
    (("--tier", "1", "--start", "2026-12", "--months", "3"), 8_400 + 2 * 16_800),
    (("--tier", "1", "--sector", "transport", "--start", "2026-01"), 8_400),
    (("--tier", "1", "--sector", "other", "--start", "2026-03"), 16_800),
    (("--tier", "1", "--sektor", "transport", "--mulai", "2027-03", "--bulan", "2"), 25_200),
    (("--tier", "1", "--payer", "apbd-regency", "--start", "2026-05"), 16_800),
    (("--income", "1000000", "--program", "jkk,jkm,jht", "--start", "2026-02"), 36_800),
    (("--penghasilan", "Rp1.500.000", "--mulai", "2026-02"), 22_800),
    (("--lapisan", "33", "--program", "jkk", "--mulai", "2025-06"), 207_000),
    (("--tier", "1", "--start", "2026-12", "--months", "60"), 8_400 + 59 * 16_800),
]


def test_prices_are_those_of_the_law_by_month_sector_and_payer(nowhere: Cli) -> None:
    for number, (arguments, total) in enumerate(CASES):
        command = ("contribution", "bpu") if number % 2 else ("iuran", "bpu")
        said = nowhere.run(*command, *arguments)
        assert said.envelope is not None
        assert (said.code, said.envelope["command"]) == (0, "contribution bpu")
        data = said.data
        assert data["total"] == total, arguments
        assert data["total"] == sum(line["amount"] for line in data["lines"])
        assert data["total"] == sum(data["totals"]["by_month"].values())
        assert data["total"] == sum(data["totals"]["by_program"].values())
        bearers = ("member", "employer", "worker", "government", "sponsor")
        assert data["total"] == sum(data["totals"][bearer] for bearer in bearers)
    assert not nowhere.home.exists()
    assert not (nowhere.folder / "nowhere").exists()


def test_each_line_names_its_article(nowhere: Cli) -> None:
    data = bpu(nowhere, "--lapisan", "1", "--mulai", "2026-05").data
    for line in data["lines"]:
        assert {"code", "borne_by", "month", "amount", "full_amount", "relief", "base", "law"} <= (
            set(line)
        )
        assert line["law"]
        for cite in line["law"]:
            assert {"regulation", "at", "since", "basis"} <= set(cite)
    jkk = next(line for line in data["lines"] if line["code"] == "jkk")
    assert (jkk["amount"], jkk["full_amount"], jkk["relief"]) == (5000, 10000, "pp-50-2025")
    assert jkk["base"] == 1_000_000
    assert "PP 44/2015" in {cite["regulation"] for cite in jkk["law"]}
    for warning in data["warnings"]:
        assert {"code", "message"} <= set(warning)


def test_a_given_day_takes_the_place_of_today(nowhere: Cli) -> None:
    data = bpu(nowhere, "--lapisan", "1", "--pada", "2026-12-31").data
    assert data["totals"]["by_month"] == {"2026-12": 8_400}
    data = bpu(nowhere, "--tier", "1", "--on", "2027-01-01", "--months", "2").data
    assert data["totals"]["by_month"] == {"2027-01": 16_800, "2027-02": 16_800}


def test_a_price_that_changes_and_odd_wishes_are_warned_of(nowhere: Cli) -> None:
    data = bpu(nowhere, "--lapisan", "1", "--mulai", "2026-12", "--bulan", "3").data
    assert "price.changes" in {warning["code"] for warning in data["warnings"]}
    data = bpu(nowhere, "--lapisan", "1", "--program", "jkm", "--mulai", "2026-02").data
    assert data["total"] == 6_800
    assert "programs.jkk_and_jkm_expected" in {warning["code"] for warning in data["warnings"]}


def test_the_working_is_told_with_its_articles_in_both_languages(nowhere: Cli) -> None:
    for language, flags in (("id", ("--jelaskan",)), ("en", ("--explain",))):
        short = bpu(
            nowhere, "--lapisan", "1", "--mulai", "2026-12", "--bulan", "2", "--bahasa", language,
            as_json=False,
        )  # fmt: skip
        long = bpu(
            nowhere, "--lapisan", "1", "--mulai", "2026-12", "--bulan", "2", "--bahasa", language,
            *flags, as_json=False,
        )  # fmt: skip
        assert (short.code, long.code) == (0, 0)
        assert rupiah(25_200) in short.out
        assert long.out.startswith(short.out)
        for article in ("PP 44/2015", "Pasal 20", "2027-01", rupiah(10_000)):
            assert article in long.out, article
        assert "{" not in long.out + long.err


@pytest.mark.parametrize(
    ("arguments", "faults"),
    [
        ((), {("/income", "income.missing")}),
        (("--income", "1500000.5"), {("/income", "income.value")}),
        (("--income", "1,500,000"), {("/income", "income.value")}),
        (("--income", "-5"), {("/income", "income.value")}),
        (("--income", "0"), {("/income", "income.value")}),
        (("--income", str(10**15)), {("/income", "income.value")}),
        (("--income", "9" * 5000), {("/income", "income.value")}),
        (("--income", "١٠٠٠٠٠٠"), {("/income", "income.value")}),
        (("--income", ""), {("/income", "income.value")}),
        (("--tier", "0"), {("/tier", "tier.value")}),
        (("--tier", "34"), {("/tier", "tier.value")}),
        (("--tier", "1", "--months", "0"), {("/months", "months.value")}),
        (("--tier", "1", "--months", "61"), {("/months", "months.value")}),
        (("--tier", "1", "--program", "jkk,jp"), {("/programs", "programs.unknown")}),
        (("--tier", "1", "--sector", "sea"), {("/sector", "sector.unknown")}),
        (("--tier", "1", "--payer", "me"), {("/payer", "payer.unknown")}),
        (("--tier", "1", "--start", "2026-13"), {("/start", "start.format")}),
        (("--tier", "1", "--start", "12-2026"), {("/start", "start.format")}),
        (("--tier", "1", "--on", "2026-02-30"), {("/on", "day.format")}),
        (
            ("--tier", "x", "--months", "y", "--payer", "z", "--sector", "q", "--start", "w"),
            {
                ("/tier", "tier.value"), ("/months", "months.value"), ("/payer", "payer.unknown"),
                ("/sector", "sector.unknown"), ("/start", "start.format"),
            },
        ),
    ],
)  # fmt: skip
def test_what_cant_be_priced_is_refused_with_every_fault(
    nowhere: Cli, arguments: tuple[str, ...], faults: set[tuple[str, str]]
) -> None:
    said = bpu(nowhere, *arguments)
    assert (said.code, said.faults) == (2, faults)


def test_a_month_before_the_rules_exits_4(nowhere: Cli) -> None:
    for start in ("2010-01", "0001-01"):
        said = bpu(nowhere, "--lapisan", "1", "--mulai", start)
        assert (said.code, said.codes) == (4, ["rule.not_in_force"])
        assert start in said.errors[0]["message"]
    assert bpu(nowhere, "--tier", "1", "--start", "2999-12", "--months", "60").code in (0, 4)


def test_a_typing_slip_in_an_option_names_the_nearest(nowhere: Cli) -> None:
    said = bpu(nowhere, "--penghasilann", "1")
    assert (said.code, said.codes) == (2, ["usage.no_such_option"])
    assert "--penghasilan" in said.errors[0]["remedy"]
    bare = nowhere.run("--json", "iuran", "bpu", "--penghasilan", as_json=False)
    assert bare.code == 2
    envelope = checked_envelope(bare.out, 2)
    assert envelope["command"] == "contribution bpu"
    assert [error["code"] for error in envelope["errors"]] == ["usage.option_needs_value"]


ASK_MODULES = """
import json, sys
from perisai_cli.__main__ import main
try:
    code = main()
except SystemExit as stop:
    code = stop.code
sys.stdout.flush()
sys.stderr.write("MODULES " + json.dumps(sorted({name.split(".")[0] for name in sys.modules}
                                                | set(sys.modules))))
sys.exit(code)
"""
HEAVY = {"httpx", "sqlite3", "sqlite_utils", "pydantic", "cryptography", "rich", "asyncio", "ssl",
         "fastapi", "sqlalchemy", "socket", "unittest"}  # fmt: skip


def modules_of(cli: Cli, *arguments: str) -> set[str]:
    """Return the names of the modules that a call of the program imports."""
    done = subprocess.run(
        [sys.executable, "-c", ASK_MODULES, *arguments],
        env=cli.environment, cwd=cli.folder, capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done
    found = re.search(r"MODULES (\[.*\])", done.stderr.decode())
    assert found
    return set(json.loads(found[1]))


def test_quick_commands_import_nothing_heavy(nowhere: Cli) -> None:
    quick = ("iuran", "bpu", "--lapisan", "1", "--bulan", "3", "--jelaskan")
    for arguments in (quick, ("--help",), ("iuran", "bpu", "--help"), (*quick, "--json")):
        assert not modules_of(nowhere, *arguments) & HEAVY, arguments


def test_the_version_imports_not_even_typer(nowhere: Cli) -> None:
    for flag in ("--version", "--versi", "-V"):
        modules = modules_of(nowhere, flag)
        assert not modules & (HEAVY | {"typer", "json5", "tomllib", "perisai_cli.cli"})
    said = nowhere.run("--version", as_json=False)
    assert re.fullmatch(r"perisai [0-9]+\.[0-9]+\.[0-9]+\S*\n", said.out)
    assert nowhere.run("--bahasa", "en", "--version", as_json=False).out == said.out
