"""A file is there whole or not at all, whoever writes it."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from perisai_cli.actions.leftovers import new_unfinished
from perisai_cli.actions.whole_file import whole_file, whole_octets, whole_path
from perisai_cli.domain.errors import DiskTrouble, InvalidInput

WAYS: dict[str, tuple[Callable[[Path], Any], str]] = {
    "text": (whole_file, "report.unwritable"),
    "octets": (whole_octets, "bundle.unwritable"),
    "path": (whole_path, "report.unwritable"),
}


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> tuple[Callable[[Path], Any], str]:
    return WAYS[request.param]


def fill(unfinished: Any) -> None:
    if isinstance(unfinished, Path):
        unfinished.write_text("new", encoding="utf-8")
    else:
        unfinished.write("new" if unfinished.mode == "w" else b"new")


def broken_off(way: Callable[[Path], Any], path: Path, error: BaseException) -> None:
    with way(path) as unfinished:
        fill(unfinished)
        raise error


def names_in(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir()]


def test_it_takes_its_name_at_the_end_and_is_its_owners_alone(tmp_path: Path, way: Any) -> None:
    path = tmp_path / "a.out"
    path.write_text("old")
    with way[0](path) as unfinished:
        fill(unfinished)
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert names_in(tmp_path) == ["a.out"]


def test_after_an_error_of_any_kind_the_old_file_stands_alone(tmp_path: Path, way: Any) -> None:
    path = tmp_path / "a.out"
    path.write_text("old")
    for error in (KeyError("x"), KeyboardInterrupt()):
        with pytest.raises(type(error)):
            broken_off(way[0], path, error)
    with pytest.raises(DiskTrouble) as caught:
        broken_off(way[0], path, OSError(28, "full"))
    assert (caught.value.code, caught.value.problems[0].facts) == (
        way[1],
        {"name": "a.out", "cause": "full", "number": 28},
    )
    assert path.read_text() == "old"
    assert names_in(tmp_path) == ["a.out"]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, way: Any) -> None:
    with pytest.raises(DiskTrouble) as caught, way[0](tmp_path / "none" / "a.out"):
        pass
    assert caught.value.code == way[1]


def test_a_link_leads_to_the_file_that_is_written(tmp_path: Path, way: Any) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real" / "a.out")
    with way[0](tmp_path / "link") as unfinished:
        fill(unfinished)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real" / "a.out").read_text() == "new"


def test_a_file_that_replaced_the_unfinished_one_is_its_owners_alone_too(tmp_path: Path) -> None:
    with whole_path(tmp_path / "a.out") as unfinished:
        assert stat.S_IMODE(unfinished.stat().st_mode) == 0o600
        other = tmp_path / "other"
        other.write_text("new")
        other.chmod(0o644)
        other.replace(unfinished)
    assert stat.S_IMODE((tmp_path / "a.out").stat().st_mode) == 0o600


def test_no_path_is_given_in_place_of_a_device_or_a_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for special in (Path("/dev/null"), tmp_path / "pipe"):
        with pytest.raises(InvalidInput) as caught, whole_path(special):
            pass
        assert caught.value.code == "report.special"
    with pytest.raises(DiskTrouble) as refused, whole_path(tmp_path):
        pass
    assert refused.value.problems[0].facts["cause"] == "folder"
    with whole_file(Path("/dev/null")) as file:
        file.write("gone")


KILLED = """
import os, sys
from pathlib import Path
from perisai_cli.actions.whole_file import whole_path
with whole_path(Path(sys.argv[1])) as unfinished:
    unfinished.write_text("somebody's number")
    parts = unfinished.with_name(unfinished.name + "-parts")
    parts.mkdir()
    (parts / "sheet").write_text("somebody's number")
    print(unfinished.name, flush=True)
    sys.stdin.read()
"""


def begun(path: Path) -> subprocess.Popen[str]:
    """Return a process that stands in the middle of writing a file."""
    pipe = subprocess.PIPE
    asked = [sys.executable, "-c", KILLED, str(path)]
    process = subprocess.Popen(asked, stdin=pipe, stdout=pipe, text=True)
    assert process.stdout is not None
    assert process.stdout.readline()
    return process


def test_what_a_killed_process_left_goes_with_the_next_file(tmp_path: Path, way: Any) -> None:
    with begun(tmp_path / "other.out") as process:
        process.kill()
    with begun(tmp_path / "more.out") as living:
        own = {name for name in names_in(tmp_path) if f"-{living.pid}-" in name}
        assert (len(own), len(names_in(tmp_path))) == (2, 2)  # the first was swept up by the second
        theirs = [
            ".perisai-00000000-1-x",
            ".perisai-notes",
            ".a.out.77",
            f".perisai-{living.pid}-x",
        ]
        for name in theirs:
            (tmp_path / name).write_text("not ours")
        with way[0](tmp_path / "a.out") as unfinished:
            fill(unfinished)
        assert set(names_in(tmp_path)) == {*own, *theirs, "a.out"}
        living.kill()
    with way[0](tmp_path / "a.out") as unfinished:
        fill(unfinished)
    assert set(names_in(tmp_path)) == {*theirs, "a.out"}


def test_what_is_left_by_one_of_the_same_number_goes_and_what_is_written_stays(
    tmp_path: Path, way: Any
) -> None:
    """A program in a container may have the same number every time."""
    with begun(tmp_path / "other.out") as process:
        process.kill()
    [name] = [name for name in names_in(tmp_path) if not name.endswith("-parts")]
    for left in names_in(tmp_path):
        mine = left.replace(f"-{process.pid}-", f"-{os.getpid()}-")
        (tmp_path / left).rename(tmp_path / mine)
    with way[0](tmp_path / "a.out") as unfinished:
        fill(unfinished)
        with way[0](tmp_path / "b.out") as second:
            fill(second)
    assert sorted(names_in(tmp_path)) == ["a.out", "b.out"]
    assert name


def test_a_folder_in_which_nothing_can_be_removed_is_written_to(tmp_path: Path, way: Any) -> None:
    (tmp_path / f".perisai-{machine()}-{2**22 + 1}-x").symlink_to(tmp_path / "away")
    (tmp_path / f".perisai-{machine()}-{10**10 - 1}-x").write_text("no process has this number")
    with way[0](tmp_path / "a.out") as unfinished:
        fill(unfinished)
    assert (tmp_path / "a.out").read_text() == "new"


def machine() -> str:
    with new_unfinished(Path("/tmp")) as path:
        return path.name.split("-")[1]
