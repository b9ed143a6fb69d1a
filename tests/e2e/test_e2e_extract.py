"""The copy of a central's records: fetched over a bad line, resumed, brought up to date, begun anew."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import command_line
import pytest
from command_line import Cli
from field_work import NAME, Agent, Answer, Office, Proxy, a_nik, a_worker, between, enrol, ill

from perisai_cli.actions.app import App
from perisai_cli.actions.central_remote import Office as AsOfficer
from perisai_cli.actions.desk import open_desk
from perisai_cli.actions.extract import fetch_central
from perisai_cli.actions.report_sources import own_dataset, report_source
from perisai_cli.central.agents import add_agent
from perisai_cli.central.backup import copy_database
from perisai_cli.central.officers import add_officer
from perisai_cli.central.reporting import CentralFacts
from perisai_cli.central.serve import FILE_NAME, open_central, running
from perisai_cli.domain.errors import (
    InvalidInput,
    SignInAgain,
    SomethingInTheWay,
    StoreLocked,
    TryLater,
)
from perisai_cli.domain.facts import Held, Member, Paid, Returned
from perisai_cli.storage.dataset import CENTRAL, dataset
from perisai_cli.storage.lock import fetch_lock
from perisai_cli.storage.store import open_store

FACTS = {"members": Member, "payments": Paid, "returns": Returned, "events": Held}


def now() -> datetime:
    return datetime.now(UTC)


def world_of(cli: Cli, **changes: Any) -> App:
    """Return an action's world over a test's home."""

    def unlock() -> Any:
        return open_store(cli.home, lambda: command_line.PASSPHRASE, lambda _store: None)

    made = App(cli.home, now, unlock, None, "perisai/test", sleep=lambda _seconds: None)
    return made._replace(**changes)


def a_token(office: Office, role: str = "officer", of: str | None = None) -> str:
    database = open_central(office.data)
    token = add_officer(database, f"P-{time.monotonic_ns()}", "Petugas", role, now, of)
    database.close()
    return token


def held(cli: Cli, table: str, agent: str | None = None) -> set[tuple[Any, ...]]:
    """Return the facts that a home's copy holds, of one agent or of all."""
    with open_desk(world_of(cli)) as desk:
        copy = dataset(cli.home, CENTRAL, desk.store.vault)
        columns = ", ".join(FACTS[table]._fields)
        found = {tuple(row) for row in copy.rows(f"SELECT {columns} FROM {table}", {})}
        copy.close()
    return {row for row in found if agent is None or row[3] == agent}


def whole(cli: Cli) -> dict[str, Any]:
    """Return everything that a copy holds, opened."""
    with open_desk(world_of(cli)) as desk:
        copy = dataset(cli.home, CENTRAL, desk.store.vault)
        told: dict[str, Any] = {
            table: sorted(map(repr, copy.rows(f"SELECT * FROM {table}", {}))) for table in FACTS
        }
        told["reasons"] = copy.reasons()
        told["persons"] = {
            row[0]: copy.person(row[0]) for row in copy.rows("SELECT id FROM persons", {})
        }
        copy.close()
    return told


@pytest.fixture
def supervisor(tmp_path: Path, ready_home: Cli) -> Cli:
    return Agent(tmp_path / "supervisor", "", "S-1", ready=ready_home)


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    """Return a central of this test's own."""
    with running(tmp_path / "central", clock=now) as address:
        yield Office(address, tmp_path / "central")


def agent_of(here: Office, tmp_path: Path, name: str) -> Agent:
    return Agent(tmp_path / name, here.url, name)


