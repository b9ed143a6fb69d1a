"""Erasure leaves no readable trace, and its tombstone syncs (I17)."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import cards
import pytest
from faults_field import (
    HERE,
    PASSPHRASE,
    Central,
    Home,
    HomeMaker,
    a_worker,
    ended,
    is_sound,
    local_hashes,
    now,
    standing,
)
from planted import NAME, NIK, person, traces, traces_below
from proxy import Proxy, hold

from perisai_cli.actions.photo import worker_photo
from perisai_cli.actions.queue import queue_fix, queue_list
from perisai_cli.actions.sync import SyncOptions, sync, sync_status
from perisai_cli.storage.journal import first_broken
from perisai_cli.storage.records import Records

ERASE = ("worker", "erase", "--reason", "subject_asked", "--yes", "--json")


def enrolled(home: Home, **changes: Any) -> str:
    ran = home.run("enroll", "--file", "-", "--json", given=json.dumps(person(**changes)))
    assert ran.code == 0, ran
    return str(ran.data["id"])


def sealed(home: Home, record_id: str) -> list[bytes]:
    """Return what is sealed of a record, as it lies in the file."""
    with closing(sqlite3.connect(home.file)) as connection:
        rows = [
            *connection.execute(
                "SELECT envelope, reply, nik_index FROM records WHERE id = ?", (record_id,)
            ),
            *connection.execute(
                "SELECT envelope FROM attachments WHERE record_id = ?", (record_id,)
            ),
        ]
    return [blob for row in rows for blob in row if blob]


def left_of(blobs: list[bytes], folder: Path) -> list[tuple[str, int]]:
    """Return where any two dozen octets of the blobs still stand in a file below a folder."""
    found = []
    for path in (path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        for blob in blobs:
            ends = range(0, len(blob) - 24, 8 if len(blob) < 5000 else 512)
            found += [(path.name, at) for at in ends if blob[at : at + 24] in content]
    return found


def erased(home: Home, record_id: str) -> Any:
    ran = home.run(*ERASE, record_id)
    assert ran.code == 0, ran
    assert ran.data["traces"] is False
    return ran.data


def crowd(home: Home) -> list[str]:
    """Return the ids of others around the person, grown so that rows were moved about in the file."""
    return home.enroll(range(100, 140))


def grow(home: Home, ids: list[str]) -> None:
    heirs = [{"name": "Ahli Waris " + "x" * 30, "relationship": "spouse"}] * 3
    for record_id in ids:
        queue_fix(home.app, record_id, {"heirs": heirs})


def test_no_file_holds_the_person_after_an_erasure(
    linked: Home, central: Central, a_home: HomeMaker
) -> None:
    home = linked
    around = crowd(home)
    record = enrolled(home)
    around += home.enroll(range(140, 160))
    worker_photo(home.app, record, cards.jpeg(cards.card()))
    assert home.run("sync", "--json").data["photos_sent"] == 1
    grow(home, around[30:50])
    secret = sealed(home, record)
    assert len(secret) == 4
    assert left_of(secret, home.path)
    assert traces(b"".join(path.read_bytes() for path in central.folder.iterdir()))
    finalised = sum(standing(sync_status(home.app).data | {"photos": None}).values())
    data = erased(home, record)
    assert (data["rev"], data["state"]) == (3, "withdrawn")
    assert left_of(secret, home.path) == []
    assert traces_below(home.folder) == {}
    after = sync_status(home.app).data
    assert sum(standing(after).values()) == finalised
    done = home.run("sync", "--json")
    assert (done.code, done.data["pending"]) == (0, 0)
    assert standing(sync_status(home.app).data) == {"accepted": finalised - 1, "withdrawn": 1}
    assert traces_below(central.folder) == {}
    assert left_of(secret, home.path) == []
    with home.store() as store:
        assert is_sound(store.connection)
        assert first_broken(store.connection, store.vault) is None
    shown = home.run("queue", "show", record, "--json").data
    assert (shown["worker"], shown["assigned"], shown["photo"]) == ({}, None, None)
    assert shown["erased"]["reason"] == "subject_asked"
    assert home.run("report", "enrollments", "--json").code == 0
    assert home.run("report", "summary", "--json").code == 0
    assert central.statuses()[record] == (3, "erased")
    for form in ((), ("--json",)):
        assert home.run("sync", "reconcile", *form).code == 0  # both sides count it alike


def test_a_restored_backup_does_not_bring_the_person_back(linked: Home, central: Central) -> None:
    record = enrolled(linked)
    assert sync(linked.app, SyncOptions()).data["accepted"] == 1
    backup = linked.folder / "backup"
    shutil.copytree(linked.path, backup)
    erased(linked, record)
    assert sync(linked.app, SyncOptions()).data["accepted"] == 1
    shutil.rmtree(linked.path)
    shutil.copytree(backup, linked.path)
    shutil.rmtree(backup)
    queue_fix(linked.app, record, {"income": 2500000})
    secret = sealed(linked, record)
    assert sync(linked.app, SyncOptions()).data["conflict"] == 1
    assert left_of(secret, linked.path) == []
    assert standing(sync_status(linked.app).data) == {"pending": 1}
    assert sync(linked.app, SyncOptions()).data["pending"] == 0
    assert standing(sync_status(linked.app).data) == {"withdrawn": 1}
    assert traces_below(central.folder) == {}
    assert traces_below(linked.folder) == {}


def test_an_unsent_record_is_erased_and_only_its_tombstone_travels(
    linked: Home, central: Central
) -> None:
    record = enrolled(linked)
    secret = sealed(linked, record)
    erased(linked, record)
    assert left_of(secret, linked.path) == []
    assert standing(sync_status(linked.app).data) == {"pending": 1}
    assert sync(linked.app, SyncOptions()).data["accepted"] == 1
    assert central.statuses()[record] == (2, "erased")
    [[body]] = central.rows("SELECT body FROM item_versions")
    assert set(json.loads(body)) == {"erased"}
    assert traces_below(central.folder) == {}
    again = enrolled(linked)
    assert again != record
    assert sync(linked.app, SyncOptions()).data["accepted"] == 1


def test_a_draft_is_erased_whole(home: Home) -> None:
    record = "0192f0c1-0000-7000-8000-000000000001"
    with home.store() as store, store.connection.transaction():
        Records(store, "A-UJI", store.device.id).save_draft(record, person(), now())
    secret = sealed(home, record)
    assert erased(home, record)["state"] is None
    assert left_of(secret, home.path) == []
    assert queue_list(home.app, ()).data["count"] == 0


def test_where_another_process_reads_the_agent_hears_that_remains_are_left(home: Home) -> None:
    record = enrolled(home)
    secret = sealed(home, record)
    reader = sqlite3.connect(home.file)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM records").fetchall()
    ran = home.run(*ERASE, record)
    assert (ran.code, ran.data["traces"]) == (0, True)
    assert [warning["code"] for warning in ran.data["warnings"]] == ["erasure.traces"]
    assert standing(sync_status(home.app).data) == {"pending": 1}
    reader.rollback()
    reader.close()
    sync_status(home.app)
    assert left_of(secret, home.path) == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("--reason", "curious", "--yes"), "erasure.reason"),
        (("--yes",), "usage.missing"),
        (("--reason", "subject_asked"), "confirm.missing"),
    ],
)
def test_an_erasure_wants_a_reason_and_a_yes(
    home: Home, arguments: tuple[str, ...], code: str
) -> None:
    [record] = home.enroll(range(1, 2))
    ran = home.run("worker", "erase", record, *arguments, "--json")
    assert (ran.code, ran.codes) == (2, [code])
    assert queue_list(home.app, ()).data["items"][0]["state"] == "queued"


def test_an_erased_record_is_closed_for_good(home: Home) -> None:
    [record] = home.enroll(range(1, 2))
    erased(home, record)
    assert home.run(*ERASE, record).codes == ["erasure.already"]
    assert home.run("queue", "withdraw", record, "--yes", "--json").codes == ["record.not_open"]
    (home.folder / "card.jpg").write_bytes(cards.jpeg(cards.card()))
    photo = home.run("worker", "photo", record, "card.jpg", "--json")
    assert photo.codes == ["record.not_open"]
    fixed = home.run("queue", "fix", record, "--file", "-", "--json", given='{"income": 1}')
    assert fixed.codes == ["record.not_open"]
    listed = queue_list(home.app, ()).data["items"]
    assert [item["nik_masked"] for item in listed] == ["*" * 16]


def test_a_death_anywhere_in_an_erasure_leaves_it_done_or_not_begun(
    a_home: HomeMaker, tmp_path: Path
) -> None:
    killer = str(HERE / "kill_at.py")
    points = tmp_path / "points.txt"
    whole = a_home()
    command = (*ERASE, whole.enroll(range(1, 2))[0])
    assert whole.run(*command, program=(killer, "0", str(points))).code == 0
    count = len(points.read_text(encoding="utf-8").splitlines())
    assert count > 12
    for at in (*range(5, count, 4), count):
        home = a_home()
        [record] = home.enroll(range(1, 2))
        secret = sealed(home, record)
        died = home.run(*ERASE, record, program=(killer, str(at), str(points)))
        assert died.code == -signal.SIGKILL, (at, died)
        with home.store() as store:
            [(rev, _acked, _hash)] = local_hashes(store).values()
            assert is_sound(store.connection)
            assert first_broken(store.connection, store.vault) is None
        if rev == 1:
            assert left_of(secret, home.path)
            erased(home, record)
        assert left_of(secret, home.path) == []


def _names() -> Iterator[str]:
    yield from (NIK, *NAME.split(), PASSPHRASE)


def test_the_journal_tells_that_and_why_but_not_who(home: Home) -> None:
    record = enrolled(home)
    erased(home, record)
    with closing(sqlite3.connect(home.file)) as connection:
        lines = connection.execute("SELECT action, record_id, rev, facts FROM journal").fetchall()
    assert ("enrolment.erased", record, 2, '{"reason": "subject_asked"}') in lines
    assert not [name for name in _names() if name in str(lines)]
    assert a_worker(1)["nik"] not in str(lines)


def test_a_copy_in_a_page_s_slack_is_found_and_the_file_written_anew(home: Home) -> None:
    """SQLite moves rows about within its file and may leave copies where nothing points to."""
    record = enrolled(home)
    secret = sealed(home, record)
    with closing(sqlite3.connect(home.file, isolation_level=None)) as careless:
        careless.execute("PRAGMA secure_delete = OFF")
        careless.execute("CREATE TABLE slack (held BLOB)")
        careless.executemany("INSERT INTO slack VALUES (?)", [(blob,) for blob in secret * 9])
        careless.execute("DROP TABLE slack")
    erased(home, record)
    assert left_of(secret, home.path) == []


def test_an_erasure_while_a_sync_is_under_way_stands(a_home: HomeMaker, central: Central) -> None:
    with Proxy(central.address) as between:
        home = a_home(between.address)
        record = enrolled(home)
        gate = between.next("/v1/sync/push", hold)
        process = home.start("sync", "--json")
        assert gate.reached.wait(60)
        assert home.run(*ERASE, record).code == 0
        gate.go.set()
        assert ended(process).code == 0
    with closing(sqlite3.connect(home.file)) as connection:
        held = connection.execute("SELECT reply, nik_index, rev, acked_rev FROM records").fetchall()
    assert held == [(None, None, 2, 1)]
    assert traces(b"".join(path.read_bytes() for path in central.folder.iterdir()))
    home.central = central.address
    assert sync(home.app, SyncOptions()).data["accepted"] == 1
    assert standing(sync_status(home.app).data) == {"withdrawn": 1}
    assert traces_below(central.folder) == {}


def test_an_erasure_while_its_photo_is_under_way_stops_nothing(
    a_home: HomeMaker, central: Central
) -> None:
    with Proxy(central.address) as between:
        home = a_home(between.address)
        record = enrolled(home)
        photo = worker_photo(home.app, record, cards.jpeg(cards.card())).data["photo"]
        gate = between.next(f"/v1/blob/{photo['sha256']}", hold)
        process = home.start("sync", "--json")
        assert gate.reached.wait(60)
        assert home.run(*ERASE, record).code == 0
        gate.go.set()
        assert ended(process).code == 0
    home.central = central.address
    assert sync(home.app, SyncOptions()).data["accepted"] == 1
    assert central.rows("SELECT * FROM blobs") == []
    assert standing(sync_status(home.app).data) == {"withdrawn": 1}
