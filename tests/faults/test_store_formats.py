"""A store of every earlier format opens with all that it holds unsent; a newer one is left alone (I13)."""

from __future__ import annotations

import contextlib
import signal
import sqlite3
from pathlib import Path

import pytest
from faults_field import HERE, Central, Home, is_sound, niks, standing

from perisai_cli.actions.queue import queue_list
from perisai_cli.storage.journal import first_broken
from perisai_cli.storage.migrations import FORMAT

STORES = sorted((HERE / "stores").glob("format_*.sql"))
WAITING = {"pending": 4, "accepted": 1}
"""Where the records of every old store stand: one withdrawn and three queued are unsent."""


def an_old_home(folder: Path, script: Path, central: str = "") -> Home:
    home = Home(folder, central)
    home.path.mkdir(mode=0o700)
    with contextlib.closing(sqlite3.connect(home.file)) as connection:
        connection.executescript(script.read_text(encoding="utf-8"))
        connection.execute("PRAGMA journal_mode = WAL")
    return home


def format_of(home: Home) -> int:
    with contextlib.closing(sqlite3.connect(home.file)) as connection:
        return int(connection.execute("PRAGMA user_version").fetchone()[0])


def test_there_is_a_store_of_every_earlier_format() -> None:
    assert [path.stem for path in STORES] == [f"format_{number}" for number in range(1, FORMAT)]


@pytest.mark.parametrize("script", STORES, ids=lambda path: path.stem)
def test_an_old_store_upgrades_with_its_unsent_rows_and_delivers_them(
    script: Path, tmp_path: Path, central: Central
) -> None:
    home = an_old_home(tmp_path / "old", script, central.address)
    told = home.run("sync", "status", "--json")
    assert told.code == 0, told
    assert standing(told.data) == WAITING
    assert format_of(home) == FORMAT
    items = queue_list(home.app, ()).data["items"]
    assert sorted(item["state"] for item in items) == [
        "accepted", "draft", "queued", "queued", "queued", "withdrawn",
    ]  # fmt: skip
    with home.store() as store:
        assert is_sound(store.connection)
        assert first_broken(store.connection, store.vault) is None
    sent = home.run("sync", "--json")
    assert sent.code == 0, sent
    # This central is another one than that which took the first record, so it is sent again.
    assert (sent.data["sent"], sent.data["pending"]) == (5, 0)
    assert central.niks() == sorted([*niks(range(1, 3)), *niks(range(4, 6))])


@pytest.mark.parametrize("script", STORES, ids=lambda path: path.stem)
def test_a_death_anywhere_in_an_upgrade_loses_nothing(script: Path, tmp_path: Path) -> None:
    killer = str(HERE / "kill_at.py")
    whole = an_old_home(tmp_path / "whole", script)
    points = tmp_path / "points.txt"
    ran = whole.run("sync", "status", "--json", program=(killer, "0", str(points)))
    assert ran.code == 0, ran
    count = len(points.read_text(encoding="utf-8").splitlines())
    assert count > 10
    for at in (1, *range(2, count, 3), count):
        home = an_old_home(tmp_path / f"dies-{at}", script)
        died = home.run("sync", "status", "--json", program=(killer, str(at), str(points)))
        assert died.code == -signal.SIGKILL, (at, died)
        with home.store() as store:
            assert is_sound(store.connection)
        assert format_of(home) == FORMAT
        assert len(queue_list(home.app, ()).data["items"]) == 6
        with home.store() as store:
            assert first_broken(store.connection, store.vault) is None
            row = store.connection.row("SELECT count(*) FROM records WHERE acked_rev < rev")
            assert row is not None
            assert row[0] == 4


@pytest.mark.parametrize("command", [("sync", "status"), ("queue", "list"), ("sync",)])
def test_a_newer_store_is_refused_and_not_touched(
    command: tuple[str, ...], tmp_path: Path, linked: Home
) -> None:
    linked.enroll(range(1, 3))
    with contextlib.closing(sqlite3.connect(linked.file)) as connection:
        connection.execute(f"PRAGMA user_version = {FORMAT + 1}")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = linked.files()
    ran = linked.run(*command, "--json")
    assert (ran.code, ran.codes) == (13, ["store.newer"])
    assert linked.files() == before


def test_an_old_store_that_two_open_at_once_is_upgraded_once(tmp_path: Path) -> None:
    home = an_old_home(tmp_path / "old", STORES[0])
    started = [home.start("sync", "status", "--json") for _ in range(4)]
    for process in started:
        with process:
            out, err = process.communicate(timeout=60)
        assert process.returncode == 0, (out, err)
    with contextlib.closing(sqlite3.connect(home.file)) as connection:
        steps = connection.execute("SELECT name FROM _sqlite_migrations").fetchall()
    assert [name for [name] in steps] == [
        "m001_first_tables",
        "m002_attachments",
        "m003_field_work",
    ]
