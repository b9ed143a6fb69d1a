"""``sync reconcile`` names every difference, and is silent about none."""

from __future__ import annotations

import contextlib
import sqlite3

from faults_field import Central, Home, HomeMaker

from perisai_cli.actions.queue import queue_withdraw
from perisai_cli.actions.sync import SyncOptions, sync

ILL = {"working": True, "critically_ill": True}


def take_out(central: Central, record: str) -> None:
    """Make the central forget a record as no honest central does."""
    with contextlib.closing(sqlite3.connect(central.folder / "central.db")) as hand, hand:
        hand.execute("DELETE FROM nik_claims WHERE record_id = ?", (record,))
        hand.execute("DELETE FROM item_versions WHERE id = ?", (record,))
        hand.execute("DELETE FROM items WHERE id = ?", (record,))


def change(central: Central, record: str) -> None:
    with contextlib.closing(sqlite3.connect(central.folder / "central.db")) as hand, hand:
        hand.execute("UPDATE item_versions SET hash = ? WHERE id = ?", ("0" * 64, record))


def test_equal_books_exit_0_and_every_difference_is_named(linked: Home, central: Central) -> None:
    ids = linked.enroll(range(1, 261))
    [held] = linked.enroll(range(261, 262), attestation=ILL)
    queue_withdraw(linked.app, ids[0], "other")
    sync(linked.app, SyncOptions())
    said = linked.run("sync", "reconcile", "--json")
    assert (said.code, said.data["equal"]) == (0, True), said
    states = said.data["states"]
    assert states["accepted"]["here"] == states["accepted"]["there"]
    assert states["accepted"]["there"]["records"] == 259
    assert states["held"]["there"]["records"] == 1
    assert states["withdrawn"]["here"] == {"records": 1, "amount": 0}
    total = states["accepted"]["here"]["amount"] + states["held"]["here"]["amount"]
    assert total == 260 * (states["held"]["here"]["amount"])

    take_out(central, ids[5])
    change(central, ids[6])
    said = linked.run("sync", "reconcile", "--json")
    assert (said.code, said.document["status"]) == (3, "partial")
    named = {(item["id"], item["kind"]) for item in said.data["items"]}
    assert named == {(ids[5], "missing_there"), (ids[6], "differs")}
    text = linked.run("sinkron", "rekonsiliasi", "--bahasa", "id")
    assert f"{ids[5]}: tidak ada di pusat" in text.out

    said = linked.run("sync", "reconcile", "--repair", "--json")
    assert (said.code, said.data["repaired"]) == (3, 1)
    assert sync(linked.app, SyncOptions()).data["sent"] == 1
    assert ids[5] in central.statuses()
    said = linked.run("sync", "reconcile", "--json")
    assert [item["id"] for item in said.data["items"]] == [ids[6]]
    assert held in central.statuses()


def test_what_waits_is_no_fault_but_the_books_are_not_equal_yet(linked: Home) -> None:
    linked.enroll(range(1, 4))
    sync(linked.app, SyncOptions())
    linked.enroll(range(4, 6))
    said = linked.run("sync", "reconcile", "--json")
    assert (said.code, said.data["items"], said.data["pending"]) == (3, [], 2)


def test_a_record_that_only_the_central_has_is_named(a_home: HomeMaker, central: Central) -> None:
    home = a_home(central.address)
    home.enroll(range(1, 4))
    sync(home.app, SyncOptions())
    copy = home.file.read_bytes()
    [lost] = home.enroll(range(4, 5))
    sync(home.app, SyncOptions())
    for path in home.path.glob("perisai.db*"):
        path.unlink()
    home.file.write_bytes(copy)
    said = home.run("sync", "reconcile", "--json")
    assert said.code == 3
    assert [(item["id"], item["kind"]) for item in said.data["items"]] == [(lost, "only_there")]
