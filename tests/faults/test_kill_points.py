"""kill -9 at every SQL statement of a command, and at every change of a name in the home (I2).

Each command is first run to its end to list its kill points; then it is run once for each of them,
in a home and against a central of its own, and dies there. ``slow`` runs every point; the default
run those around every BEGIN and COMMIT, the first, the last and every few of the others.
"""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from deaths import COMMANDS, Command, Field, check_after_death, input_file
from faults_field import HERE, Home, HomeMaker, Ran, is_sound, json_lines

from perisai_cli.actions.enroll import GROUP
from perisai_cli.actions.queue import queue_list
from perisai_cli.storage.journal import first_broken

EVERY = 10
"""In the default run, how many kill points that are in no way special share one execution."""


def _enroll_groups(home: Home) -> list[str]:
    return ["enroll", "--file", input_file(home, json_lines(range(1, 206))), "--json"]


@pytest.fixture
def field(a_home: HomeMaker, tmp_path: Path) -> Field:
    return Field(a_home, tmp_path)


def killed_at(home: Home, number: int, arguments: list[str]) -> Ran:
    program = (str(HERE / "kill_at.py"), str(number), str(home.folder / "points"))
    return home.run(*arguments, program=program)


def points_of(home: Home, arguments: list[str]) -> list[str]:
    """Return the kill points of a command that is left to live."""
    ran = killed_at(home, 0, arguments)
    assert ran.code == 0, ran
    return (home.folder / "points").read_text(encoding="utf-8").splitlines()


def special(points: list[str]) -> list[int]:
    """Return the numbers of the points at the edges: of the command and of its transactions."""
    edges = {0, len(points) - 1}
    for index, what in enumerate(points):
        if what.startswith(("BEGIN", "COMMIT", "PRAGMA journal_mode", "os.link", "os.remove")):
            edges |= {index, index + 1}
    return sorted(index + 1 for index in edges if index < len(points))


def chosen(points: list[str], *, everything: bool) -> list[int]:
    if everything:
        return list(range(1, len(points) + 1))
    edges = special(points)
    others = [number for number in range(1, len(points) + 1) if number not in edges]
    return sorted(edges + others[::EVERY])


def campaign(field: Field, command: Command, *, everything: bool) -> None:
    """Kill a command at every chosen point, and check what it leaves each time."""
    for home, _central in field.fresh():
        points = points_of(home, command.prepare(home))
    counted = chosen(points, everything=everything)
    executed = 0
    for number in counted:
        for home, central in field.fresh():
            ran = killed_at(home, number, command.prepare(home))
            assert ran.code == -signal.SIGKILL, (number, points[number - 1], ran)
            executed += 1
            check_after_death(home, central, ran, command)
    assert executed == (len(points) if everything else len(counted))
    print(f"kill points of {command.name}: {len(points)} counted, {executed} executed")


each_command = pytest.mark.parametrize("name", COMMANDS)


@each_command
def test_a_command_killed_at_its_edges_leaves_a_sound_store(field: Field, name: str) -> None:
    campaign(field, COMMANDS[name], everything=False)


@pytest.mark.slow
@each_command
def test_a_command_killed_at_any_statement_leaves_a_sound_store(field: Field, name: str) -> None:
    campaign(field, COMMANDS[name], everything=True)


@pytest.mark.parametrize("group", [1, 2, 3])
@pytest.mark.parametrize("edge", ["BEGIN IMMEDIATE", "COMMIT"])
def test_of_many_workers_those_with_a_printed_receipt_outlive_the_death(
    a_home: HomeMaker, edge: str, group: int
) -> None:
    home = a_home()
    points = points_of(home, _enroll_groups(home))
    number = [at for at, what in enumerate(points, 1) if what == edge][group - 1]
    home = a_home()
    ran = killed_at(home, number, _enroll_groups(home))
    assert ran.code == -signal.SIGKILL, ran
    whole_groups = GROUP * (group - 1)
    assert len(set(ran.receipts)) == len(ran.receipts) == whole_groups
    assert {item["id"] for item in queue_list(home.app, ()).data["items"]} == set(ran.receipts)
    rest = home.run(*_enroll_groups(home))
    assert (rest.data["accepted"], rest.data["refused"]) == (205 - whole_groups, whole_groups)
    with home.store() as store:
        assert first_broken(store.connection, store.vault) is None


SETUP = (
    "setup", "--agent", "A-UJI", "--name", "Agen Uji", "--office", "W-UJI", "--region", "5171",
    "--yes", "--json",
)  # fmt: skip


def setup_campaign(folder: Path, *, everything: bool) -> None:
    points = points_of(Home(folder / "counted"), list(SETUP))
    counted = chosen(points, everything=everything)
    executed = 0
    for number in counted:
        home = Home(folder / f"killed-{number}")
        ran = killed_at(home, number, list(SETUP))
        assert ran.code == -signal.SIGKILL, (number, points[number - 1], ran)
        executed += 1
        again = home.run(*SETUP)
        if again.code:
            assert again.codes == ["store.exists"]
        with home.store() as store:
            assert store.profile.agent == "A-UJI"
            assert is_sound(store.connection)
            assert first_broken(store.connection, store.vault) is None
        if again.code == 0:
            assert [path.name for path in home.path.iterdir()] == ["perisai.db"]
    assert executed == (len(points) if everything else len(counted))
    print(f"kill points of setup: {len(points)} counted, {executed} executed")


def test_a_setup_killed_at_its_edges_leaves_no_store_or_a_whole_one(
    tmp_path: Path,
) -> None:
    setup_campaign(tmp_path, everything=False)


@pytest.mark.slow
def test_a_setup_killed_at_any_statement_leaves_no_store_or_a_whole_one(
    tmp_path: Path,
) -> None:
    setup_campaign(tmp_path, everything=True)
