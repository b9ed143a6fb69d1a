"""Cover: when it begins, until when paid months carry it, and its state on a day."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from perisai_cli.domain.period import Month
from perisai_cli.rules.benefit_jkm import short_membership
from perisai_cli.rules.law import Law
from perisai_cli.rules.parameter import Value

STATES = ("not_begun", "active", "grace", "lapsed", "ended")


class Cover(NamedTuple):
    """The state of one member's cover on a day.

    Attributes:
        state: One of ``STATES``.
        reason: Code of why: ``no_payment``, ``not_begun``, ``paid``, ``arrears``,
            ``too_long_unpaid`` or ``closed``.
        until: Last day that a paid month covers, up to the day that was asked about.
        unpaid: Months in a row without payment, the day's own month among them.
        grace_until: Last day on which the arrears may still be paid.
        law: The values that say so; their doubts are to be told.
    """

    state: str
    reason: str
    until: date | None
    unpaid: int
    grace_until: date | None
    law: tuple[Value, ...]


class Membership(NamedTuple):
    """What is known of one member.

    Attributes:
        paid: Months that were paid, in any order; later months may be paid ahead.
        first_day: First day of cover, from ``first_cover_day``.
        closed: Day on which the membership was closed (a claim of all of JHT, a death), if it was.
    """

    paid: frozenset[Month]
    first_day: date
    closed: date | None = None


def first_cover_day(number_issued: date, first_paid: date) -> date:
    """Return the first day of cover: both the number and the first payment are needed.

    Law: PP 44/2015 Pasal 11 ayat (4)-(5) and 12 ayat (1).
    """
    return max(number_issued, first_paid)


def cover_until(paid: Iterable[Month]) -> date | None:
    """Return the last day of the last paid month; None when no month is paid."""
    last = max(paid, default=None)
    return None if last is None else _last_day(last)


def cover_began(paid: Iterable[Month], day: date, law: Law) -> Month | None:
    """Return the month in which the membership that *day* belongs to began, None before any.

    Months missed within the grace period do not begin it anew. After a longer gap it is counted
    anew: the texts seen do not say, and this reading never promises too much.
    """
    months = sorted(month for month in paid if month <= Month.of(day))
    if not months:
        return None
    began = months[0]
    for earlier, later in itertools.pairwise(months):
        grace = law.parameter("cover.grace_months").on(later).value
        if _between(earlier, later) - 1 > grace:
            began = later
    return began


def state_on(day: date, membership: Membership, law: Law) -> Cover:
    """Return the state of cover on *day*.

    The month of *day* counts as unpaid from its first day on, though its payment is due on the
    15th only: cover is never told for longer than it is certain.

    Raises:
        NoRuleInForce: the grace period of the day's month is not known.

    Law: PP 44/2015 Pasal 12, 39 and 42; grace from BPJS Ketenagakerjaan's handbook.
    """
    start = law.parameter("cover.number_working_days").on_day(day)
    month = Month.of(day)
    past = [each for each in membership.paid if each <= month]
    until = cover_until(past)
    if membership.closed is not None and day >= membership.closed:
        return Cover("ended", "closed", until, 0, None, ())
    if until is None or day < membership.first_day:
        reason = "not_begun" if membership.paid else "no_payment"
        return Cover("not_begun", reason, None, 0, None, (start,))
    unpaid = _between(max(past), month)
    if not unpaid:
        return Cover("active", "paid", until, 0, None, (start,))
    return _in_arrears(day, max(past), unpaid, law)


def _in_arrears(day: date, last_paid: Month, unpaid: int, law: Law) -> Cover:
    """Return grace for as many months as arrears may be paid, and lapsed after them."""
    grace = law.parameter("cover.grace_months").on_day(day)
    limits = tuple(
        law.parameter(f"{name}.arrears_limit").on_day(day)
        for name in ("jkk_benefit", "jkm_benefit")
    )
    until = _last_day(last_paid)
    grace_until = _last_day(last_paid.plus(grace.value))
    if unpaid <= grace.value:
        return Cover("grace", "arrears", until, unpaid, grace_until, (grace, *limits))
    return Cover("lapsed", "too_long_unpaid", until, unpaid, grace_until, (*limits, grace))


def short_jkm(paid: Iterable[Month], day: date, law: Law) -> Value | None:
    """Return the rule by which a death on *day* gives the small sum alone, where it holds.

    Law: Permenaker 1/2025, in calendar months from the month in which cover began.
    """
    began = cover_began(paid, day, law)
    return None if began is None else short_membership(_between(began, Month.of(day)), day, law)


def _between(earlier: Month, later: Month) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def _last_day(month: Month) -> date:
    return month.plus(1).first_day() - timedelta(days=1)
