"""``manfaat kepesertaan`` as it is typed: both sides of every boundary, faults, words."""

import json
from typing import Any

import pytest

from perisai_cli.cli.main import run

TEN = "2026-01..2026-10"


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Any:
    """Return a way to run the command and read its JSON."""

    def call(*arguments: str) -> dict[str, Any]:
        code = run(["benefit", "cover", *arguments, "--json"])
        envelope: dict[str, Any] = json.loads(capsys.readouterr().out)
        assert envelope["exit_code"] == code
        return envelope

    return call


@pytest.fixture
def printed(capsys: pytest.CaptureFixture[str]) -> Any:
    """Return a way to run a command line and read what it prints, warnings apart."""

    def call(*arguments: str) -> str:
        assert run(list(arguments)) == 0
        return capsys.readouterr().out

    return call


def codes(envelope: dict[str, Any]) -> set[str]:
    return {warning["code"] for warning in envelope["data"]["warnings"]}


@pytest.mark.parametrize(
    ("paid", "day", "state", "until", "unpaid"),
    [
        (TEN, "2025-12-31", "not_begun", None, 0),
        (TEN, "2026-01-01", "active", "2026-10-31", 0),
        (TEN, "2026-10-31", "active", "2026-10-31", 0),
        (TEN, "2026-11-01", "grace", "2026-10-31", 1),
        (TEN, "2027-01-31", "grace", "2026-10-31", 3),
        (TEN, "2027-02-01", "lapsed", "2026-10-31", 4),
        ("2026-01..2026-02,2026-04..2026-06", "2026-02-28", "active", "2026-02-28", 0),
        ("2026-01..2026-02,2026-04..2026-06", "2026-03-01", "grace", "2026-02-28", 1),
        ("2026-06, 2026-04 ,2026-05,2026-05", "2026-04-30", "active", "2026-06-30", 0),
    ],
)
def test_a_day_has_its_state(
    said: Any, paid: str, day: str, state: str, until: str | None, unpaid: int
) -> None:
    envelope = said("--paid", paid, "--on", day)
    data = envelope["data"]
    assert (envelope["command"], data["date"]) == ("benefit cover", day)
    assert (data["state"], data["cover_until"], data["unpaid_months"]) == (state, until, unpaid)
    assert data["covered"] is (state == "active")
    assert data["law"]
    assert all(cite["regulation"] and cite["at"] for cite in data["law"])
    if state in ("grace", "lapsed"):
        assert {cite["at"] for cite in data["law"]} >= {
            "Pasal 39 ayat (1)-(2)", "Pasal 42 ayat (1)-(2)"
        }  # fmt: skip
        assert "doubt.grace_from_handbook" in codes(envelope)


def test_arrears_say_from_when_and_until_when(said: Any) -> None:
    data = said("--paid", TEN, "--on", "2027-01-31")["data"]
    assert (data["began"], data["unpaid_from"], data["grace_until"]) == (
        "2026-01", "2026-11", "2027-01-31"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("start", "day", "short"),
    [
        ("2024-12", "2025-01-31", False),
        ("2024-12", "2025-02-01", True),
        ("2026-06", "2026-08-31", True),
        ("2026-06", "2026-09-01", False),
    ],
)
def test_the_first_three_months_of_jkm_are_told(
    said: Any, start: str, day: str, short: bool
) -> None:
    envelope = said("--paid", f"{start}..2026-10", "--on", day)
    assert envelope["data"]["short_jkm"] is short
    assert ("membership.short" in codes(envelope)) is short
    cited = {cite["parameter"] for cite in envelope["data"]["law"]}
    assert ("jkm_benefit.short_membership_total" in cited) is short


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    ("paid", "day", "code", "there"),
    [
        (TEN, "2026-01-31", "cover.first_month", True),
        (TEN, "2026-02-01", "cover.first_month", False),
        (TEN, "2900-01-01", "cover.future", True),
        (TEN, "2026-10-01", "cover.future", False),
        ("2026-01,2026-03", "2026-03-01", "cover.gap", True),
        ("2026-01,2026-03", "2026-02-01", "cover.gap", False),
        ("2026-01,2026-05", "2026-05-01", "cover.restart", False),
        ("2026-01,2026-06", "2026-06-01", "cover.restart", True),
        ("2026-01", "2026-05-01", "cover.restart", True),
    ],
)
def test_what_the_months_alone_cannot_tell_is_a_warning(
    said: Any, paid: str, day: str, code: str, there: bool, language: str
) -> None:
    envelope = said("--paid", paid, "--on", day, "--lang", language)
    told = {warning["code"]: warning["message"] for warning in envelope["data"]["warnings"]}
    assert (code in told) is there
    if there:
        assert "–" not in told[code]
        assert code not in told[code]


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), {("usage.missing", "/paid")}),
        (("--paid", "2026-13"), {("paid.format", "/paid")}),
        (("--paid", "2026-03..2026-01"), {("paid.format", "/paid")}),
        (("--paid", "2026-01..2026-02..2026-03"), {("paid.format", "/paid")}),
        (("--paid", "2026-01.."), {("paid.format", "/paid")}),
        (("--paid", "2026-01,"), {("paid.format", "/paid")}),
        (("--paid", ""), {("paid.format", "/paid")}),
        (
            ("--paid", "January", "--on", "2026-02-30"),
            {("paid.format", "/paid"), ("day.format", "/on")},
        ),
    ],
)
def test_every_fault_is_told_at_once(
    said: Any, arguments: tuple[str, ...], expected: set[tuple[str, str]], language: str
) -> None:
    envelope = said(*arguments, "--lang", language)
    assert envelope["exit_code"] == 2
    assert {(error["code"], error["field"]) for error in envelope["errors"]} == expected
    assert all(error["message"] and error["remedy"] for error in envelope["errors"])


