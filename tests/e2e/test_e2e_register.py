"""The office's list of members: made at the central, taken in over HTTP, asked without a network."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from command_line import Cli, Said
from field_work import Agent, Answer, Clock, Office, Tamper, a_nik, a_worker, between, enrol, lines

from perisai_cli.actions import central_register
from perisai_cli.central.serve import running

MADE = "2026-11-20"


@pytest.fixture
def own_office(tmp_path: Path) -> Iterator[Office]:
    """Return a central of this test's own."""
    data = tmp_path / "office"
    data.mkdir()
    clock = Clock()
    with running(data, clock=clock) as url:
        yield Office(url, data, clock)


@pytest.fixture
def member(an_agent: Callable[[str], Agent], own_office: Office) -> Agent:
    """Return an agent that the office knows."""
    agent = an_agent(own_office.url)
    assert agent.sync().code == 0
    return agent


def listed(folder: Path, *niks: str) -> Path:
    """Return a branch's file of these people."""
    path = folder / "members.csv"
    path.write_text("NIK;nama\n" + "".join(f"{nik};\n" for nik in niks), encoding="utf-8")
    return path


def publish(cli: Cli, office: Office, *niks: str, new_key: bool = False) -> dict[str, Any]:
    """Make the office's list of these people and of those whom it accepted."""
    path = listed(cli.folder, *niks)
    made = central_register.publish(
        office.data, lambda: path.open("rb"), MADE, office.clock, new_key=new_key
    )
    return dict(made.data)


def offline(agent: Cli) -> None:
    """Take the network away: the address leads nowhere from now on."""
    agent.environment["PERISAI_CENTRAL"] = "http://127.0.0.1:9"


def enrolled(agent: Cli, nik: str) -> Said:
    said = agent.run("daftar", "--berkas", "-", stdin=json.dumps(a_worker(nik)))
    assert said.code == 0, said
    return said


def perhaps(said: Said) -> list[str]:
    return [code for code in said.warned if code == "member.perhaps"]


def a_stranger(known: str) -> str:
    """Return a NIK of this process that is not the one that is known."""
    nik = a_nik()
    assert nik != known
    return nik


def test_a_member_is_doubted_without_a_network_and_enrolled_all_the_same(
    member: Agent, own_office: Office
) -> None:
    known = a_nik()
    made = member.run("pusat", "daftar-anggota", "terbitkan", "--data", str(own_office.data),
                      "--dari", str(listed(member.folder, known)), "--tanggal", MADE)  # fmt: skip
    assert (made.code, made.data["members"], made.data["skipped"]) == (0, 1, 1)
    said = member.run("daftar-anggota", "perbarui")
    assert (said.code, said.data["updated"], said.data["made"], said.data["key"]) == (
        0, True, MADE, True,
    )  # fmt: skip
    assert not member.run("daftar-anggota", "perbarui").data["updated"]
    offline(member)
    said = enrolled(member, known)
    assert perhaps(said) == ["member.perhaps"]
    [told] = [each for each in said.data["warnings"] if each["code"] == "member.perhaps"]
    assert MADE in told["message"]
    assert told["field"] == "/nik"
    assert said.data["state"] == "queued"
    shown = member.run(
        "daftar", "--berkas", "-", stdin=json.dumps(a_worker(a_nik())), as_json=False
    )
    assert shown.code == 0


def test_many_at_once_hear_of_their_own_doubts(member: Agent, own_office: Office) -> None:
    known = [a_nik() for _ in range(40)]
    publish(member, own_office, *known)
    member.run("daftar-anggota", "perbarui")
    strangers = [a_nik() for _ in range(40)]
    workers = [a_worker(nik) for nik in (*known, *strangers)]
    said = member.run("daftar", "--berkas", "-", stdin=lines(*workers))
    assert said.code == 0
    doubted = [
        "member.perhaps" in [each["code"] for each in item["warnings"]]
        for item in said.data["items"]
    ]
    assert all(doubted[:40])
    assert sum(doubted[40:]) <= 8  # one in 128 or fewer; eight of forty never come by chance


def test_those_whom_the_central_accepted_are_on_the_list(
    member: Agent, own_office: Office, an_agent: Callable[[str], Agent]
) -> None:
    nik = a_nik()
    enrol(member, a_worker(nik))
    assert member.sync().code == 0
    made = member.run("central", "register", "publish", "--data", str(own_office.data))
    assert (made.code, made.data["members"]) == (0, 1)
    other = an_agent(own_office.url)
    assert other.run("register", "update").data["updated"]
    assert perhaps(enrolled(other, nik)) == ["member.perhaps"]


def test_a_worker_of_this_store_is_no_news_to_it(member: Agent, own_office: Office) -> None:
    nik = a_nik()
    (record_id,) = enrol(member, a_worker(nik))
    assert member.sync().code == 0
    publish(member, own_office)
    assert member.run("register", "update").code == 0
    again = member.run("daftar", "--berkas", "-", stdin=json.dumps(a_worker(nik)))
    assert (again.code, again.codes) == (2, ["worker.already_here"])
    assert record_id in again.errors[0]["message"]


