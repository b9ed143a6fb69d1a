"""Two central processes on one PostgreSQL answer as one, whoever asks which of them, and when."""

from __future__ import annotations

import contextlib
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import httpx
from central_field import Device, a_body, a_nik, a_worker, an_item
from command_line import Cli
from sqlalchemy import select

from perisai_cli.central.database import open_database
from perisai_cli.central.tables import commits, items, nik_claims

PEOPLE = 40
DEVICES = 4
AGAIN = {"accepted": "unchanged"}


@contextlib.contextmanager
def a_process(cli: Cli, database: str) -> Iterator[str]:
    """Yield the address of a central that the program itself runs; it must end without a word."""
    process = cli.start(
        "pusat", "jalankan", "--port", "0", "--database", database, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    with process:
        try:
            ready = process.stderr.readline().decode()
            found = re.search(r"http://127\.0\.0\.1:[0-9]+", ready)
            assert found, ready
            yield found[0]
        finally:
            process.send_signal(signal.SIGTERM)
            rest = process.stderr.read().decode()
    assert process.returncode == 0, rest
    assert "failed" not in rest


def together(*works: Callable[[], None]) -> None:
    """Do everything at once, and fail if any of it fails."""
    failures: list[BaseException] = []
    begin = threading.Barrier(len(works))

    def one(work: Callable[[], None]) -> None:
        begin.wait()
        try:
            work()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=one, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def shuffled(batch: Sequence[dict[str, Any]], turn: int) -> list[dict[str, Any]]:
    """Return a batch in an order of its own, so that devices meet at people in every order."""
    return [*batch[turn * 7 :], *batch[: turn * 7]][:: -1 if turn % 2 else 1]


def test_two_processes_on_postgresql_answer_as_one(
    cli: Cli, postgres_address: str, http: httpx.Client
) -> None:
    niks = [a_nik() for _ in range(PEOPLE)]
    verdicts: dict[str, list[dict[str, Any]]] = {}
    with a_process(cli, postgres_address) as first, a_process(cli, postgres_address) as second:
        devices = [Device(http, address=(first, second)[n % 2]) for n in range(DEVICES)]
        together(*(device.sign_in for device in devices))
        batches = {
            device.id: shuffled([an_item(a_body(a_worker(nik))) for nik in niks], n)
            for n, device in enumerate(devices)
        }

        def send(device: Device) -> None:
            half = PEOPLE // 2
            mine = batches[device.id]
            verdicts[device.id] = device.push(*mine[:half]) + device.push(*mine[half:])

        together(*(lambda device=device: send(device) for device in devices))
        one_person_one_record(batches, verdicts)
        for device in devices:
            device.address = second if device.address == first else first
            again = device.push(*batches[device.id])
            assert [result["status"] for result in again] == [
                AGAIN.get(was["status"], was["status"]) for was in verdicts[device.id]
            ]
        the_same_batch_at_both_at_once(devices[0], first, second)
    nothing_is_twice(postgres_address)
    the_office_sees_all(cli, postgres_address)


def one_person_one_record(
    batches: dict[str, list[dict[str, Any]]], verdicts: dict[str, list[dict[str, Any]]]
) -> None:
    """Check that of each person's records exactly one is accepted, and that the others name it."""
    accepted: dict[str, str] = {}
    canonical: dict[str, set[str]] = {}
    for device, batch in batches.items():
        for item, result in zip(batch, verdicts[device], strict=True):
            nik = item["body"]["worker"]["nik"]
            if result["status"] == "accepted":
                assert nik not in accepted
                accepted[nik] = item["id"]
            else:
                assert result["status"] == "duplicate"
                canonical.setdefault(nik, set()).add(result["canonical_id"])
    assert len(accepted) == PEOPLE
    assert canonical == {nik: {record} for nik, record in accepted.items()}


def the_same_batch_at_both_at_once(device: Device, first: str, second: str) -> None:
    """Send a batch to both processes at once, as after a lost answer: it takes effect once."""
    batch = [an_item() for _ in range(PEOPLE)]
    answers: dict[str, list[dict[str, Any]]] = {}

    def send(address: str) -> None:
        twin = Device(device.http, device.agent, address)
        twin.id, twin.token = device.id, device.token
        answers[address] = twin.push(*batch)

    together(lambda: send(first), lambda: send(second))
    for one, other in zip(answers[first], answers[second], strict=True):
        assert {one["status"], other["status"]} == {"accepted", "unchanged"}
        assert one["assigned"] == other["assigned"]
        assert one["seq"] == other["seq"]


def nothing_is_twice(address: str) -> None:
    database = open_database(address)
    with database.reading() as connection:
        stored = connection.execute(select(items)).all()
        holders = connection.scalars(select(nik_claims.c.record_id)).all()
        numbers = connection.scalars(select(commits.c.seq).order_by(commits.c.seq)).all()
    database.close()
    given = sorted(int(row.kpj) for row in stored if row.kpj)
    assert len(stored) == DEVICES * PEOPLE + PEOPLE
    assert set(holders) == {row.id for row in stored if row.status == "accepted"}
    assert given == list(range(99_000_000_001, 99_000_000_001 + 2 * PEOPLE))
    assert list(numbers) == list(range(1, len(numbers) + 1))


def the_office_sees_all(cli: Cli, address: str) -> None:
    agents = cli.run("pusat", "agen", "daftar", "--database", address).data["items"]
    assert [agent["devices"] for agent in agents] == [1] * DEVICES
    waiting = cli.run("central", "waiting", "--database", address).data
    assert waiting["count"] == (DEVICES - 1) * PEOPLE
    decided = cli.run(
        "pusat", "putuskan", waiting["items"][0]["id"], "rejected", "--alasan", "wrong_person",
        "--basis-data", address,
    )  # fmt: skip
    assert (decided.code, decided.data["status"]) == (0, "rejected")
    added = cli.run("pusat", "agen", "tambah", "A-9", "--kantor", "W-03", "--database", address)
    assert (added.code, added.data["data"]) == (0, address)
