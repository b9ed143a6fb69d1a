"""Occupations and regions are found by typing: no home, no passphrase, no network."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from command_line import Cli
from field_work import a_nik
from terminal import Terminal
from test_e2e_calculator import HEAVY, modules_of

from perisai_cli.domain.money import rupiah


@pytest.fixture
def nowhere(cli: Cli) -> Cli:
    del cli.environment["PERISAI_PASSPHRASE_FILE"]
    return cli


def test_an_occupation_is_found_in_either_language_with_its_sector(nowhere: Cli) -> None:
    for arguments in (("pekerjaan", "ojol"), ("occupation", "ojek", "online"),
                      ("occupation", "motorcycle taxi rider", "--lang", "en")):  # fmt: skip
        (item, *_) = nowhere.run(*arguments).data["items"]
        assert (item["code"], item["sector"], item["certain"]) == (
            "motorcycle_taxi", "transport", True,
        ), arguments  # fmt: skip
    assert not nowhere.home.exists()


def test_the_price_of_each_sector_is_the_calculators_own(nowhere: Cli) -> None:
    month = (datetime.now(UTC) + timedelta(hours=8)).strftime("%Y-%m")
    said = nowhere.run("pekerjaan", "nelayan")
    assert {price["sector"] for price in said.data["sectors"]} == {"other", "transport"}
    for price in said.data["sectors"]:
        asked = ("iuran", "bpu", "--lapisan", "1", "--sektor", price["sector"], "--mulai")
        assert price["month"] == month
        now = nowhere.run(*asked, month, "--bulan", "36").data["totals"]["by_month"]
        assert price["total"] == now[month]
        before = [each for each in now if now[each] != price["total"]]
        later = now[before[0]] if before else None
        assert price["later_total"] == later
        assert price["until"] is None or now[price["until"]] == price["total"]
    shown = nowhere.run("pekerjaan", "nelayan", as_json=False).out
    assert all(rupiah(price["total"]) in shown for price in said.data["sectors"])


def test_without_a_word_every_occupation_is_listed(nowhere: Cli) -> None:
    said = nowhere.run("pekerjaan")
    assert said.data["count"] == len(said.data["items"]) == 29


def test_a_boatmans_doubt_is_shown(nowhere: Cli) -> None:
    assert "sector.doubt" in nowhere.run("pekerjaan", "tukang perahu").warned


def test_nothing_found_is_an_answer_and_no_failure(nowhere: Cli) -> None:
    for command in ("pekerjaan", "wilayah"):
        said = nowhere.run(command, "qqqqqq")
        assert (said.code, said.data["count"]) == (0, 0)
        assert nowhere.run(command, "qqqqqq", as_json=False).out.strip()


def test_a_region_is_found_by_name_and_by_its_old_code(nowhere: Cli) -> None:
    (item,) = nowhere.run("wilayah", "Sanur,", "Denpasar", "Selatan").data["items"]
    assert (item["code"], item["level"]) == ("517101", "district")
    old = nowhere.run("region", "9109").data["items"][0]
    assert old["successor"] == {"code": "9404", "label": "Kabupaten Mimika, Papua Tengah"}
    assert "9404" in nowhere.run("wilayah", "9109", as_json=False).out


def test_a_region_must_be_asked_for(nowhere: Cli) -> None:
    said = nowhere.run("wilayah")
    assert (said.code, said.codes) == (2, ["usage.missing"])


def test_finding_imports_nothing_heavy(nowhere: Cli) -> None:
    for arguments in (("pekerjaan", "ojol", "--json"), ("wilayah", "kuta", "--json")):
        assert not modules_of(nowhere, *arguments) & HEAVY, arguments


def test_the_questions_take_words_and_then_the_number_of_a_hit(agent: Cli) -> None:
    agent.environment["TERM"] = "dumb"
    with Terminal(agent, "daftar") as terminal:
        for prompt, typed in (
            ("NIK", a_nik()), ("Cocok", ""), ("Nama", "Ni Luh Sari"), ("telepon", ""),
            ("Alamat", "Jl. Segara 3"), ("Desa", "Sanur, Denpasar Selatan"),
        ):  # fmt: skip
            terminal.answer(prompt, typed)
        terminal.answer("[517101]", "kuta")
        terminal.wait_for("2 Kuta Selatan, Kabupaten Badung, Bali (510305)")
        terminal.answer("[517101]", "2")
        terminal.wait_for("Kuta Selatan")
        terminal.answer("Pekerjaan", "nelayn")
        terminal.wait_for("1 nelayan")
        terminal.answer("Pekerjaan", "1")
        terminal.wait_for("nelayan; sektor bukan transportasi")
        terminal.wait_for("Rp")
