"""A member whose months the law does not price is counted, and never as if nothing came due."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from perisai_cli.actions.report_sources import DatasetSource
from perisai_cli.domain.facts import Member, number_of
from perisai_cli.domain.period import Month
from perisai_cli.reports.asked import FIRST, LAST, Asked
from perisai_cli.reports.catalogue import build
from perisai_cli.reports.model import Note, Origin, Section
from perisai_cli.rules.law import load_law
from perisai_cli.storage.dataset import passing_dataset
from perisai_cli.storage.vault import Vault

DAY = date(2026, 11, 22)
AskedOf = Callable[..., Section]
NO_TIER = 34
"""One more than the table of bases has."""


def a_member(number: int, tier: int) -> Member:
    return Member(
        f"m{number}", 1, "accepted", "A-1", "A-1", "W", "2026-11-20", "5171", "jkk,jkm", tier,
        number_of(Month(2026, 12)), 1, "other", "self", 0, 16_800, "r", 0,
    )  # fmt: skip


@pytest.fixture
def asked_of() -> Iterator[AskedOf]:
    kept = passing_dataset(Vault(bytes(32)))

    def section(name: str, *members: Member) -> Section:
        with kept.transaction():
            kept.put(members)
            kept.derive()
        source = DatasetSource(kept, Origin("merged", "1", ""))
        return build(name, source, Asked(DAY, FIRST, LAST, load_law())).sections[0]

    yield section
    kept.close()


def noted(section: Section, code: str) -> list[Note]:
    return [note for note in section.notes if note.code == code]


def test_rises_that_nobody_can_know_are_told_beside_those_that_are_known(asked_of: AskedOf) -> None:
    section = asked_of("relief", a_member(1, 1), a_member(2, NO_TIER), a_member(3, NO_TIER))
    assert [note.facts for note in noted(section, "relief_unpriced")] == [
        {"count": 2, "month": "Desember 2026"}
    ]
    assert [(row["from_month"], row["members_accepted"]) for row in section.rows] == [
        ("2027-01", 1)
    ]


def test_where_every_month_has_a_price_nothing_is_said(asked_of: AskedOf) -> None:
    section = asked_of("relief", a_member(1, 1))
    assert noted(section, "relief_unpriced") == []
    assert noted(asked_of("due", a_member(1, 1)), "unpriced") == []


def test_dues_without_a_price_are_counted(asked_of: AskedOf) -> None:
    section = asked_of("due", a_member(1, 1), a_member(2, NO_TIER))
    assert [note.facts for note in noted(section, "unpriced")] == [{"count": 1}]
    [row] = section.rows
    assert (row["members_accepted"], row["next_accepted"]) == (2, 8_400)
