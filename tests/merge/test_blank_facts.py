"""What was sent back may tell less than its kind should: every report is made of it all the same."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_books import an_id, at
from merge_field import VAULT

from perisai_cli.actions import enrolment_rows
from perisai_cli.actions.report_files import write
from perisai_cli.actions.report_sources import DatasetSource
from perisai_cli.cli.report_lines import section_lines
from perisai_cli.domain.fact_forms import HEAD, unfit
from perisai_cli.domain.facts import Fact, Held, Member, Paid, Returned, number_of
from perisai_cli.domain.period import Month
from perisai_cli.reports.asked import FIRST, LAST, Asked
from perisai_cli.reports.catalogue import NAMES, build
from perisai_cli.reports.formats import write_flat
from perisai_cli.reports.model import Origin, Report
from perisai_cli.rules.law import load_law
from perisai_cli.storage.dataset import passing_dataset

START = number_of(Month(2026, 10))
WISH = ("jkk,jkm", 1, START, 3, "other", "self", 0, 50400, "ab12")


def head(number: int) -> tuple[Any, ...]:
    return an_id(number), 1, "needs_fix", "A-1", "A-1", "W-03", "2026-09-01"


FACTS: tuple[Fact, ...] = (
    Member(*head(1), "5171", *WISH, 0),
    Paid(*head(2), an_id(1), *WISH, "received", "2026-09-02"),
    Paid(*head(3), an_id(1), *WISH, "promised", "2026-09-02"),
    Returned(*head(4), an_id(1), START, 3, 50400),
    Held(*head(5), "5171", "market_visit", 30, 3, None, None),
)


def emptied(fact: Fact, blank: list[str]) -> Fact:
    """Return a fact of which only the record, its day and its amount are known for certain."""
    kept = {name: value for name, value in fact._asdict().items() if name in blank}
    none = {
        name: 0 if type(value) is int else "" for name, value in kept.items() if value is not None
    }
    return fact._replace(**none)


def blanks(fact: Fact) -> st.SearchStrategy[Fact]:
    names = [name for name in fact._fields[HEAD:] if name not in ("day", "amount")]
    return st.lists(st.sampled_from(names), unique=True).map(lambda blank: emptied(fact, blank))


def reports(facts: list[Fact]) -> list[Report]:
    kept = passing_dataset(VAULT)
    with kept.transaction():
        kept.put(facts)
        kept.derive()
    source = DatasetSource(kept, Origin("merged", "1", at(100)))
    asked = Asked(date(2026, 11, 28), FIRST, LAST, load_law())
    listed = enrolment_rows.enrolments(None, source, asked, None)  # type: ignore[arg-type]
    return [*(build(name, source, asked) for name in NAMES), listed]


@settings(max_examples=40, deadline=None)
@given(st.tuples(*map(blanks, FACTS)))
def test_every_report_is_made_and_shown(facts: tuple[Fact, ...]) -> None:
    assert all(unfit(fact, emptied=True) is None for fact in facts)
    for report in reports(list(facts)):
        write_flat(report, "csv", io.StringIO())
        assert [line for section in report.sections for line in section_lines(section)]


@pytest.mark.parametrize("form", ["xlsx", "pdf", "html", "parquet"])
def test_an_enrolment_without_a_month_is_in_every_file(form: str, tmp_path: Path) -> None:
    listed = reports(
        [emptied(FACTS[0], ["start", "months", "programs"]), FACTS[0]._replace(id=an_id(9))]
    )[-1]
    assert [row["start"] for row in listed.sections[0].rows] == [None, "2026-10"]
    assert write(listed, form, tmp_path / f"list.{form}") == 2


@pytest.mark.parametrize("blank", ["programs", "tier", "sector", "payer", "months"])
def test_money_of_a_payment_that_tells_too_little_is_in_the_sum_of_contributions(
    blank: str,
) -> None:
    made = {report.name: report for report in reports([emptied(FACTS[1], [blank])])}
    [row] = made["contributions"].sections[1].rows
    assert (row["month"], row["program"], row["contribution_refused"]) == (
        "2026-10",
        "unsplit",
        50400,
    )


def test_cash_without_a_day_is_in_the_hand_of_its_agent() -> None:
    made = {report.name: report for report in reports([emptied(FACTS[1], ["moved"])])}
    [row] = made["money"].sections[1].rows
    assert (row["amount_received"], row["oldest_cash"]) == (50400, None)
