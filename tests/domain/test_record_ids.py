"""Record ids: UUID version 7, in order of time, never twice."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perisai_cli.domain.ids import is_id, new_id

NOW = datetime(2026, 11, 22, 3, 4, 5, 678000, tzinfo=UTC)
moments = st.datetimes(
    datetime(1970, 1, 2),  # noqa: DTZ001 - Hypothesis adds the zone
    datetime(2900, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)


@settings(deadline=None)
@given(moments)
def test_the_layout_is_that_of_rfc_9562(moment: datetime) -> None:
    text = new_id(moment)
    parsed = uuid.UUID(text)
    assert (parsed.version, parsed.variant) == (7, uuid.RFC_4122)
    assert text == str(parsed)
    assert text[14] == "7"
    assert text[19] in "89ab"
    since = moment - datetime(1970, 1, 1, tzinfo=UTC)
    assert abs((parsed.int >> 80) - since // timedelta(milliseconds=1)) <= 1
    assert is_id(text)


@settings(deadline=None)
@given(moments, st.integers(2, 10**9))
def test_a_later_id_sorts_after_an_earlier_one(moment: datetime, milliseconds: int) -> None:
    later = moment + timedelta(milliseconds=milliseconds)
    assert new_id(moment) < new_id(later)


def test_ids_of_one_millisecond_keep_their_order() -> None:
    moments = [NOW.replace(microsecond=micro) for micro in range(678_000, 679_000)]
    made = [new_id(moment) for moment in moments]
    assert made == sorted(made)


def test_ids_of_one_moment_differ_and_fill_their_random_bits() -> None:
    made = [uuid.UUID(new_id(NOW)).int for _ in range(2000)]
    assert len(set(made)) == 2000
    ones = zeros = 0
    for each in made:
        ones |= each
        zeros |= ~each
    random_bits = 2**62 - 1
    assert ones & zeros & random_bits == random_bits


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "00000000-0000-0000-0000-000000000000",
        "6ba7b810-9dad-11d1-80b4-00c04fd430c8",  # version 1
        "f47ac10b-58cc-4372-a567-0e02b2c3d479",  # version 4
        "019366b7-8f3e-7d4b-c111-2233445566aa",  # variant of another kind
        "019366B7-8F3E-7D4B-9111-2233445566AA",  # capitals
        "019366b78f3e7d4b91112233445566aa",  # no dashes
        "{019366b7-8f3e-7d4b-9111-2233445566aa}",
        "urn:uuid:019366b7-8f3e-7d4b-9111-2233445566aa",
        "019366b7-8f3e-7d4b-9111-2233445566aa\n",
    ],
)
def test_what_is_not_version_7_in_canonical_form_is_no_id(text: str) -> None:
    assert not is_id(text)


def test_an_id_in_canonical_form_is_one() -> None:
    assert is_id("019366b7-8f3e-7d4b-9111-2233445566aa")
