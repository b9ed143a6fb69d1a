"""What the tool itself writes above and into cells, it reads again: in both languages."""

from __future__ import annotations

import pytest

from perisai_cli.actions.import_mending import NEEDED
from perisai_cli.actions.import_template import FIELDS
from perisai_cli.domain.occupations import OCCUPATIONS
from perisai_cli.domain.terms import RELATIONSHIPS
from perisai_cli.i18n import LANGUAGES, catalogue
from perisai_cli.sheets.headings import meaning
from perisai_cli.sheets.marked import IDENTITY
from perisai_cli.sheets.words import SEXES, occupations_in, relationship_in

in_each_language = pytest.mark.parametrize("language", LANGUAGES)


@in_each_language
@pytest.mark.parametrize("field", sorted({*FIELDS, *NEEDED}))
def test_a_heading_that_is_written_is_understood(language: str, field: str) -> None:
    assert meaning(catalogue.sentence(language, f"field.{field}")) == field


@in_each_language
@pytest.mark.parametrize("code", OCCUPATIONS)
def test_an_occupation_of_the_list_to_choose_from_is_understood(language: str, code: str) -> None:
    word = catalogue.sentence(language, f"occupation.{code}")
    assert occupations_in(word) == ((code,), True)


@in_each_language
@pytest.mark.parametrize("code", RELATIONSHIPS)
def test_a_relation_of_the_list_to_choose_from_is_understood(language: str, code: str) -> None:
    assert relationship_in(catalogue.sentence(language, f"relationship.{code}")) == code


@in_each_language
def test_both_sexes_to_choose_from_are_understood(language: str) -> None:
    words = catalogue.sentence(language, "import.template_sexes").splitlines()
    assert {SEXES[word.lower()] for word in words} == {"F", "M"}


def test_the_column_of_ids_is_understood() -> None:
    assert meaning(IDENTITY) == "identity"
