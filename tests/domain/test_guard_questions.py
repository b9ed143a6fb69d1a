"""The guard asks on one side of each threshold and not on the other, and knows nothing but questions."""

from __future__ import annotations

import itertools
import string
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perisai_cli.domain import guard
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.guard import (
    OF_THE_DAY,
    REASONS,
    Seen,
    Trace,
    checked_answer,
    is_step,
    questions_about,
    questions_of_person,
)
from perisai_cli.domain.period import WITA, timestamp
from perisai_cli.domain.thresholds import thresholds, told_thresholds

LIMITS = thresholds()
NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)  # noon in Bali
NIGHT = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)  # midnight there


def trace(
    number: int,
    *,
    at: datetime = NOON,
    age: int = 30,
    address: str = "",
    heirs: tuple[str, ...] = (),
) -> Trace:
    return Trace(f"{number:012d}", timestamp(at), age, address, heirs)


def seen(
    worker: Trace,
    at: datetime = NOON,
    *,
    sharing: int = 0,
    own_phone: bool = False,
    agent_is_heir: bool = False,
) -> Seen:
    return Seen(worker, at.astimezone(WITA), sharing, own_phone, agent_is_heir)


def codes(
    worker: Seen, recent: Sequence[Trace] = (), asked: dict[str, str] | None = None
) -> set[str]:
    return {question.code for question in questions_about(worker, recent, asked or {}, LIMITS)}


def an_hour_apart(count: int, until: datetime = NOON, **same: int | str) -> list[Trace]:
    """Return workers recorded one an hour, so that nothing about their pace is odd."""
    return [
        trace(number, at=until - timedelta(hours=count - number), **same)  # type: ignore[arg-type]
        for number in range(count)
    ]


@given(st.integers(0, 19), st.integers(15, 64))
def test_older_workers_are_asked_about_from_six_of_the_last_twenty_on(older: int, age: int) -> None:
    recent = an_hour_apart(19 - older) + an_hour_apart(older, age=61)
    expected = 60 <= age <= 64 and older + 1 >= 6
    assert (guard.OLDER_WORKERS in codes(seen(trace(99, age=age)), recent)) is expected


@given(st.lists(st.integers(15, 64), max_size=60), st.integers(15, 64))
def test_what_is_older_than_the_last_twenty_is_forgotten(ages: list[int], age: int) -> None:
    recent = [
        trace(number, at=NOON - timedelta(days=1), age=each) for number, each in enumerate(ages)
    ]
    older = sum(60 <= each <= 64 for each in [*ages, age][-20:])
    expected = 60 <= age <= 64 and older >= 6
    assert (guard.OLDER_WORKERS in codes(seen(trace(99, age=age)), recent)) is expected


@given(st.integers(0, 50), st.integers(0, 1200))
def test_a_burst_is_twenty_within_ten_minutes(count: int, seconds: int) -> None:
    at = NOON - timedelta(seconds=seconds)
    recent = [trace(number, at=at) for number in range(count)]
    expected = count + 1 >= 20 and seconds <= 600
    assert (guard.BURST in codes(seen(trace(99)), recent)) is expected


def test_the_pace_of_the_queue_mode_is_no_burst() -> None:
    recent = [
        trace(number, at=NOON - timedelta(seconds=40 * (60 - number))) for number in range(60)
    ]
    assert codes(seen(trace(99)), recent[-50:]) == set()


@given(st.integers(0, 23), st.integers(0, 30))
def test_ten_in_one_night_are_asked_about(hour: int, count: int) -> None:
    local = datetime(2026, 11, 23, hour, 59, tzinfo=WITA)
    recent = [trace(number, at=local - timedelta(minutes=59)) for number in range(count)]
    expected = (hour >= 22 or hour < 4) and count + 1 >= 10
    worker = seen(trace(99), local)
    assert (guard.NIGHT in codes(worker, recent, {guard.BURST: "2026-11-23"})) is expected


def test_the_evening_before_the_night_does_not_count() -> None:
    evening = NIGHT - timedelta(hours=3)  # nine o'clock
    recent = [trace(number, at=evening) for number in range(30)]
    assert guard.NIGHT not in codes(seen(trace(99), NIGHT), recent)
    after = [trace(number, at=NIGHT - timedelta(hours=2)) for number in range(9)]
    assert guard.NIGHT in codes(seen(trace(99), NIGHT), after)


@pytest.mark.parametrize("code", OF_THE_DAY)
def test_a_question_of_the_day_is_asked_once_a_day(code: str) -> None:
    recent = [trace(number, at=NIGHT, age=62) for number in range(40)]
    worker = seen(trace(99, at=NIGHT, age=62), NIGHT)
    local = NIGHT.astimezone(WITA).date()
    assert code in codes(worker, recent)
    assert code in codes(worker, recent, {code: str(local - timedelta(days=1))})
    assert code not in codes(worker, recent, {code: str(local)})


