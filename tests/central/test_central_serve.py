"""Whole server processes: starting, stopping, sharing one database, going back in time."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from central_field import NOW, PROTOCOL, Clock, Device, a_body, a_nik, a_worker, an_item
from command_line import Cli

from perisai_cli.central.agents import add_agent, list_agents
from perisai_cli.central.database import open_database
from perisai_cli.central.serve import open_central, running, serve
from perisai_cli.domain.addresses import is_loopback
from perisai_cli.domain.errors import StoreUnusable

PROGRAM = """
import sys
from pathlib import Path
from perisai_cli import wiring
from perisai_cli.central.serve import serve
ready = lambda url: print(url, flush=True)
serve(sys.argv[2], 0, Path(sys.argv[1]), ready, clock=wiring.now, log_requests=True)
print("stopped", flush=True)
"""


@contextlib.contextmanager
def a_process(folder: Path, host: str = "127.0.0.1") -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Yield the address and the process of a central; it is always ended."""
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder), host],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    with process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip(), process
        finally:
            process.kill()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_gracefully(number: int, tmp_path: Path, http: httpx.Client) -> None:
    with a_process(tmp_path) as (address, process):
        item = an_item()
        device = Device(http, address=address).sign_in()
        assert device.push(item)[0]["status"] == "accepted"
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, "stopped\n")
    assert '"path": "/v1/sync/push"' in err
    assert item["body"]["worker"]["nik"] not in err
    assert "Traceback" not in err


