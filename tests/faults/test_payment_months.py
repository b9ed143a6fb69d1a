"""Which months a payment is for: never one twice, and none that does not count any more."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from faults_field import Central, Home, now

from perisai_cli.actions.due import due
from perisai_cli.actions.payment import Wish, payment_list, payment_record
from perisai_cli.actions.sync import SyncOptions, sync
from perisai_cli.domain.errors import InvalidInput

PAID = Wish(money="confirmed", channel="brilink", reference="STRUK-0017", months="1")


def test_terminals_side_by_side_take_each_month_once(home: Home) -> None:
    [member] = home.enroll(range(1, 2))
    wish = Wish(start="2026-12", months="2")
    other = iter([lambda: payment_record(home.app, member, wish)])

    def meanwhile() -> datetime:
        for record in other:
            record()
        return now()

    with pytest.raises(InvalidInput) as refused:
        payment_record(home.app._replace(clock=meanwhile), member, wish)
    assert refused.value.code == "payment.months_taken"
    assert payment_list(home.app, (), None).data["count"] == 1


@pytest.mark.parametrize(
    ("day", "first", "state"),
    [
        ((2027, 1, 20), "2027-01", "grace"),
        ((2027, 3, 20), "2027-01", "grace"),
        ((2027, 4, 20), "2027-04", "lapsed"),
    ],
)
def test_the_next_payment_is_for_the_month_that_is_due(
    linked: Home, central: Central, day: tuple[int, int, int], first: str, state: str
) -> None:
    [member] = linked.enroll(range(1, 2), start="2026-12", months=1)
    sync(linked.app, SyncOptions())
    payment_record(linked.app, member, PAID)
    later: Any = linked.app._replace(clock=lambda: datetime(*day, 3, tzinfo=UTC))
    [item] = due(later, ()).data["items"]
    assert (item["state"], item["month"]) == (state, first)
    recorded = payment_record(later, member, Wish()).data
    assert recorded["start"] == first
    assert central.statuses()[member] == (1, "accepted")


def test_who_never_paid_pays_from_this_month_on(home: Home) -> None:
    [member] = home.enroll(range(1, 2), start="2026-12", months=1)
    later = home.app._replace(clock=lambda: datetime(2027, 6, 3, 3, tzinfo=UTC))
    [item] = due(later, ()).data["items"]
    assert item["month"] == "2027-06"
    assert payment_record(later, member, Wish()).data["start"] == "2027-06"
