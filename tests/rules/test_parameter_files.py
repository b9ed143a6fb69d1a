"""Parameter files that break the form are refused; those that ship keep more than the form."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from perisai_cli.domain.errors import NoRuleInForce
from perisai_cli.domain.period import Month
from perisai_cli.domain.terms import PAYERS
from perisai_cli.rules.law import BadParameterFile, checked_law
from perisai_cli.rules.parameter import BASES, whole

SOURCES = """
[pp-44-2015]
title = "Peraturan Pemerintah Nomor 44 Tahun 2015"
short = "PP 44/2015"
address = "https://peraturan.bpk.go.id/Download/28927/"
read = "body and elucidation"
"""
FLAT = """
[bpu_flat]
unit = "rupiah/month"

[[bpu_flat.values]]
since = 2015-07-01
status = "enacted"
basis = "law-text"
checked = 2026-11-22
source = "pp-44-2015"
at = "Pasal 20 ayat (3)"
value = 6_800
"""
SECOND = FLAT[FLAT.index("[[") :]
TIERS = (
    FLAT.replace("bpu_flat", "bpu_tiers")
    .replace('"rupiah/month"', '"rupiah/month by tier"')
    .replace("6_800", "[[1, 0, 1_000_000, 10_000], [2, 1_100_000, 1_200_000, 12_000]]")
)
RELIEF = """
[pp_50_2025_other]
unit = "waived share"
programs = ["jkk", "jkm"]
sector = "other"
excluded_payers = "pp_50_2025_excluded_payers"
owners = false

[[pp_50_2025_other.values]]
since = 2026-04-01
until = 2026-12-31
status = "enacted"
basis = "official-page"
checked = 2026-11-22
source = "pp-44-2015"
at = "Pasal 4"
value = 0.5

[pp_50_2025_excluded_payers]
unit = "payer codes"