def test_folder_and_file_are_the_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "central"
    open_central(folder).close()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_two_processes_on_one_database_answer_as_one(tmp_path: Path, http: httpx.Client) -> None:
    niks = [a_nik() for _ in range(15)]
    with a_process(tmp_path) as (first, one), a_process(tmp_path) as (second, two):
        here = Device(http, address=first).sign_in()
        there = Device(http, address=second).sign_in()
        batches = {
            device.id: [an_item(a_body(a_worker(nik))) for nik in niks] for device in (here, there)
        }
        verdicts: dict[str, list[str]] = {}
        together = threading.Barrier(2)

        def race(device: Device) -> None:
            together.wait()
            verdicts[device.id] = [result["status"] for result in device.push(*batches[device.id])]

        threads = [threading.Thread(target=race, args=(device,)) for device in (here, there)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for pair in zip(verdicts[here.id], verdicts[there.id], strict=True):
            assert sorted(pair) == ["accepted", "duplicate"]
        here.address, there.address = second, first
        for device in (here, there):
            again = [result["status"] for result in device.push(*batches[device.id])]
            renamed = [{"accepted": "unchanged"}.get(was, was) for was in verdicts[device.id]]
            assert again == renamed
        for process in (one, two):
            process.terminate()
            assert "failed" not in process.communicate(timeout=20)[1]


def test_many_openings_at_once_make_one_database(tmp_path: Path) -> None:
    failures: list[Exception] = []

    def open_it() -> None:
        try:
            open_central(tmp_path).close()
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=open_it) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def test_an_address_in_use_is_an_error_at_once(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            serve("127.0.0.1", taken.getsockname()[1], tmp_path, lambda _url: None, clock=Clock())


@pytest.mark.parametrize(
    ("host", "alone"),
    [
        ("127.0.0.1", True),
        ("127.8.8.8", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.0.2.7", False),
        ("localhost.example", False),
    ],
)
def test_only_loopback_is_this_machine_alone(host: str, alone: bool) -> None:
    assert is_loopback(host) is alone


def test_a_central_that_others_can_reach_asks_for_codes(tmp_path: Path, http: httpx.Client) -> None:
    with a_process(tmp_path, "0.0.0.0") as (address, _process):
        device = Device(http, address=address.replace("0.0.0.0", "127.0.0.1"))
        answer = device.register()
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.code_needed")


def test_what_was_answered_is_there_after_a_kill(tmp_path: Path, http: httpx.Client) -> None:
    item = an_item()
    with a_process(tmp_path) as (address, process):
        device = Device(http, address=address).sign_in()
        [first] = device.push(item)
        process.kill()
        process.wait()
    with running(tmp_path, clock=Clock()) as address:
        device.address = address
        device.renew()
        assert device.push(item) == [first | {"status": "unchanged"}]


@pytest.mark.parametrize("checking", [True, False])
def test_a_central_put_back_from_a_backup_says_so_when_it_checks(
    checking: bool, tmp_path: Path, http: httpx.Client
) -> None:
    folder, backup = tmp_path / "central", tmp_path / "backup.db"
    first, lost, mine = an_item(), an_item(), an_item()
    with running(folder, clock=Clock(), check_seen=checking) as address:
        device = Device(http, address=address).sign_in()
        device.push(first)
        with contextlib.closing(sqlite3.connect(folder / "central.db")) as source:
            source.execute("VACUUM INTO ?", (str(backup),))
        answer = device.push_answer(lost).json()
        seen = {"seq": answer["seq"], "token": answer["token"]}
    for path in folder.iterdir():
        path.unlink()
    shutil.copy(backup, folder / "central.db")
    with running(folder, clock=Clock(), check_seen=checking) as address:
        other = Device(http, address=address).sign_in()
        other.push(an_item())
        device.address = address
        refused = device.push_answer(mine, seen=seen)
        if checking:
            assert (refused.status_code, refused.json()["code"]) == (409, "central.rewound")
        [again] = device.push(mine)
        assert again["status"] == ("accepted" if checking else "unchanged")
        known = device.push_answer(first, seen={"seq": 0, "token": ""})
        assert known.json()["results"][0]["status"] == "unchanged"


def test_a_newer_database_is_left_untouched(tmp_path: Path) -> None:
    open_central(tmp_path).close()
    with contextlib.closing(sqlite3.connect(tmp_path / "central.db")) as connection, connection:
        connection.execute("UPDATE server_settings SET value = '99' WHERE name = 'schema'")
    with pytest.raises(StoreUnusable, match=r"store\.newer"):
        open_central(tmp_path)


def test_agents_outlive_the_process_that_added_them(tmp_path: Path) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'central.db'}")
    add_agent(database, "a", "Agen", "DPS", lambda: NOW)
    database.close()
    database = open_database(f"sqlite:///{tmp_path / 'central.db'}")
    assert [agent.agent for agent in list_agents(database)] == ["a"]
    database.close()


@contextlib.contextmanager
def serving(cli: Cli, *options: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Yield the address of a central that the command runs, and its process."""
    command = ("pusat", "jalankan", "--port", "0", "--data", str(cli.folder / "pusat"))
    process = cli.start(*command, *options, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with process:
        assert process.stderr is not None
        try:
            ready = process.stderr.readline().decode()
            yield re.search(r"http://[\d.:]+", ready)[0], process  # type: ignore[index]
        finally:
            process.kill()


def test_the_command_s_options_set_the_manner(cli: Cli, http: httpx.Client) -> None:
    strict = ("--wajib-kode", "--batas-alamat", "1", "--proksi", "127.0.0.1", "--catat")
    with serving(cli, *strict) as (address, process):
        assert http.get(f"{address}/metrics").status_code == 404
        origins = ("192.0.2.1", "192.0.2.2", "192.0.2.1")
        statuses = [
            http.post(
                f"{address}/v1/token", headers=PROTOCOL | {"X-Forwarded-For": each}
            ).status_code
            for each in origins
        ]
        assert statuses == [422, 422, 429]
        process.terminate()
        _, err = process.communicate(timeout=20)
        assert process.returncode == 0
    lines = [json.loads(line) for line in err.decode().splitlines() if line.startswith("{")]
    assert [line["perisai"]["status"] for line in lines] == [404, *statuses]
    assert {line["level"] for line in lines} == {"INFO"}
    with serving(cli, "--wajib-kode", "--metrik") as (address, _):
        assert "perisai_build_info" in http.get(f"{address}/metrics").text
