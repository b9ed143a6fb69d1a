"""What a merge comes to is a function of the set of books, whatever their order and grouping."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from made_books import Device, Overseer, a_nik, an_id, at, enrolment, event, line, payment
from merge_field import merged

OVERSEER = Overseer()
ERASED = {"erased": {"at": at(5), "reason": "subject_asked"}}
WITHDRAWN = {"withdrawn": {"at": at(4), "reason": "changed_mind"}}
OTHERWISE = {"withdrawn": {"at": at(6), "reason": "other"}}

STATES: list[dict[str, Any]] = [
    {"state": "queued", "acked_rev": 0, "seq": None},
    {"state": "accepted", "seq": 5},
    {"state": "accepted", "seq": 9, "assigned": {"kpj": "00000000001", "sample": True}},
    {"state": "held", "seq": 5, "codes": ["health.declared"]},
    {"state": "needs_fix", "seq": 8, "codes": ["nik.date", "phone.format"]},
    {"state": "duplicate", "seq": 8},
    {"state": "conflict", "seq": 6},
]


@st.composite
def member_lines(draw: st.DrawFn) -> dict[str, Any]:
    """Draw what a book says of one of four members."""
    number = draw(st.integers(1, 4))
    rev = draw(st.integers(1, 3))
    content = draw(st.sampled_from(["one", "other", "same_nik", "withdrawn", "again", "erased"]))
    if content in ("withdrawn", "again"):
        body = WITHDRAWN if content == "withdrawn" else OTHERWISE
        states = [{"state": "withdrawn", "seq": 4}, STATES[0] | {"state": "withdrawn"}, STATES[4]]
        return line(an_id(number), body, rev=rev, **draw(st.sampled_from(states)))
    if content == "erased":
        return line(an_id(number), ERASED, rev=rev, state="withdrawn", seq=draw(st.integers(1, 9)))
    nik = a_nik(77) if content == "same_nik" else None
    changes = {"income": 2000000} if content == "other" else {}
    return line(
        an_id(number), enrolment(number, nik, **changes), rev=rev, **draw(st.sampled_from(STATES))
    )


@st.composite
def other_lines(draw: st.DrawFn) -> dict[str, Any]:
    """Draw what a book says of a payment, a reactivation or an event."""
    number, rev, state = (
        draw(st.integers(11, 13)),
        draw(st.integers(1, 2)),
        draw(st.sampled_from(STATES[:4])),
    )
    member = an_id(draw(st.integers(1, 3)))
    if number == 13:
        counted = {"enrolled": draw(st.integers(0, 3)), "paid": draw(st.sampled_from([None, 0, 1]))}
        return line(an_id(13), event(20), rev=rev, kind="outreach", **state, **counted)
    months, money = draw(st.integers(1, 3)), draw(st.sampled_from(["confirmed", "promised"]))
    body = payment(member, months=months, money=money, moved={money: at(3)})
    if draw(st.booleans()):
        return line(an_id(number), body, rev=rev, kind="payment", **state)
    body = enrolment(number) | {"member": member}
    return line(an_id(number + 10), body, rev=rev, kind="reactivation", **state)


class Drawn(bytes):
    """A book that shows what stands in it, instead of its octets."""

    told: str

    def __repr__(self) -> str:
        return self.told


@st.composite
def books(draw: st.DrawFn) -> list[bytes]:
    """Draw a handful of books of three devices, two of which have the same agent."""
    devices = [Device(1, "A-1"), Device(2, "A-2"), Device(3, "A-1")]
    found: list[bytes] = []
    for _ in range(draw(st.integers(2, 5))):
        device = draw(st.sampled_from(devices))
        told = draw(
            st.lists(member_lines() | other_lines(), max_size=6, unique_by=lambda x: x["id"])
        )
        minutes, region = draw(st.integers(50, 54)), draw(st.sampled_from(["5171", "9171"]))
        office, persons = draw(st.sampled_from(["W-03", "W-04"])), draw(st.booleans())
        made: dict[str, Any] = {"region": region, "office": office, "persons": persons}
        book = Drawn(device.book(OVERSEER, told, minutes=minutes, **made))
        seen = [
            (each["id"][-2:], each["rev"], each["hash"][:4], each["state"], each["acked_rev"])
            for each in told
        ]
        book.told = f"{device.agent}/{device.number}/{device.made} {minutes} {made} {seen}"
        found.append(book)
    return found


@st.composite
def groupings(draw: st.DrawFn, found: list[bytes]) -> list[list[bytes]]:
    """Draw the same books in another order, in groups, some of them twice."""
    order = draw(st.permutations(found))
    again = draw(st.lists(st.sampled_from(found), max_size=2))
    groups: list[list[bytes]] = [[]]
    for book in [*order, *again]:
        if groups[-1] and draw(st.booleans()):
            groups.append([])
        groups[-1].append(book)
    return groups


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_order_and_grouping_of_the_same_books_gives_the_same_dataset(data: Any) -> None:
    found = data.draw(books())
    first = merged(OVERSEER, [found]).dump()
    again = merged(OVERSEER, data.draw(groupings(found))).dump()
    assert json.loads(again) == json.loads(first)


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_answers_that_were_given_hold_in_whatever_order_the_books_come(data: Any) -> None:
    found = data.draw(books())
    table = merged(OVERSEER, [found])
    given_answers = []
    while table.questions:
        question = table.questions[0]
        choice = data.draw(st.integers(1, len(question.sides)))
        moment = at(1000 + len(given_answers))
        given_answers.append((question, choice, moment))
        table.answer(question, choice, moment)
        assert len(given_answers) < 40
    again = merged(OVERSEER, [])
    for answer in given_answers:
        again.answer(*answer)
    for group in data.draw(groupings(found)):
        again.merge(*group)
    assert json.loads(again.dump()) == json.loads(table.dump())
    assert again.questions == []
