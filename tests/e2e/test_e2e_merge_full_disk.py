"""Books merged onto a disk that fills up: the dataset is as it was, or whole, and the next merge goes on."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from field_work import Agent, a_worker, enrol
from small_disks import filled, small_disk  # noqa: F401 - a fixture
from supervision import Supervisor, book_of, facts_of

FREE = (0, 4, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96)
"""Pages left free when a merge begins."""


def moved_to(disk: Path, supervisor: Supervisor, home: Path) -> Path:
    """Give a supervisor a copy of *home* on a disk; return the path of its dataset."""
    supervisor.home = disk / "home"
    supervisor.environment["PERISAI_HOME"] = str(supervisor.home)
    shutil.rmtree(supervisor.home, ignore_errors=True)
    shutil.copytree(home, supervisor.home)
    return supervisor.dataset


@pytest.mark.parametrize("before", ["nothing", "a book"])
def test_a_merge_on_a_full_disk_changes_nothing_and_the_next_one_goes_on(
    an_agent: Callable[[str], Agent],
    small_disk: Path,  # noqa: F811 - the fixture
    tmp_path: Path,
    before: str,
) -> None:
    supervisor = Supervisor(tmp_path / "supervisor", "", "S-1")
    agents = [an_agent("") for _ in range(2)]
    for agent in agents:
        enrol(agent, *(a_worker() for _ in range(12)))
    books = [book_of(agent, supervisor) for agent in agents]
    if before == "a book":
        supervisor.merge(books[0])
    home, known = supervisor.home, supervisor.dataset.exists() and supervisor.facts()
    other = moved_to(tmp_path / "roomy", supervisor, home)
    supervisor.merge(*books)
    whole = facts_of(other)

    codes = set()
    for free in FREE:
        dataset = moved_to(small_disk, supervisor, home)
        with filled(small_disk, free):
            said = supervisor.run("gabung", *map(str, books))
        codes.add(said.code)
        assert said.code in (0, 8), said
        if said.code == 8:
            assert said.codes[0].startswith("disk."), said
            assert (dataset.exists() and facts_of(dataset)) == known
            supervisor.merge(*books)
        assert facts_of(dataset) == whole
        with closing(sqlite3.connect(dataset)) as hand:
            assert hand.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert [each.name for each in dataset.parent.iterdir() if each.name.startswith(".")] == []
    assert codes == {0, 8}