@given(st.integers(0, 1000))
def test_a_shared_phone_is_asked_about_at_three_and_whenever_it_has_tripled(count: int) -> None:
    asked = guard.SHARED_PHONE in codes(seen(trace(1), sharing=count))
    assert asked is (count in (3, 9, 27, 81, 243, 729))


@given(st.integers(1, 10_000), st.integers(1, 10), st.integers(2, 5))
def test_a_matter_that_grows_is_asked_about_seldom(most: int, first: int, times: int) -> None:
    steps = [count for count in range(1, most + 1) if is_step(count, first, times)]
    assert steps[:1] == ([first] if first <= most else [])
    assert all(after == before * times for before, after in itertools.pairwise(steps))


@given(st.integers(0, 49), st.integers(0, 49))
def test_the_same_address_and_the_same_heir_are_counted_in_the_window(
    same_address: int, same_heir: int
) -> None:
    recent = [
        trace(
            number,
            at=NOON - timedelta(days=1),
            address="here" if number < same_address else f"there {number}",
            heirs=("her",) if number < same_heir else (f"other {number}",),
        )
        for number in range(49)
    ]
    worker = seen(trace(99, address="here", heirs=("her", "his")))
    found = codes(worker, recent)
    assert (guard.SAME_ADDRESS in found) is (same_address + 1 in (8, 24))
    assert (guard.SAME_HEIR in found) is (same_heir + 1 in (4, 12, 36))


def test_workers_without_address_or_heir_share_none() -> None:
    assert codes(seen(trace(99)), an_hour_apart(49)) == set()


def test_a_record_is_not_compared_with_itself() -> None:
    recent = [trace(number, address="here") for number in range(8)]
    kept = questions_of_person(seen(recent[7], sharing=1), recent, LIMITS)
    assert [question.facts for question in kept] == [{"count": 8, "of": 50}]
    assert questions_of_person(seen(recent[6]), recent[:7], LIMITS) == ()


@pytest.mark.parametrize(("own", "heir"), [(True, False), (False, True), (True, True)])
def test_the_agent_s_own_number_and_name_are_always_asked_about(own: bool, heir: bool) -> None:
    found = codes(seen(trace(1), own_phone=own, agent_is_heir=heir))
    assert found == {
        code for code, is_so in ((guard.OWN_PHONE, own), (guard.AGENT_IS_HEIR, heir)) if is_so
    }


@given(
    st.lists(st.tuples(st.integers(15, 64), st.integers(0, 10**6)), max_size=60),
    st.integers(15, 64),
    st.integers(0, 500),
    st.booleans(),
)
def test_whatever_it_sees_it_only_asks_and_names_nobody(
    workers: list[tuple[int, int]], age: int, sharing: int, own: bool
) -> None:
    recent = [
        trace(number, at=NOON - timedelta(seconds=ago), age=each)
        for number, (each, ago) in enumerate(workers)
    ]
    asked = questions_about(
        seen(trace(99, age=age), sharing=sharing, own_phone=own), recent, {}, LIMITS
    )
    assert len({question.code for question in asked}) == len(asked)
    for question in asked:
        assert question.code in REASONS
        assert all(isinstance(fact, int) for fact in question.facts.values())


def test_every_threshold_is_dated_reasoned_and_says_where_it_is_from() -> None:
    told = told_thresholds()
    assert {name.split(".")[0] for name in told} >= {
        "burst",
        "night",
        "older_workers",
        "shared_phone",
    }
    for name, threshold in told.items():
        assert threshold.value > 0, name
        assert threshold.since >= date(2026, 11, 22), name
        assert threshold.reason.endswith("."), name
        assert threshold.source, name


@given(st.text(string.ascii_letters + " ,.-'", min_size=1, max_size=200))
def test_words_are_an_answer(words: str) -> None:
    if not words.split():
        return
    assert checked_answer(guard.BURST, words) == " ".join(words.split())


@pytest.mark.parametrize(
    "words",
    [
        "5171015708900001", "NIK 5171 0157 0890 0001", "5171.0157.0890.0001", "telp 0812-3456-7890",
        "lahir 17-08-1990", "lahir 17/08/1990", "+62812 3456 789",
    ],
)  # fmt: skip
def test_an_answer_keeps_no_long_number(words: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        checked_answer(guard.SHARED_PHONE, words)
    assert caught.value.code == "answer.digits"


@pytest.mark.parametrize("words", ["3 saudara", "Rp16.800 sebulan", "12 orang, 2 perahu", "RT 003"])
def test_small_numbers_may_stand_in_an_answer(words: str) -> None:
    assert checked_answer(guard.SHARED_PHONE, words) == words


@pytest.mark.parametrize(
    ("words", "code"),
    [("", "answer.missing"), ("  ", "answer.missing"), ("a" * 201, "answer.length"),
     ("a\u202eb", "answer.format"), ("a\x07b", "answer.format")],
)  # fmt: skip
def test_what_is_no_answer_is_refused(words: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        checked_answer(guard.NIGHT, words)
    assert caught.value.code == code
