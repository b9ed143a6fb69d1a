"""Regions are found by code, by name or a part of it, under old codes, and behind a village."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perisai_cli.domain.region_search import find_places, find_regions, successor
from perisai_cli.domain.regions import all_regions

FIRST = {
    "5171": "5171", "51.71.01": "517101", "denpasar": "5171", "Kota Denpasar": "5171",
    "DENPASAR SELATAN": "517101", "kab. badung": "5103", "Kec. Kuta": "510301",
    "Kuta, Badung": "510301", "kuta badung": "510301", "Distrik Agimuga": "940402",
    "prov. bali": "51", "kota sorong": "9671", "kab sorong": "9601", "fakfak": "9203",
    "Fak-Fak, Papua Barat": "9203", "kota raja": "537105", "bandung": "3204", "denpasr": "5171",
    "Jayawijya": "9501", "denpasar selatn": "517101", "kab bandung": "3204",
}  # fmt: skip


@pytest.mark.parametrize(("typed", "code"), FIRST.items())
def test_what_is_typed_finds_its_region_first(typed: str, code: str) -> None:
    assert find_regions(typed)[0].code == code


def test_a_code_gives_its_region_and_then_those_right_below_it() -> None:
    assert [region.code for region in find_regions("5171")] == [
        "5171", "517101", "517102", "517103", "517104",
    ]  # fmt: skip


def test_an_old_code_is_found_and_names_what_took_its_place() -> None:
    (mimika, *_) = find_regions("9109")
    after = successor(mimika)
    assert mimika.retired_after
    assert after is not None
    assert (after.code, after.retired_after) == ("9404", "")


def test_a_name_shows_the_region_in_force_and_not_its_old_codes_too() -> None:
    found = find_regions("mimika baru")
    assert [region.code for region in found] == ["940401"]


@pytest.mark.parametrize(
    ("typed", "village", "code"),
    [
        ("Sanur, Denpasar Selatan", "Sanur", "517101"),
        ("Desa Sanur Kauh, Kec. Denpasar Selatan, Kota Denpasar", "Desa Sanur Kauh", "517101"),
        ("Kampung Timika, Mimika Baru", "Kampung Timika", "940401"),
    ],
)
def test_a_village_before_the_district_is_kept_apart(typed: str, village: str, code: str) -> None:
    places = find_places(typed)
    assert places.village == village
    assert [region.code for region in places.regions] == [code]


def test_a_village_alone_finds_nothing_since_villages_are_not_listed() -> None:
    assert find_places("Sanur") == ("", [], True)


def test_a_guess_is_said_to_be_one() -> None:
    assert find_places("denpasar").certain
    assert not find_places("denpasr").certain


def test_every_region_is_found_by_its_code_and_followed_to_one_in_force() -> None:
    for code, region in all_regions().items():
        assert find_regions(code, 1) == [region]
        after = successor(region)
        assert after is None or not after.retired_after


@given(st.text(max_size=60) | st.text("Kkotab., dei5", max_size=30), st.integers(1, 12))
def test_any_text_gives_known_regions_and_no_more_than_asked(typed: str, limit: int) -> None:
    found = find_regions(typed, limit)
    assert len(found) <= limit
    assert all(region is all_regions()[region.code] for region in found)
    assert len({region.code for region in found}) == len(found)
