"""A supervisor's key is remembered, and a book counted, only once the book is there."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from field_work import Agent, a_worker, enrol
from supervision import Supervisor

from perisai_cli.storage.lock import book_lock

NewAgent = Callable[[str], Agent]
KILL_AT = Path(__file__).parents[1] / "faults" / "kill_at.py"


@pytest.fixture
def supervisor(tmp_path: Path) -> Supervisor:
    return Supervisor(tmp_path / "supervisor", "", "S-1")


def books_told(agent: Agent) -> int:
    with closing(sqlite3.connect(agent.store)) as hand:
        sql = "SELECT count(*) FROM journal WHERE action = 'book.made'"
        return int(hand.execute(sql).fetchone()[0])


def book(path: Path, supervisor: Supervisor) -> tuple[str, ...]:
    return ("laporan", "buku", "--keluaran", str(path), "--kunci-penyelia", str(supervisor.key))


def test_a_book_that_can_not_be_written_leaves_the_key_as_new_as_it_was(
    an_agent: NewAgent, supervisor: Supervisor, tmp_path: Path
) -> None:
    agent, path = an_agent(""), tmp_path / "b.prs"
    enrol(agent, a_worker())
    said = agent.run(*book(tmp_path / "none" / "b.prs", supervisor))
    assert (said.code, said.codes) == (8, ["bundle.unwritable"])
    assert books_told(agent) == 0
    bare = agent.run("laporan", "buku", "--keluaran", str(path))
    assert bare.codes == ["book.no_supervisor"]
    with book_lock(agent.home):
        said = agent.run(*book(path, supervisor))
        assert (said.code, said.codes) == (11, ["book.locked"])
    shown = agent.run(*book(path, supervisor), as_json=False)
    fingerprint = supervisor.run("gabung", "kunci").data["fingerprint"]
    assert f"Sidik jari penyelia: {fingerprint}" in shown.out
    assert books_told(agent) == 1
    said = agent.run(*book(tmp_path / "next.prs", supervisor))
    assert (said.data["first_use"], said.data["number"]) == (False, 2)


def test_a_book_killed_before_it_counts_is_good_and_its_key_is_told_again(
    an_agent: NewAgent, supervisor: Supervisor, tmp_path: Path
) -> None:
    agent, path = an_agent(""), tmp_path / "b.prs"
    [record] = enrol(agent, a_worker())
    other = an_agent("")

    def ran(home: Agent, at: int) -> int:
        command = [sys.executable, str(KILL_AT), str(at), "points", *book(path, supervisor)]
        return subprocess.run(command, env=home.environment, cwd=home.folder,
                              capture_output=True, check=False).returncode  # fmt: skip

    enrol(other, a_worker())
    assert ran(other, 0) == 0
    points = (other.folder / "points").read_text(encoding="utf-8").splitlines()
    path.unlink()
    last = len(points) - points[::-1].index("BEGIN IMMEDIATE")
    assert ran(agent, last) == -signal.SIGKILL
    assert supervisor.merge(path).data["taken"] == 1
    assert [each["id"] for each in supervisor.facts()["members"]] == [record]
    assert books_told(agent) == 0
    said = agent.run(*book(tmp_path / "next.prs", supervisor))
    assert (said.data["first_use"], said.data["number"]) == (True, 1)
    assert supervisor.merge(tmp_path / "next.prs").data["taken"] == 1