def test_a_copy_tells_of_an_agents_records_what_the_agents_own_store_tells(
    here: Office, tmp_path: Path, supervisor: Cli
) -> None:
    agent = agent_of(here, tmp_path, "A-071")
    nik = a_nik()
    ids = enrol(agent, a_worker(nik), ill(a_worker()), a_worker(), a_worker(months=6))
    assert agent.sync().code == 0
    other = agent_of(here, tmp_path, "A-072")
    twin = enrol(other, a_worker(nik))
    other.sync()
    paid = agent.run("bayar", "catat", ids[3])
    event = agent.run("sosialisasi", "catat", "--berkas", "-", stdin=json.dumps({
        "type": "market_visit", "place": "Pasar Uji", "day": now().date().isoformat(),
        "region": "5171", "present": 4,
    }))  # fmt: skip
    assert (paid.code, event.code) == (0, 0), (paid, event)
    assert agent.run("antrean", "tarik", ids[2], "--alasan", "entered_twice", "--yes").code == 0
    assert agent.sync().code == 0
    fetched = fetch_central(world_of(supervisor), AsOfficer(here.url, a_token(here), now))
    assert fetched.data["records"] == 7
    for cli, name in ((agent, "A-071"), (other, "A-072")):
        with open_desk(world_of(cli)) as desk:
            own = own_dataset(desk)
            for table, fact in FACTS.items():
                columns = [each for each in fact._fields if each not in ("enrolled", "paid")]
                asked = f"SELECT {', '.join(columns)} FROM {table} WHERE standing <> 'withdrawn'"
                mine = {tuple(row) for row in own.rows(asked, {})}
                place = [fact._fields.index(each) for each in columns]
                theirs = {
                    tuple(row[each] for each in place)
                    for row in held(supervisor, table, name)
                    if row[2] != "withdrawn"
                }
                assert mine == theirs
            reasons = own.reasons()
            own.close()
        copied = [each for each in whole(supervisor)["reasons"] if each[2] == name]
        assert copied == reasons
    assert {row[2] for row in held(supervisor, "members")} == {
        "accepted", "held", "withdrawn", "duplicate",
    }  # fmt: skip
    assert twin


def test_an_erased_record_leaves_the_copy(here: Office, tmp_path: Path, supervisor: Cli) -> None:
    agent = agent_of(here, tmp_path, "A-073")
    ids = enrol(agent, a_worker(), a_worker())
    agent.sync()
    world, asker = world_of(supervisor), AsOfficer(here.url, a_token(here), now)
    fetch_central(world, asker, "audit of the wadah")
    assert set(whole(supervisor)["persons"]) == set(ids)
    assert agent.run("pekerja", "hapus", ids[0], "--alasan", "subject_asked", "--yes").code == 0
    agent.sync()
    fetched = fetch_central(world, asker, "audit of the wadah")
    assert (fetched.data["erased"], fetched.data["fresh"]) == (1, False)
    assert {row[0] for row in held(supervisor, "members")} == {ids[1]}
    assert set(whole(supervisor)["persons"]) == {ids[1]}


def page_of_enrolments(supervisor: Cli, code: int) -> str:
    """Return a page of enrolments in full, made of what is here, and done so far."""
    asked = ("laporan", "pendaftaran", "--dari", "pusat", "--luring", "--buka", "pemeriksaan")
    said = supervisor.run(*asked, "--output", "e.html")
    assert (said.code, said.codes) == (code, ["report.persons_missing"] if code else []), said
    rows = supervisor.run(*asked, "--output", "-", as_json=False, unmasked=True)
    assert (rows.code, "[report.persons_missing]" in rows.err) == (code, bool(code))
    return (supervisor.folder / "e.html").read_text(encoding="utf-8")


def test_no_number_or_name_stands_in_a_copy_without_persons_nor_in_clear_with_them(
    here: Office, tmp_path: Path, supervisor: Cli
) -> None:
    agent = agent_of(here, tmp_path, "A-074")
    nik = a_nik()
    enrol(agent, a_worker(nik), ill(a_worker()))
    agent.sync()
    world, asker = world_of(supervisor), AsOfficer(here.url, a_token(here), now)
    fetch_central(world, asker)
    assert "worker" not in json.dumps(whole(supervisor)["persons"])
    assert "NIK dan nama tidak ada di sini" in page_of_enrolments(supervisor, 3)
    fetched = fetch_central(world, asker, "audit of the wadah")
    assert (fetched.data["fresh"], fetched.data["persons"]) == (True, True)
    assert nik in json.dumps(whole(supervisor)["persons"])
    assert "NIK dan nama tidak ada di sini" not in page_of_enrolments(supervisor, 0)
    for file in (supervisor.home / "datasets").iterdir():
        octets = file.read_bytes()
        assert nik.encode() not in octets
        assert NAME.encode() not in octets
    with pytest.raises(InvalidInput, match=r"extract\.reason"):
        fetch_central(world, asker, "5171015708900001")


