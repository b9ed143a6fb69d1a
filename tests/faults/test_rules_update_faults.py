"""Rules that are being updated when the power goes or the disk is full: the old or the new, whole."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from faults_field import HERE, Home, Ran
from signed_rules import NEWER, Signer, dearer
from small_disks import filled

from perisai_cli.rules.installed import installed_law, is_whole, read_active

EVERY = 12
SIGNER = Signer()
OLD, NEW = 7000, 7800
UPDATE = ("rules", "update", "--from", "new.json", "--key", "office.key", "--json")


def a_home_with_rules(folder: Path) -> Home:
    """Return a home where a set is installed and a newer one lies beside it."""
    home = Home(folder)
    SIGNER.key_file(home.folder)
    (home.folder / "old.json").write_bytes(SIGNER.rules(NEWER, jkm=dearer(OLD)))
    (home.folder / "new.json").write_bytes(SIGNER.rules(NEWER + 1, jkm=dearer(NEW)))
    ran = home.run("rules", "update", "--from", "old.json", "--key", "office.key", "--json")
    assert ran.code == 0, ran
    return home


def price_in(home: Home) -> int:
    """Return the flat price of the set in use, every file of which is what was installed."""
    active = read_active(home.path)
    assert active is not None
    assert is_whole(home.path, active)
    law = installed_law(home.path)
    assert law is not None
    value = law.parameter("jkm.bpu_flat").values[0].value
    assert isinstance(value, int)
    return value


def killed_at(home: Home, number: int) -> Ran:
    program = (str(HERE / "kill_at_write.py"), str(number), str(home.folder / "points"))
    return home.run(*UPDATE, program=program)


def points_of(home: Home) -> list[str]:
    ran = killed_at(home, 0)
    assert ran.code == 0, ran
    return (home.folder / "points").read_text(encoding="utf-8").splitlines()


def chosen(points: list[str], *, everything: bool) -> list[int]:
    """Return all numbers, or those about names and the pointer, and every few of the others."""
    if everything:
        return list(range(1, len(points) + 1))
    edges = {1, 2, len(points)}
    for number, what in enumerate(points, 1):
        if what.startswith(("os.", "open .new-active", "open envelope")):
            edges |= {number, min(number + 1, len(points))}
    return sorted(edges | set(range(1, len(points) + 1, EVERY)))


def campaign(folder: Path, *, everything: bool) -> None:
    points = points_of(a_home_with_rules(folder / "counted"))
    assert [what for what in points if what == "os.rename .new-active"]
    counted = chosen(points, everything=everything)
    prices = []
    home = a_home_with_rules(folder / "killed")
    before = {name: content for name, content in home.files().items() if "lock" not in name}
    sets = {name: content for name, content in before.items() if not name.endswith("active")}
    for number in counted:
        ran = killed_at(home, number)
        assert ran.code == -signal.SIGKILL, (number, points[number - 1], ran)
        prices.append(price_in(home))
        assert home.files().items() >= sets.items()
        again = home.run(*UPDATE)
        assert again.code == 0, again
        assert price_in(home) == NEW
        assert not list((home.path / "rules").glob(".new-*"))
        reset(home, before)
    assert {OLD, NEW} == set(prices)
    assert prices == sorted(prices)
    print(f"kill points of rules update: {len(points)} counted, {len(prices)} executed")


def reset(home: Home, files: dict[str, bytes]) -> None:
    """Put a home back to some files."""
    for path in sorted(home.path.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    for name, content in files.items():
        (home.path / name).parent.mkdir(parents=True, exist_ok=True)
        (home.path / name).write_bytes(content)


def test_an_update_killed_at_its_edges_leaves_the_old_rules_or_the_new(tmp_path: Path) -> None:
    campaign(tmp_path, everything=False)


@pytest.mark.slow
def test_an_update_killed_at_any_write_leaves_the_old_rules_or_the_new(tmp_path: Path) -> None:
    campaign(tmp_path, everything=True)


def test_an_update_on_a_full_disk_leaves_the_old_rules_and_the_next_one_goes_on(
    small_disk: Path,
) -> None:
    home = a_home_with_rules(small_disk / "agent")
    codes = []
    for free in (0, 1, 5, 12, 24):
        with filled(small_disk, free):
            ran = home.run(*UPDATE)
            codes.append(ran.code)
            assert ran.code in (0, 8), ran
            assert ran.code == 0 or ran.codes == ["disk.full"], ran
            assert price_in(home) == (NEW if ran.code == 0 else OLD)
    assert 8 in codes
    last = home.run(*UPDATE)
    assert last.code == 0, last
    assert price_in(home) == NEW
