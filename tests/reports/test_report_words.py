"""Every report says its titles, headings, codes and notes in both languages, and no more."""

from __future__ import annotations

from datetime import date

import pytest

from perisai_cli.actions.enrolment_rows import dataset_columns
from perisai_cli.domain.coverage import packaged
from perisai_cli.i18n import catalogue, known
from perisai_cli.reports import catalogue as reports
from perisai_cli.reports.asked import FIRST, LAST, Asked
from perisai_cli.reports.model import Origin, Report
from perisai_cli.reports.rows import UNMASKED
from perisai_cli.rules.law import load_law


class Nothing:
    """A source without a row."""

    origin = Origin("merged", "0", "")

    def rows(self, _sql: str, **_values: str | int) -> list[tuple[int, ...]]:
        return []

    def reasons(self) -> list[tuple[str, str, str, str, str, int]]:
        return []


def built() -> list[Report]:
    asked = Asked(date(2026, 11, 27), FIRST, LAST, load_law(), packaged(), "2026-W48")
    return [reports.build(name, Nothing(), asked) for name in reports.NAMES]  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_title_heading_and_note_has_its_words_and_none_is_left_over(language: str) -> None:
    catalogue.use_language(language)
    sections = [
        section
        for report in built()
        for section in [*report.sections, *([report.flat] if report.flat else [])]
    ]
    headed = {column.name for section in sections for column in section.columns}
    headed -= {"dimension", "key", "label"} | {
        column for column in headed if column.startswith(("records_", "amount_"))
    }
    assert {name for name in headed if not known(f"report_col.{name}")} == set()
    notes = {each.code for section in sections for each in section.notes}
    assert {code for code in notes if not known(f"report_note.{code}")} == set()
    titles = {report.name for report in built()} | {
        section.key for report in built() for section in report.sections
    }
    assert {name for name in titles if not known(f"report_title.{name}")} == set()
    rows = (*UNMASKED, *(column.name for column in dataset_columns()))
    assert {name for name in rows if not known(f"report_col.{name}")} == set()


def test_remarks_on_coverage_are_in_the_language_that_is_spoken(spoken: str) -> None:
    [coverage] = [report for report in built() if report.name == "coverage"]
    remarks = {row["remark"] for row in coverage.sections[1].rows}
    assert ({"tertinggi di Bali", "highest in Bali"} & remarks) == {
        {"id": "tertinggi di Bali", "en": "highest in Bali"}[spoken]
    }


def test_a_report_of_nothing_has_every_section_and_no_number_made_up() -> None:
    for report in built():
        assert report.sections
        for section in report.sections:
            for row in section.rows:
                assert set(row) == {column.name for column in section.columns}, section.key
            if section.total is not None:
                assert set(section.total) == {column.name for column in section.columns}
