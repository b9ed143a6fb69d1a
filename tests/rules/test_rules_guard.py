"""A set of rules from elsewhere keeps all that the package's own keeps, or is refused."""

from __future__ import annotations

import hashlib
from datetime import date

import pytest
from signed_rules import FLAT_PRICE, dearer, dearer_from, file_of, rules_with

from perisai_cli.central.decisions import REASONS
from perisai_cli.domain.terms import DECISION_REASONS
from perisai_cli.protocol.canonical import canonical
from perisai_cli.protocol.reference import NAMES
from perisai_cli.protocol.reference_content import (
    BadContent,
    check_content,
    packaged_content,
    rules_files,
)
from perisai_cli.rules.changes import Difference, differences
from perisai_cli.rules.guard import guarded_law
from perisai_cli.rules.law import PACKAGED, VERSION, Law, packaged_law

CONTENT_OF_VERSION = (
    2026112201,
    "a22c970ebcd2360ff9f4898c2cc4a23b4467e060c2287272a03482160e7e158e",
)


def law_with(**changed: str) -> Law:
    return guarded_law(rules_files(rules_with(**changed)))


def test_the_package_s_own_data_keep_what_they_must() -> None:
    for name in NAMES:
        check_content(name, packaged_content(name))


def test_a_change_of_the_package_s_data_has_raised_their_version() -> None:
    whole = canonical({name: packaged_content(name) for name in NAMES})
    assert (VERSION, hashlib.sha256(whole).hexdigest()) == CONTENT_OF_VERSION


def test_the_package_s_version_names_the_day_from_which_it_holds() -> None:
    assert PACKAGED.version == VERSION
    assert PACKAGED.valid_from == date.fromisoformat(str(VERSION // 100)).isoformat()


def test_the_reasons_that_are_published_are_those_of_the_officers() -> None:
    assert set(DECISION_REASONS) == set(REASONS)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        pytest.param("jkm", "6_800", "6_800.5", id="a fraction of a rupiah"),
        pytest.param("jkm", '"law-text"', '"recollection"', id="a recollection"),
        pytest.param("jkm", 'source = "pp-44-2015"', 'source = "nowhere"', id="no such source"),
        pytest.param("jkm", 'at = "Pasal 20 ayat (3)"', 'at = ""', id="no place in the source"),
        pytest.param("jkm", "since = 2015-07-01", "since = 2015-07-02", id="not with a month"),
        pytest.param("jkm", "[bpu_flat]", "[bpu_price]", id="a parameter taken out"),
        pytest.param("jkm", "[bpu_flat]", "[bpu_flat", id="no TOML"),
        pytest.param("jkm", 'unit = "rupiah/month"', 'unit = "rupiah"', id="another unit"),
        pytest.param("relief", "value = 0.5", "value = 0.50001", id="leaves part of a rupiah"),
        pytest.param("jkk", "10_000]", "10_100]", id="a price apart is fine"),
        pytest.param("jkk", "1_000_000, 10_000]", "1_000_001, 10_000]", id="other bases than JHT"),
    ],
)
def test_rules_out_of_form_are_refused(file: str, old: str, new: str) -> None:
    text = file_of(file)
    assert old in text
    content = rules_with(**{file: text.replace(old, new, 1)})
    if new == "10_100]":
        check_content("rules", content)
        return
    with pytest.raises(BadContent):
        check_content("rules", content)


def test_a_source_that_nothing_cites_is_refused() -> None:
    more = '\n[pp-99-2099]\ntitle = "PP"\nshort = "PP"\naddress = "x"\nread = "y"\n'
    with pytest.raises(BadContent):
        check_content("rules", rules_with(sources=file_of("sources") + more))


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"files": {}},
        {"files": []},
        {"files": {"jkm": 1}},
        {"files": {"../jkm": ""}},
        {"files": {"JKM": ""}},
        {"files": {f"f{n}": "" for n in range(65)}},
        {"files": {"jkm": "values = 1"}},
        {"files": {"jkm": "[x]\n" * 2}},
        {"files": {"sources": "", "relief": "[pp_1_2]\nprograms = 3\n"}},
    ],
)
def test_a_content_that_is_no_set_of_rules_is_refused(content: dict[str, object]) -> None:
    with pytest.raises(BadContent):
        check_content("rules", content)


def rows() -> list[list[str]]:
    return [list(row) for row in packaged_content("regions")["regions"]]


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda held: [*held, held[0]], id="a code twice"),
        pytest.param(lambda held: held[1:], id="a region taken out"),
        pytest.param(lambda held: [held[1], held[0], *held[2:]], id="before the one it lies in"),
        pytest.param(lambda held: [*held, ["99999", "X", "", ""]], id="five digits"),
        pytest.param(lambda held: [*held, ["99", "", "", ""]], id="no name"),
        pytest.param(lambda held: [*held, ["99", "X", ""]], id="a cell is missing"),
        pytest.param(lambda held: [*held, ["99", "X", "", 5]], id="a number"),
    ],
)
def test_regions_out_of_form_are_refused(spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(BadContent):
        check_content("regions", {"regions": spoil(rows())})


def test_a_new_region_and_one_retired_are_taken() -> None:
    more = [*rows(), ["99", "Provinsi Baru", "", ""]]
    more[1] = [*more[1][:2], "2026", more[1][3]]
    check_content("regions", {"regions": more})


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("occupations", {"occupations": {"trader": "other"}}),
        ("occupations", {"occupations": packaged_content("occupations")["occupations"] | {"X": 1}}),
        ("occupations", {}),
        ("reasons", {"decision": ["other"], "withdrawal": ["other"]}),
        ("reasons", packaged_content("reasons") | {"more": []}),
        ("reasons", packaged_content("reasons") | {"decision": [1]}),
    ],
)
def test_codes_out_of_form_are_refused(name: str, content: dict[str, object]) -> None:
    kind = next(known for known in NAMES if known == name)
    with pytest.raises(BadContent):
        check_content(kind, content)


def told(found: list[Difference]) -> list[tuple[str, str, object, object]]:
    return [
        (
            each.kind,
            str(each.value.since),
            each.old.value if each.old else None,
            each.new.value if each.new else None,
        )
        for each in found
    ]


def test_equal_laws_have_no_differences() -> None:
    assert differences(packaged_law(), law_with()) == []


def test_another_price_is_told_from_its_first_day() -> None:
    found = differences(packaged_law(), law_with(jkm=dearer()))
    assert [each.value.parameter for each in found] == [FLAT_PRICE]
    assert told(found) == [("changed", "2015-07-01", 6800, 7800)]


def test_a_price_from_a_later_day_on_is_told_with_the_one_it_replaces() -> None:
    found = differences(packaged_law(), law_with(jkm=dearer_from("2027-03-01", "2027-02-28")))
    assert told(found) == [
        ("cited", "2015-07-01", 6800, 6800),
        ("changed", "2027-03-01", 6800, 7800),
    ]
    back = differences(law_with(jkm=dearer_from("2027-03-01", "2027-02-28")), packaged_law())
    assert told(back) == [
        ("cited", "2015-07-01", 6800, 6800),
        ("removed", "2027-03-01", 7800, None),
    ]
