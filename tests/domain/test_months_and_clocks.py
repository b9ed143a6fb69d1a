"""Months, days, ages, and the three clocks of Indonesia."""

import itertools
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perisai_cli.domain.period import (
    WIB,
    WIT,
    WITA,
    Month,
    age_on,
    local_day,
    months_from,
    parse_day,
    timestamp,
    zone_of,
)

unhurried = settings(deadline=None)
months = st.builds(Month, st.integers(1900, 2900), st.integers(1, 12))


@unhurried
@given(months, st.integers(-1000, 1000))
def test_adding_and_taking_away_months_comes_back(month: Month, count: int) -> None:
    there = month.plus(count)
    assert there.plus(-count) == month
    assert 1 <= there.month <= 12
    assert (there > month) == (count > 0)


@unhurried
@given(months, st.integers(-1000, 1000), st.integers(-1000, 1000))
def test_months_add_up_in_any_order(month: Month, one: int, other: int) -> None:
    assert month.plus(one).plus(other) == month.plus(other).plus(one) == month.plus(one + other)


@unhurried
@given(months, st.integers(0, 60))
def test_a_calendar_agrees(month: Month, count: int) -> None:
    day = month.first_day()
    for _ in range(count):
        day = (day + timedelta(days=31)).replace(day=1)
    assert month.plus(count).first_day() == day


@unhurried
@given(months, st.integers(0, 60))
def test_a_range_is_as_long_as_asked_and_without_gaps(month: Month, count: int) -> None:
    found = list(months_from(month, count))
    assert len(found) == count
    assert all(later == earlier.plus(1) for earlier, later in itertools.pairwise(found))
    assert found[:1] == [month][:count]


@unhurried
@given(months)
def test_a_month_is_read_back_as_it_is_written(month: Month) -> None:
    assert Month.parse(str(month)) == month
    assert Month.of(month.first_day()) == month


@pytest.mark.parametrize(
    "text",
    [
        "", "2026", "2026-1", "2026-00", "2026-13", "26-01", "2026/01", "2026-01-01", " 2026-01",
        "2026-01\n", "0000-01", "3000-01", "9999-12", "٢٠٢٦-٠١", "２０２６-０１", "-2026-01",
    ],
)  # fmt: skip
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Month.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "", "20260101", "2026-W01-1", "2026-02-29", "2026-13-01", "2026-1-1", "01-01-2026",
        "2026-01-01T00:00", "2026-01-01\n", "٢٠٢٦-٠١-٠١", "0000-01-01",
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_day(text)


@unhurried
@given(st.dates())
def test_a_day_is_read_back_as_it_is_written(day: date) -> None:
    assert parse_day(day.isoformat()) == day


@unhurried
@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)), st.dates(date(2026, 1, 2), date(2100, 1, 1)))
def test_an_age_is_the_number_of_birthdays_passed(birth: date, day: date) -> None:
    birthdays = 0
    while (birth.year + birthdays + 1, birth.month, birth.day) <= (day.year, day.month, day.day):
        birthdays += 1
    assert age_on(birth, day) == birthdays


@pytest.mark.parametrize(
    ("day", "age"),
    [(date(2025, 8, 16), 34), (date(2025, 8, 17), 35), (date(2025, 8, 18), 35)],
)
def test_a_birthday_adds_a_year_on_its_day(day: date, age: int) -> None:
    assert age_on(date(1990, 8, 17), day) == age


CLOCKS = {
    WIB: "11 12 13 14 15 16 17 18 19 21 31 32 33 34 35 36 61 62",
    WITA: "51 52 53 63 64 65 71 72 73 74 75 76",
    WIT: "81 82 91 92 93 94 95 96",
}


@pytest.mark.parametrize(
    ("province", "zone"),
    [(province, zone) for zone, codes in CLOCKS.items() for province in codes.split()],
)
def test_each_of_the_38_provinces_has_its_clock(province: str, zone: timezone) -> None:
    assert zone_of(province) is zone
    assert zone_of(province + "71") is zone
    assert zone_of(province + "7101") is zone


def test_the_clocks_are_seven_eight_and_nine_hours_ahead() -> None:
    hours = [clock.utcoffset(None) // timedelta(hours=1) for clock in (WIB, WITA, WIT)]
    assert hours == [7, 8, 9]
    assert sum(len(codes.split()) for codes in CLOCKS.values()) == 38


@pytest.mark.parametrize(
    ("hour", "minute", "region", "day"),
    [
        (14, 59, "9171", 22), (15, 0, "9171", 23),
        (15, 59, "5171", 22), (16, 0, "5171", 23),
        (16, 59, "3171", 22), (17, 0, "3171", 23),
    ],
)  # fmt: skip
def test_the_day_changes_at_midnight_where_the_worker_lives(
    hour: int, minute: int, region: str, day: int
) -> None:
    moment = datetime(2026, 11, 22, hour, minute, tzinfo=UTC)
    assert local_day(moment, region) == date(2026, 11, day)


def test_a_moment_is_kept_in_utc_to_the_second() -> None:
    moment = datetime(2026, 11, 22, 23, 59, 59, 999999, tzinfo=WITA)
    assert timestamp(moment) == "2026-11-22T15:59:59Z"


@unhurried
@given(
    st.datetimes(
        datetime(2000, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
        datetime(2999, 1, 1),  # noqa: DTZ001
        timezones=st.sampled_from([UTC, WIB, WITA, WIT]),
    )
)
def test_a_kept_moment_is_the_same_moment(moment: datetime) -> None:
    kept = timestamp(moment)
    assert datetime.fromisoformat(kept) == moment.replace(microsecond=0)
    assert timestamp(datetime.fromisoformat(kept)) == kept
