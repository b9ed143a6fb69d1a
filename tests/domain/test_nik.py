"""The NIK: what makes one impossible, what it encodes, and how it is hidden."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lokal.nik import parse_nik as oracle_parse

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.identity import clean_nik, mask_name, mask_nik, parse_nik
from perisai_cli.domain.period import age_on
from perisai_cli.domain.regions import region_doubt

TODAY = date(2026, 11, 22)
unhurried = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])

CURRENT = [
    "5101011708909999", "5101015708909999", "5201011708909999", "5301041708909999",
    "9103011708909999", "9301011708909999", "9401011708909999", "9501011708909999",
    "9601011708909999",
]  # fmt: skip
RETIRED = ["9109011708909999", "9271011708909999"]


@pytest.mark.parametrize("nik", [*CURRENT, *RETIRED])
def test_the_example_numbers_are_read(nik: str) -> None:
    parsed = parse_nik(nik, TODAY)
    assert (parsed.digits, parsed.district) == (nik, nik[:6])
    assert parsed.birth_date == date(1990, 8, 17)
    assert parsed.sex == ("F" if nik[6] == "5" else "M")
    assert parsed.century_ambiguous is False


def test_retired_and_current_districts_are_told_apart() -> None:
    assert {region_doubt(nik[:6]) for nik in CURRENT} == {None}
    assert {region_doubt(nik[:6]) for nik in RETIRED} == {"retired"}


@pytest.mark.parametrize(
    ("nik", "code"),
    [
        ("", "nik.characters"),
        ("510101170890999", "nik.length"),
        ("51010117089099990", "nik.length"),
        ("510101170890999X", "nik.characters"),
        ("51O1011708909999", "nik.characters"),
        ("5101011708909999a", "nik.characters"),
        ("-5101011708909999+", "nik.characters"),
        ("٥١٠١٠١١٧٠٨٩٠٩٩٩٩", "nik.characters"),
        ("５１０１０１１７０８９０９９９９", "nik.characters"),
        ("510101170890999²", "nik.characters"),
        ("5101001708909999", "nik.region"),
        ("5100011708909999", "nik.region"),
        ("0001011708909999", "nik.region"),
        ("5101010008909999", "nik.date"),
        ("5101013208909999", "nik.date"),
        ("5101014008909999", "nik.date"),
        ("5101017208909999", "nik.date"),
        ("5101019908909999", "nik.date"),
        ("5101011700909999", "nik.date"),
        ("5101011713909999", "nik.date"),
        ("5101013102909999", "nik.date"),
        ("5101012902909999", "nik.date"),
        ("5101017104909999", "nik.date"),
        ("5101011708900000", "nik.serial"),
    ],
)
def test_an_impossible_nik_is_refused_with_its_reason(nik: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_nik(nik, TODAY)
    assert caught.value.code == code
    assert caught.value.exit_code == 2
    assert not nik or nik not in repr(caught.value.problems)


@pytest.mark.parametrize("serial", ["0001", "9999"])
@pytest.mark.parametrize("day", ["01", "31", "41", "71"])
def test_the_first_and_last_of_days_and_serials_are_possible(day: str, serial: str) -> None:
    parsed = parse_nik(f"510101{day}0190{serial}", TODAY)
    assert parsed.sex == ("M" if int(day) < 40 else "F")
    assert parsed.birth_date.day == (1 if day in {"01", "41"} else 31)


@pytest.mark.parametrize(
    "written",
    [
        "5101 0117 0890 9999",
        "5101.0117.0890.9999",
        "51-01-01-17-08-90-9999",
        "  510101 170890 9999\t",
        "510101\u00a0170890\u00a09999",
        "510101\u2013170890\u20139999",
        "5101011708909999",
    ],
)
def test_spaces_dots_and_dashes_are_taken_out(written: str) -> None:
    assert clean_nik(written) == "5101011708909999"
    assert parse_nik(written, TODAY).digits == "5101011708909999"


@pytest.mark.parametrize(
    ("birth", "today", "born", "ambiguous"),
    [
        ("170890", TODAY, date(1990, 8, 17), False),
        ("221111", TODAY, date(2011, 11, 22), False),  # 15 today
        ("231111", TODAY, date(2011, 11, 23), True),  # 15 tomorrow; 115 the other way
        ("221116", TODAY, date(1916, 11, 22), False),  # 110 today; 10 the other way
        ("211116", TODAY, date(1916, 11, 21), False),  # 110 since yesterday
        ("221115", TODAY, date(2015, 11, 22), True),  # 11 or 111
        ("221126", TODAY, date(1926, 11, 22), False),  # born today, or 100
        ("231126", TODAY, date(1926, 11, 23), False),  # in the future, so 1926
        ("290200", TODAY, date(2000, 2, 29), False),  # 1900 had no such day
        ("290296", TODAY, date(1996, 2, 29), False),  # 2096 lies ahead
        ("010100", date(2026, 11, 22), date(2000, 1, 1), False),
        ("290200", date(2000, 2, 29), date(2000, 2, 29), True),  # born today, in that century only
    ],
)
def test_the_century_is_the_one_that_gives_a_likely_age(
    birth: str, today: date, born: date, ambiguous: bool
) -> None:
    parsed = parse_nik(f"510101{birth}9999", today)
    assert (parsed.birth_date, parsed.century_ambiguous) == (born, ambiguous)


@unhurried
@given(st.dates(date(1917, 1, 1), date(2011, 11, 22)), st.booleans(), st.integers(1, 9999))
def test_every_likely_birthday_comes_back_out_of_its_nik(
    birth: date, woman: bool, serial: int
) -> None:
    day = birth.day + (40 if woman else 0)
    parsed = parse_nik(f"530104{day:02d}{birth:%m%y}{serial:04d}", TODAY)
    assert parsed.birth_date == birth
    assert parsed.sex == ("F" if woman else "M")
    assert parsed.century_ambiguous is False


@unhurried
@given(
    st.sampled_from(
        ["510101", "520101", "910301", "920201", "530104", "650101", "320101", "530100"]
    ),
    st.integers(0, 99),
    st.integers(0, 13),
    st.integers(0, 99),
    st.sampled_from(["0000", "0001", "9999"]),
)
def test_an_independent_reader_agrees(
    district: str, day: int, month: int, year: int, serial: str
) -> None:
    nik = f"{district}{day:02d}{month:02d}{year:02d}{serial}"
    oracle = oracle_parse(nik, reference_date=TODAY)
    try:
        parsed = parse_nik(nik, TODAY)
    except InvalidInput:
        # The oracle settles the century first, and so refuses a leap day of the other one.
        assert not oracle.valid
        return
    if not oracle.valid:
        # It does not look at the other century either: 29 February of 2000 but not of 1900.
        assert (parsed.birth_date.month, parsed.birth_date.day) == (2, 29)
        return
    assert parsed.sex == {"L": "M", "P": "F"}[str(oracle.gender)]
    assert oracle.birth_date is not None
    assert parsed.birth_date.strftime("%m%d") == oracle.birth_date[5:].replace("-", "")
    if age_on(date.fromisoformat(oracle.birth_date), TODAY) in range(15, 111):
        assert parsed.birth_date.isoformat() == oracle.birth_date


def test_a_mask_shows_four_digits_on_either_side_and_no_birth_date() -> None:
    assert mask_nik("5171015708900001") == "5171********0001"


@pytest.mark.parametrize("broken", ["", "5171", "517101570890000", "51710157089000011"])
def test_a_mask_of_no_nik_shows_nothing(broken: str) -> None:
    assert mask_nik(broken) == "*" * 16


@unhurried
@given(st.text("0123456789", max_size=20))
def test_a_mask_always_hides_the_birth_date(digits: str) -> None:
    masked = mask_nik(digits)
    assert len(masked) == 16
    assert masked[4:12] == "********"


def test_a_masked_name_shows_initials() -> None:
    assert mask_name("Ni Luh Sari") == "N. L. S."
    assert mask_name("") == ""