def big_central(here: Office, count: int) -> None:
    """Put many records into a central, without a store."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "central"))
    import central_field
    import httpx

    with httpx.Client(timeout=60, trust_env=False) as http:
        device = central_field.Device(http, "A-900", here.url).sign_in()
        for start in range(0, count, 400):
            device.push(*(central_field.an_item() for _ in range(min(400, count - start))))


def cutting(after: int) -> Callable[..., Answer | None]:
    """Return what cuts every answer in the middle, until it has done so often enough."""
    left = [after]

    def tamper(_method: str, path: str, ask: Callable[[], Answer]) -> Answer | None:
        answer = ask()
        if "extract" in path and left[0]:
            left[0] -= 1
            half = len(answer.content) * 2 // 3
            kept = {k: v for k, v in answer.headers.items() if k.lower() != "content-length"}
            return Answer(answer.status, kept, answer.content[:half])
        return answer

    return tamper


def test_a_line_that_is_cut_is_gone_on_with(here: Office, tmp_path: Path, supervisor: Cli) -> None:
    big_central(here, 4000)
    token = a_token(here)
    expected = fetch_central(world_of(supervisor), AsOfficer(here.url, token, now))
    assert expected.data["records"] == 4000
    before = whole(supervisor)
    shutil.rmtree(supervisor.home / "datasets")
    with between(here.url) as proxy:
        proxy.tamper = cutting(3)
        fetched = fetch_central(world_of(supervisor), AsOfficer(proxy.url, token, now))
    assert whole(supervisor) == before
    assert len(proxy.asked) == 4
    assert 4000 <= fetched.data["records"] < 4000 + 3 * 1000
    big_central(here, 3000)
    with between(here.url) as proxy:
        proxy.tamper = cutting(99)
        with pytest.raises(TryLater):
            fetch_central(world_of(supervisor), AsOfficer(proxy.url, token, now), max_seconds=1)
    with open_desk(world_of(supervisor)) as desk, report_source(desk, CENTRAL) as source:
        [(count, known)] = source.rows("SELECT count(*), count(covered) FROM members")
        assert 4000 < count == known < 7000
    fetch_central(world_of(supervisor), AsOfficer(here.url, token, now))
    idle = fetch_central(world_of(supervisor), AsOfficer(here.url, token, now))
    assert (idle.data["records"], idle.data["requests"], idle.data["fresh"]) == (0, 1, False)
    assert idle.data["bytes_down"] < 800


KILLED = """
import os, sys
from datetime import UTC, datetime
sys.path[:0] = {paths!r}
import command_line
from test_e2e_extract import world_of
from perisai_cli.actions import extract
from perisai_cli.actions.central_remote import Office
extract.BATCH = 1000
class Home: home = __import__("pathlib").Path({home!r})
def told(records):
    if records >= {at}:
        os.kill(os.getpid(), 9)
