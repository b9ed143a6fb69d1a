"""``manfaat jht``, ``jp``, ``jkp`` and ``insentif hitung`` as a user calls them, in both languages."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command_line import Cli, checked_envelope

import perisai_cli
from perisai_cli.cli.main import run

HOUSE = Path(perisai_cli.__file__).parents[1]
JHT = ("manfaat", "jht", "--saldo", "20000000", "--hasil", "5", "--tahun", "1")
JP = ("manfaat", "jp", "--upah-rata", "4000000", "--bulan", "240", "--tanggal", "2026-12-01")
JKP = ("manfaat", "jkp", "--upah", "6000000", "--tanggal", "2025-03-10")
INCENTIVE = (
    "insentif", "hitung", "--skema", "2022", "--anggota-baru", "50", "--program", "3",
    "--iuran", "1840000",
)  # fmt: skip
EVERY = {
    "benefit jht": JHT,
    "benefit jp": JP,
    "benefit jkp": JKP,
    "incentive calculate": INCENTIVE,
}


Call = Any


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str]) -> Call:
    """Return a way to run the program in this process and read its envelope."""

    def called(*arguments: str) -> dict[str, Any]:
        code = run([*arguments, "--json"])
        return checked_envelope(capsys.readouterr().out, code)

    return called


@pytest.fixture
def spoken(capsys: pytest.CaptureFixture[str]) -> Call:
    """Return a way to run the program in this process and read what a person reads."""

    def called(*arguments: str) -> tuple[int, str, str]:
        code = run(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return called


def faults(envelope: dict[str, Any]) -> set[tuple[str | None, str]]:
    return {(error.get("field"), error["code"]) for error in envelope["errors"]}


def test_each_command_names_itself_and_its_articles(call: Call) -> None:
    totals = {}
    for name, arguments in EVERY.items():
        envelope = call(*arguments)
        assert (envelope["exit_code"], envelope["command"]) == (0, name)
        data = envelope["data"]
        totals[name] = data["total"]
        assert data["total"] == sum(line["amount"] for line in data["lines"])
        assert all(line["law"] for line in data["lines"])
        assert data["warnings"]
    assert totals == {
        "benefit jht": 21_000_000,
        "benefit jp": 800_000,
        "benefit jkp": 18_000_000,
        "incentive calculate": 1_026_000,
    }


def test_english_names_and_indonesian_ones_are_the_same_commands(call: Call) -> None:
    english = {
        "benefit jht": "benefit jht --balance 20000000 --yield 5 --years 1",
        "benefit jp": "benefit jp --average-wage 4000000 --months 240 --date 2026-12-01",
        "benefit jkp": "benefit jkp --wage 6000000 --date 2025-03-10",
        "incentive calculate": (
            "incentive calculate --scheme 2022 --new 50 --program 3 --collected 1840000"
        ),
    }
    for name, line in english.items():
        assert (
            call(*line.split(), "--lang", "en")["data"]["lines"]
            == (call(*EVERY[name])["data"]["lines"])
        )


def test_the_old_scheme_tells_gross_the_office_s_share_and_what_is_left(call: Call) -> None:
    data = call(
        "insentif", "hitung", "--skema", "2018", "--anggota-baru", "50", "--iuran", "Rp1.840.000"
    )["data"]
    assert (data["gross"], data["office_share"], data["total"]) == (638_000, 63_800, 574_200)
    told = {warning["code"] for warning in data["warnings"]}
    assert {"incentive.at_threshold", "incentive.before_tax"} <= told
    assert "doubt.incentive_agreement" in told


def test_a_day_chooses_the_scheme_and_a_scheme_out_of_its_days_is_refused(call: Call) -> None:
    asked = ("insentif", "hitung", "--anggota-baru", "50", "--iuran", "840000")
    assert call(*asked, "--pada", "2022-03-31")["data"]["scheme"] == "2018"
    assert call(*asked, "--pada", "2022-04-01")["data"]["scheme"] == "2022"
    assert call(*asked)["data"]["scheme"] == "2022"
    for day, scheme in (("2022-03-31", "2022"), ("2022-04-01", "2018"), ("2018-01-31", "2018")):
        refused = call(*asked, "--pada", day, "--skema", scheme)
        assert (refused["exit_code"], refused["errors"][0]["code"]) == (4, "rule.not_in_force")
    assert call(*asked, "--pada", "2018-01-31")["exit_code"] == 4


def test_a_new_member_begins_with_an_empty_account(call: Call) -> None:
    data = call(
        "manfaat", "jht", "--saldo", "0", "--hasil", "5,5", "--tahun", "2", "--iuran", "20000"
    )["data"]
    assert [line["code"] for line in data["lines"]] == ["jht_contributions", "jht_development"]
    assert data["total"] == 480_000 + 13_200


def test_today_s_balance_needs_no_yield(call: Call) -> None:
    data = call("manfaat", "jht", "--saldo", "20000000", "--tahun", "0", "--alasan", "housing")[
        "data"
    ]
    assert (data["total"], data["remaining"], data["tax"]) == (6_000_000, 14_000_000, None)


def test_the_only_yield_of_a_source_stands_beside_the_user_s_own(call: Call) -> None:
    data = call(*JHT)["data"]
    assert [(known["year"], known["percent"]) for known in data["known_yields"]] == [(2016, "7.19")]
    assert "jht.yield_is_yours" in {warning["code"] for warning in data["warnings"]}


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("name", EVERY)
def test_the_working_is_told_with_its_articles(spoken: Call, name: str, language: str) -> None:
    short = spoken(*EVERY[name], "--bahasa", language)
    long = spoken(*EVERY[name], "--bahasa", language, "--jelaskan")
    assert (short[0], long[0]) == (0, 0)
    assert long[1].startswith(short[1])
    assert "2026-11-22" in long[1]
    for words in (*short[1:], *long[1:]):
        assert "{" not in words
        assert "–" not in words


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_lump_sum_and_a_pension_not_yet_due_are_told_in_words_and_not_as_nothing(
    spoken: Call, language: str
) -> None:
    code, out, err = spoken(*JP[:5], "179", *JP[6:], "--bahasa", language, "--jelaskan")
    assert code == 0
    assert "Rp0" not in out
    assert "180" in err
    code, out, err = spoken(*JP, "--lahir", "1980-02-29", "--bahasa", language)
    assert code == 0
    assert "Rp0" not in out
    assert "2045-03-01" in out


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (JHT[:2], {("/balance", "usage.missing"), ("/years", "usage.missing"),
                   ("/yield", "usage.missing")}),
        ((*JHT[:2], "--saldo", "-5", "--hasil", "5", "--tahun", "1"), {("/balance", "amount.value")}),
        ((*JHT[:2], "--saldo", "5.5", "--hasil", "5", "--tahun", "1"), {("/balance", "amount.value")}),
        ((*JHT[:2], "--saldo", str(10**15), "--hasil", "5", "--tahun", "1"),
         {("/balance", "amount.value")}),
        ((*JHT[:2], "--saldo", "0", "--hasil", "5", "--tahun", "1"),
         {("/balance", "jht.nothing_saved")}),
        ((*JHT[:2], "--saldo", "9", "--hasil", "55", "--tahun", "61", "--alasan", "boredom",
          "--iuran", "0", "--pada", "2026-02-30"),
         {("/yield", "percent.value"), ("/years", "number.value"), ("/reason", "reason.unknown"),
          ("/contribution", "amount.value"), ("/on", "day.format")}),
        (JP[:2], {("/average-wage", "usage.missing"), ("/months", "usage.missing"),
                  ("/date", "usage.missing")}),
        ((*JP[:2], "--upah-rata", "1.5", "--bulan", "0", "--tanggal", "9999-12-31",
          "--lahir", "x", "--penerima", "dog", "--kepadatan", "101", "--bulan-peserta", "721"),
         {("/average-wage", "amount.value"), ("/months", "number.value"), ("/date", "day.format"),
          ("/born", "day.format"), ("/beneficiary", "beneficiary.unknown"),
          ("/density", "percent.value"), ("/membership-months", "number.value")}),
        ((*JP, "--lahir", "2026-12-01"), {("/born", "jp.born_after")}),
        ((*JP, "--bulan-peserta", "239"), {("/membership-months", "jp.registered_below_paid")}),
        (JKP[:2], {("/wage", "usage.missing"), ("/date", "usage.missing")}),
        ((*JKP[:2], "--upah", str(10**15), "--tanggal", "2025-13-01", "--alasan", "bored",
          "--bulan-iur", "-1", "--klaim-ke", "0"),
         {("/wage", "amount.value"), ("/date", "day.format"), ("/reason", "reason.unknown"),
          ("/paid-months", "number.value"), ("/claim", "number.value")}),
        (INCENTIVE[:2], {("/new", "usage.missing"), ("/collected", "usage.missing")}),
        ((*INCENTIVE[:2], "--skema", "2020", "--anggota-baru", "1.5", "--program", "4",
          "--iuran", "-1", "--iuran-lama", "1e6", "--pada", "kemarin"),
         {("/scheme", "scheme.unknown"), ("/new", "number.value"), ("/program", "program.unknown"),
          ("/collected", "amount.value"), ("/collected-later", "amount.value"),
          ("/on", "day.format")}),
        (("insentif", "hitung", "--skema", "2018", "--anggota-baru", "1", "--iuran", "0",
          "--iuran-lama", "5"), {("/collected-later", "incentive.no_later_share")}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["id", "en"])
def test_what_cant_be_computed_is_refused_with_every_fault(
    call: Call, arguments: tuple[str, ...], expected: set[tuple[str, str]], language: str
) -> None:
    envelope = call(*arguments, "--bahasa", language)
    assert (envelope["exit_code"], faults(envelope)) == (2, expected)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((*JHT, "--pada", "2015-06-30"), "rule.not_in_force"),
        ((*JHT, "--alasan", "resign", "--pada", "2022-04-25"), "rule.not_in_force"),
        ((*JP[:6], "--tanggal", "2015-06-30"), "rule.not_in_force"),
        ((*JP[:6], "--tanggal", "0001-01-01"), "rule.not_in_force"),
        ((*JP[:5], "24", *JP[6:], "--penerima", "widow"), "jp.too_few_months"),
        ((*JKP[:4], "--tanggal", "2021-02-01"), "rule.not_in_force"),
    ],
)
def test_where_no_rule_is_known_there_is_no_number(
    call: Call, arguments: tuple[str, ...], code: str
) -> None:
    envelope = call(*arguments)
    assert (envelope["exit_code"], [error["code"] for error in envelope["errors"]]) == (4, [code])
    assert "total" not in envelope["data"]


def test_a_job_lost_in_the_future_is_warned_of(call: Call) -> None:
    data = call(*JKP[:4], "--tanggal", "2999-12-31")["data"]
    assert "date.future" in {warning["code"] for warning in data["warnings"]}
    assert data["claim_until"] == "3000-06-30"


def test_the_office_s_own_amounts_come_from_the_settings(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERISAI_HOME", str(tmp_path))
    settings = tmp_path / "settings.toml"
    asked = ("insentif", "hitung", "--anggota-baru", "20", "--iuran", "336000")
    assert call(*asked)["data"]["total"] == 50_400
    own = '[incentive]\nagreement = "PKS 1"\nsince = 2026-01-01\nleast_new = 20\n'
    settings.write_text(own, encoding="utf-8")
    assert call(*asked)["data"]["total"] == 50_400 + 200_000
    assert call(*asked, "--pada", "2025-12-31")["data"]["total"] == 50_400
    settings.write_text(own.replace("20\n", "-20\n"), encoding="utf-8")
    refused = call(*asked)
    assert (refused["exit_code"], refused["errors"][0]["code"]) == (2, "settings.invalid")
    assert "least_new" in refused["errors"][0]["message"]


ASK_MODULES = """
import json, sys
from perisai_cli.__main__ import main
try:
    main()
except SystemExit:
    pass
sys.stdout.flush()
sys.stderr.write(json.dumps(sorted(sys.modules)))
"""
HEAVY = {"httpx", "sqlite3", "sqlite_utils", "pydantic", "cryptography", "rich", "asyncio"}


@pytest.mark.parametrize("name", EVERY)
def test_they_need_no_store_and_import_nothing_heavy(cli: Cli, name: str) -> None:
    del cli.environment["PERISAI_PASSPHRASE_FILE"]
    done = subprocess.run(
        [sys.executable, "-c", ASK_MODULES, *EVERY[name], "--jelaskan", "--json"],
        env=cli.environment | {"PYTHONPATH": str(HOUSE)}, cwd=cli.folder, capture_output=True, timeout=60, check=True,
    )  # fmt: skip
    assert not set(json.loads(done.stderr.decode())) & HEAVY
    assert json.loads(done.stdout.decode())["status"] == "success"
    assert not cli.home.exists()
