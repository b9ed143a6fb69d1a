"""Power fails at any moment of a command: what the disk may then hold is a sound store (I2).

The writes and syncs of each command are recorded once by strace; then, after each of them, the
files are put together as they may be found (see ``disk_model``), and opened.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from deaths import COMMANDS, Field, input_file
from disk_model import Disk, events
from faults_field import Central, Home, HomeMaker, a_worker, is_sound, json_lines
from system_calls import can_trace, recorded

from perisai_cli.actions.queue import queue_list
from perisai_cli.domain.errors import NoStore, StoreUnusable
from perisai_cli.storage.journal import first_broken

MORE = 40
"""How many times as many possible disks the campaign looks at after each operation."""

SETUP = [
    "setup", "--agent", "A-UJI", "--name", "Agen Uji", "--office", "W-UJI", "--region", "5171",
    "--yes", "--json",
]  # fmt: skip
_RECEIPT = re.compile(r'"id": "([0-9a-f-]{36})", "rev": (\d+)')


@pytest.fixture(autouse=True)
def _traced() -> None:
    if reason := can_trace():
        assert "CI" not in os.environ, reason
        pytest.skip(f"writes can't be recorded here: {reason}")


@contextlib.contextmanager
def a_reader(home: Home) -> Iterator[None]:
    """Keep the log from being folded in and removed, as another command that runs does."""
    with contextlib.closing(sqlite3.connect(home.file)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM meta").fetchall()
        yield


def replay(home: Home, arguments: list[str], disks: int, *, syncing: bool = True) -> int:
    """Record a command, then open every disk that its death or a power cut may leave behind.

    Returns how many disks were opened. Without *syncing*, the disk is one that lies about it.
    """
    before = {name: content for name, content in home.files().items() if _lasts(name)}
    log = home.folder / "writes.log"
    ran = recorded(home, arguments, log)
    assert ran.code == 0, ran
    happened = [event for event in events(log, home.path) if _lasts(event.name)]
    assert sum(event.call == "sync" for event in happened) > 1
    disk, opened, chance = Disk(before), 0, random.Random(len(happened))
    left = Home(home.folder / "left", "")
    for event in happened:
        if syncing or not event.call.startswith("sync"):
            disk.take(event)
        found = [disk.after_a_death(), disk.after_power_failed(None)]
        found += [disk.after_power_failed(chance) for _ in range(disks)]
        for files in found:
            look_at(left, files, disk.printed, begun=bool(before))
            opened += 1
    assert disk.printed == ran.out
    return opened


def _lasts(name: str) -> bool:
    """Tell whether a file outlives a power cut; the shared index is made anew from the log."""
    return not name.endswith("-shm")


def look_at(home: Home, files: dict[str, bytes], printed: str, *, begun: bool) -> None:
    """Check a home that was found after the power failed."""
    shutil.rmtree(home.path, ignore_errors=True)
    home.path.mkdir()
    for name, content in files.items():
        (home.path / name).write_bytes(content)
    try:
        with home.store() as store:
            assert is_sound(store.connection)
            assert first_broken(store.connection, store.vault) is None
    except NoStore:
        assert not begun
        assert not printed, "set-up said it was done, and the store is gone"
        return
    listed = {item["id"]: item["rev"] for item in queue_list(home.app, ()).data["items"]}
    for record, rev in _RECEIPT.findall(printed):
        assert listed.get(record, 0) >= int(rev), "a receipt's revision is gone"


def _one_more(home: Home) -> list[str]:
    return ["enroll", "--file", input_file(home, json.dumps(a_worker(9))), "--json"]


def _groups(home: Home) -> list[str]:
    return ["enroll", "--file", input_file(home, json_lines(range(1, 206))), "--json"]


def of_command(name: str, field: Field, disks: int) -> int:
    command = COMMANDS[name]
    for home, _central in field.fresh():
        opened = replay(home, command.prepare(home), disks)
    return opened


@pytest.fixture
def field(a_home: HomeMaker, tmp_path: Path) -> Field:
    return Field(a_home, tmp_path)


each = pytest.mark.parametrize("name", ["enroll", "enroll-lines", "fix", "sync"])
Tell = Callable[[str, object], None]


@each
def test_no_power_cut_during_a_command_harms_the_store(
    field: Field, name: str, record_property: Tell
) -> None:
    record_property("disks after a power cut", of_command(name, field, 3))


@pytest.mark.slow
@each
def test_no_power_cut_of_many_during_a_command_harms_the_store(
    field: Field, name: str, record_property: Tell
) -> None:
    record_property("disks after a power cut", of_command(name, field, 3 * MORE))


def test_no_power_cut_harms_a_store_whose_log_goes_on(home: Home, record_property: Tell) -> None:
    """While another command reads, the log is not folded in: the next one writes behind it."""
    home.enroll(range(1, 4))
    with a_reader(home):
        home.enroll(range(4, 6))
        record_property("disks after a power cut", replay(home, _one_more(home), 3))


def test_a_disk_that_only_says_it_synced_harms_a_store_and_the_search_finds_it(
    home: Home,
) -> None:
    home.enroll(range(1, 4))
    with pytest.raises((AssertionError, StoreUnusable)):
        replay(home, _one_more(home), 3, syncing=False)


@pytest.mark.slow
def test_no_power_cut_during_a_long_import_harms_the_store(
    home: Home, record_property: Tell
) -> None:
    record_property("disks after a power cut", replay(home, _groups(home), 8))


def test_a_power_cut_during_setup_leaves_no_store_or_a_whole_one(
    tmp_path: Path, central: Central, record_property: Tell
) -> None:
    home = Home(tmp_path / "new", central.address)
    home.path.mkdir(mode=0o700)
    record_property("disks after a power cut", replay(home, SETUP, 1))