now = lambda: datetime.now(UTC)
extract.fetch_central(world_of(Home), Office({url!r}, {token!r}, now), progress=told)
"""


def test_a_fetch_that_is_killed_is_gone_on_with(here: Office, supervisor: Cli) -> None:
    big_central(here, 4000)
    token = a_token(here)
    asker = AsOfficer(here.url, token, now)
    fetch_central(world_of(supervisor), asker)
    before = whole(supervisor)
    shutil.rmtree(supervisor.home / "datasets")
    root = Path(__file__).parents[1]
    paths = [str(root), str(root / "e2e")]
    for at in (1000, 2000):
        script = KILLED.format(
            paths=paths, home=str(supervisor.home), at=1000, url=here.url,
            token=token,
        )  # fmt: skip
        ended = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True)
        assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()
        assert len(held(supervisor, "members")) == at
        with (
            pytest.raises(InvalidInput, match=r"dataset\.partial"),
            open_desk(world_of(supervisor)) as desk,
            report_source(desk, CENTRAL),
        ):
            pass
    fetched = fetch_central(world_of(supervisor), asker)
    assert fetched.data["records"] == 2000
    assert whole(supervisor) == before


def test_a_central_put_back_from_a_copy_is_read_anew(tmp_path: Path, supervisor: Cli) -> None:
    folder = tmp_path / "central"
    with running(folder, clock=now) as address:
        here = Office(address, folder)
        big_central(here, 300)
        token = a_token(here)
        copy_database(folder / FILE_NAME, tmp_path / "copy.db")
        big_central(here, 200)
        fetched = fetch_central(world_of(supervisor), AsOfficer(address, token, now))
        assert fetched.data["records"] == 500
    for file in folder.glob(f"{FILE_NAME}*"):
        file.unlink()
    shutil.copy(tmp_path / "copy.db", folder / FILE_NAME)
    with running(folder, clock=now) as address:
        big_central(Office(address, folder), 100)
        fetched = fetch_central(world_of(supervisor), AsOfficer(address, token, now))
    assert (fetched.data["records"], fetched.data["fresh"]) == (400, True)
    assert len(held(supervisor, "members")) == 400


def test_another_central_takes_the_place_of_the_first(
    here: Office, tmp_path: Path, supervisor: Cli
) -> None:
    big_central(here, 20)
    fetch_central(world_of(supervisor), AsOfficer(here.url, a_token(here), now))
    with running(tmp_path / "second", clock=now) as address:
        second = Office(address, tmp_path / "second")
        big_central(second, 5)
        fetched = fetch_central(world_of(supervisor), AsOfficer(address, a_token(second), now))
    assert (len(held(supervisor, "members")), fetched.data["fresh"]) == (5, True)


def test_a_supervisors_copy_loses_whoever_left_the_office(
    here: Office, tmp_path: Path, supervisor: Cli
) -> None:
    one, two = (agent_of(here, tmp_path, name) for name in ("A-081", "A-082"))
    for agent in (one, two):
        enrol(agent, a_worker())
        assert agent.sync().code == 0
    [office] = {row[5] for row in _members_of(here)}
    asker = AsOfficer(here.url, a_token(here, "supervisor", office), now)
    fetch_central(world_of(supervisor), asker)
    assert {row[3] for row in held(supervisor, "members")} == {"A-081", "A-082"}
    database = open_central(here.data)
    add_agent(database, "A-082", "Agen", "elsewhere", now)
    database.close()
    fetch_central(world_of(supervisor), asker)
    assert {row[3] for row in held(supervisor, "members")} == {"A-081"}
    assert whole(supervisor)["persons"] == {}


def _members_of(here: Office) -> list[Any]:
    database = open_central(here.data)
    with CentralFacts(database) as facts:
        found = list(facts.rows(f"SELECT {', '.join(Member._fields)} FROM members"))
    database.close()
    return found


def test_what_is_pushed_meanwhile_comes_once_in_the_end(here: Office, supervisor: Cli) -> None:
    big_central(here, 2000)
    asker = AsOfficer(here.url, a_token(here), now)
    pushing = threading.Thread(target=big_central, args=(here, 2000))
    pushing.start()
    while pushing.is_alive():
        fetch_central(world_of(supervisor), asker)
    pushing.join()
    fetch_central(world_of(supervisor), asker)
    there = {tuple(row) for row in _members_of(here)}
    assert (len(there), held(supervisor, "members")) == (4000, there)


def test_what_is_no_central_is_said(office: Office, proxy: Proxy, supervisor: Cli) -> None:
    page = Answer(200, {"Content-Type": "text/html"}, b"<html>Masuk</html>")
    proxy.tamper = lambda *_asked: page
    world = world_of(supervisor)
    with pytest.raises(SomethingInTheWay, match=r"network\.not_central"):
        fetch_central(world, AsOfficer(proxy.url, "x", now))
    with pytest.raises(SignInAgain, match=r"auth\.refused"):
        fetch_central(world, AsOfficer(office.url, "wrong", now))
    with pytest.raises(TryLater):
        fetch_central(world, AsOfficer("http://127.0.0.1:9", "x", now), max_seconds=1)
    marked = {"Content-Type": "application/x-ndjson", "Perisai-Protocol": "1"}
    begin = b'{"extract":1,"central":"c","persons":false}\n'
    for said in (
        b"nonsense\n",
        begin + b'["enrolment",[1]]\n',
        begin + b'["x","y"]\n',
        begin + b"7\n",
    ):
        proxy.tamper = lambda *_asked, said=said: Answer(200, marked, said)
        with pytest.raises(SomethingInTheWay, match=r"extract\.malformed"):
            fetch_central(world, AsOfficer(proxy.url, "x", now))
    with fetch_lock(supervisor.home), pytest.raises(StoreLocked, match=r"extract\.locked"):
        fetch_central(world, AsOfficer(office.url, "x", now))