def test_a_file_by_stick_is_useless_until_the_key_came_over_the_network(
    member: Agent, own_office: Office
) -> None:
    known = a_nik()
    publish(member, own_office, known)
    stick = member.folder / "members.bin"
    said = member.run("pusat", "daftar-anggota", "ekspor", "--data", str(own_office.data),
                      "--output", str(stick))  # fmt: skip
    assert (said.code, said.data["octets"]) == (0, stick.stat().st_size)
    assert known.encode() not in stick.read_bytes()
    said = member.run("daftar-anggota", "perbarui", "--berkas", str(stick))
    assert (said.code, said.data["updated"], said.data["key"]) == (0, True, False)
    assert said.warned == ["register.no_key"]
    assert enrolled(member, a_stranger(known)).warned.count("register.no_key") == 1
    said = member.run("daftar-anggota", "perbarui")
    assert (said.data["updated"], said.data["key"], said.warned) == (False, True, [])
    offline(member)
    assert perhaps(enrolled(member, known)) == ["member.perhaps"]


def test_a_sync_renews_the_list_once_a_day_where_there_is_one(
    member: Agent, own_office: Office
) -> None:
    publish(member, own_office, a_nik())
    assert not (member.home / "register").exists()
    assert member.sync().code == 0
    assert not (member.home / "register").exists()
    member.run("daftar-anggota", "perbarui")
    known = a_nik()
    publish(member, own_office, known)
    before = member.run("daftar-anggota", "status").data["version"]
    assert member.sync().code == 0
    assert member.run("daftar-anggota", "status").data["version"] == before + 1
    publish(member, own_office, known, a_nik())
    assert member.sync().code == 0
    assert member.run("daftar-anggota", "status").data["version"] == before + 1
    offline(member)
    assert perhaps(enrolled(member, known)) == ["member.perhaps"]


def test_a_changed_key_reaches_the_devices_with_the_next_list(
    member: Agent, own_office: Office
) -> None:
    known = a_nik()
    first = publish(member, own_office, known)["key_id"]
    member.run("daftar-anggota", "perbarui")
    second = publish(member, own_office, known, new_key=True)["key_id"]
    assert first != second
    assert perhaps(enrolled(member, known)) == ["member.perhaps"]
    said = member.run("daftar-anggota", "perbarui")
    assert (said.data["updated"], said.data["key"]) == (True, True)


def test_what_is_not_whole_or_not_the_office_s_changes_nothing(
    member: Agent, own_office: Office, tmp_path: Path
) -> None:
    publish(member, own_office, a_nik(), a_nik())
    member.run("daftar-anggota", "perbarui")
    kept = (member.home / "register").read_bytes()
    old = tmp_path / "old.bin"
    old.write_bytes(kept)
    publish(member, own_office, a_nik())
    member.run("daftar-anggota", "perbarui")
    newest = (member.home / "register").read_bytes()
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    publish(member, Office("", foreign), a_nik())
    member.run("pusat", "daftar-anggota", "ekspor", "--data", str(foreign),
               "--output", str(tmp_path / "foreign.bin"))  # fmt: skip
    changed = newest[:-1] + bytes([newest[-1] ^ 1])
    for name, octets, code in (
        ("cut", newest[:-1], "register.malformed"),
        ("changed", changed, "register.damaged"),
        ("empty", b"", "register.malformed"),
        ("other", (tmp_path / "foreign.bin").read_bytes(), "register.other_key"),
        ("older", kept, "register.older"),
    ):
        path = tmp_path / name
        path.write_bytes(octets)
        said = member.run("daftar-anggota", "perbarui", "--berkas", str(path))
        assert (said.code, said.codes) == (7, [code]), name
        assert (member.home / "register").read_bytes() == newest, name


def test_a_damaged_list_is_said_and_enrolling_goes_on(member: Agent, own_office: Office) -> None:
    publish(member, own_office, a_nik())
    member.run("daftar-anggota", "perbarui")
    path = member.home / "register"
    path.write_bytes(path.read_bytes()[:-1])
    assert enrolled(member, a_nik()).warned.count("register.damaged") == 1
    assert member.run("daftar-anggota", "status").codes == ["register.damaged"]
    said = member.run("daftar-anggota", "perbarui")
    assert (said.code, said.data["updated"]) == (0, True)
    assert "register.damaged" not in enrolled(member, a_nik()).warned


def test_the_list_is_its_owner_s_alone_and_holds_no_nik(member: Agent, own_office: Office) -> None:
    known = [a_nik() for _ in range(20)]
    publish(member, own_office, *known)
    member.run("daftar-anggota", "perbarui")
    path = member.home / "register"
    if os.name != "nt":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (member.home, own_office.data):
        for each in (file for file in folder.rglob("*") if file.is_file()):
            assert not [nik for nik in known if nik.encode() in each.read_bytes()], each.name
    assert not list(member.home.glob("register.new*"))