[[pp_50_2025_excluded_payers.values]]
since = 2026-01-01
status = "enacted"
basis = "secondary"
checked = 2026-11-22
source = "pp-44-2015"
at = "Pasal 3"
value = ["apbn"]
"""


def folder(
    path: Path, flat: str = FLAT, relief: str = RELIEF, tiers: str = TIERS, sources: str = SOURCES
) -> Path:
    files = {"jkm": flat, "relief": relief, "jkk": tiers, "sources": sources}
    for name, text in files.items():
        (path / f"{name}.toml").write_text(text, encoding="utf-8")
    return path


def test_the_small_law_of_this_page_is_in_form(tmp_path: Path) -> None:
    law = checked_law(folder(tmp_path))
    assert law.parameter("jkm.bpu_flat").on(Month(2020, 1)).value == 6800
    (relief,) = law.reliefs
    assert (relief.code, relief.sector, relief.owners) == ("pp-50-2025", "other", False)
    assert relief.share.on(Month(2026, 4)).value == Decimal("0.5")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('at = "Pasal', 'page = 3\nat = "Pasal', id="unknown key of a value"),
        pytest.param('unit = "', 'colour = "red"\nunit = "', id="unknown key of a parameter"),
        pytest.param('source = "pp-44-2015"\n', "", id="no source"),
        pytest.param('source = "pp-44-2015"', 'source = "pp-99-2099"', id="unknown source"),
        pytest.param('at = "Pasal 20 ayat (3)"\n', "", id="no place in the source"),
        pytest.param("since = 2015-07-01\n", "", id="no first day"),
        pytest.param("checked = 2026-11-22\n", "", id="no day of checking"),
        pytest.param("value = 6_800\n", "", id="no value"),
        pytest.param('status = "enacted"\n', "", id="no status"),
        pytest.param('"enacted"', '"hoped for"', id="unknown status"),
        pytest.param('"law-text"', '"recollection"', id="a recollection"),
        pytest.param('"law-text"', '"MEM"', id="a recollection by its tag"),
        pytest.param('"rupiah/month"', '"dollar/month"', id="unknown unit"),
        pytest.param('unit = "rupiah/month"\n', "", id="no unit"),
        pytest.param(
            "2015-07-01\n", "2015-07-01\nuntil = 2015-06-30\n", id="ends before it begins"
        ),
        pytest.param("since = 2015-07-01", "since = 2015-07-01T00:00:00", id="a time of day"),
        pytest.param("since = 2015-07-01", 'since = "2015-07-01"', id="a day as text"),
        pytest.param("checked = 2026-11-22", "checked = 2026", id="checked in a year"),
        pytest.param("2015-07-01\n", '2015-07-01\nuntil = "2020"\n', id="an end as text"),
        pytest.param("6_800", "6800.5", id="a fraction of a rupiah"),
        pytest.param("6_800", '"6800"', id="rupiah as text"),
        pytest.param("6_800", "0", id="a price of nothing"),
        pytest.param("6_800", "-6800", id="a price below nothing"),
        pytest.param("6_800", "true", id="a price of true"),
        pytest.param("6_800", "nan", id="a price that is no number"),
        pytest.param("6_800", "[]", id="an empty list"),
        pytest.param(FLAT, "bpu_flat = 6800", id="a bare number"),
        pytest.param(SECOND, "values = []", id="no values"),
    ],
)
def test_a_parameter_out_of_form_is_refused(tmp_path: Path, old: str, new: str) -> None:
    assert old in FLAT
    with pytest.raises(BadParameterFile):
        checked_law(folder(tmp_path, flat=FLAT.replace(old, new)))


@pytest.mark.parametrize(
    ("first_until", "second_since"),
    [
        (None, "2020-01-01"),
        ("2020-01-01", "2020-01-01"),
        ("2020-06-30", "2020-01-01"),
        ("2015-12-31", "2015-01-01"),
    ],
)
def test_values_that_overlap_or_stand_out_of_order_are_refused(
    tmp_path: Path, first_until: str | None, second_since: str
) -> None:
    until = f"\nuntil = {first_until}" if first_until else ""
    first = FLAT.replace("2015-07-01", "2015-07-01" + until)
    second = SECOND.replace("2015-07-01", second_since)
    with pytest.raises(BadParameterFile):
        checked_law(folder(tmp_path, flat=first + second))


def test_values_that_follow_each_other_to_the_day_are_taken(tmp_path: Path) -> None:
    first = FLAT.replace("2015-07-01", "2015-07-01\nuntil = 2019-12-31")
    second = SECOND.replace("2015-07-01", "2020-01-01").replace("6_800", "7_000")
    flat = checked_law(folder(tmp_path, flat=first + second)).parameter("jkm.bpu_flat")
    months = (Month(2019, 12), Month(2020, 1))
    assert [flat.on(month).value for month in months] == [6800, 7000]


@pytest.mark.parametrize("status", ["projected", "announced"])
def test_a_value_that_is_not_enacted_never_computes(tmp_path: Path, status: str) -> None:
    first = FLAT.replace("2015-07-01", "2015-07-01\nuntil = 2026-12-31")
    second = SECOND.replace("2015-07-01", "2027-01-01").replace("enacted", status)
    flat = checked_law(folder(tmp_path, flat=first + second)).parameter("jkm.bpu_flat")
    assert flat.on(Month(2026, 12)).value == 6800
    assert flat.find(Month(2027, 1)) is None
    with pytest.raises(NoRuleInForce) as caught:
        flat.on(Month(2027, 1))
    assert caught.value.exit_code == 4


def test_a_value_holds_on_its_last_day_and_not_after(tmp_path: Path) -> None:
    until = FLAT.replace("2015-07-01", "2015-07-01\nuntil = 2020-01-01")
    flat = checked_law(folder(tmp_path, flat=until)).parameter("jkm.bpu_flat")
    found = [flat.find(month) is not None for month in (Month(2020, 1), Month(2020, 2))]
    assert found == [True, False]


def test_a_month_between_two_values_has_no_rule(tmp_path: Path) -> None:
    first = FLAT.replace("2015-07-01", "2015-07-01\nuntil = 2019-12-31")
    second = SECOND.replace("2015-07-01", "2020-02-01")
    flat = checked_law(folder(tmp_path, flat=first + second)).parameter("jkm.bpu_flat")
    with pytest.raises(NoRuleInForce):
        flat.on(Month(2020, 1))


@pytest.mark.parametrize("text", [FLAT + FLAT, FLAT + "value = 7_000\n"])
def test_a_key_written_twice_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError):
        checked_law(folder(tmp_path, flat=text))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("[2, 1_100_000", "[3, 1_100_000", id="a tier is left out"),
        pytest.param("[1, 0, ", "[1, 500_000, ", id="the first tier does not begin at nothing"),
        pytest.param("1_100_000", "0", id="two tiers begin alike"),
        pytest.param("1_200_000", "900_000", id="a base falls"),
        pytest.param("12_000]", "10_000]", id="an amount does not rise"),
        pytest.param("12_000]", "12_000.5]", id="a fraction of a rupiah"),
        pytest.param(", 12_000]", "]", id="a column is missing"),
        pytest.param("10_000]", "-10_000]", id="an amount below nothing"),
        pytest.param("[2, 1_100_000, 1_200_000, 12_000]", "2", id="a row that is none"),
    ],
)
def test_a_tier_table_that_is_not_whole_and_rising_is_refused(
    tmp_path: Path, old: str, new: str
) -> None:
    assert old in TIERS
    with pytest.raises(BadParameterFile):
        checked_law(folder(tmp_path, tiers=TIERS.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("0.5", "50", id="a share of fifty"),
        pytest.param("0.5", "1.01", id="a share above one"),
        pytest.param("0.5", "0.0", id="a share of nothing"),
        pytest.param("0.5", "nan", id="a share that is no number"),
        pytest.param("0.5", "-0.5", id="a share below nothing"),
        pytest.param('["apbn"]', '["apbnn"]', id="an unknown payer"),
        pytest.param('["apbn"]', '"apbn"', id="payers as text"),
        pytest.param('["jkk", "jkm"]', '["jkk", "jp"]', id="an unknown programme"),
        pytest.param('sector = "other"', 'sector = "sea"', id="an unknown sector"),
        pytest.param("owners = false", 'owners = "no"', id="owners as text"),
        pytest.param('"pp_50_2025_excluded_payers"', '"nobody"', id="unknown excluded payers"),
        pytest.param("pp_50_2025_other", "a_relief", id="a relief without a regulation"),
    ],
)
def test_a_relief_out_of_form_is_refused(tmp_path: Path, old: str, new: str) -> None:
    assert old in RELIEF
    with pytest.raises(BadParameterFile):
        checked_law(folder(tmp_path, relief=RELIEF.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('short = "PP 44/2015"\n', "", id="no short form"),
        pytest.param('short = "PP 44/2015"', 'short = ""', id="an empty short form"),
        pytest.param('read = "', 'believed = "yes"\nread = "', id="an unknown key"),
        pytest.param(SOURCES, "", id="no sources at all"),
    ],
)
def test_a_source_out_of_form_is_refused(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(BadParameterFile):
        checked_law(folder(tmp_path, sources=SOURCES.replace(old, new)))


def test_the_digest_names_the_text_and_not_the_line_ends(tmp_path: Path) -> None:
    digests = []
    for name, flat in {
        "unix": FLAT,
        "windows": FLAT.replace("\n", "\r\n"),
        "changed": FLAT.replace("6_800", "6_801"),
    }.items():
        place = tmp_path / name
        place.mkdir()
        folder(place)
        (place / "jkm.toml").write_bytes(flat.encode())
        digests.append(checked_law(place).digest)
    assert digests[0] == digests[1] != digests[2]


def test_nothing_that_ships_rests_on_a_recollection_or_the_future() -> None:
    for parameter in checked_law().parameters.values():
        for value in parameter.values:
            assert value.basis in BASES
            assert value.at
            assert value.checked <= date(2027, 12, 31)
            assert value.since.day == 1 or not parameter.unit.startswith("rupiah/month")


def test_jkk_and_jht_have_the_same_bands_and_bases() -> None:
    law = checked_law()
    jkk, jht = (law.parameter(f"{name}.bpu_tiers").values for name in ("jkk", "jht"))
    assert [(value.since, value.until) for value in jkk] == [
        (value.since, value.until) for value in jht
    ]
    for left, right in zip(jkk, jht, strict=True):
        assert [row[:3] for row in left.value] == [row[:3] for row in right.value]


def test_every_relief_leaves_whole_rupiah_of_every_price_it_touches() -> None:
    law = checked_law()
    prices = [row[3] for value in law.parameter("jkk.bpu_tiers").values for row in value.value]
    prices += [value.value for value in law.parameter("jkm.bpu_flat").values]
    for relief in law.reliefs:
        for share in relief.share.values:
            for price in prices:
                assert whole(price * (1 - share.value)) > 0


def test_a_fraction_of_a_rupiah_is_never_rounded_away() -> None:
    with pytest.raises(ArithmeticError):
        whole(Decimal("147.5"))


def test_every_source_is_cited_and_every_citation_has_a_source() -> None:
    law = checked_law()
    cited = {value.source.key for each in law.parameters.values() for value in each.values}
    assert cited == set(law.sources)


def test_excluded_payers_hold_for_as_long_as_their_relief() -> None:
    for relief in checked_law().reliefs:
        if relief.excluded_payers is None:
            continue
        for share in relief.share.values:
            assert share.until is not None
            for month in (Month.of(share.since), Month.of(share.until)):
                payers = relief.excluded_payers.on(month).value
                assert set(payers) < set(PAYERS)
                assert "self" not in payers
