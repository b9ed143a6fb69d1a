"""Tells whether paid months cover a person on a day: no store, no passphrase, no network."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from perisai_cli.actions.app import Result
from perisai_cli.actions.options import Options, placed
from perisai_cli.domain.errors import Problem
from perisai_cli.domain.money import rupiah
from perisai_cli.domain.period import Month, local_day
from perisai_cli.rules.benefit import doubts
from perisai_cli.rules.cover import (
    Cover,
    Membership,
    cover_began,
    cover_until,
    short_jkm,
    state_on,
)
from perisai_cli.rules.law import Law, load_law
from perisai_cli.rules.parameter import Value
from perisai_cli.rules.trace import citation

_HOME_REGION = "51"  # the calculators' day is Bali's; --pada sets another


class CoverOptions(NamedTuple):
    """The options of ``manfaat kepesertaan`` as they were typed; None where they were not."""

    paid: str | None = None
    on: str | None = None


def cover_of_member(options: CoverOptions, now: datetime) -> Result:
    """Return the state of cover on a day, with what it rests on.

    ``covered`` is true in paid months alone: in the grace period money waits for the arrears.

    Raises:
        InvalidInput: every option at fault, each under the pointer of its English name.
        NoRuleInForce: the day, or a month that follows a paid one, is before the first rule.
    """
    read = Options()
    read.need("paid", options.paid)
    paid = read.read("paid", options.paid, _months, "paid.format")
    typed = read.day("on", options.on)
    read.check()
    assert paid is not None
    today = local_day(now, _HOME_REGION)
    day = typed or today
    law = load_law()
    with placed("/on"):
        cover = state_on(day, Membership(paid, min(paid).first_day()), law)
    with placed("/paid"):
        began = cover_began(paid, day, law)
        short = _short(paid, day, law)
    cited = (*cover.law, *short)
    facts = _facts(cover, paid, day, began)
    data = facts | {"short_jkm": bool(short), "law": [citation(value) for value in cited]}
    told = (*_warnings(facts, paid, day, today, began), *_short_told(short), *doubts(cited))
    return Result("benefit cover", data, warnings=told)


def _months(typed: str) -> frozenset[Month]:
    """Return the months of ``2026-01..2026-03,2026-05``; ranges hold both of their ends."""
    found: set[Month] = set()
    for part in typed.split(","):
        first, dots, last = part.strip().partition("..")
        start = Month.parse(first)
        end = Month.parse(last) if dots else start
        if end < start:
            raise ValueError
        while start <= end:
            found.add(start)
            start = start.plus(1)
    return frozenset(found)


def _short(paid: frozenset[Month], day: date, law: Law) -> tuple[Value, ...]:
    """Return the rule of the first months and the sum that it leaves, where it holds."""
    rule = short_jkm(paid, day, law)
    total = law.parameter("jkm_benefit.short_membership_total")
    return () if rule is None else (rule, total.on_day(day))


def _short_told(short: tuple[Value, ...]) -> tuple[Problem, ...]:
    if not short:
        return ()
    rule, total = short
    facts: dict[str, str | int] = {"months": rule.value, "total": rupiah(total.value)}
    return (Problem("membership.short", "/paid", facts),)


def _facts(cover: Cover, paid: frozenset[Month], day: date, began: Month | None) -> dict[str, Any]:
    until, unpaid = cover.until, cover.unpaid
    if cover.state == "active":
        until = cover_until([_last_in_a_row(paid, Month.of(day))])
    return {
        "date": day.isoformat(),
        "state": cover.state,
        "reason": cover.reason,
        "covered": cover.state == "active",
        "first_paid": str(min(paid)),
        "began": str(began) if began else None,
        "cover_until": until.isoformat() if until else None,
        "unpaid_months": unpaid,
        "unpaid_from": str(Month.of(day).plus(1 - unpaid)) if unpaid else None,
        "grace_until": cover.grace_until.isoformat() if cover.grace_until else None,
    }


def _last_in_a_row(paid: frozenset[Month], month: Month) -> Month:
    while month.plus(1) in paid:
        month = month.plus(1)
    return month


def _warnings(
    facts: dict[str, Any], paid: frozenset[Month], day: date, today: date, began: Month | None
) -> list[Problem]:
    """Return what the months alone can't tell."""
    told = [Problem("cover.future", "/on")] if day > today else []
    if began is None:
        return told
    past = sorted(month for month in paid if began <= month <= Month.of(day))
    if began == Month.of(day):
        told.append(Problem("cover.first_month", "/on", {"month": str(began)}))
    span = (past[-1].year - began.year) * 12 + past[-1].month - began.month + 1
    if span > len(past):
        told.append(Problem("cover.gap", "/paid", {"count": span - len(past)}))
    if began != min(paid) or facts["state"] == "lapsed":
        told.append(Problem("cover.restart", "/paid"))
    return told
