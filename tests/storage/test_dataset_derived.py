"""What rests on several rows of a dataset is the same however its rows came."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perisai_cli.domain.facts import STANDINGS, Fact, Member, Paid
from perisai_cli.domain.ledger import CONFIRMED, MONEY
from perisai_cli.storage.dataset import Dataset, passing_dataset
from perisai_cli.storage.vault import Vault

FIRST = 24000
OPEN = ("accepted", "pending", "held")
DERIVED = "SELECT id, agent, region, cohort, member_standing, again FROM payments ORDER BY id"
COVERED = "SELECT id, covered, latest FROM members ORDER BY id"


def a_member(number: int, agent: str, standing: str) -> Member:
    return Member(
        f"m{number}", 1, standing, agent, agent, "W", "2026-01-01", f"51{number:02d}", "jkk,jkm", 1,
        FIRST, 1, "other", "self", 0, 16800, "r", 0,
    )  # fmt: skip


def a_payment(number: int, member: int, start: int, months: int, money: str, standing: str) -> Paid:
    return Paid(
        f"p{number:02d}", 1, standing, "A-1", "A-1", "W", "2026-01-01", f"m{member}", "jkk,jkm", 1,
        FIRST + start, months, "other", "self", 0, 16800 * months, "r", money, "2026-01-01",
    )  # fmt: skip


members = st.builds(
    a_member, st.integers(0, 2), st.sampled_from(["A-1", "A-2"]), st.sampled_from(STANDINGS)
)
# Few ids, most of them of money that counts: else a payment hardly ever comes a second time, to
# cover another member who is there.
payments = st.builds(
    a_payment, st.integers(0, 5), st.integers(0, 3), st.integers(0, 6), st.integers(1, 4),
    st.one_of(st.just(CONFIRMED), st.sampled_from(MONEY)),
    st.one_of(st.just("accepted"), st.sampled_from(STANDINGS)),
)  # fmt: skip
gone = st.sampled_from(["m0", "m1", "p00", "p01"])
arrivals = st.lists(st.one_of(members, payments, payments, gone), max_size=24)
pages = st.lists(st.lists(st.one_of(members, payments, payments, gone), max_size=8), max_size=5)


def derived(pages: Sequence[Sequence[Fact | str]], *, at_once: bool = False) -> Dataset:
    """Return a dataset that was given pages of facts, and of ids to remove, one after another.

    With *at_once* what follows upon each other of a page is put at once.
    """
    dataset = passing_dataset(Vault(bytes(32)))
    for page in pages:
        with dataset.transaction():
            if at_once:
                dataset.put([each for each in page if not isinstance(each, str)])
            else:
                for each in page:
                    dataset.remove([each]) if isinstance(each, str) else dataset.put([each])
            dataset.derive()
    return dataset


@settings(max_examples=300, deadline=None)
@given(pages)
def test_piece_by_piece_is_the_same_as_all_at_once(came: list[list[Fact | str]]) -> None:
    one, other = derived([list(itertools.chain(*came))]), derived(came)
    for question in (DERIVED, COVERED):
        assert list(one.rows(question, {})) == list(other.rows(question, {}))


@pytest.mark.parametrize("at_once", [True, False])
def test_a_payment_that_turns_out_to_be_anothers_leaves_its_first_member(at_once: bool) -> None:
    """Its months cover the other one, and no payment of the first covers what it did."""
    first, second = (a_member(number, "A-1", "accepted") for number in (0, 1))
    paid = a_payment(0, 0, 0, 3, CONFIRMED, "accepted")
    beside = a_payment(1, 0, 1, 4, CONFIRMED, "accepted")
    pages = [[first, second, paid, beside], [paid._replace(rev=2, member="m1")]]
    dataset = derived(pages, at_once=at_once)
    assert list(dataset.rows(COVERED, {})) == [
        ("m0", FIRST + 4, FIRST + 1), ("m1", FIRST + 2, FIRST),
    ]  # fmt: skip
    again = dataset.rows("SELECT id, member, again FROM payments ORDER BY id", {})
    assert list(again) == [("p00", "m1", 0), ("p01", "m0", 0)]


def test_a_page_costs_the_same_however_much_is_there() -> None:
    """Neither before the first reckoning, when no index is there, nor after it, is a table read."""
    dataset = passing_dataset(Vault(bytes(32)))
    told: list[None] = []
    dataset.connection.raw.set_progress_handler(lambda: told.append(None), 100)

    def steps(start: int) -> int:
        """Return how much it takes to keep a page, to correct some of it, and to remove some."""
        page = [a_payment(n, n, 0, 1, CONFIRMED, "accepted") for n in range(start, start + 1000)]
        moved = [each._replace(member=f"{each.member}0") for each in page[:100]]
        told.clear()
        dataset.put(page)
        dataset.put(moved)
        dataset.remove([each.id for each in moved[:50]])
        return len(told)

    bare = [steps(start) for start in (0, 1000, 5000, 6000)]
    dataset.derive()
    indexed = [steps(start) for start in (10000, 11000, 15000, 16000)]
    assert bare[-1] < 1.2 * bare[0]
    assert indexed[-1] < 1.2 * indexed[0]


@settings(max_examples=150, deadline=None)
@given(arrivals)
def test_a_month_is_covered_once_and_by_nothing_but_confirmed_money(came: list[Fact | str]) -> None:
    dataset = derived([came])
    rows = dataset.rows(
        "SELECT member, start, months, again, money, standing FROM payments ORDER BY member", {}
    )
    counted: list[tuple[str, int]] = []
    meant: set[tuple[str, int]] = set()
    for member, start, months, again, money, standing in rows:
        months_paid = range(start, start + months)
        if money == CONFIRMED and standing in OPEN:
            counted += [(member, month) for month in months_paid[again:]]
            meant |= {(member, month) for month in months_paid}
        else:
            assert again == 0
    assert sorted(counted) == sorted(meant)
    for member, covered, latest in dataset.rows(COVERED, {}):
        last = max((month for who, month in meant if who == member), default=0)
        assert covered == last
        assert (latest == 0) == (last == 0)
