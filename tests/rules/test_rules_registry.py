"""The law seen from outside: lists, histories, and what to look at again."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from perisai_cli.cli import main
from perisai_cli.rules import registry
from perisai_cli.rules.law import load_law
from perisai_cli.rules.parameter import BASES

LAW = load_law()
TODAY = date(2026, 11, 22)


def answer(capsys: pytest.CaptureFixture[str], *line: str) -> tuple[int, Any]:
    code = main.run([*line, "--json"])
    return code, json.loads(capsys.readouterr().out)


def test_the_list_holds_what_is_in_force_with_its_law(capsys: pytest.CaptureFixture[str]) -> None:
    code, document = answer(capsys, "aturan", "daftar", "--pada", "2026-11-22")
    assert (code, document["command"], document["status"]) == (0, "rules list", "success")
    items = document["data"]["items"]
    assert document["data"]["count"] == len(items)
    in_force = {name for name, each in LAW.parameters.items() if each.find_day(date(2026, 11, 22))}
    assert [item["name"] for item in items] == sorted(in_force)
    assert "relief.pp_50_2025_other" in in_force
    assert "relief.pp_49_2020" not in in_force
    for item in items:
        assert set(item) == {
            "name", "unit", "value", "since", "until", "basis", "regulation", "at", "checked",
            "doubt",
        }  # fmt: skip
        assert item["basis"] in BASES
        assert not isinstance(item["value"], float)


def test_the_list_gives_the_value_of_the_day(capsys: pytest.CaptureFixture[str]) -> None:
    def due(day: str) -> object:
        items = answer(capsys, "rules", "list", "--on", day)[1]["data"]["items"]
        return next(item for item in items if item["name"] == "due.self_employed_day")["value"]

    assert [due(day) for day in ("2020-07-31", "2020-08-01", "2021-01-31", "2021-02-01")] == [
        15, 30, 30, 15,
    ]  # fmt: skip


def test_a_parameter_shows_its_history_and_its_value_on_a_day(
    capsys: pytest.CaptureFixture[str],
) -> None:
    name = "due.self_employed_day"
    code, document = answer(capsys, "aturan", "lihat", name, "--pada", "2020-12-24")
    data = document["data"]
    assert (code, data["name"], data["unit"]) == (0, name, "days")
    assert [value["value"] for value in data["values"]] == [15, 30, 15]
    assert data["on"]["value"] == 30
    assert (data["on"]["since"], data["on"]["until"]) == ("2020-08-01", "2021-01-31")
    assert data["values"][0]["regulation"] == "PP 44/2015"
    assert "on" not in answer(capsys, "aturan", "lihat", name)[1]["data"]


def test_a_rate_is_shown_exactly_as_a_text(capsys: pytest.CaptureFixture[str]) -> None:
    _, document = answer(capsys, "rules", "show", "relief.pp_49_2020")
    assert document["data"]["values"][0]["value"] == "0.99"


@pytest.mark.parametrize(
    ("day", "code"),
    [("2026-03-31", 4), ("2026-04-01", 0), ("2026-12-31", 0), ("2027-01-01", 4)],
)
def test_a_day_without_a_value_is_refused(
    day: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    found, document = answer(capsys, "rules", "show", "relief.pp_50_2025_other", "--on", day)
    assert found == code
    assert [error["code"] for error in document["errors"]] == ["rule.not_in_force"] * (code == 4)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (["show", "jkm.bpu_fla"], [("parameter.unknown", "/name")]),
        (["show", ""], [("parameter.unknown", "/name")]),
        (["show", "nik", "--on", "x"], [("day.format", "/on"), ("parameter.unknown", "/name")]),
        (["list", "--on", "2026-02-30"], [("day.format", "/on")]),
        (["check", "--on", "22-11-2026"], [("day.format", "/on")]),
    ],
)
def test_what_cannot_be_looked_up_is_refused_with_a_remedy(
    line: list[str], expected: list[tuple[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    code, document = answer(capsys, "rules", *line)
    assert code == 2
    assert [(error["code"], error["field"]) for error in document["errors"]] == expected
    assert all(error["remedy"] for error in document["errors"])


def test_a_near_name_is_offered(capsys: pytest.CaptureFixture[str]) -> None:
    _, document = answer(capsys, "rules", "show", "jkm.bpu_fla", "--lang", "en")
    assert "jkm.bpu_flat" in document["errors"][0]["remedy"]


def test_the_check_names_the_two_ends_of_the_relief(capsys: pytest.CaptureFixture[str]) -> None:
    _, document = answer(capsys, "aturan", "periksa", "--pada", "2026-11-22")
    data = document["data"]
    ends = {(each["day"], each["name"]) for each in data["changing"] if each["change"] == "ends"}
    assert ("2026-12-31", "relief.pp_50_2025_other") in ends
    assert ("2027-03-31", "relief.pp_50_2025_transport") in ends
    assert set(data) == {"on", "rules", "weak", "old", "changing", "not_modelled"}


@pytest.mark.parametrize(
    ("day", "told"),
    [("2026-07-03", False), ("2026-07-04", True), ("2026-12-31", True), ("2027-01-01", False)],
)
def test_a_change_is_told_from_180_days_before_until_its_day(day: str, told: bool) -> None:
    changes = registry.changing(LAW, date.fromisoformat(day))
    names = {change.value.parameter for change in changes if change.day == date(2026, 12, 31)}
    assert ("relief.pp_50_2025_other" in names) is told


def test_a_first_day_is_told_as_a_beginning() -> None:
    begun = [
        change
        for change in registry.changing(LAW, date(2026, 3, 31))
        if change.value.parameter == "relief.pp_50_2025_other"
    ]
    assert [(change.day, change.kind) for change in begun] == [(date(2026, 4, 1), "begins")]


def test_a_checking_is_old_after_180_days() -> None:
    checked = max(value.checked for _, value in registry.enacted(LAW))
    assert date(2026, 11, 22) <= checked
    assert not registry.old(LAW, date.fromordinal(TODAY.toordinal() + 180))
    latest = date.fromordinal(checked.toordinal() + 181)
    assert len(registry.old(LAW, latest)) == len(list(registry.enacted(LAW)))


def test_weak_is_everything_but_law_text_without_a_doubt() -> None:
    weak = registry.weak(LAW)
    assert {value.basis for value in weak} <= set(BASES)
    strong = [value for _, value in registry.enacted(LAW) if value not in weak]
    assert all(value.basis == "law-text" and value.doubt is None for value in strong)
    assert "jkm.bpu_flat" in {value.parameter for value in strong}
    assert "jkk.bpu_tiers" in {value.parameter for value in weak}


def test_every_doubtful_item_of_the_notes_has_its_entry() -> None:
    items = {item.strip() for gap in registry.gaps() for item in gap.item.split(",")}
    assert {f"8.{number}" for number in range(1, 10)} <= items
    assert all(re.fullmatch(r"\d\.\d", item) for item in items)
    keys = [gap.key for gap in registry.gaps()]
    assert len(set(keys)) == len(keys) > 20
    for named in (
        "disability_table", "aid_limits", "jkk_before_december_2019", "advance_two_months",
        "jht_yields", "jp_limits", "pmi_benefits", "non_asn_rates", "kpj_check_digit",
    ):  # fmt: skip
        assert named in keys


def test_what_is_not_modelled_says_why_in_both_languages() -> None:
    path = Path(registry.__file__).with_name("not_modelled.toml")
    for key, table in tomllib.loads(path.read_text(encoding="utf-8")).items():
        assert set(table) == {"item", "id", "en"}, key
        assert table["id"] != table["en"]
        assert table["id"].endswith(".")
        assert table["en"].endswith(".")


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_commands_speak_in_words(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    for line in (
        ["rules", "list"],
        ["rules", "check", "--on", "2026-11-22"],
        *(["rules", "show", name] for name in sorted(LAW.parameters)),
    ):
        assert main.run([*line, "--lang", language]) == 0
        told = capsys.readouterr()
        assert told.err == ""
        assert "{" not in told.out
        assert "None" not in told.out
