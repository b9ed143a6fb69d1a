"""A full disk at any write: the last commit is intact, the error is clear, the next run goes on (I14)."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from faults_field import (
    Central,
    Home,
    HomeMaker,
    a_central,
    a_worker,
    is_sound,
    json_lines,
    niks,
    standing,
)
from small_disks import filled

from perisai_cli.actions.enroll import GROUP
from perisai_cli.actions.queue import queue_list
from perisai_cli.actions.sync import SyncOptions, sync, sync_status
from perisai_cli.storage.journal import first_broken

PERISAI = (sys.executable, "-m", "perisai_cli")
FREE = (0, 1, 8, 10, 12, 14, 16, 17, 18, 24)
"""Pages left free when an enrolment begins: some fail at the opening, some in the middle."""

FREE_FOR_SYNC = (0, 9, 12, 15, 18, 24, 64)


def is_whole(home: Home) -> list[str]:
    """Return the ids of a store that is sound in every way."""
    with home.store() as store:
        assert is_sound(store.connection)
        assert first_broken(store.connection, store.vault) is None
    return [item["id"] for item in queue_list(home.app, ()).data["items"]]


def test_an_enrolment_on_a_full_disk_is_refused_and_the_next_one_goes_on(
    a_home: HomeMaker, small_disk: Path, tmp_path: Path
) -> None:
    codes = []
    with a_central(tmp_path / "central") as central:
        for free in FREE:
            folder = small_disk / str(free)
            home = a_home(central.address, under=folder)
            home.enroll(range(1, 2))
            with filled(small_disk, free):
                ran = home.run("enroll", "--file", "-", "--json", given=json.dumps(a_worker(2)))
            codes.append(ran.code)
            assert ran.code in (0, 8), ran
            assert ran.code == 0 or ran.codes[0].startswith("disk."), ran
            kept = is_whole(home)
            assert len(kept) == (2 if ran.code == 0 else 1)
            assert set(ran.receipts) <= set(kept)
            again = home.run("enroll", "--file", "-", "--json", given=json.dumps(a_worker(2)))
            assert again.code == (2 if ran.code == 0 else 0), again
            assert len(is_whole(home)) == 2
            remove(home)
    assert set(codes) == {0, 8}


def remove(home: Home) -> None:
    for path in sorted(home.folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()


def test_many_workers_on_a_disk_that_fills_up_keep_every_receipt(
    a_home: HomeMaker, small_disk: Path, central: Central
) -> None:
    home = a_home(central.address, under=small_disk)
    many = home.folder.parent.parent / "many.jsonl"
    many.write_text(json_lines(range(1, 401)), encoding="utf-8")
    with filled(small_disk, 120):
        ran = home.run("enroll", "--file", str(many), "--json")
    assert ran.code == 8, ran
    assert ran.codes[0].startswith("disk.")
    kept = is_whole(home)
    assert sorted(ran.receipts) == sorted(kept)
    assert len(kept) % GROUP == 0
    assert 0 < len(kept) < 400
    again = home.run("enroll", "--file", str(many), "--json")
    assert again.data["accepted"] == 400 - len(kept), again.err
    assert len(is_whole(home)) == 400
    roomy = a_home(central.address)
    shutil.copytree(home.path, roomy.path, dirs_exist_ok=True)
    assert sync(roomy.app, SyncOptions()).data["accepted"] == 400
    assert central.niks() == niks(range(1, 401))


def test_a_sync_on_a_full_disk_loses_nothing(
    a_home: HomeMaker, small_disk: Path, tmp_path: Path
) -> None:
    codes = []
    for free in FREE_FOR_SYNC:
        with a_central(tmp_path / f"central-{free}") as central:
            home = a_home(central.address, under=small_disk)
            home.enroll(range(1, 11))
            with filled(small_disk, free):
                ran = home.run("sync", "--json")
            codes.append(ran.code)
            assert ran.code in (0, 8), ran
            assert len(is_whole(home)) == 10
            assert home.run("sync", "--json").code == 0
            assert standing(sync_status(home.app).data) == {"accepted": 10}
            assert central.niks() == niks(range(1, 11))
            remove(home)
    assert set(codes) == {0, 8}


def test_a_setup_on_a_full_disk_leaves_nothing_behind(small_disk: Path) -> None:
    named = ("--agent", "A-1", "--name", "Agen", "--office", "W-1", "--region", "5171")
    codes = []
    for free in (0, 1, 6, 15, 20, 40):
        home = Home(small_disk / str(free))
        with filled(small_disk, free):
            ran = home.run("setup", *named, "--yes", "--json")
            left = [path.name for path in home.path.iterdir()] if home.path.exists() else []
        codes.append(ran.code)
        assert ran.code in (0, 8), ran
        assert left == (["perisai.db"] if ran.code == 0 else [])
        if ran.code:
            assert home.run("setup", *named, "--yes").code == 0
        remove(home)
    assert set(codes) == {0, 8}


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_a_receipt_that_can_not_be_written_is_an_error_but_the_worker_is_kept(
    home: Home, flags: tuple[str, ...]
) -> None:
    (home.folder / "in.json").write_text(json.dumps(a_worker(1)), encoding="utf-8")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*PERISAI, "enroll", "--file", "in.json", *flags],
            env=home.environment(),
            cwd=home.folder,
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 8, done
    assert b"Traceback" not in done.stderr
    assert "The device is full; not everything could be written." in done.stderr.decode()
    assert done.stderr.decode().count("[disk.no_room]") == 1
    assert "OSError" not in done.stderr.decode()
    assert len(is_whole(home)) == 1
