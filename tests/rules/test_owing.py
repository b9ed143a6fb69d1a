"""What a member owes: the next month, its due day, and the cost of a rescue, on both sides of dates."""

from __future__ import annotations

from datetime import date

import pytest

from perisai_cli.domain.ledger import Payment
from perisai_cli.domain.period import Month
from perisai_cli.rules.law import load_law
from perisai_cli.rules.owing import owing
from perisai_cli.rules.request import BpuRequest

WISH = BpuRequest(tier=1, programs=("jkk", "jkm"), start=Month(2026, 9), months=1)
FULL, HALF = 16_800, 8_400


def paid(start: str, months: int, money: str = "confirmed") -> tuple[Payment, ...]:
    return (Payment("m", ("jkk", "jkm"), Month.parse(start), months, 0, money),)


PART = paid("2026-09", 3) + paid("2026-12", 1, "received")


@pytest.mark.parametrize(
    ("day", "payments", "state", "month", "months", "amount"),
    [
        ("2026-09-01", (), "not_begun", "2026-09", 1, HALF),
        ("2026-08-31", (), "not_begun", "2026-09", 1, HALF),
        ("2026-11-22", (), "not_begun", "2026-11", 1, HALF),
        # What was handed over covers nothing yet, and is not asked for again; a promise is.
        ("2026-11-22", paid("2026-09", 3, "promised"), "not_begun", "2026-11", 1, HALF),
        ("2026-11-22", paid("2026-09", 3, "received"), "not_begun", "2026-11", 1, 0),
        ("2026-11-22", paid("2026-09", 3, "remitted"), "not_begun", "2026-11", 1, 0),
        ("2026-12-01", paid("2026-09", 3, "remitted"), "not_begun", "2026-12", 1, HALF),
        ("2027-01-01", PART, "grace", "2026-12", 2, FULL),
        ("2026-11-30", paid("2026-09", 3), "active", "2026-12", 1, HALF),
        ("2026-12-01", paid("2026-09", 3), "grace", "2026-12", 1, HALF),
        ("2026-12-31", paid("2026-09", 3), "grace", "2026-12", 1, HALF),
        ("2027-01-01", paid("2026-09", 3), "grace", "2026-12", 2, HALF + FULL),
        ("2027-02-28", paid("2026-09", 3), "grace", "2026-12", 3, HALF + 2 * FULL),
        ("2027-03-01", paid("2026-09", 3), "lapsed", "2027-03", 1, FULL),
        ("2026-11-22", paid("2026-09", 12), "active", "2027-09", 1, FULL),
        ("2026-08-20", paid("2026-09", 3), "not_begun", "2026-12", 1, HALF),
    ],
)
def test_what_is_owed_on_a_day(
    day: str, payments: tuple[Payment, ...], state: str, month: str, months: int, amount: int
) -> None:
    found = owing(WISH, payments, date(2026, 9, 2), date.fromisoformat(day), load_law())
    assert found.cover.state == state
    assert (str(found.month), found.months, found.amount) == (month, months, amount)


def test_the_due_day_is_the_fifteenth_or_the_next_working_day() -> None:
    number = date(2026, 9, 2)
    november = owing(WISH, paid("2026-09", 2), number, date(2026, 11, 1), load_law())
    assert november.due == date(2026, 11, 16)  # the 15th is a Sunday
    december = owing(WISH, paid("2026-09", 3), number, date(2026, 11, 1), load_law())
    assert december.due == date(2026, 12, 15)


def test_without_a_number_paid_months_give_no_cover_yet() -> None:
    found = owing(WISH, paid("2026-09", 3), None, date(2026, 11, 1), load_law())
    assert found.cover.state == "not_begun"
    assert str(found.month) == "2026-12"


def test_what_rests_on_secondary_sources_says_so() -> None:
    lapsed = owing(WISH, paid("2026-09", 1), date(2026, 9, 2), date(2027, 2, 1), load_law())
    assert any(problem.code.startswith("doubt.") for problem in lapsed.warnings)


def test_only_the_months_that_nobody_has_handed_money_over_for_are_to_be_collected() -> None:
    number, day = date(2026, 9, 2), date(2027, 2, 28)
    between = paid("2026-09", 3) + paid("2027-01", 1, "remitted")
    found = owing(WISH, between, number, day, load_law())
    assert (found.months, found.collect) == (3, 2)
    assert (found.amount, found.member_pays) == (HALF + FULL, HALF + FULL)
