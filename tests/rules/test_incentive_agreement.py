"""An office's own agreement goes before the published amounts, from its own day on."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.period import Month
from perisai_cli.rules.incentive import IncentiveRequest, Statement, statement
from perisai_cli.rules.incentive_terms import read_agreement
from perisai_cli.rules.law import load_law
from perisai_cli.settings import BadSettings, read_settings

LAW = load_law()
OWN: dict[str, Any] = {
    "agreement": "PKS W-03/2026",
    "since": date(2026, 1, 1),
    "per_new_2": 12_000,
    "least_new": 20,
    "share_first": Decimal("12.5"),
    "office_bonus": 5,
}


def asked(month: Month | None, scheme: str = "2022", programs: str = "2") -> Statement:
    request = IncentiveRequest(scheme, 20, programs, 336_000, month=month)
    return statement(request, LAW, read_agreement(OWN))


def test_its_amounts_are_used_from_its_first_month_on() -> None:
    own = asked(Month(2026, 1))
    assert (own.total, own.office_bonus) == (20 * 12_000 + 42_000, 14_100)
    before = asked(Month(2025, 12))
    assert (before.total, before.office_bonus) == (50_400, 5_040)


def test_what_it_does_not_name_stays_as_published() -> None:
    assert asked(Month(2026, 1), programs="3").total == 20 * 15_000 + 42_000


def test_its_lines_cite_the_agreement_with_a_doubt() -> None:
    own = asked(Month(2026, 1))
    cited = {value.parameter: value for line in own.lines for value in line.law}
    per_new = cited["incentive.scheme_2022_per_new"]
    assert (per_new.source.short, per_new.since) == ("PKS W-03/2026", date(2026, 1, 1))
    assert cited["incentive.scheme_2022_share_months"].source.key == "perdir-13-2022"
    told = {warning.code for warning in own.warnings}
    assert {"doubt.incentive_own_agreement", "doubt.incentive_agreement"} <= told


def test_the_scheme_of_2018_has_no_agreement() -> None:
    assert asked(None, "2018") == statement(IncentiveRequest("2018", 20, "2", 336_000), LAW)


def test_without_a_table_there_is_no_agreement() -> None:
    assert read_agreement(None) is None


@pytest.mark.parametrize(
    ("key", "value", "named"),
    [
        ("agreement", "", "incentive.agreement"),
        ("agreement", 7, "incentive.agreement"),
        ("since", "2026-01-01", "incentive.since"),
        ("since", datetime(2026, 1, 1), "incentive.since"),  # noqa: DTZ001
        ("per_new_2", -1, "incentive.per_new_2"),
        ("per_new_2", 0, "incentive.per_new_2"),
        ("per_new_2", Decimal("12000.5"), "incentive.per_new_2"),
        ("per_new_2", True, "incentive.per_new_2"),
        ("per_new_3", 10**15, "incentive.per_new_3"),
        ("least_new", "20", "incentive.least_new"),
        ("share_first", 101, "incentive.share_first"),
        ("share_first", 0, "incentive.share_first"),
        ("share_later", Decimal("nan"), "incentive.share_later"),
        ("perhaps", 1, "incentive"),
    ],
)
def test_a_table_out_of_form_is_refused_by_its_key(key: str, value: Any, named: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        read_agreement(OWN | {key: value})
    (problem,) = caught.value.problems
    assert (problem.code, problem.facts) == ("settings.invalid", {"key": named})


def test_the_settings_file_hands_the_table_on_with_exact_numbers(tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text(
        'language = "en"\n\n[incentive]\nagreement = "PKS 1"\nsince = 2026-01-01\nshare_first = 12.5\n',
        encoding="utf-8",
    )
    settings = read_settings(tmp_path)
    assert settings.language == "en"
    agreement = read_agreement(settings.incentive)
    assert agreement is not None
    assert agreement.amounts == {"share_first": Decimal("0.125")}


@pytest.mark.parametrize(
    "text", ['incentive = "mine"', "[language]\nid = 1", "[[incentive]]\na = 1"]
)
def test_a_setting_of_the_wrong_kind_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BadSettings):
        read_settings(tmp_path)
