"""What rests on several rows of a dataset is the same however its rows came."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

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
    a_member, st.integers(0, 3), st.sampled_from(["A-1", "A-2"]), st.sampled_from(STANDINGS)
)
payments = st.builds(
    a_payment, st.integers(0, 9), st.integers(0, 4), st.integers(0, 6), st.integers(1, 4),
    st.sampled_from(MONEY), st.sampled_from(STANDINGS),
)  # fmt: skip
arrivals = st.lists(
    st.one_of(members, payments, st.sampled_from(["m0", "m1", "p00", "p01"])), max_size=24
)


def derived(pages: Sequence[Sequence[Fact | str]]) -> Dataset:
    """Return a dataset that was given pages of facts, and of ids to remove, one after another."""
    dataset = passing_dataset(Vault(bytes(32)))
    for page in pages:
        with dataset.transaction():
            for each in page:
                dataset.remove([each]) if isinstance(each, str) else dataset.put([each])
            dataset.derive()
    return dataset


@settings(max_examples=150, deadline=None)
@given(arrivals, st.lists(st.integers(0, 24), max_size=4))
def test_piece_by_piece_is_the_same_as_all_at_once(came: list[Fact | str], cuts: list[int]) -> None:
    edges = [0, *sorted(min(cut, len(came)) for cut in cuts), len(came)]
    pieces = [came[a:b] for a, b in itertools.pairwise(edges)]
    one, other = derived([came]), derived(pieces)
    for question in (DERIVED, COVERED):
        assert list(one.rows(question, {})) == list(other.rows(question, {}))


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
