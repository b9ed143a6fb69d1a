"""A central that was put back, or another one in its place: nothing is lost (rule 5, I11)."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import proxy
import pytest
from faults_field import Central, Home, HomeMaker, niks, now, sent_and_not_there, standing
from proxy import Proxy

from perisai_cli.actions.queue import queue_fix, queue_list
from perisai_cli.actions.sync import SyncOptions, sync, sync_status, synced
from perisai_cli.central.decisions import decide
from perisai_cli.central.serve import open_central, running

ILL = {"working": True, "critically_ill": True}


@contextlib.contextmanager
def checking(folder: Path) -> Iterator[Central]:
    """Yield a central that compares what a device has seen with what it knows."""
    with running(folder, clock=now, check_seen=True) as address:
        yield Central(folder, address)


def backed_up(folder: Path, to: Path) -> None:
    to.mkdir(parents=True)
    source, target = sqlite3.connect(folder / "central.db"), sqlite3.connect(to / "central.db")
    with contextlib.closing(source), contextlib.closing(target):
        source.backup(target)


def put_back(folder: Path, backup: Path) -> None:
    shutil.rmtree(folder)
    shutil.copytree(backup, folder)


def decided(folder: Path, record: str, verdict: str = "accepted") -> None:
    database = open_central(folder)
    try:
        decide(database, record, verdict, "other", now)
    finally:
        database.close()


def all_is_there(home: Home, central: Central, wanted: range) -> None:
    with home.store() as store:
        assert sent_and_not_there(store, central) == []
    assert set(niks(wanted)) <= set(central.niks())
    assert len(central.niks()) == len(set(central.niks()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "central"


@pytest.mark.parametrize("others_push", [False, True], ids=["alone", "others-push"])
@pytest.mark.parametrize("something_waits", [False, True], ids=["idle", "waiting"])
def test_what_a_put_back_central_has_lost_is_sent_again(
    a_home: HomeMaker, folder: Path, tmp_path: Path, others_push: bool, something_waits: bool
) -> None:
    home, other = a_home(), a_home()
    with checking(folder) as central:
        home.central = central.address
        kept = home.enroll(range(1, 11))
        sync(home.app, SyncOptions())
        backed_up(folder, tmp_path / "backup")
        home.enroll(range(11, 31))
        queue_fix(home.app, kept[0], {"months": 6})
        assert sync(home.app, SyncOptions()).data["pending"] == 0
    put_back(folder, tmp_path / "backup")
    with checking(folder) as central:
        home.central = other.central = central.address
        if others_push:
            other.enroll(range(501, 541))
            sync(other.app, SyncOptions())
        if something_waits:
            home.enroll(range(31, 33))
        told = synced(home.app, SyncOptions())
        assert (told.exit_code, told.data["pending"]) == (0, 0), told
        assert [(each.code, each.facts) for each in told.warnings or ()] == [
            ("central.put_back", {"count": 21})
        ]
        all_is_there(home, central, range(1, 33 if something_waits else 31))
        assert central.conflicts() == 0
        assert central.statuses()[kept[0]] == (2, "accepted")
        again = sync(home.app, SyncOptions()).data
        assert (again["sent"], again["sent_again"]) == (0, 0)


def test_clearing_may_be_cut_short_at_any_point_and_is_done_anew(
    a_home: HomeMaker, folder: Path, tmp_path: Path
) -> None:
    home = a_home()
    with checking(folder) as central:
        home.central = central.address
        home.enroll(range(1, 3))
        sync(home.app, SyncOptions())
        backed_up(folder, tmp_path / "backup")
        [first, *_rest] = home.enroll(range(3, 451))
        sync(home.app, SyncOptions())
    put_back(folder, tmp_path / "backup")
    with checking(folder) as central, Proxy(central.address) as link:
        home.central = link.address
        # The second page of what is asked is never answered.
        link.next("/v1/sync/have", proxy.through, *[proxy.refused] * 40)
        told = synced(home.app, SyncOptions(max_seconds=1))
        assert told.exit_code == 5
        status = standing(sync_status(home.app).data)
        assert status == {"accepted": 252, "pending": 198}
        queue_fix(home.app, first, {"months": 6})
    with checking(folder) as central:
        home.central = central.address
        assert sync(home.app, SyncOptions()).data["pending"] == 0
        all_is_there(home, central, range(1, 451))
        assert central.statuses()[first] == (2, "accepted")


def test_an_answer_to_another_question_clears_nothing(
    a_home: HomeMaker, folder: Path, tmp_path: Path
) -> None:
    home = a_home()
    with checking(folder) as central:
        home.central = central.address
        backed_up(folder, tmp_path / "backup")
        home.enroll(range(1, 6))
        sync(home.app, SyncOptions())
    put_back(folder, tmp_path / "backup")
    with checking(folder) as central, Proxy(central.address) as link:
        home.central = link.address
        link.next("/v1/sync/have", proxy.altered(lambda told: told.update(asked="0" * 64)))
        told = synced(home.app, SyncOptions())
        assert (told.exit_code, [each.code for each in told.problems]) == (
            7, ["network.bad_receipt"],
        )  # fmt: skip
        assert standing(sync_status(home.app).data) == {"accepted": 5}
        assert sync(home.app, SyncOptions()).data["sent_again"] == 5
        all_is_there(home, central, range(1, 6))


def test_decisions_that_were_lost_do_not_undo_what_the_agent_was_told(
    a_home: HomeMaker, folder: Path, tmp_path: Path
) -> None:
    home = a_home()
    with checking(folder) as central:
        home.central = central.address
        early, late = home.enroll(range(1, 3), attestation=ILL)
        sync(home.app, SyncOptions())
        decided(folder, early)
        sync(home.app, SyncOptions())
        backed_up(folder, tmp_path / "backup")
        decided(folder, late)
        sync(home.app, SyncOptions())
        assert standing(sync_status(home.app).data) == {"accepted": 2}
    put_back(folder, tmp_path / "backup")
    with checking(folder) as central:
        home.central = central.address
        assert sync(home.app, SyncOptions()).exit_code == 0
        assert standing(sync_status(home.app).data) == {"accepted": 2}
        assert central.statuses()[late] == (1, "held"), "an officer finds it waiting, and decides"
        compared = home.run("sync", "reconcile", "--json")
        assert (compared.code, compared.data["state"]) == (3, 1)
        [item] = compared.data["items"]
        assert (item["id"], item["here"], item["there"]) == (late, "accepted", "held")
        decided(folder, late, "rejected")
        assert sync(home.app, SyncOptions()).exit_code == 3
        states = {each["id"]: each["state"] for each in queue_list(home.app, ()).data["items"]}
        assert states == {early: "accepted", late: "needs_fix"}
        assert home.run("sync", "reconcile", "--json").code == 0


def test_another_central_is_asked_what_it_holds_and_gets_the_rest(
    a_home: HomeMaker, tmp_path: Path
) -> None:
    home = a_home()
    for name in ("first", "second"):
        with checking(tmp_path / name) as central:
            home.central = central.address
            home.enroll(range(1, 6) if name == "first" else range(6, 8))
            told = synced(home.app, SyncOptions())
            assert (told.exit_code, told.data["pending"]) == (0, 0)
            all_is_there(home, central, range(1, 6) if name == "first" else range(1, 8))
    assert [each.code for each in told.warnings or ()] == ["central.another"]
    assert told.data["sent_again"] == 5


def test_a_central_with_other_keys_under_the_same_name_gets_nothing(
    a_home: HomeMaker, folder: Path
) -> None:
    home = a_home()
    with checking(folder) as central:
        home.central = central.address
        home.enroll(range(1, 3))
        sync(home.app, SyncOptions())
    with contextlib.closing(sqlite3.connect(folder / "central.db")) as hand, hand:
        hand.execute("UPDATE server_settings SET value = ? WHERE name = 'office_key'", ("7" * 64,))
    home.enroll(range(3, 5))
    with checking(folder) as central:
        home.central = central.address
        said = home.run("sync", "--json")
        assert (said.code, said.codes) == (7, ["central.key_changed"])
        assert len(central.niks()) == 2
        assert standing(sync_status(home.app).data) == {"accepted": 2, "pending": 2}
