"""Commands that are to die, how to prepare them, and what a death may not harm (I2)."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from faults_field import (
    Central,
    Home,
    HomeMaker,
    Ran,
    a_central,
    a_worker,
    is_sound,
    json_lines,
    local_hashes,
    niks,
    sent_and_not_there,
    standing,
)

from perisai_cli.actions.enroll import enroll_one
from perisai_cli.actions.queue import queue_fix, queue_list
from perisai_cli.actions.sync import SyncOptions, sync, sync_status
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.storage.journal import first_broken

Scene = Callable[[Home], list[str]]
"""Prepares a home and returns the arguments of the command that is to die in it."""

Again = Callable[[Home], None]
"""Does once more, whole, what the agent would do after the crash."""


@dataclass(frozen=True)
class Command:
    """A command to kill, how to prepare it, what to do again, and the workers there are then."""

    name: str
    prepare: Scene
    again: Again
    workers: range


def input_file(home: Home, text: str) -> str:
    path = home.folder / "input.json"
    path.write_text(text, encoding="utf-8")
    return str(path)


def _enroll_one(home: Home) -> list[str]:
    home.enroll(range(1, 2))
    return ["enroll", "--file", input_file(home, json.dumps(a_worker(2))), "--json"]


def _enroll_lines(home: Home) -> list[str]:
    return ["enroll", "--file", input_file(home, json_lines(range(1, 4))), "--json"]


def _fix(home: Home) -> list[str]:
    [record] = home.enroll(range(1, 2))
    assert sync(home.app, SyncOptions()).data["accepted"] == 1
    return ["queue", "fix", record, "--file", input_file(home, '{"income": 2500000}'), "--json"]


def _sync(home: Home) -> list[str]:
    home.enroll(range(1, 4))
    return ["sync", "--json"]


def _enrol_again(numbers: range) -> Again:
    def again(home: Home) -> None:
        for number in numbers:
            with contextlib.suppress(InvalidInput):  # what outlived the death is there already
                enroll_one(home.app, a_worker(number), {})

    return again


def _fix_again(home: Home) -> None:
    [item] = queue_list(home.app, ()).data["items"]
    queue_fix(home.app, item["id"], {"income": 2600000})


def _nothing(_home: Home) -> None:
    return


COMMANDS = {
    command.name: command
    for command in (
        Command("enroll", _enroll_one, _enrol_again(range(2, 3)), range(1, 3)),
        Command("enroll-lines", _enroll_lines, _enrol_again(range(1, 4)), range(1, 4)),
        Command("fix", _fix, _fix_again, range(1, 2)),
        Command("sync", _sync, _nothing, range(1, 4)),
    )
}


class Field:
    """Makes a fresh home with a central of its own for every death."""

    def __init__(self, a_home: HomeMaker, folder: Path):
        self._a_home = a_home
        self._folder = folder
        self._made = 0

    def fresh(self) -> Iterator[tuple[Home, Central]]:
        self._made += 1
        with a_central(self._folder / f"central-{self._made}") as central:
            yield self._a_home(central.address), central


def check_after_death(home: Home, central: Central, ran: Ran, command: Command) -> None:
    """Check all that a death may not harm, then let the agent go on and the sync finish."""
    with home.store() as store:
        assert is_sound(store.connection)
        assert first_broken(store.connection, store.vault) is None
        assert sent_and_not_there(store, central) == []
    listed = [item["id"] for item in queue_list(home.app, ()).data["items"]]
    assert set(ran.receipts) <= set(listed)
    for name, content in home.files().items():
        assert not [nik for nik in niks(command.workers) if nik.encode() in content], name
    command.again(home)
    clean = sync(home.app, SyncOptions())
    assert clean.data["pending"] == 0
    finalised = len(queue_list(home.app, ()).data["items"])
    assert standing(sync_status(home.app).data) == {"accepted": finalised}
    with home.store() as store:
        for record, (rev, acked, digest) in local_hashes(store).items():
            assert acked == rev
            assert central.statuses()[record] == (rev, "accepted")
            assert central.versions()[record, rev] == digest
        assert first_broken(store.connection, store.vault) is None
    assert central.conflicts() == 0
    assert central.niks() == niks(command.workers)
    assert finalised == len(command.workers)
