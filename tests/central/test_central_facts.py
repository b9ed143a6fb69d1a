"""The clear facts beside each record: as an agent's store has them, and nothing of a person."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from central_field import (
    NOW,
    TODAY,
    Device,
    a_body,
    a_fix,
    a_nik,
    a_withdrawal,
    a_worker,
    an_event,
    an_item,
)
from sqlalchemy import select
from two_offices import ILL, a_payment

from perisai_cli.central.database import Database
from perisai_cli.central.decisions import decide
from perisai_cli.central.facts import COLUMNS, facts_of
from perisai_cli.central.tables import items
from perisai_cli.domain.facts import Fact, Whose, held_of, member_of, paid_of, returned_of
from perisai_cli.domain.ids import new_id
from perisai_cli.protocol.bodies import erasure_body


def row_of(database: Database, item: dict[str, Any]) -> dict[str, Any]:
    """Return what stands beside a record."""
    with database.reading() as connection:
        found = connection.execute(select(items).where(items.c.id == item["id"])).one()
    return found._asdict()


def facts_in(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in COLUMNS}


def told(fact: Fact) -> dict[str, Any]:
    """Return the facts that a report knows from the body itself."""
    known = fact._asdict()
    return {name: known.get(name) for name in COLUMNS}


def whose(item: dict[str, Any]) -> Whose:
    return Whose(item["id"], item["rev"], "accepted", "A", "DPS", "5171")


def test_each_kind_has_the_facts_that_its_body_tells(
    device: Device, shared_database: Database
) -> None:
    enrolment, event = an_item(), an_event()
    payment = a_payment(enrolment["id"])
    again = an_item(a_body() | {"member": enrolment["id"]}, kind="reactivation")
    of_nobody = an_item(a_body() | {"member": None}, kind="reactivation")
    sent = [enrolment, event, payment, again, of_nobody]
    assert {result["status"] for result in device.push(*sent)} == {"accepted"}
    expected = [
        member_of(whose(enrolment), enrolment["body"], TODAY),
        held_of(whose(event), event["body"]),
        paid_of(whose(payment), payment["body"]),
        returned_of(whose(again), again["body"]),
        returned_of(whose(of_nobody), of_nobody["body"]),
    ]
    for item, fact in zip(sent, expected, strict=True):
        row = row_of(shared_database, item)
        assert facts_in(row) == told(fact)
        if item["kind"] != "outreach":
            assert row["amount"] == fact.amount  # type: ignore[union-attr]


def test_a_correction_brings_its_own_facts_and_a_withdrawal_leaves_them(
    device: Device, shared_database: Database
) -> None:
    nik = a_nik()
    first = an_item(a_body(a_worker(nik)))
    second = a_fix(first, a_body(a_worker(nik, months=6, programs=["jkk", "jkm", "jht"])))
    device.push(first)
    before = row_of(shared_database, first)
    device.push(second)
    row = row_of(shared_database, first)
    assert (row["months"], row["programs"]) == (6, "jkk,jkm,jht")
    assert row["changed_seq"] > before["changed_seq"]
    device.push(a_withdrawal(second))
    gone = row_of(shared_database, first)
    assert (gone["status"], gone["amount"], facts_in(gone)) == (
        "withdrawn", row["amount"], facts_in(row),
    )  # fmt: skip
    assert gone["changed_seq"] > row["changed_seq"]


def test_an_erasure_leaves_no_fact(device: Device, shared_database: Database) -> None:
    enrolment = an_item(a_body(a_worker(attestation=ILL)))
    again = an_item(a_body() | {"member": enrolment["id"]}, kind="reactivation")
    device.push(enrolment, again)
    before = row_of(shared_database, again)["changed_seq"]
    device.push(a_fix(enrolment, erasure_body("asked", NOW)))
    for item in (enrolment, again):
        row = row_of(shared_database, item)
        assert row["status"] == "erased"
        assert set(facts_in(row).values()) | {row["codes"]} == {None}
        assert row["changed_seq"] > before


def test_why_a_record_waits_stands_beside_it_until_it_is_decided(
    device: Device, shared_database: Database
) -> None:
    held = an_item(a_body(a_worker(attestation=ILL)))
    device.push(held)
    row = row_of(shared_database, held)
    assert (row["status"], row["codes"]) == ("held", "attestation.critically_ill")
    decision = decide(shared_database, held["id"], "rejected", "other", lambda: NOW)
    row = row_of(shared_database, held)
    assert (row["codes"], row["changed_seq"]) == ("officer.other", decision.seq)


def test_a_record_is_of_the_day_on_its_own_devices_clock(
    a_device: Callable[..., Device], shared_database: Database
) -> None:
    """At 16:30 on New Year's Eve in UTC it is the next year in Papua, not yet in Jakarta."""
    eve = NOW.replace(month=12, day=31, hour=15, minute=30)
    for region, day in (("9471", "2027-01-01"), ("5171", "2026-12-31"), ("3171", "2026-12-31")):
        device = a_device()
        assert device.register(region=region).status_code == 200
        item = an_item(id=new_id(eve))
        device.renew().push(item)
        assert row_of(shared_database, item)["day"] == day


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"worker": 7},
        {"worker": {"nik": ["5171"], "programs": "jkk", "start": "2026-12"}},
        a_body() | {"quote": {"total": 1, "tier": 10**15, "rules": "x\x00"}},
        a_body() | {"quote": {"total": "16800", "tier": 1, "rules": "x"}},
        {"worker": a_worker(programs=["jkk,jkm"])},
        {"worker": a_worker(start=12), "quote": {}},
        {"worker": a_worker(address="x")},
    ],
)
def test_a_body_without_its_form_gives_a_day_and_no_more(
    device: Device, shared_database: Database, body: dict[str, Any]
) -> None:
    item = an_item(body)
    assert [result["status"] for result in device.push(item)] == ["rejected"]
    row = row_of(shared_database, item)
    assert facts_in(row) == dict.fromkeys(COLUMNS) | {"day": "2026-11-22"}
    assert row["codes"]


@pytest.mark.parametrize(
    "record_id",
    [
        str(uuid.UUID(int=2**128 - 1)),
        "ffffffff-ffff-7fff-bfff-ffffffffffff",
        "0191e0c0-5b1a-4c9e-9d6b-3c1f0a2b4c5d",
    ],
)
def test_an_id_without_a_moment_is_of_the_day_it_came(
    device: Device, shared_database: Database, record_id: str
) -> None:
    item = an_item(id=record_id)
    assert [result["status"] for result in device.push(item)] == ["accepted"]
    row = row_of(shared_database, item)
    assert (row["day"], row["region"]) == ("2026-11-22", "5171")


def test_facts_of_any_kind_are_columns_of_the_table() -> None:
    assert set(COLUMNS) <= set(items.c.keys())
    found = facts_of("enrolment", a_body(), new_id(NOW), "5171", NOW)
    assert date.fromisoformat(found["day"]) == TODAY
