"""Books that an agent's own program would never write: none of them harms another's records."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from made_books import Device, Overseer, a_nik, an_id, at, enrolment, line, payment
from merge_field import NOW, Table
from pydantic import ValidationError

from perisai_cli.protocol.book import MAX_RECORD, BookManifest, codes_told
from perisai_cli.storage.merging import _chunks

OVERSEER = Overseer()
ERASED = {"erased": {"at": at(5), "reason": "subject_asked"}}
WITHDRAWN = {"withdrawn": {"at": at(5), "reason": "other"}}
OWN = line(an_id(1), enrolment(1))
MONEY = line(an_id(11), payment(an_id(1)), kind="payment")
OTHERS = {
    "a higher revision": line(an_id(1), enrolment(9), rev=9),
    "the same revision": line(an_id(1), enrolment(9)),
    "the very same": OWN,
    "an erasure": line(an_id(1), ERASED, rev=9, state="withdrawn"),
    "a withdrawal": line(an_id(1), WITHDRAWN, rev=9, state="withdrawn"),
    "another kind": line(an_id(1), payment(an_id(2)), rev=9, kind="payment"),
}


@pytest.fixture
def table() -> Table:
    return Table(OVERSEER)


# One record, two agents


@pytest.mark.parametrize("theirs", OTHERS.values(), ids=OTHERS)
def test_another_agents_book_never_takes_a_record_over_nor_erases_it(theirs: Any) -> None:
    owner, other = Device(1, "A-1"), Device(2, "A-2")
    books = [
        owner.book(OVERSEER, [OWN, MONEY], minutes=50),
        other.book(OVERSEER, [theirs], minutes=60),
    ]
    dumps = set()
    for order in itertools.permutations(books):
        table = Table(OVERSEER)
        assert table.merge(*order) == []
        assert table.fact(an_id(1))["standing"] == "conflict"
        assert table.fact(an_id(1))["agent"] == table.fact(an_id(11))["agent"] == "A-1"
        assert table.data.person(an_id(1))["worker"]["nik"] == a_nik(1)
        [question] = table.questions
        assert question.kind == "conflict"
        assert {side.split(":")[2] for side in question.sides} == {"A-1", "A-2"}
        dumps.add(table.dump())
    assert len(dumps) == 1


def test_a_book_of_the_owner_that_comes_later_is_the_owners_still(table: Table) -> None:
    """The oldest book that has the record tells whose it is, in whatever revision."""
    owner, other = Device(1, "A-1"), Device(2, "A-2")
    first = owner.book(OVERSEER, [OWN], minutes=40)
    theirs = other.book(OVERSEER, [line(an_id(1), enrolment(9))], minutes=50)
    later = owner.book(OVERSEER, [line(an_id(1), enrolment(1, months=6), rev=2)], minutes=60)
    assert table.merge(first, theirs, later) == []
    assert (table.fact(an_id(1))["agent"], table.fact(an_id(1))["months"]) == ("A-1", 6)


def test_whose_a_record_is_can_be_answered_and_taken_as_said(table: Table) -> None:
    owner, other = Device(1, "A-1"), Device(2, "A-2")
    table.merge(owner.book(OVERSEER, [OWN, MONEY]))
    table.merge(other.book(OVERSEER, [OTHERS["an erasure"]]))
    [question] = table.questions
    for number, side in enumerate(question.sides, 1):
        table.answer(question, number)
        assert table.questions == []
        if side.endswith(":A-2"):
            with pytest.raises(KeyError):  # what was erased counts nowhere
                table.fact(an_id(1))
            assert table.data.person(an_id(1)) == {}
        else:
            fact = table.fact(an_id(1))
            assert (fact["standing"], fact["agent"]) == ("accepted", "A-1")
            assert table.data.person(an_id(1))["worker"]["nik"] == a_nik(1)


def test_an_answer_moves_a_record_to_the_table_of_its_kind(table: Table) -> None:
    table.merge(Device(1, "A-1").book(OVERSEER, [OWN]))
    table.merge(Device(2, "A-2").book(OVERSEER, [OTHERS["another kind"]]))
    [question] = table.questions
    rows = "SELECT (SELECT count(*) FROM members), (SELECT count(*) FROM payments)"
    for number, side in enumerate(question.sides, 1):
        table.answer(question, number)
        [counts] = table.data.connection.tuples(rows, {})
        assert tuple(counts) == ((0, 1) if side.endswith(":A-2") else (1, 0))


def test_a_device_stays_its_first_agents(table: Table) -> None:
    device = Device(1, "A-1")
    assert table.merge(device.book(OVERSEER, [OWN])) == []
    assert table.merge(device.book(OVERSEER, [OWN], agent="A-2")) == ["book.other_agent"]
    assert table.merge(device.book(OVERSEER, [OWN], office="W-09")) == []
    assert table.fact(an_id(1))["office"] == "W-09"


# Bodies


FIRST = an_id(3)


@pytest.mark.parametrize(
    "wrong",
    [
        line(FIRST, payment(an_id(1), money="foo", moved={"foo": at(3)}), kind="payment"),
        line(FIRST, payment(an_id(1), tier=99), kind="payment"),
        line(FIRST, payment("5171015701900001"), kind="payment"),
        line(FIRST, payment(an_id(1), moved={"confirmed": "2026-09-01"}), kind="payment"),
        line(FIRST, payment(an_id(1)) | {"rules": "5171015701900001 "}, kind="payment"),
        line(FIRST, payment(an_id(1)) | {"amount": 2**53 - 1}, kind="payment"),
        line(FIRST, enrolment(3, programs=["xyz"])),
        line(FIRST, enrolment(3, start="1999-12")),
        line(FIRST, enrolment(3) | {"worker": "x"}),
        line(FIRST, enrolment(3, name=["x"])),
        line(FIRST, enrolment(3, phone=7)),
        line(FIRST, enrolment(3) | {"worker": ["x"], "member": an_id(1)}, kind="reactivation"),
        line(FIRST, enrolment(3), state="withdrawn"),
        line(FIRST, WITHDRAWN, state="withdrawn") | {"columns": {"tier": 99}},
    ],
)
def test_a_body_that_can_not_be_refuses_its_book_alone(table: Table, wrong: Any) -> None:
    books = [Device(1, "A-1").book(OVERSEER, [wrong]), Device(2, "A-2").book(OVERSEER, [OWN])]
    assert table.merge(*books) == ["book.record"]
    assert table.fact(an_id(1))["standing"] == "accepted"


def test_a_fault_in_facts_alone_refuses_a_book_without_persons(table: Table) -> None:
    device = Device(1, "A-1")
    told = {"day": "2026-09-01", "region": "5171", "programs": "jkk,jkm", "tier": 1,
            "start": 24321, "months": 3, "sector": "other", "payer": "self", "owner": 0,
            "amount": 50400, "rules": "ab12", "quality": 0}  # fmt: skip
    bare = {name: value for name, value in OWN.items() if name not in ("body", "columns")}

    def book(**changes: Any) -> bytes:
        return device.made_of(OVERSEER, [bare | {"facts": told | changes}], persons=False)

    for changes in ({"tier": 0}, {"programs": ""}, {"start": 0}, {"day": "20260901"}, {"more": 1}):
        assert table.merge(book(**changes)) == ["book.record"]
    assert table.merge(book()) == []


@pytest.mark.parametrize(
    ("kind", "extra", "state"),
    [
        ("enrolment", WITHDRAWN | {"worker": "x"}, "withdrawn"),
        ("enrolment", ERASED | {"worker": {"nik": a_nik(3), "name": "Ni Luh"}}, "withdrawn"),
        ("payment", payment(an_id(1)) | {"worker": "x"}, "accepted"),
        ("payment", payment(an_id(1)) | {"worker": {"name": "Ni Luh"}}, "accepted"),
    ],
)
def test_a_worker_where_none_belongs_is_nobody(
    table: Table, kind: str, extra: dict[str, Any], state: str
) -> None:
    told = line(FIRST, extra, kind=kind, state=state)
    assert table.merge(Device(1, "A-1").book(OVERSEER, [told])) == []
    assert "worker" not in table.data.person(FIRST)
    [row] = table.data.connection.rows("SELECT nik_index FROM counted")
    assert row["nik_index"] is None


def test_a_withdrawal_that_its_central_took_later_stays_withdrawn(table: Table) -> None:
    for persons in (True, False):
        told = line(FIRST, WITHDRAWN, state="accepted")
        again = Table(OVERSEER)
        assert again.merge(Device(1, "A-1").book(OVERSEER, [told], persons=persons)) == []
        assert again.fact(FIRST)["standing"] == "withdrawn"


# Moments


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59Z", "2026-13-01T00:00:00Z", "x" * 40,
                                    "2026-09-01T00:00:60Z", "2026-09-01T00:00Z"])  # fmt: skip
def test_what_is_no_moment_is_refused(table: Table, moment: str) -> None:
    device = Device(1, "A-1")
    for name in ("changed_at", "created_at"):
        assert table.merge(device.made_of(OVERSEER, [OWN | {name: moment}])) == ["book.line"]
    for name in ("made_at", "last_success"):
        with pytest.raises(ValidationError):
            device.book(OVERSEER, [OWN], **{name: moment})


def test_a_book_from_the_future_is_refused_and_no_record_moves_the_newest_change(
    table: Table,
) -> None:
    device = Device(1, "A-1")
    assert table.merge(device.book(OVERSEER, [OWN], made_at="2031-01-01T00:00:00Z")) == [
        "book.future"
    ]
    late = OWN | {"changed_at": "2031-01-01T00:00:00Z"}
    assert table.merge(device.made_of(OVERSEER, [late], made_at="2026-12-01T20:00:00Z")) == []
    assert table.data.kept("as_of") == NOW


# Length


def test_a_line_that_is_no_records_is_refused_before_it_is_read(table: Table) -> None:
    long = line(an_id(2), enrolment(2) | {"x": "y" * MAX_RECORD})
    device = Device(1, "A-1")
    assert table.merge(device.book(OVERSEER, [OWN, long])) == ["book.record_length"]
    assert table.merge(device.book(OVERSEER, [OWN])) == []


def test_the_longest_honest_record_is_far_shorter() -> None:
    name = "\U00011000" * 60
    people = [{"name": name, "relationship": "grandparent"}] * 10
    whole = enrolment(
        1, name=name, heirs=people, children=[{"name": name, "birth_date": "2020-01-01"}] * 10,
        address={"text": name * 3, "region": "517101", "village": name},
        occupations=[{"code": "trader", "place": name}] * 3,
    )  # fmt: skip
    assert len(str(line(an_id(1), whole)).encode()) * 4 < MAX_RECORD


def test_long_records_are_taken_fewer_at_a_time() -> None:
    class Sized(tuple[Any, ...]):
        size = MAX_RECORD

    lengths = [len(chunk) for chunk in _chunks(Sized() for _ in range(200))]  # type: ignore[misc]
    assert sum(lengths) == 200
    assert max(lengths) * MAX_RECORD <= 5 * 2**20


# What is shown


@pytest.mark.parametrize("name", ["agent", "office", "name", "app"])
@pytest.mark.parametrize("value", ["A\x1b[2J", "A\u202e1", " A-1", "A\n1", "x" * 65])
def test_no_name_in_a_manifest_steers_a_terminal(name: str, value: str) -> None:
    with pytest.raises(ValidationError):
        Device(1, "A-1").book(OVERSEER, [OWN], **{name: value})
    assert BookManifest.model_fields[name].annotation is str


@pytest.mark.parametrize("code", ["\x1b[2J", "Ni Luh", "", "a" * 65])
def test_a_code_is_a_code(table: Table, code: str) -> None:
    book = Device(1, "A-1").made_of(OVERSEER, [OWN | {"codes": [code]}])
    assert table.merge(book) == ["book.line"]
    assert codes_told([code, "nik.date", "nik.date"]) == ["other", "nik.date"]