def test_nobody_but_a_device_of_the_office_is_given_the_list_or_its_key(
    member: Agent, own_office: Office
) -> None:
    import httpx

    publish(member, own_office, a_nik())
    for path in ("/v1/register", "/v1/register/key"):
        answer = httpx.get(own_office.url + path, headers={"Perisai-Protocol": "1"})
        assert answer.status_code == 401, path
    answer = httpx.get(own_office.url + "/v1/ref/register", headers={"Perisai-Protocol": "1"})
    assert answer.status_code == 404


def test_a_suspended_device_forgets_the_list_at_its_next_sync(
    member: Agent, own_office: Office
) -> None:
    known = a_nik()
    publish(member, own_office, known)
    member.run("daftar-anggota", "perbarui")
    devices = member.run("pusat", "perangkat", "daftar", "--data", str(own_office.data)).data
    (device,) = devices["items"]
    said = member.run("pusat", "perangkat", "tangguhkan", device["device"], "--alasan", "lost",
                      "--data", str(own_office.data))  # fmt: skip
    assert said.code == 0, said
    assert member.run("daftar-anggota", "perbarui").codes == ["auth.suspended"]
    assert member.sync().code == 6
    assert not (member.home / "register").exists()
    assert not member.run("daftar-anggota", "status").data["here"]
    assert perhaps(enrolled(member, known)) == []


def test_what_is_cut_or_changed_on_the_way_leaves_the_list_that_was_here(
    an_agent: Callable[[str], Agent], own_office: Office
) -> None:
    with between(own_office.url) as proxy:
        agent = an_agent(proxy.url)
        publish(agent, own_office, a_nik())
        assert agent.run("daftar-anggota", "perbarui").code == 0
        kept = (agent.home / "register").read_bytes()
        publish(agent, own_office, a_nik(), a_nik())

        def bent(bend: Callable[[bytes], bytes]) -> Tamper:
            def tamper(_method: str, path: str, ask: Callable[[], Answer]) -> Answer:
                answer = ask()
                if path != "/v1/register":
                    return answer
                return Answer(answer.status, answer.headers, bend(answer.content))

            return tamper

        for bend in (lambda octets: octets[:-1] + b"?", lambda octets: octets[: len(octets) // 2]):
            proxy.tamper = bent(bend)
            said = agent.run("daftar-anggota", "perbarui")
            assert (said.code, said.codes) == (7, ["register.damaged"])
            assert (agent.home / "register").read_bytes() == kept


def test_a_half_file_of_one_who_was_killed_is_not_taken_for_the_list(
    member: Agent, own_office: Office
) -> None:
    known = a_nik()
    publish(member, own_office, known)
    (member.home / "register.new").write_bytes(b"half")
    assert member.run("daftar-anggota", "perbarui").data["updated"]
    assert not (member.home / "register.new").exists()
    assert perhaps(enrolled(member, known)) == ["member.perhaps"]


def test_a_disk_that_fails_leaves_the_list_that_was_here(member: Agent, own_office: Office) -> None:
    publish(member, own_office, a_nik())
    member.run("daftar-anggota", "perbarui")
    kept = (member.home / "register").read_bytes()
    publish(member, own_office, a_nik(), a_nik())
    (member.home / "register.new").mkdir()
    assert member.run("daftar-anggota", "perbarui").code == 8
    assert (member.home / "register").read_bytes() == kept


def test_a_list_of_tomorrow_is_refused(member: Agent, own_office: Office) -> None:
    path = member.folder / "members.csv"
    path.write_text(a_nik() + "\n", encoding="utf-8")
    said = member.run("pusat", "daftar-anggota", "terbitkan", "--data", str(own_office.data),
                      "--dari", str(path), "--tanggal", "2999-01-01")  # fmt: skip
    assert (said.code, said.faults) == (2, {("/date", "day.future")})


def test_an_old_list_says_its_age(member: Agent, own_office: Office) -> None:
    path = member.folder / "members.csv"
    path.write_text(a_nik() + "\n", encoding="utf-8")
    said = member.run("pusat", "daftar-anggota", "terbitkan", "--data", str(own_office.data),
                      "--dari", str(path), "--tanggal", "2025-01-02")  # fmt: skip
    assert said.code == 0
    said = member.run("daftar-anggota", "perbarui")
    assert said.warned == ["register.old"]
    assert said.data["age_days"] > 300


def test_a_central_without_a_list_says_so(member: Agent, own_office: Office) -> None:
    assert member.run("daftar-anggota", "perbarui").codes == ["register.none"]
    said = member.run("pusat", "daftar-anggota", "terbitkan", "--data", str(own_office.data))
    assert said.codes == ["register.nobody"]
    said = member.run("pusat", "daftar-anggota", "ekspor", "--data", str(own_office.data),
                      "--output", str(member.folder / "x.bin"))  # fmt: skip
    assert said.codes == ["register.none_made"]
    said = member.run("daftar-anggota", "status")
    assert (said.code, said.data["here"]) == (0, False)
