"""What an officer decides, and how the device hears of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from central_field import (
    NOW,
    Device,
    a_body,
    a_fix,
    a_nik,
    a_withdrawal,
    a_worker,
    an_item,
    octets_down,
)

from perisai_cli.central.database import Database
from perisai_cli.central.decisions import REASONS, decide, list_waiting
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.ids import new_id

ILL = {"working": True, "critically_ill": True}


def now() -> object:
    return NOW


def a_held(device: Device, nik: str | None = None) -> dict[str, object]:
    item = an_item(a_body(a_worker(nik, attestation=ILL)))
    assert device.push(item)[0]["status"] == "held"
    return item


def accept(database: Database, item: dict[str, object]):
    return decide(database, str(item["id"]), "accepted", None, lambda: NOW)


def refuse(database: Database, item: dict[str, object], reason: str = "ill_before"):
    return decide(database, str(item["id"]), "rejected", reason, lambda: NOW)


def test_an_accepted_record_gets_its_number_and_the_device_hears(
    device: Device, shared_database: Database
) -> None:
    item = a_held(device)
    decision = accept(shared_database, item)
    assert decision.assigned is not None
    pulled = device.pull().json()
    assert pulled["items"] == [decision.model_dump(exclude_none=True)]
    assert pulled["cursor"] == decision.seq
    assert pulled["more"] is False
    [again] = device.push(item)
    assert (again["status"], again["assigned"]["kpj"]) == ("unchanged", decision.assigned.kpj)
    assert "problem" not in again


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_a_refused_record_says_why_and_frees_the_nik(
    reason: str, device: Device, shared_database: Database
) -> None:
    nik = a_nik()
    item = a_held(device, nik)
    refuse(shared_database, item, reason)
    [pulled] = device.pull().json()["items"]
    assert (pulled["status"], pulled["problem"]["type"]) == ("rejected", f"officer.{reason}")
    assert "assigned" not in pulled
    [again] = device.push(item)
    assert (again["status"], again["problem"]["type"]) == ("rejected", f"officer.{reason}")
    assert device.push(an_item(a_body(a_worker(nik))))[0]["status"] == "accepted"


def test_a_fix_after_a_refusal_is_examined_anew(device: Device, shared_database: Database) -> None:
    item = a_held(device)
    refuse(shared_database, item)
    assert device.push(a_fix(item, a_body()))[0]["status"] == "accepted"


def test_a_duplicate_is_accepted_only_once_the_other_has_gone(
    device: Device, other: Device, shared_database: Database
) -> None:
    nik = a_nik()
    first, second = an_item(a_body(a_worker(nik))), an_item(a_body(a_worker(nik)))
    device.push(first)
    other.push(second)
    with pytest.raises(InvalidInput) as caught:
        accept(shared_database, second)
    assert caught.value.code == "decision.nik_taken"
    device.push(a_withdrawal(first))
    assert accept(shared_database, second).assigned is not None
    assert other.push(second)[0]["status"] == "unchanged"
    assert device.push(an_item(a_body(a_worker(nik))))[0]["canonical_id"] == second["id"]


def test_a_duplicate_may_be_refused(device: Device, shared_database: Database) -> None:
    nik = a_nik()
    item = an_item(a_body(a_worker(nik)))
    device.push(an_item(a_body(a_worker(nik))), item)
    assert refuse(shared_database, item, "wrong_person").status == "rejected"


def test_only_waiting_records_are_decided_and_only_for_known_reasons(
    device: Device, shared_database: Database
) -> None:
    accepted, held = an_item(), a_held(device)
    device.push(accepted)
    with pytest.raises(InvalidInput, match=r"decision\.not_waiting"):
        accept(shared_database, accepted)
    with pytest.raises(InvalidInput, match=r"decision\.reason"):
        refuse(shared_database, held, "no reason")
    with pytest.raises(InvalidInput, match=r"decision\.verdict"):
        decide(shared_database, str(held["id"]), "held", None, lambda: NOW)
    with pytest.raises(InvalidInput, match=r"record\.unknown"):
        accept(shared_database, an_item())
    accept(shared_database, held)
    with pytest.raises(InvalidInput, match=r"decision\.not_waiting"):
        refuse(shared_database, held)


def test_the_officers_list_names_records_and_no_person(
    device: Device, shared_database: Database
) -> None:
    item = a_held(device)
    [waiting] = [one for one in list_waiting(shared_database) if one.id == item["id"]]
    assert (waiting.status, waiting.agent) == ("held", device.agent)
    assert waiting.codes == ("attestation.critically_ill",)
    assert item["body"]["worker"]["nik"] not in repr(waiting)  # type: ignore[index]
    refuse(shared_database, item)
    assert item["id"] not in {one.id for one in list_waiting(shared_database)}


def test_decisions_come_in_order_page_by_page_and_only_to_their_device(
    device: Device, other: Device, shared_database: Database
) -> None:
    held = [a_held(device) for _ in range(5)]
    accept(shared_database, a_held(other))
    for item in reversed(held):
        refuse(shared_database, item)
    seen, cursor, pages = [], 0, []
    while True:
        page = device.pull(cursor, limit=2).json()
        seen += [item["id"] for item in page["items"]]
        pages.append(len(page["items"]))
        cursor = page["cursor"]
        if not page["more"]:
            break
    assert seen == [item["id"] for item in reversed(held)]
    assert pages == [2, 2, 1]
    assert len(other.pull().json()["items"]) == 1


def test_an_idle_pull_is_a_short_304(
    device: Device, other: Device, shared_database: Database
) -> None:
    idle = device.pull()
    assert idle.json()["items"] == []
    other.push(an_item())
    again = device.pull(etag=idle.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Perisai-Protocol"] == "1"
    assert octets_down(again) <= 800
    accept(shared_database, a_held(device))
    news = device.pull(etag=idle.headers["ETag"])
    assert news.status_code == 200
    cursor, etag = news.json()["cursor"], news.headers["ETag"]
    assert device.pull(cursor, etag=etag).status_code == 304
    assert device.pull(0, etag=etag).status_code == 200


def test_the_tag_of_one_device_is_not_anothers(device: Device, other: Device) -> None:
    assert device.pull().headers["ETag"] != other.pull().headers["ETag"]


def test_decisions_follow_the_record_to_the_agents_new_device(
    device: Device, a_device: Callable[..., Device], shared_database: Database
) -> None:
    item = a_held(device)
    second = a_device(device.agent).sign_in()
    second.push(a_fix(item, a_body(attestation=ILL)))
    accept(shared_database, item)
    assert len(second.pull().json()["items"]) == 1
    assert device.pull().json()["items"] == []


def test_the_checkpoint_moves_on_while_the_cursor_waits(device: Device) -> None:
    before = device.pull(cursor=0).json()
    device.push(an_item(id=new_id(NOW)))
    after = device.pull(cursor=0).json()
    assert (before["cursor"], after["cursor"]) == (0, 0)
    assert after["seq"] > before["seq"]
    assert after["token"] != before["token"]
