"""What people call an occupation finds it, in both languages and with a slip of the keys."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perisai_cli.domain.occupation_search import find_occupations, spoken_names
from perisai_cli.domain.occupations import OCCUPATIONS
from perisai_cli.domain.search import CERTAIN, EXACT, distance
from perisai_cli.i18n.catalogue import sentence

LABELS = {
    language: {code: sentence(language, f"occupation.{code}") for code in OCCUPATIONS}
    for language in ("id", "en")
}

SAID = {
    "nelayan": "fisher", "pedagang ikan": "fish_worker", "ojol": "motorcycle_taxi",
    "ojek online": "motorcycle_taxi", "Tukang Becak": "pedicab", "penjahit": "tailor",
    "buruh tani": "farm_worker", "kuli bangunan": "builder", "ART": "domestic_worker",
    "guru ngaji": "religious", "sopir": "driver", "supir": "driver", "kurir": "courier",
    "fisherman": "fisher", "street vendor": "trader", "mama pasar": "trader",
    "sopir truk": "truck_driver", "petani rumput laut": "fisher", "fisher": "fisher",
}  # fmt: skip


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(("typed", "code"), SAID.items())
def test_a_name_that_people_use_comes_first_and_is_certain(
    typed: str, code: str, language: str
) -> None:
    found = find_occupations(typed, LABELS[language])
    assert (found[0].code, found[0].score) == (code, EXACT)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("nelayn", "fisher"), ("pejahit", "tailor"), ("sopri truk", "truck_driver"),
     ("pedagangg ikan", "fish_worker"), ("nelayan kecil di pantai", "fisher")],
)  # fmt: skip
def test_a_slip_of_the_keys_is_forgiven_and_said_to_be_a_guess(typed: str, code: str) -> None:
    found = find_occupations(typed, LABELS["id"])
    assert found[0].code == code
    assert 0 < found[0].score <= CERTAIN


@pytest.mark.parametrize("typed", ["", "   ", "xyz", "…", "\x00", "1"])
def test_what_means_no_occupation_finds_none(typed: str) -> None:
    assert find_occupations(typed, LABELS["id"]) == []


def test_every_occupation_has_names_in_both_languages_and_no_other_has() -> None:
    assert set(spoken_names()) == set(OCCUPATIONS)
    assert all(len(names) >= 2 and all(names) for names in spoken_names().values())


@pytest.mark.parametrize("code", OCCUPATIONS)
def test_every_shown_name_and_every_code_finds_its_occupation(code: str) -> None:
    for language, labels in LABELS.items():
        assert find_occupations(labels[code], labels)[0].code == code, language
        assert [each.code for each in find_occupations(code, labels)] == [code]


@given(st.text(max_size=60), st.integers(1, 12))
def test_any_text_gives_known_codes_best_first_and_no_more_than_asked(
    typed: str, limit: int
) -> None:
    found = find_occupations(typed, LABELS["id"], limit)
    assert len(found) <= limit
    assert {each.code for each in found} <= set(OCCUPATIONS)
    scores = [each.score for each in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= EXACT for score in scores)


words = st.text("abcd", max_size=6)


@given(words, words)
def test_the_distance_is_the_same_both_ways_and_zero_only_for_the_same_word(
    one: str, other: str
) -> None:
    there = distance(one, other, 12)
    assert there == distance(other, one, 12)
    assert (there == 0) == (one == other)
    assert there <= max(len(one), len(other))


@given(words, words, st.integers(0, 5))
def test_stopping_early_never_hides_a_word_that_is_near_enough(
    one: str, other: str, most: int
) -> None:
    assert (distance(one, other, most) <= most) == (distance(one, other, 12) <= most)


def test_neighbours_that_changed_places_are_one_slip() -> None:
    assert distance("nelayan", "nelyaan", 3) == 1