@pytest.mark.parametrize(
    ("paid", "day", "pointer"),
    [("2015-05..2015-06", "2015-06-30", "/on"), ("2015-05..2015-06", "2015-07-01", "/paid")],
)
def test_without_a_rule_nothing_is_guessed(said: Any, paid: str, day: str, pointer: str) -> None:
    envelope = said("--paid", paid, "--on", day)
    assert envelope["exit_code"] == 4
    (error,) = envelope["errors"]
    assert (error["code"], error["field"]) == ("rule.not_in_force", pointer)


@pytest.mark.parametrize(
    ("day", "language", "words"),
    [
        ("2025-12-31", "id", ("BELUM TERLINDUNGI", "belum tiba", "nomor peserta terbit")),
        ("2025-12-31", "en", ("NOT YET COVERED", "has not come yet", "number is issued")),
        ("2026-03-01", "id", ("TERLINDUNGI pada", "JKM: YA", "sampai 2026-10-31")),
        ("2026-03-01", "en", ("COVERED on", "JKM: YES", "until 2026-10-31")),
        ("2026-10-31", "id", ("JKM: TIDAK", "Pasal 11 ayat (4)-(5)")),
        ("2026-10-31", "en", ("JKM: NO", "Pasal 11 ayat (4)-(5)")),
        ("2026-11-01", "id", ("MENUNGGAK", "1 bulan berturut-turut (2026-11)", "pemakaman")),
        ("2027-01-31", "en", ("IN ARREARS", "3 month(s) in a row (2026-11 – 2027-01)", "funeral")),
        ("2027-02-01", "id", ("TIDAK TERLINDUNGI", "Agar aktif lagi, bayar iuran dengan NIK")),
        ("2027-02-01", "en", ("NOT COVERED", "To be active again, pay with the same NIK")),
    ],
)
def test_the_state_is_told_in_words(
    printed: Any, day: str, language: str, words: tuple[str, ...]
) -> None:
    text = printed("manfaat", "kepesertaan", "--dibayar", TEN, "--pada", day, "--bahasa", language)
    for part in words:
        assert part in text
    assert "{" not in text


def test_a_new_member_in_arrears_is_not_promised_the_funeral(printed: Any) -> None:
    text = printed("benefit", "cover", "--paid", "2026-09", "--on", "2026-10-02", "--lang", "en")
    assert "funeral" not in text
    assert "waits until the heirs settle the arrears" in text


def test_explaining_shows_every_article_and_its_date(printed: Any) -> None:
    line = ("benefit", "cover", "--paid", TEN, "--on", "2027-01-31", "--lang", "en")
    assert "checked 2026-11-22" not in printed(*line)
    text = printed(*line, "--explain")
    for name in ("cover.grace_months", "jkk_benefit.arrears_limit", "jkm_benefit.arrears_limit"):
        assert f"[{name}]" in text


def test_without_a_day_it_is_today(said: Any) -> None:
    envelope = said("--paid", "2020-01..2999-12")
    assert envelope["data"]["state"] == "active"
    assert "cover.future" not in codes(envelope)
