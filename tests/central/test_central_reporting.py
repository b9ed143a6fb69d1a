"""What reports ask of the central: the same answers on both databases as of a dataset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from central_field import (
    NOW,
    Clock,
    Device,
    a_body,
    a_fix,
    a_nik,
    a_withdrawal,
    a_worker,
    an_event,
    an_item,
)
from test_central_facts import ILL, a_payment

from perisai_cli.central.agents import add_agent
from perisai_cli.central.database import Database
from perisai_cli.central.reporting import CentralFacts
from perisai_cli.central.serve import open_central, running
from perisai_cli.central.tables import items
from perisai_cli.domain.facts import Held, Member, Paid, Returned
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.bodies import erasure_body

DECEMBER = 2026 * 12 + 11
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


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path: Path, http: httpx.Client) -> Iterator[Scene]:
    where: Path | str = tmp_path
    if request.param == "postgresql":
        where = str(request.getfixturevalue("postgres_address"))
    with running(where, clock=Clock()) as address:
        database = open_central(where)
        one, other = (Device(http, f"A-{number}", address) for number in (1, 2))
        for device, office in ((one, "W-01"), (other, "W-02")):
            add_agent(database, device.agent, device.agent, office, lambda: NOW)
            assert device.register(office=office).status_code in (200, 403)
        for device, office in ((one, "W-01"), (other, "W-02")):
            code = add_agent(database, device.agent, device.agent, office, lambda: NOW)
            assert device.register(office=office, code=code).status_code == 200
            device.renew()
        yield Scene(database, one, other, fill(one, other))
        database.close()


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


def asked(scene: Scene, sql: str, office: str | None = None, **values: Any) -> list[Any]:
    with CentralFacts(scene.database, office) as facts:
        return list(facts.rows(sql, **values))


def test_each_relation_has_the_columns_of_its_facts(scene: Scene) -> None:
    relations = {"members": Member, "payments": Paid, "returns": Returned, "events": Held}
    for relation, fact in relations.items():
        rows = asked(scene, f"SELECT {', '.join(fact._fields)} FROM {relation}")
        assert rows
        assert all(len(row) == len(fact._fields) for row in rows)


def test_records_count_by_how_they_stand(scene: Scene) -> None:
    sql = "SELECT standing, count(*), sum(amount) FROM members GROUP BY standing ORDER BY standing"
    whole = scene.items["member"]["body"]["quote"]["total"]
    assert asked(scene, sql) == [
        ("accepted", 2, 2 * whole), ("duplicate", 1, whole), ("held", 1, whole),
        ("needs_fix", 1, 0), ("withdrawn", 1, whole),
    ]  # fmt: skip
    assert {type(value) for row in asked(scene, sql) for value in row[1:]} == {int}


def test_a_body_without_its_form_counts_by_standing_alone(scene: Scene) -> None:
    sql = "SELECT day, region, programs, tier, start, months FROM members WHERE id = :id"
    found = asked(scene, sql, id=scene.items["formless"]["id"])
    assert found == [("2026-11-22", "", "", 0, 0, 0)]


def test_a_payment_counts_where_its_member_lives(scene: Scene) -> None:
    sql = "SELECT region, cohort, member_standing, money, again FROM payments WHERE id = :id"
    found = asked(scene, sql, id=scene.items["paid"]["id"])
    assert found == [("5171", DECEMBER, "accepted", "confirmed", 0)]
    assert asked(scene, sql, id=scene.items["lost"]["id"]) == [(None, None, None, "received", 0)]


def test_confirmed_money_covers_its_member(scene: Scene) -> None:
    sql = "SELECT covered, latest FROM members WHERE id = :id"
    assert asked(scene, sql, id=scene.items["member"]["id"]) == [(DECEMBER + 2, DECEMBER)]
    assert asked(scene, sql, id=scene.items["held"]["id"]) == [(0, 0)]


def test_an_office_sees_its_own_agents_alone(scene: Scene) -> None:
    assert asked(scene, "SELECT DISTINCT agent, office FROM members", "W-02") == [("A-2", "W-02")]
    assert asked(scene, "SELECT count(*) FROM payments", "W-02") == [(0,)]
    assert asked(scene, "SELECT count(*) FROM members", "W-09") == [(0,)]
    with CentralFacts(scene.database, "W-09") as facts:
        assert not facts.has_agents


def test_reasons_are_counted_by_code(scene: Scene) -> None:
    with CentralFacts(scene.database) as facts:
        assert facts.reasons() == [
            ("enrolment", "duplicate", "A-1", "5171", "nik.duplicate", 1),
            ("enrolment", "held", "A-1", "5171", "attestation.critically_ill", 1),
            ("enrolment", "needs_fix", "A-1", "", "body.malformed", 1),
        ]


def test_a_question_may_name_parts_of_its_own(scene: Scene) -> None:
    sql = "WITH found AS (SELECT id FROM members) SELECT count(*) FROM found"
    assert asked(scene, sql) == asked(scene, "SELECT count(*) FROM members")
    assert asked(scene, "SELECT 1") == [(1,)]


def test_all_answers_of_a_report_are_of_one_moment(scene: Scene) -> None:
    sql = "SELECT count(*) FROM members"
    with CentralFacts(scene.database) as facts:
        before, at = list(facts.rows(sql)), facts.seq
        scene.one.push(an_item())
        assert (list(facts.rows(sql)), facts.seq) == (before, at)
        assert facts.as_of == timestamp(NOW)
        assert len(facts.central) == 32
    assert asked(scene, sql) == [(before[0][0] + 1,)]


def test_two_questions_can_be_read_side_by_side(scene: Scene) -> None:
    with CentralFacts(scene.database) as facts:
        one, two = facts.rows("SELECT id FROM members"), facts.rows("SELECT id FROM payments")
        pairs = list(zip(one, two, strict=False))
    assert len(pairs) == 3


def test_a_month_that_is_paid_for_twice_is_covered_once(scene: Scene) -> None:
    member = scene.items["member"]["id"]
    later = a_payment(scene.items["held"]["id"], start="2027-01", **CONFIRMED)
    scene.one.push(later)
    with scene.database.writing() as connection:  # as if it had been paid beside the first
        connection.execute(items.update().where(items.c.id == later["id"]).values(member=member))
    sql = "SELECT start, months, again FROM payments WHERE money = 'confirmed' ORDER BY start"
    assert asked(scene, sql) == [(DECEMBER, 3, 0), (DECEMBER + 1, 3, 2)]
    covered = asked(scene, "SELECT covered FROM members WHERE id = :id", id=member)
    assert covered == [(DECEMBER + 3,)]
