"""What a member owes on a day: which month is next, by when, and what a rescue costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from perisai_cli.domain.errors import Problem
from perisai_cli.domain.ledger import Payment, confirmed_months, handed_over
from perisai_cli.domain.period import Month
from perisai_cli.rules.contribution import quote_bpu
from perisai_cli.rules.cover import Cover, Membership, state_on
from perisai_cli.rules.due import bill_due
from perisai_cli.rules.law import Law
from perisai_cli.rules.request import BpuRequest
from perisai_cli.rules.trace import totals_of


@dataclass(frozen=True, slots=True)
class Owing:
    """Where one member stands on a day.

    Attributes:
        cover: The state of the cover, told from confirmed months alone.
        month: The first month that is still to be paid for.
        due: The last day on which that month is paid in time.
        months: How many months bring the cover up to the day's month: the rescue.
        collect: How many of them nobody has handed money over for.
        amount: What those to collect cost together, in whole rupiah.
        member_pays: What of it the member bears; nothing where a sponsor or a budget pays.
        warnings: What belongs beside the numbers.
    """

    cover: Cover
    month: Month
    due: date
    months: int
    collect: int
    amount: int
    member_pays: int
    warnings: tuple[Problem, ...]


def owing(
    wish: BpuRequest, payments: tuple[Payment, ...], number_issued: date | None, day: date, law: Law
) -> Owing:
    """Return what a self-employed member owes on *day*.

    Within the grace period the arrears are paid; after it old arrears do not count, and the member
    pays from the day's month on. A month whose money is in the agent's hand or was paid in is not
    covered yet, but it is not to be collected again.

    Args:
        wish: Tier, programmes, sector and payer of the member; its first month is where paying
            begins.
        payments: The member's payments.
        number_issued: Day on which the membership number came; None while there is none.
        day: The day that is asked about.
        law: Parameters in force.

    Raises:
        NoRuleInForce: a rate, the grace period or the due date of one of the months is not known.

    Law: PP 44/2015 Pasal 24 (due), 39 and 42 (arrears); grace and re-activation from BPJS
    Ketenagakerjaan's own words (secondary sources, told beside the number).
    """
    paid = confirmed_months(payments)
    present = Month.of(day)
    cover = state_on(day, Membership(paid, number_issued or date.max), law)
    begun = present if cover.state != "grace" else _arrears_from(paid, present)
    if not any(month <= present for month in paid):
        begun = max(begun, wish.start)
    month = _next_unpaid(paid, begun)
    count = max(_between(month, present) + 1, 1)
    quote = quote_bpu(wish._replace(start=month, months=count), law)
    days, doubts = bill_due(wish.programs, "bpu", month, 1, law)
    told = [Problem(f"doubt.{value.doubt}") for value in cover.law if value.doubt]
    warnings = (*quote.warnings, *doubts, *told)
    given = {str(each) for each in handed_over(payments)}
    lines = tuple(line for line in quote.lines if line.month not in given)
    collect = len({line.month for line in lines})
    totals = totals_of(lines)
    amount = sum(line.amount for line in lines)
    return Owing(cover, month, days[str(month)], count, collect, amount, totals["member"], warnings)


def _arrears_from(paid: frozenset[Month], present: Month) -> Month:
    """Return the month after the last one paid up to the present one."""
    return max(month for month in paid if month <= present).plus(1)


def _next_unpaid(paid: frozenset[Month], month: Month) -> Month:
    while month in paid:
        month = month.plus(1)
    return month


def _between(earlier: Month, later: Month) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month
