"""Two processes on one store behave as some serial order, and nobody hears of a lock (I10)."""

from __future__ import annotations

from pathlib import Path

from faults_field import (
    Central,
    Home,
    HomeMaker,
    Ran,
    ended,
    is_sound,
    json_lines,
    niks,
    sent_and_not_there,
    standing,
)
from proxy import Proxy, hold

from perisai_cli.actions.sync import SyncOptions, sync, sync_status
from perisai_cli.storage.journal import first_broken


def lines_file(home: Home, numbers: range) -> str:
    path = home.folder / f"workers-{numbers.start}.jsonl"
    path.write_text(json_lines(numbers), encoding="utf-8")
    return str(path)


def nobody_heard_of_a_lock(*runs: Ran) -> None:
    for ran in runs:
        assert ran.code == 0, ran
        assert "locked" not in ran.out + ran.err


def all_delivered_once(home: Home, central: Central, numbers: range) -> None:
    """Finish with a clean sync and compare the books of both sides."""
    sync(home.app, SyncOptions())
    assert central.niks() == niks(numbers)
    assert central.conflicts() == 0
    assert standing(sync_status(home.app).data) == {"accepted": len(numbers)}
    with home.store() as store:
        assert is_sound(store.connection)
        assert first_broken(store.connection, store.vault) is None
        assert sent_and_not_there(store, central) == []


def test_two_enrolments_of_many_at_once(linked: Home, central: Central) -> None:
    halves = (range(1, 251), range(251, 501))
    running = [
        linked.start("enroll", "--file", lines_file(linked, half), "--json") for half in halves
    ]
    runs = [ended(process) for process in running]
    nobody_heard_of_a_lock(*runs)
    assert [ran.data["accepted"] for ran in runs] == [250, 250]
    assert len(set(runs[0].receipts) | set(runs[1].receipts)) == 500
    all_delivered_once(linked, central, range(1, 501))


def test_two_enrolments_of_the_same_workers_at_once(linked: Home, central: Central) -> None:
    everyone = range(1, 251)
    running = [
        linked.start("enroll", "--file", lines_file(linked, everyone), "--json") for _ in range(2)
    ]
    runs = [ended(process) for process in running]
    assert sum(ran.data["accepted"] for ran in runs) == 250
    assert {code for ran in runs for code in ran.codes} == {"worker.already_here"}
    assert "locked" not in "".join(ran.out + ran.err for ran in runs)
    all_delivered_once(linked, central, everyone)


def test_many_short_enrolments_at_once(linked: Home, central: Central) -> None:
    running = [
        linked.start("enroll", "--file", lines_file(linked, range(number, number + 1)), "--json")
        for number in range(1, 9)
    ]
    nobody_heard_of_a_lock(*(ended(process) for process in running))
    all_delivered_once(linked, central, range(1, 9))


def test_an_enrolment_in_the_middle_of_a_sync(a_home: HomeMaker, central: Central) -> None:
    with Proxy(central.address) as proxy:
        home = a_home(proxy.address)
        home.enroll(range(1, 81))
        held = proxy.next("/v1/sync/push", hold)
        syncing = home.start("sync", "--json")
        assert held.reached.wait(60)
        enrolled = home.run("enroll", "--file", lines_file(home, range(81, 201)), "--json")
        held.go.set()
        synced = ended(syncing)
        nobody_heard_of_a_lock(enrolled, synced)
        assert synced.data["accepted"] == 200
        all_delivered_once(home, central, range(1, 201))


def test_a_correction_in_the_middle_of_a_sync_stays_pending(
    a_home: HomeMaker, central: Central
) -> None:
    with Proxy(central.address) as proxy:
        home = a_home(proxy.address)
        [record] = home.enroll(range(1, 2))
        held = proxy.next("/v1/sync/push", hold)
        syncing = home.start("sync", "--json")
        assert held.reached.wait(60)
        fixed = home.run(
            "queue", "fix", record, "--file", "-", "--json", given='{"income": 9000000}'
        )
        held.go.set()
        synced = ended(syncing)
        nobody_heard_of_a_lock(fixed, synced)
        assert (synced.data["accepted"], synced.data["pending"]) == (1, 1)
        assert central.statuses() == {record: (1, "accepted")}
        all_delivered_once(home, central, range(1, 2))
        assert central.statuses() == {record: (2, "accepted")}


def test_two_syncs_at_once(linked: Home, central: Central) -> None:
    linked.enroll(range(1, 121))
    running = [linked.start("sync", "--json") for _ in range(2)]
    codes = sorted(ended(process).code for process in running)
    assert codes in ([0, 0], [0, 11]), "one after the other, or one of them alone"
    all_delivered_once(linked, central, range(1, 121))


def test_a_second_sync_exits_11_while_one_runs_and_waits_if_it_may(
    a_home: HomeMaker, central: Central
) -> None:
    with Proxy(central.address) as proxy:
        home = a_home(proxy.address)
        home.enroll(range(1, 31))
        held = proxy.next("/v1/sync/push", hold)
        slow = home.start("sync", "--json")
        assert held.reached.wait(60)
        quick = home.run("sync", "--json")
        assert (quick.code, quick.codes) == (11, ["sync.locked"])
        assert home.run("sync", "status", "--json").data["pending"] == 30
        assert home.run("queue", "list", "--json").code == 0
        patient = home.start("sync", "--wait", "--json")
        held.go.set()
        nobody_heard_of_a_lock(ended(slow), ended(patient))
        all_delivered_once(home, central, range(1, 31))


def test_a_sync_that_is_killed_leaves_no_lock_behind(a_home: HomeMaker, central: Central) -> None:
    with Proxy(central.address) as proxy:
        home = a_home(proxy.address)
        home.enroll(range(1, 31))
        held = proxy.next("/v1/sync/push", hold)
        killed = home.start("sync", "--json")
        assert held.reached.wait(60)
        killed.kill()
        ended(killed)
        assert (home.path / "sync.lock").read_bytes() == b""
        held.go.set()
        nobody_heard_of_a_lock(home.run("sync", "--json"))
        all_delivered_once(home, central, range(1, 31))


def test_two_setups_at_once_make_one_store(tmp_path: Path) -> None:
    home = Home(tmp_path)
    named = ("--office", "W-1", "--region", "5171", "--yes", "--json")
    running = [
        home.start("setup", "--agent", f"A-{number}", "--name", "Agen", *named)
        for number in range(2)
    ]
    runs = [ended(process) for process in running]
    assert sorted(ran.code for ran in runs) in ([0, 2], [0, 8]), runs
    [won] = [ran for ran in runs if ran.code == 0]
    with home.store() as store:
        assert store.profile.agent == won.data["agent"]
    assert [path.name for path in home.path.iterdir()] == ["perisai.db"]
