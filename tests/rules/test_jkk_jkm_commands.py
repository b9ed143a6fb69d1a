"""``manfaat jkk``, ``jkm`` and ``simulasi`` as they are typed: names, faults, words, promises."""

import json
from typing import Any

import pytest

from perisai_cli.cli.main import run

JKM = ("manfaat", "jkm", "--tanggal", "2026-11-02", "--bulan-peserta", "40")
JKK = ("manfaat", "jkk", "--tanggal", "2026-11-02", "--dasar", "1000000")


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    """Return a way to run a command line and read its JSON."""

    def call(*arguments: str) -> dict[str, Any]:
        code = run([*arguments, "--json"])
        envelope: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert envelope["exit_code"] == code
        return envelope

    return call


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    """Return a way to run a command line and read its text."""

    def call(*arguments: str) -> str:
        assert run(list(arguments)) == 0
        return capsys.readouterr().out

    return call


def faults(envelope: dict[str, Any]) -> set[tuple[str, str]]:
    for error in envelope["errors"]:
        assert error["message"]
        assert error["remedy"]
        assert "{" not in error["message"] + error["remedy"]
    return {(error["code"], error.get("field", "")) for error in envelope["errors"]}


def test_both_languages_name_the_same_options(said: Any) -> None:
    one = said(*JKM, "--tunggakan", "1", "--anak", "all", "--bulan-iuran", "39")
    other = said(
        "benefit", "jkm", "--date", "2026-11-02", "--membership-months", "40",
        "--arrears", "1", "--children", "all", "--paid-months", "39",
    )  # fmt: skip
    assert one["data"] == other["data"]
    assert one["command"] == "benefit jkm"
    assert one["data"]["total"] == 129_000_000
    assert one["data"]["payable_now"] == 10_000_000


def test_a_refusal_names_its_article(said: Any) -> None:
    data = said(*JKM, "--tunggakan", "4")["data"]
    assert (data["total"], data["payable_now"], data["after_arrears"], data["lines"]) == (
        0,
        0,
        0,
        [],
    )
    (cite,) = data["refused_by"]
    assert (cite["regulation"], cite["at"]) == ("PP 44/2015", "Pasal 42 ayat (1)-(2)")
    assert "arrears.too_long" in {warning["code"] for warning in data["warnings"]}


def test_arrears_leave_care_and_hold_the_money_back(said: Any) -> None:
    data = said(*JKK, "--kejadian", "death", "--tunggakan", "3")["data"]
    assert (data["total"], data["payable_now"]) == (70_000_000, 0)
    assert data["care"]["given"] is True
    data = said(*JKK, "--kejadian", "death", "--tunggakan", "4")["data"]
    assert (data["total"], data["care"]["given"]) == (0, False)


def test_facts_come_with_their_law(said: Any) -> None:
    data = said(*JKK, "--kejadian", "total", "--anak", "smp")["data"]
    due = {each["code"]: (each["count"], each["unit"]) for each in data["deadlines"]}
    assert due == {"report": (2, "days"), "claim": (5, "years"), "payment": (7, "working days")}
    assert all(each["law"]["at"] for each in data["deadlines"])
    assert data["heirs"]["order"][0] == "spouse_or_child"
    limits = {each["code"]: each["limit"] for each in data["entitlements"]}
    assert limits["home_care"] == 20_000_000
    assert limits["aids_for_teeth_ears_eyes"] is None
    assert data["scholarship"]["children"][0]["levels"] == [
        {"level": "smp", "years": 3, "amount": 2_000_000, "total": 6_000_000}
    ]
    old = said("manfaat", "jkk", "--kejadian", "death", "--tanggal", "2019-12-01", "--dasar", "1")
    assert {each["count"] for each in old["data"]["deadlines"] if each["code"] == "claim"} == {2}


