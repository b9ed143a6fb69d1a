"""Bundles under kill -9, and searched for a planted person in whatever form they have (I2, I12)."""

from __future__ import annotations

import json
import signal
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from faults_field import HERE, Central, Home, HomeMaker, Ran, a_worker, is_sound
from planted import NIK, person, traces, traces_below, traces_in

from perisai_cli.actions.bundle import Export, export_bundle, import_answer
from perisai_cli.actions.central_bundle import Reception, accept_bundle, show_key
from perisai_cli.actions.enroll import enroll_one
from perisai_cli.storage.journal import first_broken
from perisai_cli.wiring import now

EVERY = 6
"""How many kill points that are in no way special share one execution in the default run."""

EDGES = ("BEGIN", "COMMIT", "os.rename", "os.remove")


class Road:
    """One agent and one office that meet by files alone."""

    def __init__(self, home: Home):
        self.home = home
        self.data = home.folder / "office"
        self.queue = home.path / "queue"
        self.answer = home.path / "answer"

    def open_office(self) -> None:
        from perisai_cli.actions.central import add_agent

        add_agent(self.data, "A-1", "Agen", "W", now)
        show_key(self.data, self.home.folder / "key")

    def export(self) -> list[str]:
        key = str(self.home.folder / "key")
        return [
            "sync",
            "bundle",
            "export",
            "--output",
            str(self.queue),
            "--office-key",
            key,
            "--yes",
        ]

    def accept(self) -> list[str]:
        data = ["--data", str(self.data), "--admit", "--yes"]
        return ["central", "bundle", "accept", str(self.queue), "--output", str(self.answer), *data]

    def take(self) -> list[str]:
        return ["sync", "bundle", "import", str(self.answer)]

    def export_here(self) -> None:
        key = (self.home.folder / "key").read_bytes()
        export_bundle(self.home.app, Export(self.queue, office_key=key))

    def accept_here(self) -> None:
        reception = Reception(self.answer, vouched=True)
        accept_bundle(self.data, lambda: self.queue.open("rb"), reception, now)


def ready_to_export(road: Road) -> list[str]:
    road.home.enroll(range(1, 54))
    road.open_office()
    return road.export()


def ready_to_accept(road: Road) -> list[str]:
    ready_to_export(road)
    road.export_here()
    return road.accept()


def ready_to_take(road: Road) -> list[str]:
    ready_to_accept(road)
    road.accept_here()
    return road.take()


COMMANDS: dict[str, Callable[[Road], list[str]]] = {
    "export": ready_to_export,
    "accept": ready_to_accept,
    "take": ready_to_take,
}


def killed_at(road: Road, number: int, arguments: list[str]) -> Ran:
    program = (str(HERE / "kill_at.py"), str(number), str(road.home.folder / "points"))
    return road.home.run(*arguments, "--json", program=program)


def points_of(road: Road, arguments: list[str]) -> list[str]:
    ran = killed_at(road, 0, arguments)
    assert ran.code == 0, ran
    return (road.home.folder / "points").read_text(encoding="utf-8").splitlines()


def chosen(points: list[str], *, everything: bool) -> list[int]:
    """Return every point, or the first and last of each kind and every few of the others."""
    numbers = list(range(1, len(points) + 1))
    if everything:
        return numbers
    edges = {1, len(points)}
    for edge in EDGES:
        found = [number for number, what in enumerate(points, 1) if what.startswith(edge)]
        edges |= set(found[:2] + found[-2:])
        edges |= {number + 1 for number in found[-1:] if number < len(points)}
    others = [number for number in numbers if number not in edges]
    return sorted(edges | set(others[:: max(1, len(others) // EVERY)]))


def campaign(a_home: HomeMaker, name: str, *, everything: bool) -> None:
    counted = Road(a_home())
    points = points_of(counted, COMMANDS[name](counted))
    numbers = chosen(points, everything=everything)
    for number in numbers:
        road = Road(a_home())
        arguments = COMMANDS[name](road)
        ran = killed_at(road, number, arguments)
        assert ran.code == -signal.SIGKILL, (number, points[number - 1], ran)
        with road.home.store() as store:
            assert is_sound(store.connection)
            assert first_broken(store.connection, store.vault) is None
        again = road.home.run(*arguments, "--json")
        assert again.code == 0, (number, points[number - 1], again)
        if name == "export":
            road.accept_here()
        if name != "take":
            import_answer(road.home.app, lambda path=road.answer: path.open("rb"))  # type: ignore[misc]
        office = Central(road.data, "")
        assert {status for _, status in office.statuses().values()} == {"accepted"}
        assert len(set(office.niks())) == len(office.niks()) == 53
        assert office.conflicts() == 0
        status = road.home.run("sync", "status", "--json").data
        assert (status["accepted"], status["pending"]) == (53, 0)
    print(f"kill points of {name}: {len(points)} counted, {len(numbers)} executed")


each_command = pytest.mark.parametrize("name", COMMANDS)


@each_command
def test_a_bundle_s_command_killed_at_its_edges_loses_nothing(a_home: HomeMaker, name: str) -> None:
    campaign(a_home, name, everything=False)


@pytest.mark.slow
@each_command
def test_a_bundle_s_command_killed_at_any_statement_loses_nothing(
    a_home: HomeMaker, name: str
) -> None:
    campaign(a_home, name, everything=True)


def says_nothing(ran: Ran) -> None:
    assert traces_in(ran.out) == []
    assert traces_in(ran.err) == []
    assert "Traceback" not in ran.err


def unpacked_anywhere(content: bytes) -> bytes:
    """Return what would unpack from *content*, were anything in it compressed and not encrypted."""
    found = b""
    for at in range(len(content) - 2):
        if content[at : at + 2] == b"\x1f\x8b":
            found += zlib.decompressobj(31).decompress(content[at:])
    return found


def test_nothing_of_a_person_is_in_a_bundle_its_text_its_answer_or_what_is_said(
    home: Home, tmp_path: Path
) -> None:
    road = Road(home)
    enroll_one(home.app, person(), {})
    enroll_one(home.app, a_worker(2), {})
    road.open_office()
    road.queue, road.answer = home.folder / "queue", home.folder / "answer"
    for arguments in (road.export(), road.accept(), road.take(), road.take()):
        says_nothing(home.run(*arguments))
    record = json.loads(home.run("queue", "list", "--json").out)["data"]["items"][0]["id"]
    fixed = home.run("queue", "fix", record, "--file", "-", given='{"income": 2500000}')
    assert fixed.code == 0, fixed
    text = home.run("sync", "bundle", "export", "--text")
    says_nothing(text)
    (home.folder / "text").write_text(text.out)
    back = home.run("central", "bundle", "accept", "-", "--data", str(road.data), given=text.out)
    says_nothing(back)
    says_nothing(home.run("sync", "bundle", "import", "-", given=back.out))
    hurt = home.run("sync", "bundle", "import", "-", given=back.out.replace("#004", "#0"))
    assert hurt.code == 2
    says_nothing(hurt)
    for name in ("queue", "answer"):
        assert traces(unpacked_anywhere((home.folder / name).read_bytes())) == []
    held = Central(road.data, "").rows("SELECT body FROM item_versions")
    assert NIK in json.dumps([body for [body] in held])
    assert traces_below(home.folder, but=(road.data,)) == {}


def test_a_header_tells_no_agent_s_name(home: Home) -> None:
    road = Road(home)
    road.open_office()
    home.enroll(range(1, 3))
    road.export_here()
    content = road.queue.read_bytes()
    for told in (b"Agen Uji", b"A-UJI", b"W-UJI"):
        assert told not in content
