"""Copies of a central: whole, private, never in the way, and devices hear that they exist."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import stat
import threading
from pathlib import Path

import httpx
import pytest
from central_field import Clock, Device, an_item
from command_line import Cli

from perisai_cli.central.backup import copy_database
from perisai_cli.central.commits import durable_seq, last_commit
from perisai_cli.central.serve import open_central, running
from perisai_cli.domain.errors import StoreUnusable


def durable(folder: Path) -> int:
    database = open_central(folder)
    try:
        with database.reading() as connection:
            return durable_seq(connection, last_commit(connection).seq)
    finally:
        database.close()


def test_a_copy_made_while_it_serves_is_one_moment_of_it(
    tmp_path: Path, http: httpx.Client
) -> None:
    folder = tmp_path / "pusat"
    with running(folder, clock=Clock()) as address:
        device = Device(http, address=address).sign_in()
        device.push(*(an_item() for _ in range(20)))
        stop = threading.Event()

        def go_on() -> None:
            while not stop.is_set():
                device.push(an_item(), an_item())

        pushing = threading.Thread(target=go_on)
        pushing.start()
        try:
            seqs = []
            for number in range(5):
                (copy := tmp_path / f"copy-{number}").touch(mode=0o600)
                seqs.append(copy_database(folder / "central.db", copy))
        finally:
            stop.set()
            pushing.join()
    assert seqs == sorted(seqs)
    for number, seq in enumerate(seqs):
        with contextlib.closing(sqlite3.connect(tmp_path / f"copy-{number}")) as copy:
            assert copy.execute("SELECT max(seq) FROM commits").fetchone() == (seq,)
            assert copy.execute("SELECT max(seq) FROM item_versions").fetchone() == (seq,)
            assert copy.execute("SELECT count(*) FROM items").fetchone()[0] >= 20
            assert copy.execute("PRAGMA foreign_key_check").fetchall() == []
            assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)


def test_the_command_writes_a_private_copy_that_is_a_central_again(
    cli: Cli, tmp_path: Path, http: httpx.Client
) -> None:
    folder, copy = tmp_path / "pusat", tmp_path / "salinan.db"
    kept, lost = an_item(), an_item()
    command = ("cadangkan", "--output", str(copy), "--data", str(folder))
    with running(folder, clock=Clock()) as address:
        device = Device(http, address=address).sign_in()
        device.push(kept)
        done = cli.run("pusat", *command)
        assert (done.data["seq"], done.data["path"]) == (1, str(copy))
        assert done.data["bytes"] == copy.stat().st_size
        device.push(lost)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.glob("salinan*")] == ["salinan.db"]
    assert durable(folder) == 1
    before = copy.read_bytes()
    again = cli.run("pusat", *command)
    assert (again.code, again.codes) == (2, ["backup.exists"])
    assert copy.read_bytes() == before
    restored = tmp_path / "restored"
    open_central(restored).close()
    for path in restored.iterdir():
        path.unlink()
    shutil.copy(copy, restored / "central.db")
    with running(restored, clock=Clock()) as address:
        device.address = address
        device.renew()
        statuses = [result["status"] for result in device.push(kept, lost)]
    assert statuses == ["unchanged", "accepted"]


def test_a_copy_that_cannot_be_written_leaves_nothing_and_declares_nothing(
    cli: Cli, tmp_path: Path
) -> None:
    folder = tmp_path / "pusat"
    open_central(folder).close()
    where = str(tmp_path / "no" / "x.db")
    nowhere = cli.run("central", "backup", "--output", where, "--data", str(folder))
    assert (nowhere.code, nowhere.codes) == (8, ["backup.unwritable"])
    assert not list(tmp_path.rglob("x.db*"))
    assert durable(folder) == 0


def test_a_damaged_central_gives_no_copy(tmp_path: Path) -> None:
    open_central(tmp_path).close()
    path, copy = tmp_path / "central.db", tmp_path / "copy.db"
    whole = path.read_bytes()
    middle = len(whole) // 2 // 4096 * 4096
    path.write_bytes(whole[:middle] + b"\xff" * 4096 + whole[middle + 4096 :])
    copy.touch()
    with pytest.raises(StoreUnusable, match=r"backup\.damaged"):
        copy_database(path, copy)


def test_whoever_copies_with_other_tools_says_how_far_the_copy_goes(
    cli: Cli, tmp_path: Path, http: httpx.Client
) -> None:
    folder = tmp_path / "pusat"
    with running(folder, clock=Clock()) as address:
        device = Device(http, address=address).sign_in()
        for _ in range(3):
            device.push(an_item())
    data = ("--data", str(folder))
    for seq in ("4", "two", "9" * 30):
        refused = cli.run("central", "durable", seq, *data)
        assert (refused.code, refused.codes) == (2, ["durable.value"])
    assert durable(folder) == 0
    assert cli.run("pusat", "tercadang", "2", *data).data == {"durable_seq": 2}
    with running(folder, clock=Clock()) as address:
        device.address = address
        answer = device.renew().push_answer(an_item()).json()
    assert (answer["seq"], answer["durable_seq"]) == (4, 2)
