"""Money has four states, moves one way, and only what is confirmed covers a month."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.ledger import (
    CHANNELS,
    MONEY,
    Payment,
    arrived_by,
    confirmed_months,
    is_reference,
    moved_on,
    needs_reference,
    spoken_for,
)
from perisai_cli.domain.period import Month


def a_payment(money: str, start: str = "2026-12", months: int = 3) -> Payment:
    assert money in MONEY
    return Payment("m", ("jkk", "jkm"), Month.parse(start), months, 50_400, money)


@given(st.sampled_from(MONEY), st.sampled_from(MONEY))
def test_money_only_ever_moves_on(now: str, to: str) -> None:
    if MONEY.index(to) > MONEY.index(now):
        assert moved_on(now, to) == to
    else:
        with pytest.raises(InvalidInput) as refused:
            moved_on(now, to)
        assert refused.value.code == "money.order"


def test_only_confirmed_money_covers_a_month() -> None:
    for money in MONEY:
        covered = confirmed_months([a_payment(money)])
        assert covered == (
            {Month(2026, 12), Month(2027, 1), Month(2027, 2)} if money == "confirmed" else set()
        )
        assert len(spoken_for([a_payment(money)])) == 3


def test_money_leaves_the_hand_by_a_channel_that_is_no_hand() -> None:
    for money in ("promised", "received"):
        assert arrived_by(money, None) is None
        assert arrived_by(money, "cash") == "cash"
    for money in ("remitted", "confirmed"):
        with pytest.raises(InvalidInput, match=r"channel\.needed"):
            arrived_by(money, None)
        with pytest.raises(InvalidInput, match=r"channel\.cash"):
            arrived_by(money, "cash")
        for channel in set(CHANNELS) - {"cash"}:
            assert arrived_by(money, channel) == channel
    assert [money for money in MONEY if needs_reference(money)] == ["confirmed"]


@pytest.mark.parametrize(
    "nik", ["5171015708909999", " 5171 0157 0890 9999 ", "51.7101.570890-9999"]
)
def test_a_nik_however_it_is_written_is_no_reference(nik: str) -> None:
    assert not is_reference(nik)


@pytest.mark.parametrize(
    ("typed", "fits"), [("S-17", True), ("", False), ("9" * 40, True), ("9" * 41, False)]
)
def test_a_reference_is_short_and_printable(typed: str, fits: bool) -> None:
    assert is_reference(typed) == fits
