"""What was paid for one record of a person counts for the record that stands for them."""

from __future__ import annotations

import itertools

import pytest
from made_books import Device, Overseer, a_nik, an_id, at, enrolment, line, payment
from merge_field import VAULT, Table

from perisai_cli.domain.facts import number_of
from perisai_cli.domain.period import Month
from perisai_cli.storage import handovers, merge_answers

OVERSEER = Overseer()
NIK = a_nik(7)
FIRST, SECOND, THIRD, PAID, BACK = an_id(1), an_id(2), an_id(3), an_id(11), an_id(12)
OCTOBER = number_of(Month(2026, 10))
BOOKS = (
    Device(1, "A-1").book(OVERSEER, [line(FIRST, enrolment(1, NIK))]),
    Device(2, "A-2").book(OVERSEER, [
        line(SECOND, enrolment(2, NIK)),
        line(PAID, payment(SECOND, months=3), kind="payment"),
        line(BACK, enrolment(2, NIK) | {"member": SECOND}, kind="reactivation"),
    ]),
)  # fmt: skip


@pytest.fixture
def table() -> Table:
    table = Table(OVERSEER)
    assert table.merge(*BOOKS) == []
    return table


def covered(table: Table, record_id: str) -> int:
    return int(table.fact(record_id)["covered"])


def take_back(table: Table, question: merge_answers.Question) -> None:
    with table.data.transaction():
        merge_answers.take_back(table.data, question.id)
        table.conclude()


def test_the_winner_is_covered_by_what_was_paid_for_the_loser_until_that_is_taken_back(
    table: Table,
) -> None:
    before = table.dump()
    assert (covered(table, FIRST), covered(table, SECOND)) == (0, OCTOBER + 2)
    [question] = table.questions
    table.answer(question, 1)
    assert (covered(table, FIRST), covered(table, SECOND)) == (OCTOBER + 2, 0)
    paid, back = table.fact(PAID), table.fact(BACK)
    assert (paid["member"], paid["member_standing"], paid["agent"], paid["author"]) == (
        FIRST, "accepted", "A-1", "A-2",
    )  # fmt: skip
    assert (back["member"], back["agent"], back["author"]) == (FIRST, "A-2", "A-2")
    take_back(table, question)
    assert table.dump() == before


def test_it_holds_after_later_books_and_for_those_who_come_later(table: Table) -> None:
    [question] = table.questions
    table.answer(question, 1)
    third = Device(3, "A-3")
    assert table.merge(third.book(OVERSEER, [line(THIRD, enrolment(3, NIK))])) == []
    [wider] = table.questions
    assert set(wider.sides) == {FIRST, THIRD}
    table.answer(wider, wider.sides.index(THIRD) + 1, at(2000))
    assert (covered(table, FIRST), covered(table, THIRD)) == (0, OCTOBER + 2)
    assert table.fact(PAID)["member"] == THIRD
    take_back(table, wider)
    assert (covered(table, FIRST), covered(table, THIRD)) == (OCTOBER + 2, 0)


def test_answers_stand_in_the_order_in_which_they_were_given_whatever_the_clock_said(
    table: Table,
) -> None:
    [question] = table.questions
    table.answer(question, 1)
    table.merge(Device(3, "A-3").book(OVERSEER, [line(THIRD, enrolment(3, NIK))]))
    [wider] = table.questions
    table.answer(wider, wider.sides.index(THIRD) + 1)
    given = [answer.question.id for answer in merge_answers.answers(table.data)]
    assert given == [question.id, wider.id]
    assert table.questions == []
    assert covered(table, THIRD) == OCTOBER + 2
    table.answer(question, 1)
    given = [answer.question.id for answer in merge_answers.answers(table.data)]
    assert given == [wider.id, question.id]


def test_money_is_its_own_record_s_again_once_all_answers_are_taken_back(table: Table) -> None:
    [question] = table.questions
    table.answer(question, 1)
    table.merge(Device(3, "A-3").book(OVERSEER, [line(THIRD, enrolment(3, NIK))]))
    [wider] = table.questions
    table.answer(wider, wider.sides.index(THIRD) + 1, at(2000))
    take_back(table, wider)
    take_back(table, question)
    assert (covered(table, FIRST), covered(table, SECOND)) == (0, OCTOBER + 2)
    assert table.fact(PAID)["member"] == SECOND


def test_the_same_comes_out_whichever_comes_first_answer_hand_over_or_book() -> None:
    probe = Table(OVERSEER)
    probe.merge(*BOOKS)
    [question] = probe.questions

    def answer(table: Table) -> None:
        table.answer(question, 1)

    def books(table: Table) -> None:
        assert table.merge(*BOOKS) == []

    def newer(table: Table) -> None:
        book = Device(4, "A-2").book(
            OVERSEER, [line(PAID, payment(SECOND, months=2), rev=2, kind="payment")], minutes=90
        )
        assert table.merge(book) == []

    seen = set()
    for order in itertools.permutations((answer, books, newer)):
        table = Table(OVERSEER)
        for step in order:
            step(table)
        assert (covered(table, FIRST), covered(table, SECOND)) == (OCTOBER + 1, 0)
        about = table.fact(PAID)
        seen.add(tuple(about[name] for name in ("rev", "member", "months", "agent")))
    assert seen == {(2, FIRST, 2, "A-1")}


def test_a_reactivation_follows_the_record_it_counts_for_when_that_is_handed_over(
    table: Table,
) -> None:
    [question] = table.questions
    table.answer(question, 1)
    with table.data.transaction():
        move = handovers.Move("A-1", "A-9", "S-1", at(3000), "pindah")
        handovers.hand_over(table.data, VAULT, move, [FIRST])
        table.conclude()
    given = {each: table.fact(each)["agent"] for each in (FIRST, SECOND, PAID, BACK)}
    assert given == {FIRST: "A-9", SECOND: "A-2", PAID: "A-9", BACK: "A-9"}
    assert table.merge() == []
    assert {each: table.fact(each)["agent"] for each in given} == given
    take_back(table, question)
    assert table.fact(BACK)["agent"] == table.fact(PAID)["agent"] == "A-2"
