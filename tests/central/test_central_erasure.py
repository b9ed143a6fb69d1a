"""What the central keeps of an erased person: ids, hashes and counts, and nothing that comes late."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from central_field import NOW, Clock, Device, a_body, a_fix, a_nik, a_withdrawal, a_worker, an_item
from sqlalchemy import func, select
from test_central_blobs import Sending, a_photo, named

from perisai_cli.central.database import Database
from perisai_cli.central.decisions import decide
from perisai_cli.central.serve import open_central, running
from perisai_cli.central.tables import blobs, conflicts, item_versions, items, nik_claims
from perisai_cli.protocol.bodies import erasure_body
from perisai_cli.protocol.canonical import body_hash

NAME = "Zulkarnaini Wedhasmara"


def an_erasure(of: dict[str, Any], **changes: Any) -> dict[str, Any]:
    body = erasure_body("subject_asked", NOW)
    return of | {"rev": of["rev"] + 1, "base_rev": of["rev"], "body": body} | changes


def bodies(database: Database, record_id: str) -> list[dict[str, Any]]:
    found = []
    with database.reading() as connection:
        for table in (item_versions, conflicts):
            wanted = select(table.c.body).where(table.c.id == record_id).order_by(table.c.rev)
            found += list(connection.scalars(wanted))
    return found


def status(database: Database, record_id: str) -> Any:
    with database.reading() as connection:
        return connection.execute(select(items).where(items.c.id == record_id)).one()


def test_an_erasure_leaves_ids_hashes_and_revisions_alone(
    device: Device, shared_database: Database
) -> None:
    first = an_item()
    second = a_fix(first, a_body())
    device.push(first, second)
    third = an_erasure(second)
    assert device.push(third)[0]["status"] == "accepted"
    assert device.push(third)[0]["status"] == "unchanged"
    assert bodies(shared_database, first["id"]) == [{}, {}, third["body"]]
    with shared_database.reading() as connection:
        wanted = select(item_versions.c.hash).where(item_versions.c.id == first["id"])
        hashes = list(connection.scalars(wanted.order_by(item_versions.c.rev)))
        claimed = select(func.count()).where(nik_claims.c.record_id == first["id"])
        assert connection.scalar(claimed) == 0
    assert hashes == [body_hash(each["body"]) for each in (first, second, third)]
    standing = status(shared_database, first["id"])
    assert (standing.rev, standing.status) == (3, "erased")
    assert (standing.kpj, standing.payment_code) == (None, None)


def test_the_nik_of_an_erased_person_is_free(device: Device) -> None:
    nik = a_nik()
    item = an_item(a_body(a_worker(nik)))
    device.push(item, an_erasure(item))
    assert device.push(an_item(a_body(a_worker(nik))))[0]["status"] == "accepted"


def a_reactivation(of: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return an_item(of["body"] | {"member": of["id"]}, kind="reactivation", **changes)


def test_a_member_s_coming_back_goes_along_whichever_device_sent_it(
    device: Device, other: Device, a_device: Callable[..., Device], shared_database: Database
) -> None:
    second = a_device(device.agent).sign_in()
    member, neighbour = an_item(), an_item()
    device.push(member, neighbour)
    back = a_reactivation(member)
    fixed = back | {"rev": 2, "base_rev": 1}
    kept, foreign = a_reactivation(neighbour), a_reactivation(member)
    assert [each["status"] for each in second.push(back, fixed, kept)] == ["accepted"] * 3
    other.push(foreign)
    gone = an_erasure(member)
    assert device.push(gone)[0]["status"] == "accepted"
    assert bodies(shared_database, back["id"]) == [{}, {}]
    assert status(shared_database, back["id"]).status == "erased"
    assert bodies(shared_database, kept["id"]) == [kept["body"]]
    assert bodies(shared_database, foreign["id"]) == [foreign["body"]]
    assert second.pull().json()["tombstones"] == [back["id"]]
    assert set(device.pull().json()["tombstones"]) == {member["id"], back["id"]}
    own = an_erasure(fixed)
    assert second.push(own)[0]["status"] == "accepted"
    assert second.push(own)[0]["status"] == "unchanged"
    assert second.push(back)[0]["status"] == "unchanged"
    assert bodies(shared_database, back["id"]) == [{}, {}, own["body"]]


def test_what_was_held_or_decided_about_a_person_goes_too(
    device: Device, shared_database: Database, clock: Clock
) -> None:
    item = an_item(a_body(attestation={"working": True, "critically_ill": True}))
    device.push(item)
    decide(shared_database, item["id"], "rejected", "ill_before", clock)
    device.push(an_erasure(item))
    with shared_database.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT problem, NULL FROM item_versions WHERE id = ?"
            " UNION ALL SELECT problem, reason FROM decisions WHERE id = ?",
            (item["id"], item["id"]),
        ).all()
    assert len(rows) == 3
    assert {value for row in rows for value in row} == {None}


def test_a_photo_goes_unless_another_record_names_it(
    device: Device, shared_database: Database
) -> None:
    own, shared = a_photo(), a_photo()
    first = an_item(a_body() | named(own))
    twin = an_item(a_body() | named(shared))
    other = an_item(a_body() | named(shared))
    device.push(first, twin, other)
    for photo in (own, shared):
        Sending(device, photo).whole()
    device.push(an_erasure(first), an_erasure(twin))
    with shared_database.reading() as connection:
        kept = set(connection.scalars(select(blobs.c.sha256)))
    assert Sending(device, own).sha256 not in kept
    assert Sending(device, shared).sha256 in kept
    assert Sending(device, own).put(0, 10).json()["code"] == "blob.unknown"


@pytest.mark.parametrize("late", ["again", "older", "newer", "withdrawal"])
def test_nothing_that_comes_late_brings_the_person_back(
    late: str, device: Device, shared_database: Database
) -> None:
    item = an_item(rev=2, base_rev=1)
    device.push(item)
    gone = an_erasure(item)
    device.push(gone)
    comes = {
        "again": item,
        "older": item | {"rev": 1, "base_rev": 0, "body": a_body()},
        "newer": a_fix(gone, a_body()),
        "withdrawal": a_withdrawal(gone),
    }[late]
    expected = "unchanged" if late in ("again", "older") else "conflict"
    assert device.push(comes)[0]["status"] == expected
    assert device.push(comes)[0]["status"] == expected
    assert all(set(body) <= {"erased"} for body in bodies(shared_database, item["id"]))
    assert status(shared_database, item["id"]).status == "erased"


def test_a_record_that_was_never_sent_can_be_erased(
    device: Device, shared_database: Database
) -> None:
    never = an_item()
    gone = an_erasure(never)
    assert device.push(gone)[0]["status"] == "accepted"
    assert device.push(never)[0]["status"] == "unchanged"
    assert [set(body) for body in bodies(shared_database, never["id"])] == [set(), {"erased"}]


@pytest.mark.parametrize("rev", [1, 2, 3, 4])
def test_an_erasure_goes_through_whatever_it_rests_on(
    rev: int, device: Device, a_device: Callable[..., Device], shared_database: Database
) -> None:
    item = an_item(rev=2, base_rev=1)
    device.push(item, a_fix(item, a_body()))
    second = a_device(device.agent).sign_in()
    gone = an_erasure(item, rev=rev, base_rev=rev - 1)
    assert second.push(gone)[0]["status"] == "accepted"
    assert all(set(body) <= {"erased"} for body in bodies(shared_database, item["id"]))
    assert status(shared_database, item["id"]).status == "erased"
    assert second.push(gone)[0]["status"] in ("accepted", "unchanged")


def test_another_agent_erases_nothing(
    device: Device, other: Device, shared_database: Database
) -> None:
    item = an_item()
    device.push(item)
    assert other.push(an_erasure(item))[0]["status"] == "conflict"
    assert bodies(shared_database, item["id"])[0] == item["body"]
    assert status(shared_database, item["id"]).status == "accepted"


def test_an_erasure_without_its_form_erases_nothing(
    device: Device, shared_database: Database
) -> None:
    item = an_item()
    device.push(item)
    for body in ({"erased": {}}, {"erased": {"at": "x", "reason": "y"}}, {"erased": 1}):
        assert device.push(an_erasure(item, body=body))[0]["status"] == "rejected"
    assert bodies(shared_database, item["id"]) == [item["body"]]


def test_every_device_that_sent_a_record_hears_once_that_it_is_erased(
    device: Device, other: Device, a_device: Callable[..., Device]
) -> None:
    second = a_device(device.agent).sign_in()
    item = an_item()
    device.push(item)
    second.push(a_fix(item, a_body()))
    device.push(an_erasure(item, rev=3, base_rev=2))
    for hearer in (device, second):
        answer = hearer.pull()
        page = answer.json()
        assert page["tombstones"] == [item["id"]]
        assert hearer.pull(page["cursor"]).json()["tombstones"] == []
        assert hearer.pull(page["cursor"], etag=answer.headers["ETag"]).status_code == 304
    assert other.pull().json()["tombstones"] == []


def test_pages_hold_decisions_and_erasures_in_their_order(
    device: Device, shared_database: Database, clock: Clock
) -> None:
    ill = {"working": True, "critically_ill": True}
    records = [an_item(a_body(attestation=ill)) for _ in range(6)]
    device.push(*records)
    for number, record in enumerate(records):
        if number % 2:
            device.push(an_erasure(record))
        else:
            decide(shared_database, record["id"], "accepted", None, clock)
    heard, cursor, more = [], 0, True
    while more:
        page = device.pull(cursor, limit=2).json()
        heard += [each["id"] for each in page["items"]] + page["tombstones"]
        cursor, more = page["cursor"], page["more"]
        assert len(page["items"]) + len(page["tombstones"]) <= 2
    assert sorted(heard) == sorted(record["id"] for record in records)


def test_no_file_of_the_central_holds_the_person_any_more(
    tmp_path: Path, http: httpx.Client
) -> None:
    with running(tmp_path, clock=Clock()) as address:
        device = Device(http, address=address).sign_in()
        gone, photo = an_item(a_body(name=NAME, phone="081298701234")), a_photo()
        nik = gone["body"]["worker"]["nik"]
        crowd = [an_item(a_body(a_worker(a_nik(), name=f"Orang {n}"))) for n in range(40)]
        device.push(*crowd[:20], gone, *crowd[20:])
        fixed = a_fix(gone, a_body(a_worker(nik, name=NAME, phone="081298701235")) | named(photo))
        device.push(fixed, *(a_fix(each, a_body(a_worker(a_nik()))) for each in crowd))
        Sending(device, photo).whole()
        before = b"".join(path.read_bytes() for path in tmp_path.iterdir())
        assert nik.encode() in before
        assert photo[:64] in before
        database = open_central(tmp_path)
        device.push(an_erasure(fixed))
        database.close()
        after = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    for part in (nik, *NAME.split(), "1298701234", "1298701235"):
        assert part.encode() not in after, part
    assert not [at for at in range(0, len(photo) - 24, 512) if photo[at : at + 24] in after]
    assert json.dumps(crowd[0]["id"]).strip('"').encode() in after


def test_a_copy_in_a_page_s_slack_is_found_and_the_file_written_anew(
    tmp_path: Path, http: httpx.Client
) -> None:
    with running(tmp_path, clock=Clock()) as address:
        device = Device(http, address=address).sign_in()
        gone = an_item(a_body(name=NAME))
        device.push(gone)
        careless = sqlite3.connect(tmp_path / "central.db", isolation_level=None)
        careless.execute("PRAGMA secure_delete = OFF")
        careless.execute("CREATE TABLE slack AS SELECT body FROM item_versions, items, counters")
        careless.execute("DROP TABLE slack")
        careless.close()
        device.push(an_erasure(gone))
        after = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert NAME.encode() not in after
    assert gone["body"]["worker"]["nik"].encode() not in after