def test_days_of_a_part_month_are_told_to_be_an_estimate(said: Any) -> None:
    data = said(*JKK, "--kejadian", "temporary", "--hari", "10")["data"]
    assert [(line["amount"], line["estimate"]) for line in data["lines"]] == [(333_333, True)]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (("jkm",), {("usage.missing", "/date"), ("usage.missing", "/membership-months")}),
        (
            (
                "jkm", "--date", "2026-02-30", "--membership-months", "-1",
                "--arrears", "1.5", "--children", "sd,all", "--paid-months", "601",
            ),
            {
                ("day.format", "/date"), ("number.value", "/membership-months"),
                ("number.value", "/arrears"), ("children.unknown", "/children"),
                ("number.value", "/paid-months"),
            },
        ),
        (("jkk",), {
            ("usage.missing", "/event"), ("usage.missing", "/date"), ("usage.missing", "/base")
        }),
        (("jkk", "--event", "flood", "--date", "2026-01-01"), {("event.unknown", "/event")}),
        (
            ("jkk", "--event", "death", "--date", "2026-01-01", "--base", "1000000000000000"),
            {("amount.value", "/base")},
        ),
        (
            ("jkk", "--event", "death", "--date", "2026-01-01", "--base", "1000000,5"),
            {("amount.value", "/base")},
        ),
        (
            ("jkk", "--event", "partial", "--date", "2026-01-01", "--base", "1000000"),
            {("percent.missing", "/percent")},
        ),
        (
            (
                "jkk", "--event", "functional", "--date", "2026-01-01", "--base", "1000000",
                "--percent", "101", "--loss", "0",
            ),
            {("percent.value", "/percent"), ("percent.value", "/loss")},
        ),
        (
            (
                "jkk", "--event", "functional", "--date", "2026-01-01", "--base", "1000000",
                "--part", "toe",
            ),
            {("part.unknown", "/part"), ("usage.missing", "/loss")},
        ),
        (
            (
                "jkk", "--event", "partial", "--date", "2026-01-01", "--base", "1000000",
                "--part", "one_eye", "--percent", "35",
            ),
            {("part.and_percent", "/part")},
        ),
        (
            ("jkk", "--event", "temporary", "--date", "2026-01-01", "--base", "1000000"),
            {("usage.missing", "/months")},
        ),
        (
            (
                "jkk", "--event", "temporary", "--date", "2026-01-01", "--base", "1000000",
                "--months", "0",
            ),
            {("number.value", "/months")},
        ),
        (
            (
                "jkk", "--event", "temporary", "--date", "2026-01-01", "--base", "1000000",
                "--months", "1000", "--days", "31",
            ),
            {("number.value", "/months"), ("number.value", "/days")},
        ),
        (("jkk", "--event", "transport", "--date", "2026-01-01"), {("transport.missing", "/land")}),
        (
            ("jkk", "--event", "transport", "--date", "2026-01-01", "--sea", "-5"),
            {("amount.value", "/sea")},
        ),
        (
            ("simulate", "--income", "-1", "--children", "sd", "--on", "x", "--sector", "sea"),
            {
                ("income.value", "/income"), ("children.unknown", "/children"),
                ("day.format", "/on"), ("sector.unknown", "/sector"),
            },
        ),
        (("simulate",), {("income.missing", "/income")}),
        (("simulate", "--tier", "34"), {("tier.value", "/tier")}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_fault_is_told_at_once(
    said: Any, arguments: tuple[str, ...], expected: set[tuple[str, str]], language: str
) -> None:
    envelope = said("benefit", *arguments, "--bahasa", language)
    assert envelope["exit_code"] == 2
    assert faults(envelope) == expected


@pytest.mark.parametrize(
    "arguments",
    [
        ("jkm", "--date", "2015-06-30", "--membership-months", "12"),
        ("jkk", "--event", "total", "--date", "0001-01-01", "--base", "1000000"),
        ("jkk", "--event", "temporary", "--date", "2019-12-01", "--base", "1000000", "--months", "1"),
        ("jkk", "--event", "transport", "--date", "2019-12-01", "--air", "1000000"),
        (
            "jkk", "--event", "partial", "--date", "2019-12-01", "--base", "1", "--part", "smell",
        ),
        ("simulate", "--tier", "1", "--on", "2015-06-30"),
    ],
)  # fmt: skip
def test_without_a_rule_nothing_is_guessed(said: Any, arguments: tuple[str, ...]) -> None:
    envelope = said("benefit", *arguments)
    assert envelope["exit_code"] == 4
    assert {code for code, _ in faults(envelope)} == {"rule.not_in_force"}


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((*JKM, "--tunggakan", "50"), "arrears.too_long"),
        (("benefit", "jkm", "--date", "2026-11-02", "--membership-months", "1", "--arrears", "2"),
         "arrears.beyond_membership"),
        (("benefit", "jkm", "--date", "2026-11-02", "--membership-months", "2"),
         "membership.short"),
        ((*JKM, "--anak", "all"), "paid_months.assumed"),
        ((*JKM, "--anak", "all", "--paid-months", "60"), "paid_months.beyond_membership"),
        ((*JKM, "--anak", "all", "--paid-months", "35"), "scholarship.too_few_months"),
        ((*JKK, "--event", "death", "--anak", "all"), "scholarship.age_limit"),
        ((*JKK, "--event", "death", "--anak", "all,all,all"), "scholarship.too_many"),
        ((*JKK, "--event", "death", "--anak", "smp"), "scholarship.later"),
        ((*JKK, "--event", "partial", "--persen", "90"), "percent.above_total"),
        ((*JKK, "--event", "partial", "--bagian", "smell"), "doubt.disability_table"),
        ((*JKK, "--event", "transport", "--sea", "3000000"), "transport.over_limit"),
        ((*JKK, "--event", "temporary", "--months", "2"), "jkk.advanced"),
        ((*JKK, "--event", "death", "--persen", "40"), "option.unused"),
        (("benefit", "jkm", "--date", "2900-01-01", "--membership-months", "9"), "date.future"),
    ],
)  # fmt: skip
def test_a_warning_says_what_to_look_at(
    said: Any, arguments: tuple[str, ...], code: str, language: str
) -> None:
    envelope = said(*arguments, "--bahasa", language)
    assert envelope["exit_code"] == 0
    told = {warning["code"]: warning["message"] for warning in envelope["data"]["warnings"]}
    assert code in told
    assert "–" not in told[code], "every fact of the sentence is given"
    assert code not in told[code]


