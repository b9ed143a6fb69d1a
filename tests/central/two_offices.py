"""A central with two offices, and one record of every standing in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

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

from perisai_cli.central.agents import add_agent
from perisai_cli.central.database import Database
from perisai_cli.domain.period import Month, timestamp
from perisai_cli.protocol.bodies import erasure_body
from perisai_cli.rules.contribution import quote_bpu
from perisai_cli.rules.law import load_law
from perisai_cli.rules.request import BpuRequest

ILL = {"working": True, "critically_ill": True}


CONFIRMED: dict[str, Any] = {
    "money": "confirmed",
    "channel": "pos",
    "reference": "POS-1",
    "moved": {"promised": timestamp(NOW), "confirmed": timestamp(NOW)},
}


@dataclass
class Scene:
    """A central with two offices: which items stand for what."""

    database: Database
    one: Device
    other: Device
    items: dict[str, dict[str, Any]]


def fill(one: Device, other: Device) -> dict[str, dict[str, Any]]:
    """Push one record of every standing, and payments that overlap."""
    nik = a_nik()
    member = an_item(a_body(a_worker(nik)))
    twin = an_item(a_body(a_worker(nik)))
    items = {
        "member": member,
        "twin": twin,
        "held": an_item(a_body(a_worker(attestation=ILL))),
        "formless": an_item({"worker": 7}),
        "gone": an_item(),
        "erased": an_item(),
        "event": an_event(),
        "paid": a_payment(member["id"], **CONFIRMED),
        "promised": a_payment(member["id"], start="2027-06", money="promised", channel=None),
        "lost": a_payment(an_item()["id"]),
    }
    one.push(*items.values())
    one.push(a_withdrawal(items["gone"]), a_fix(items["erased"], erasure_body("asked", NOW)))
    items["elsewhere"] = an_item()
    items["back"] = an_item(a_body() | {"member": None}, kind="reactivation")
    other.push(items["elsewhere"], items["back"])
    return items


def without_form(member: str) -> dict[str, dict[str, Any]]:
    """Return records of every kind that a central refuses for what their bodies are."""
    money = a_payment(member)["body"]
    event = an_event()["body"]
    return {
        "no money": an_item({}, kind="payment"),
        "money unsaid": an_item(
            money | {"payment": money["payment"] | {"money": ""}}, kind="payment"
        ),
        "money unmoved": an_item(
            money | {"payment": money["payment"] | {"moved": {}}}, kind="payment"
        ),
        "no months": an_item(money | {"payment": money["payment"] | {"months": 0}}, kind="payment"),
        "no return": an_item({"member": 7}, kind="reactivation"),
        "return unsaid": an_item(
            {"member": member, "worker": {}, "quote": {}}, kind="reactivation"
        ),
        "no event": an_item({}, kind="outreach"),
        "event unsaid": an_item(event | {"event": event["event"] | {"type": ""}}, kind="outreach"),
        "no place": an_item(event | {"event": event["event"] | {"region": "x"}}, kind="outreach"),
        "no worker": an_item({"quote": {"total": 9}}),
    }


def a_payment(member: str, **changes: Any) -> dict[str, Any]:
    """Return a payment of three months as an item."""
    facts = {
        "member": member,
        "programs": ["jkk", "jkm"],
        "start": "2026-12",
        "months": 3,
        "tier": 1,
        "sector": "other",
        "payer": "self",
        "money": "received",
        "channel": "cash",
        "moved": {"promised": timestamp(NOW), "received": timestamp(NOW)},
    } | changes
    start = Month.parse(facts["start"])
    asked = BpuRequest(1, ("jkk", "jkm"), start, facts["months"], facts["sector"])
    body = {
        "payment": facts,
        "amount": quote_bpu(asked, load_law()).total,
        "rules": load_law().digest,
        "captured": {"at": timestamp(NOW), "day": TODAY.isoformat()},
    }
    return an_item(body, kind="payment")


def enter(one: Device, other: Device, database: Database) -> None:
    """Let an agent of each office in."""
    for device, office in ((one, "W-01"), (other, "W-02")):
        code = add_agent(database, device.agent, device.agent, office, lambda: NOW)
        assert device.register(office=office, code=code).status_code == 200
        device.renew()
