"""Region codes: all of Banuspa is known, retired codes point at their successors."""

import pytest

from perisai_cli.domain.regions import (
    BANUSPA,
    all_regions,
    find_region,
    region_doubt,
    region_exists,
    region_label,
)

REGENCIES = [
    "5101", "5102", "5103", "5104", "5105", "5106", "5107", "5108", "5171", "5201", "5202",
    "5203", "5204", "5205", "5206", "5207", "5208", "5271", "5272", "5301", "5302", "5303",
    "5304", "5305", "5306", "5307", "5308", "5309", "5310", "5311", "5312", "5313", "5314",
    "5315", "5316", "5317", "5318", "5319", "5320", "5321", "5371", "9103", "9105", "9106",
    "9110", "9111", "9115", "9119", "9120", "9171", "9202", "9203", "9206", "9207", "9208",
    "9211", "9212", "9301", "9302", "9303", "9304", "9401", "9402", "9403", "9404", "9405",
    "9406", "9407", "9408", "9501", "9502", "9503", "9504", "9505", "9506", "9507", "9508",
    "9601", "9602", "9603", "9604", "9605", "9671",
]  # fmt: skip


def test_the_83_regencies_and_cities_of_banuspa_are_known() -> None:
    current = {
        code
        for code, region in all_regions().items()
        if len(code) == 4 and code[:2] in BANUSPA and not region.retired_after
    }
    assert len(REGENCIES) == 83
    assert current == set(REGENCIES)


@pytest.mark.parametrize("code", REGENCIES)
def test_a_regency_of_banuspa_exists_without_doubt(code: str) -> None:
    assert region_exists(code)
    assert region_doubt(code) is None
    region = find_region(code)
    assert region is not None
    province = find_region(code[:2])
    assert province is not None
    assert region_label(code) == f"{region.name}, {province.name}"


def test_the_counts_are_those_of_the_ministry() -> None:
    current = [code for code, region in all_regions().items() if not region.retired_after]
    sizes = {size: sum(len(code) == size for code in current) for size in (2, 4, 6)}
    assert sizes == {2: 38, 4: 514, 6: 1282}


def test_every_code_is_digits_and_stands_under_its_regency_and_province() -> None:
    regions = all_regions()
    for code, region in regions.items():
        assert code.isascii()
        assert code.isdigit()
        assert len(code) in (2, 4, 6)
        assert region.code == code
        assert region.name.strip() == region.name != ""
        assert code[:2] in regions
        assert code[:4] in regions


def test_every_successor_is_a_current_region_of_the_same_kind() -> None:
    regions = all_regions()
    succeeded = [region for region in regions.values() if region.successor]
    assert succeeded
    for region in succeeded:
        assert region.retired_after
        assert len(region.successor) == len(region.code)
        assert not regions[region.successor].retired_after


@pytest.mark.parametrize(
    ("retired", "successor"),
    [
        ("9109", "9404"),
        ("9271", "9671"),
        ("9101", "9301"),
        ("910901", "940401"),
        ("927101", "967101"),
    ],
)
def test_a_retired_code_is_known_and_names_its_successor(retired: str, successor: str) -> None:
    region = find_region(retired)
    assert region is not None
    assert region_doubt(retired) == "retired"
    assert region.successor == successor
    assert region_exists(retired)


@pytest.mark.parametrize(
    ("code", "doubt"),
    [
        ("51", None),
        ("5171", None),
        ("517101", None),
        ("517199", "unknown"),  # districts are known inside the region
        ("317199", None),  # elsewhere the regency stands for them
        ("3171", None),
        ("319999", "unknown"),
        ("9999", "unknown"),
        ("99", "unknown"),
        ("", "unknown"),
    ],
)
def test_doubt_reaches_to_districts_inside_the_region_and_to_regencies_elsewhere(
    code: str, doubt: str | None
) -> None:
    assert region_doubt(code) == doubt


@pytest.mark.parametrize("code", ["51", "5171", "517101", "517199", "317199", "9109", "910999"])
def test_a_place_exists_when_its_regency_is_or_was_one(code: str) -> None:
    assert region_exists(code)


@pytest.mark.parametrize(
    "code",
    ["", "5", "517", "51710", "5171011", "9999", "999999", "99", "517a", "５１７１", "51.71"],
)
def test_what_is_no_place_does_not_exist(code: str) -> None:
    assert not region_exists(code)


def test_a_label_names_what_is_known_from_the_smallest_up() -> None:
    names = [all_regions()[code].name for code in ("517101", "5171", "51")]
    assert region_label("517101") == ", ".join(names)
    assert region_label("517199") == ", ".join(names[1:])
    assert region_label("9999") == ""
