"""The four states of a member's money, and which months it has really paid for.

Money is *promised* by the member, *received* in cash by the agent, *remitted* by the agent or paid
by the member into a channel, and *confirmed* once the channel's own reference says that it arrived.
A month counts for cover only when its money is confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.identity import clean_nik
from perisai_cli.domain.period import Month, months_from

Money = Literal["promised", "received", "remitted", "confirmed"]

PROMISED: Money = "promised"
RECEIVED: Money = "received"
REMITTED: Money = "remitted"
CONFIRMED: Money = "confirmed"
MONEY: tuple[Money, ...] = (PROMISED, RECEIVED, REMITTED, CONFIRMED)

CHANNELS = (
    "perisai", "pos", "brilink", "bni46", "indomaret", "alfamart", "bank", "ewallet", "cash",
)  # fmt: skip
"""Where money is paid in; ``cash`` is the agent's own hand and is never where money arrives."""

REFERENCE_LIMIT = 40
_NIK_DIGITS = 16

# The member may pay a channel directly, so that the agent never holds the money.
_AFTER: dict[Money, tuple[Money, ...]] = {
    PROMISED: (RECEIVED, REMITTED, CONFIRMED),
    RECEIVED: (REMITTED, CONFIRMED),
    REMITTED: (CONFIRMED,),
    CONFIRMED: (),
}


@dataclass(frozen=True, slots=True)
class Payment:
    """Money for a member's months.

    Attributes:
        member: Id of the member's record.
        programs: Programme codes that it pays for.
        start: First month that it pays for.
        months: How many months, 1 or more.
        amount: Whole rupiah for all of them.
        money: How far the money has come.
    """

    member: str
    programs: tuple[str, ...]
    start: Month
    months: int
    amount: int
    money: Money

    def paid_months(self) -> frozenset[Month]:
        """Return the months that it pays for."""
        return frozenset(months_from(self.start, self.months))


def moved_on(now: Money, to: Money) -> Money:
    """Return the state *to*, when money that is *now* there can come to it.

    Raises:
        InvalidInput: ``money.order``: money never goes back; take the payment back instead.
    """
    if to not in _AFTER[now]:
        raise InvalidInput("money.order", field="/money", now=now, to=to)
    return to


def needs_reference(to: Money) -> bool:
    """Tell whether a state is only as good as the channel's reference for it."""
    return to == CONFIRMED


def is_reference(typed: str) -> bool:
    """Tell whether a text may be a channel's reference; a NIK, by which one also pays, is none."""
    plain = typed.strip()
    digits = clean_nik(plain)
    like_nik = digits.isdigit() and len(digits) == _NIK_DIGITS
    return 0 < len(plain) <= REFERENCE_LIMIT and plain.isprintable() and not like_nik


def arrived_by(to: Money, channel: str | None) -> str | None:
    """Return the channel by which money came to the state *to*.

    Raises:
        InvalidInput: ``channel.needed``: money leaves the agent's hand by a channel.
        InvalidInput: ``channel.cash``: cash in a hand is not where money arrives.
    """
    if to in (REMITTED, CONFIRMED):
        if channel is None:
            raise InvalidInput("channel.needed", field="/channel", choices=", ".join(CHANNELS[:-1]))
        if channel == "cash":
            raise InvalidInput("channel.cash", field="/channel")
    return channel


def confirmed_months(payments: Iterable[Payment]) -> frozenset[Month]:
    """Return the months that confirmed money covers: the only ones that cover is told from."""
    return _months(payments, (CONFIRMED,))


def handed_over(payments: Iterable[Payment]) -> frozenset[Month]:
    """Return the months whose money the member gave, and that has not been seen to arrive."""
    return _months(payments, (RECEIVED, REMITTED))


def spoken_for(payments: Iterable[Payment]) -> frozenset[Month]:
    """Return the months for which some money is promised, on its way, or there."""
    return _months(payments, MONEY)


def _months(payments: Iterable[Payment], states: tuple[Money, ...]) -> frozenset[Month]:
    return frozenset(
        month for payment in payments if payment.money in states for month in payment.paid_months()
    )
