"""An import that dies, or runs out of disk, has recorded whole groups, and goes on where it stopped."""

from __future__ import annotations

import csv
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults_field import HERE, Home, HomeMaker, a_worker, is_sound, niks
from small_disks import filled

from perisai_cli.actions.importing import GROUP
from perisai_cli.actions.queue import queue_list
from perisai_cli.storage.journal import first_broken

PEOPLE = 2 * GROUP + 5
FOR_ALL = ("--pernyataan", "--persetujuan", "signature", "--pekerjaan", "trader",
           "--penghasilan", "1000000")  # fmt: skip


def a_list(home: Home, people: int = PEOPLE) -> str:
    """Write made-up people as CSV; every fiftieth has a fault."""
    path = home.folder / "list.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["NIK", "Nama", "Tanggal Lahir", "L/P", "HP"])
        for number in range(1, people + 1):
            worker = a_worker(number)
            phone = worker["phone"] if number % 50 else "-0-"
            writer.writerow([worker["nik"], worker["name"], worker["birth_date"], "P", phone])
    return str(path)


def importing(home: Home) -> list[str]:
    return ["import", a_list(home), "--accept", *FOR_ALL, "--json"]


def recorded(home: Home) -> list[str]:
    return [item["id"] for item in queue_list(home.app, ()).data["items"]]


def points_of(home: Home) -> list[str]:
    program = (str(HERE / "kill_at.py"), "0", str(home.folder / "points"))
    assert home.run(*importing(home), program=program).code == 3
    return (home.folder / "points").read_text(encoding="utf-8").splitlines()


def deaths(points: list[str]) -> Iterator[int]:
    """Yield the points around every BEGIN and COMMIT, and one in the middle of every group."""
    edges = [at for at, what in enumerate(points, 1) if what.startswith(("BEGIN", "COMMIT"))]
    for at, after in zip(edges, [*edges[1:], len(points)], strict=True):
        yield at
        yield (at + after) // 2


def test_an_import_killed_anywhere_goes_on_and_has_everyone_once(
    a_home: HomeMaker,
) -> None:
    faulty = PEOPLE // 50
    for number in deaths(points_of(a_home())):
        home = a_home()
        program = (str(HERE / "kill_at.py"), str(number), str(home.folder / "points"))
        ran = home.run(*importing(home), program=program)
        assert ran.code == -signal.SIGKILL, (number, ran)
        kept = recorded(home)
        assert set(ran.receipts) <= set(kept)
        assert len(kept) % GROUP == 0 or len(kept) == PEOPLE - faulty
        with home.store() as store:
            assert is_sound(store.connection)
            assert first_broken(store.connection, store.vault) is None
        again = home.run(*importing(home))
        assert again.code == 3, again
        assert again.data["here"] == len(kept)
        assert again.data["recorded"] == PEOPLE - faulty - len(kept)
        assert again.data["mend"] == faulty
        ids = recorded(home)
        assert len(ids) == len(set(ids)) == PEOPLE - faulty
        for name, content in home.files().items():
            assert not [nik for nik in niks(range(1, 20)) if nik.encode() in content], name


def test_a_killed_import_leaves_no_half_workbook(a_home: HomeMaker) -> None:
    home = a_home()
    fix = home.folder / "fix.xlsx"
    program = (str(HERE / "kill_at.py"), "40", str(home.folder / "points"))
    ran = home.run(*importing(home), "--fix", str(fix), program=program)
    assert ran.code == -signal.SIGKILL
    assert not fix.exists()
    assert home.run(*importing(home), "--fix", str(fix)).code == 3
    assert fix.exists()
    assert not (home.folder / ".fix.xlsx.perisai").exists()


@pytest.mark.parametrize("flags", [("--json",), ()])
def test_an_import_on_a_disk_that_fills_up_says_what_was_recorded(
    a_home: HomeMaker, small_disk: Path, flags: tuple[str, ...]
) -> None:
    home = a_home("", under=small_disk)
    listed = a_list(a_home(), 400)
    asked = ("import", listed, "--accept", *FOR_ALL, *flags)
    with filled(small_disk, 120):
        ran = home.run(*asked)
    assert ran.code == 8, ran
    kept = recorded(home)
    assert 0 < len(kept) < 392
    assert len(kept) % GROUP == 0
    if flags:
        assert ran.codes[0].startswith("disk.")
        assert ran.data["recorded"] == len(kept) == len(ran.receipts)
    else:
        assert f"{len(kept)} people are recorded" in ran.err
    again = home.run(*asked[:-1] if flags else asked, "--json")
    assert again.data["recorded"] == 392 - len(kept)
    assert len(recorded(home)) == 392
