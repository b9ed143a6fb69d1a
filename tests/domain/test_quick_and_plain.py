"""What is worked out in a quick way comes out as in the plain one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perisai_cli.domain import people
from perisai_cli.domain.enrolment import read_worker
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.period import parse_day, timestamp
from perisai_cli.domain.phones import normalise_phone
from perisai_cli.protocol.canonical import canonical

NOW = datetime(2026, 11, 22, 3, 4, 5, tzinfo=UTC)
WHOLE = {
    "nik": "5171015708900001", "name": "Ni Luh Sari", "birth_place": "Denpasar",
    "birth_date": "1990-08-17", "sex": "F", "phone": "+6281234567890", "email": "a@example.id",
    "address": {"text": "Jl. Segara 3", "rt": "003", "rw": "005", "village": "Sanur",
                "region": "517101"},
    "occupations": [{"code": "trader", "place": "Pasar Sindhu"}, {"code": "tailor"}],
    "income": 1500000, "tier": 3, "programs": ["jkk", "jkm", "jht"], "sector": "other",
    "payer": "self", "owner": False, "start": "2026-12", "months": 3,
    "heirs": [{"name": "I Made Ardi", "relationship": "spouse"}],
    "children": [{"name": "Putu", "birth_date": "2015-02-01"}],
    "attestation": {"working": True, "critically_ill": False, "text": "1",
                    "at": "2026-11-22T03:04:05Z",
                    "witness": {"name": "Ketut Saksi", "role": "ketua pasar"}},
    "consent": {"given": True, "method": "signature", "text": "1", "at": "2026-11-22T03:04:05Z"},
}  # fmt: skip


def test_a_worker_of_whom_everything_is_said_is_kept_whole() -> None:
    worker, faults, _ = read_worker(WHOLE, date(2026, 11, 22), NOW)
    assert not faults
    assert worker is not None
    assert worker.as_json() == WHOLE
    assert list(worker.as_json()["attestation"]) == list(WHOLE["attestation"])  # type: ignore[call-overload]


@pytest.mark.parametrize("name", sorted(set(WHOLE) & {"phone", "email", "heirs", "children"}))
def test_what_is_not_said_of_a_worker_is_not_kept_as_nothing(name: str) -> None:
    said = {each: value for each, value in WHOLE.items() if each != name}
    worker, _, _ = read_worker(said, date(2026, 11, 22), NOW)
    assert worker is not None
    assert worker.as_json() == said


def test_every_part_of_a_worker_is_known_by_its_members() -> None:
    parts = {each for each in vars(people).values() if hasattr(each, "__dataclass_fields__")}
    assert parts == set(people._PARTS)


offsets = st.integers(-720, 720).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@settings(deadline=None)
@given(st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30), timezones=offsets))  # noqa: DTZ001
def test_a_moment_is_written_as_by_its_form(moment: datetime) -> None:
    assert timestamp(moment) == moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def plainly(text: str) -> date | None:
    """Return the day in *text* by the widths of its numbers, or None."""
    parts = text.split("-")
    if [len(part) for part in parts] != [4, 2, 2]:
        return None
    if not all(part.isascii() and part.isdigit() for part in parts):
        return None
    try:
        return date(*map(int, parts))
    except ValueError:
        return None


@settings(deadline=None)
@given(
    st.one_of(
        st.text("0123456789-٣ \n", max_size=11),
        st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}\n?", fullmatch=True),
        st.dates().map(str),
    )
)
def test_a_day_is_read_by_its_numbers_alone(text: str) -> None:
    try:
        read = parse_day(text)
    except ValueError:
        read = None
    assert read == plainly(text)


@settings(deadline=None)
@given(st.from_regex(r"\+628[0-9]{6,13}\n?", fullmatch=True))
def test_a_number_in_its_kept_form_is_read_as_in_the_national_one(text: str) -> None:
    def read(written: str) -> str:
        try:
            return normalise_phone(written)
        except InvalidInput as error:
            return error.code

    assert read(text) == read("0" + text[3:])


def allowed(value: Any) -> bool:
    """Tell whether *value* has a canonical form, looking at every part of it."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and key.isascii() for key in value) and all(
            map(allowed, value.values())
        )
    if isinstance(value, list | tuple):
        return all(map(allowed, value))
    return not isinstance(value, float) and (not isinstance(value, int) or abs(value) <= 2**53 - 1)


keys = st.one_of(st.text("abc", max_size=3), st.just("é"), st.integers(0, 3), st.none())
values = st.recursive(
    st.one_of(
        st.text("ab", max_size=3), st.booleans(), st.none(), st.floats(allow_nan=True),
        st.integers(-(2**54), 2**54),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.tuples(inner), st.dictionaries(keys, inner, max_size=3)
    ),
    max_leaves=8,
)  # fmt: skip


@settings(deadline=None)
@given(values)
def test_what_has_no_canonical_form_is_refused_wherever_it_is(value: Any) -> None:
    try:
        canonical(value)
    except ValueError:
        refused = True
    else:
        refused = False
    assert refused is not allowed(value)
