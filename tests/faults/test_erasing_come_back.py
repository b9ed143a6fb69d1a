"""Erasing a person takes along the records of her coming back, which hold her whole."""

from __future__ import annotations

import pytest
from faults_field import Central, Home, standing
from planted import person, traces_below
from test_erasing import ERASE, enrolled, left_of, sealed

from perisai_cli.actions.bridge import Bridge
from perisai_cli.actions.desk import open_desk
from perisai_cli.actions.portals import portal_named
from perisai_cli.actions.reactivation import worker_reactivate
from perisai_cli.actions.sync import SyncOptions, sync, sync_status
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.portal_return import CameBack

ANEW = {
    "attestation": {"working": True, "critically_ill": False},
    "consent": {"given": True, "method": "thumbprint"},
}


def come_back(home: Home, record: str) -> str:
    return str(worker_reactivate(home.app, record, ANEW).data["id"])


def test_a_person_who_came_back_is_erased_here_and_at_the_central(
    linked: Home, central: Central
) -> None:
    others = linked.enroll(range(100, 110))
    record = enrolled(linked)
    back = come_back(linked, record)
    kept = come_back(linked, others[0])
    stranger = str(worker_reactivate(linked.app, None, person()).data["id"])
    payment = linked.run("payment", "record", record, "--json").data
    assert sync(linked.app, SyncOptions()).data["accepted"] == 15
    secret = sealed(linked, back) + sealed(linked, stranger)
    assert left_of(secret, linked.path)
    ran = linked.run(*ERASE, record)
    assert (ran.code, ran.data["traces"]) == (0, False)
    assert left_of(secret, linked.path) == []
    assert traces_below(linked.folder) == {}
    assert sync(linked.app, SyncOptions()).data["pending"] == 0
    assert traces_below(central.folder) == {}
    assert standing(sync_status(linked.app).data) == {"accepted": 12, "withdrawn": 3}
    for gone in (record, back, stranger):
        assert central.statuses()[gone][1] == "erased"
    assert central.statuses()[kept][1] == "accepted"
    listed = linked.run("payment", "list", "--json").data
    assert [(each["id"], each["amount"]) for each in listed["items"]] == [
        (payment["id"], payment["amount"])
    ]
    assert linked.run("payment", "list").code == 0
    assert linked.run("due").code == 0


def test_a_record_of_coming_back_is_erased_by_itself(linked: Home, central: Central) -> None:
    back = str(worker_reactivate(linked.app, None, person()).data["id"])
    assert sync(linked.app, SyncOptions()).data["accepted"] == 1
    assert linked.run(*ERASE, back).code == 0
    assert sync(linked.app, SyncOptions()).data["pending"] == 0
    assert traces_below(linked.folder) == {}
    assert traces_below(central.folder) == {}


def test_erasing_an_old_record_leaves_who_stands_by_another(linked: Home) -> None:
    old = enrolled(linked)
    assert linked.run("queue", "withdraw", old, "--yes").code == 0
    record = enrolled(linked)
    back = str(worker_reactivate(linked.app, None, person()).data["id"])
    again = come_back(linked, record)
    assert linked.run(*ERASE, old).code == 0
    assert linked.run(*ERASE, again).code == 0
    states = {
        item["id"]: item["state"] for item in linked.run("queue", "list", "--json").data["items"]
    }
    assert states == {old: "withdrawn", record: "queued", back: "queued", again: "withdrawn"}


def test_what_a_form_gives_back_after_an_erasure_is_not_kept(linked: Home) -> None:
    record = enrolled(linked)
    with open_desk(linked.app) as desk:
        bridge = Bridge(desk, portal_named(linked.path, "umum"))
        passage = bridge.passage(record)
        assert linked.run(*ERASE, record).code == 0
        for late in (
            lambda: bridge.reached(passage, 1),
            lambda: bridge.crossed(passage, CameBack(number="26112200001")),
        ):
            with pytest.raises(InvalidInput, match=r"bridge\.not_open"):
                late()
        assert desk.store.connection.row("SELECT 1 FROM carried") is None
