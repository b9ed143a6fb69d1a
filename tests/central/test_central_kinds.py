"""Records of other kinds than enrolments: the same promises, and nothing of an enrolment's."""

from __future__ import annotations

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
    a_withdrawal,
    a_worker,
    an_event,
    an_item,
)
from postgres import Cluster
from sqlalchemy import select

from perisai_cli.central.decisions import decide, list_waiting
from perisai_cli.central.photos import require_photos
from perisai_cli.central.serve import open_central, running
from perisai_cli.central.tables import items
from perisai_cli.protocol.bodies import erasure_body


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A central's database of either make."""
    if request.param == "sqlite":
        yield tmp_path / "central"
        return
    cluster: Cluster = request.getfixturevalue("postgres")
    made = cluster.make()
    yield made
    cluster.drop(made)


@pytest.fixture
def device(http: httpx.Client, place: Any, clock: Clock) -> Any:
    with running(place, clock=clock) as address:
        yield Device(http, None, address).sign_in()


def faults(verdict: dict[str, Any]) -> list[tuple[str | None, str]]:
    return [(each.get("pointer"), each["code"]) for each in verdict["problem"]["errors"]]


def test_events_and_enrolments_of_one_batch_get_verdicts_of_their_own(device: Device) -> None:
    batch = [an_item(), an_event(), an_item(), an_event(2, present=-1), an_event(3)]
    verdicts = device.push(*batch)
    told = [verdict["status"] for verdict in verdicts]
    assert told == ["accepted", "accepted", "accepted", "rejected", "accepted"]
    assert ["assigned" in verdict for verdict in verdicts] == [True, False, True, False, False]
    again = device.push(*batch)
    assert [each["status"] for each in again] == ["unchanged"] * 3 + ["rejected", "unchanged"]


def test_an_event_is_corrected_withdrawn_and_contradicted_like_any_record(device: Device) -> None:
    event = an_event()
    device.push(event)
    fixed = a_fix(event, an_event(present=41)["body"])
    assert [each["status"] for each in device.push(fixed)] == ["accepted"]
    stale = event | {"rev": 2, "base_rev": 1, "body": an_event(present=7)["body"]}
    assert [each["status"] for each in device.push(stale)] == ["conflict"]
    assert [each["status"] for each in device.push(a_withdrawal(fixed))] == ["accepted"]


def test_a_record_never_changes_its_kind(device: Device) -> None:
    worker, event = an_item(), an_event()
    device.push(worker, event)
    crossed = [
        a_fix(worker, event["body"]) | {"kind": "outreach"},
        a_fix(event, a_body()) | {"kind": "enrolment"},
        worker | {"kind": "outreach"},
    ]
    assert [each["status"] for each in device.push(*crossed)] == ["conflict"] * 3


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"type": "party"}, ("/type", "event.type.unknown")),
        ({"place": "Rumah 5171015708900001"}, ("/place", "event.place.digits")),
        ({"place": "HP 0812-3456-7890"}, ("/place", "event.place.digits")),
        ({"day": "2026-11-23"}, ("/day", "event.day.format")),
        ({"region": "0000"}, ("/region", "region.unknown")),
        ({"present": "40"}, ("/present", "event.present.value")),
        ({"topics": ["gossip"]}, ("/topics", "event.topics.unknown")),
        ({"materials": [{"code": "gold"}]}, ("/materials/0/code", "event.materials.unknown")),
        ({"names": ["Ni Luh"]}, (None, "event.unknown_member")),
    ],
)
def test_an_event_that_breaks_a_rule_is_refused_where_it_does(
    a_device: Any, change: dict[str, Any], fault: tuple[str, str]
) -> None:
    [verdict] = a_device().sign_in().push(an_event(**change))
    assert (verdict["status"], verdict["problem"]["type"]) == ("rejected", "event.faults")
    assert faults(verdict) == [fault]


def test_whoever_came_can_only_be_counted(a_device: Any) -> None:
    device = a_device().sign_in()
    for attendees in ({"names": ["Ni Luh"]}, {"now": "Ni Luh"}, [{"name": "Ni Luh"}], {"now": -1}):
        event = an_event()
        event["body"]["attendees"] = attendees
        [verdict] = device.push(event)
        assert verdict["problem"]["type"] == "body.malformed", attendees


def test_a_kind_that_this_central_does_not_know_is_refused_as_a_form_and_stores_nothing(
    a_device: Any,
) -> None:
    device = a_device().sign_in()
    answer = device.push_answer(an_event() | {"kind": "picnic"})
    assert (answer.status_code, answer.json()["code"]) == (422, "request.invalid")


def test_a_doubtful_clock_holds_an_event_until_an_officer_decides(
    device: Device, place: Any, clock: Clock
) -> None:
    event = an_event()
    clock.forward(days=200)
    device.renew()
    [verdict] = device.push(event)
    assert (verdict["status"], faults(verdict)) == ("held", [("/captured/day", "captured.past")])
    database = open_central(place)
    [waiting] = list_waiting(database)
    assert (waiting.id, waiting.kind) == (event["id"], "outreach")
    decision = decide(database, event["id"], "accepted", None, clock)
    database.close()
    assert (decision.status, decision.assigned) == ("accepted", None)


def test_an_office_that_asks_for_photos_asks_none_of_an_event(device: Device, place: Any) -> None:
    database = open_central(place)
    with database.writing() as connection:
        require_photos(connection, required=True)
    try:
        told = [each["status"] for each in device.push(an_item(), an_event())]
        assert told == ["held", "accepted"]
    finally:
        database.close()


def test_an_event_is_erased_like_any_record(device: Device) -> None:
    event = an_event()
    device.push(event)
    erasing = a_fix(event, erasure_body("not_needed", NOW))
    assert [each["status"] for each in device.push(erasing)] == ["accepted"]
    late = a_fix(erasing, an_event(2)["body"])
    assert [each["status"] for each in device.push(late)] == ["conflict"]


def test_a_worker_in_an_event_s_place_claims_no_nik(device: Device) -> None:
    worker = a_worker()
    smuggled = an_event() | {"body": a_body(worker)}
    told = [each["status"] for each in device.push(smuggled, an_item(a_body(worker)))]
    assert told == ["rejected", "accepted"]


def test_a_reactivation_goes_with_its_erased_member_on_either_database(
    device: Device, place: Any
) -> None:
    worker = a_worker()
    member = an_item(a_body(worker))
    back = an_item(a_body(worker) | {"member": member["id"]}, kind="reactivation")
    other = an_item(a_body() | {"member": None}, kind="reactivation")
    assert [each["status"] for each in device.push(member, back, other)] == ["accepted"] * 3
    erased = a_fix(member, erasure_body("subject_asked", NOW))
    assert [each["status"] for each in device.push(erased)] == ["accepted"]
    database = open_central(place)
    try:
        with database.reading() as connection:
            rows = connection.execute(select(items.c.id, items.c.status)).all()
            assert {row[0]: row[1] for row in rows} == {
                member["id"]: "erased", back["id"]: "erased", other["id"]: "accepted",
            }  # fmt: skip
    finally:
        database.close()
