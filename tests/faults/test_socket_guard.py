"""Only the commands that are for it touch an internet socket; all others work without a network."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from faults_field import HERE, HOUSE, Central, Home, HomeMaker, Ran, a_worker, json_lines

GUARD = HERE / "guard"
STOPPED = 97


def guarded(home: Home, *arguments: str, given: str = "", **more: str) -> tuple[Ran, list[str]]:
    """Run a command under the guard; return how it ended and which events it touched."""
    notes = home.folder / "touched.txt"
    environment = {
        "PYTHONPATH": os.pathsep.join((str(GUARD), str(HOUSE))),
        "PERISAI_GUARD_NOTES": str(notes),
        **more,
    }
    ran = home.run(*arguments, given=given, **environment)
    touched = notes.read_text(encoding="utf-8").split() if notes.exists() else []
    notes.unlink(missing_ok=True)
    return ran, touched


SETUP = (
    "setup", "--agent", "A-1", "--name", "Agen", "--office", "W-1", "--region", "5171", "--yes",
    "--central", "https://central.invalid:8765",
)  # fmt: skip


def test_a_day_without_a_network_touches_none(tmp_path: Path) -> None:
    home = Home(tmp_path)
    ran, touched = guarded(home, *SETUP)
    assert (ran.code, touched) == (0, []), ran
    enrolled, touched = guarded(
        home, "enroll", "--file", "-", "--json", given=json.dumps(a_worker(1))
    )
    assert (enrolled.code, touched) == (0, []), enrolled
    record = enrolled.data["id"]
    for arguments, given in (
        (("enroll", "--file", "-"), json_lines(range(2, 5))),
        (("queue",), ""),
        (("queue", "list"), ""),
        (("queue", "show", record), ""),
        (("queue", "fix", record, "--file", "-"), '{"income": 2000000}'),
        (("queue", "withdraw", record, "--yes"), ""),
        (("report", "enrollments"), ""),
        (("report", "summary", "--output", "s.csv"), ""),
        (("today",), ""),
        ((), ""),
        (("sync", "status"), ""),
        (("sync", "--dry-run"), ""),
        (("central", "agent", "add", "A-2", "--office", "W-1", "--data", "books"), ""),
        (("central", "agent", "list", "--data", "books"), ""),
    ):
        ran, touched = guarded(home, *arguments, given=given)
        assert touched == [], arguments
        assert ran.code == (2 if arguments == ("queue",) else 0), ran


@pytest.mark.parametrize(
    "arguments",
    [
        ("--version",),
        ("--help",),
        ("sync", "--help"),
        ("central", "serve", "--help"),
        ("demo", "--help"),
        ("completion", "bash"),
        ("contribution", "bpu", "--tier", "1", "--explain"),
        ("iuran", "bpu", "--income", "1500000", "--json"),
    ],
)
def test_what_needs_no_store_needs_no_network(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    ran, touched = guarded(Home(tmp_path), *arguments)
    assert (ran.code, touched) == (0, []), ran


def test_completing_a_word_touches_no_network(tmp_path: Path) -> None:
    words = {"_PERISAI_COMPLETE": "complete_bash", "COMP_WORDS": "perisai sync ", "COMP_CWORD": "2"}
    _ran, touched = guarded(Home(tmp_path), **words)
    assert touched == []


def test_the_guard_stops_a_sync_before_it_connects(a_home: HomeMaker, central: Central) -> None:
    home = a_home(central.address)
    home.enroll(range(1, 2))
    ran, touched = guarded(home, "sync")
    assert (ran.code, len(touched)) == (STOPPED, 1)
    assert central.niks() == []


def test_a_sync_and_the_demonstration_do_touch_the_network(
    a_home: HomeMaker, central: Central
) -> None:
    home = a_home(central.address)
    home.enroll(range(1, 2))
    for arguments in (("sync", "--json"), ("demo",)):
        ran, touched = guarded(home, *arguments, PERISAI_GUARD_ALLOW="1")
        assert ran.code == 0, ran
        assert "socket.connect" in touched


def test_a_serving_central_does_touch_the_network(tmp_path: Path) -> None:
    ran, touched = guarded(Home(tmp_path), "central", "serve", "--port", "0", "--data", "books")
    assert ran.code == STOPPED, ran
    assert len(touched) == 1