def test_the_text_holds_every_part_and_explaining_its_articles(printed: Any) -> None:
    text = printed(*JKM, "--anak", "all,sma", "--tunggakan", "2", "--jelaskan")
    for part in ("Rp20.000.000", "8 × Rp1.500.000", "JUMLAH Rp138.000.000", "Rp128.000.000"):
        assert part in text
    assert "PP 44/2015 Pasal 42 ayat (1)-(2)" in text
    assert "diperiksa 2026-11-22" in text
    assert "diperiksa" not in printed(*JKM)
    english = printed(*JKK, "--event", "death", "--tunggakan", "1", "--lang", "en", "--explain")
    assert "60 % × 80 × Rp1.000.000 = Rp48.000.000 (once arrears are settled)" in english
    assert "40 %" in english


def test_a_family_is_told_the_same_numbers_as_the_calculators_give(said: Any) -> None:
    told = said("manfaat", "simulasi", "--lapisan", "1", "--anak", "all", "--pada", "2026-11-22")
    data = told["data"]
    scenes = {scene["code"]: scene for scene in data["scenes"]}
    assert {code: scene["total"] for code, scene in scenes.items()} == {
        "first_months": 10_000_000,
        "death": 42_000_000,
        "death_later": 129_000_000,
        "accident_death": 157_000_000,
        "accident_total": 155_000_000,
    }
    base = ("--tanggal", "2026-11-22", "--dasar", str(data["base"]), "--anak", "all")
    for event, scene in (("death", "accident_death"), ("total", "accident_total")):
        alone = said("manfaat", "jkk", "--kejadian", event, *base)["data"]
        assert alone["lines"] == scenes[scene]["lines"]
    price = said("iuran", "bpu", "--lapisan", "1", "--pada", "2026-11-22")["data"]
    assert data["cost"]["total"] == price["total"] == 8_400
    assert data["cost"]["full"] == 16_800


def test_a_family_before_the_rule_of_new_members_has_no_first_months(said: Any) -> None:
    data = said("benefit", "simulate", "--income", "900000", "--on", "2019-06-01")["data"]
    totals = {scene["code"]: scene["total"] for scene in data["scenes"]}
    assert totals == {
        "death": 24_000_000, "accident_death": 55_800_000, "accident_total": 60_800_000
    }  # fmt: skip


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("id", ("sebelum genap 3 bulan", "setelah 3 tahun iuran", "harga penuhnya Rp16.800")),
        ("en", ("before 3 months", "after 3 years of paid", "the full price is Rp16.800")),
    ],
)
def test_a_family_is_told_in_words(printed: Any, language: str, words: tuple[str, ...]) -> None:
    arguments = ("simulate", "--tier", "1", "--children", "all", "--on", "2026-11-22")
    text = printed("benefit", *arguments, "--bahasa", language, "--explain")
    for part in (*words, "Rp42.000.000", "Rp129.000.000", "Rp157.000.000", "PP 82/2019"):
        assert part in text
