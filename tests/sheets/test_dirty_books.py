"""Every row of every dirty workbook becomes what it must, from CSV, XLSX and ODS alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from dirty_books import DIRTY, Dirty, Holds
from sheet_books import codes, read_all, write

from perisai_cli.sheets.model import Person


def test_the_corpus_has_forty_books_and_more() -> None:
    assert len({dirty.name for dirty in DIRTY}) == len(DIRTY) >= 40


@pytest.mark.parametrize(
    ("dirty", "kind"),
    [pytest.param(each, kind, id=f"{each.name}-{kind}") for each in DIRTY for kind in each.kinds],
)
def test_each_row_becomes_what_it_must(dirty: Dirty, kind: str, tmp_path: Path) -> None:
    found = {each.row: each for each in read_all(write(tmp_path / f"dirty.{kind}", dirty.rows))}
    for row, outcome in dirty.outcomes.items():
        if isinstance(outcome, Holds):
            check(found[row], outcome)
        elif row in found:  # what is above the heading of a workbook may not be there at all
            assert getattr(found[row], "reason", None) == outcome, row
    wanted = {row for row, outcome in dirty.outcomes.items() if isinstance(outcome, Holds)}
    assert {row for row, each in found.items() if isinstance(each, Person)} == wanted


def check(person: object, outcome: Holds) -> None:
    assert isinstance(person, Person)
    assert codes(person) == (outcome.faults, outcome.warnings), person
    assert {name: person.loose.get(name) for name in outcome.members} == outcome.members


def test_a_mended_row_keeps_the_identity_that_it_was_given(tmp_path: Path) -> None:
    dirty = next(each for each in DIRTY if each.name.startswith("the hidden column"))
    first, second = [
        each
        for each in read_all(write(tmp_path / "mended.xlsx", dirty.rows))
        if isinstance(each, Person)
    ]
    assert first.identity == "0193a5f0-aaaa-7bbb-8ccc-0123456789ab"
    assert second.identity is None


def test_no_fact_of_a_problem_holds_what_a_cell_holds(tmp_path: Path) -> None:
    for number, dirty in enumerate(DIRTY):
        path = write(tmp_path / f"{number}.csv", dirty.rows)
        held = {str(cell) for row in dirty.rows for cell in row if len(str(cell)) > 4}
        for each in read_all(path):
            if isinstance(each, Person):
                said = {
                    str(fact) for p in (*each.faults, *each.warnings) for fact in p.facts.values()
                }
                assert not said & held
