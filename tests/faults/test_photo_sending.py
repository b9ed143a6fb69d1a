"""A photo arrives whole over a link that fails anywhere, and at most one chunk goes twice a fault."""

from __future__ import annotations

import contextlib
import random
import signal
import sqlite3
from typing import Any

import cards
import proxy as faults
import pytest
from faults_field import Central, Home, HomeMaker, ended
from proxy import Exchange, Fault, Proxy, hold

from perisai_cli.actions.photo import worker_photo
from perisai_cli.actions.sync import SyncOptions, sync, sync_status
from perisai_cli.domain.errors import PerisaiError
from perisai_cli.protocol.blobs import MAX_CHUNK
from perisai_cli.storage.attachments import Photos

FAULTS: dict[str, Fault] = {
    "lost answer": faults.lost_answer,
    "cut request": faults.cut_request,
    "refused": faults.refused,
    "truncated answer": faults.truncated_answer,
    "error after commit": faults.error_after_commit,
    "doubled": faults.doubled,
    "drip": faults.drip,
    "login page": faults.login_page,
    "login page after commit": faults.login_page_after_commit,
    "redirect": faults.redirect,
}


def with_photo(home: Home, number: int = 1, seed: int = 1) -> tuple[str, str, int]:
    """Return id, hash and size of a new record's photo."""
    [record] = home.enroll(range(number, number + 1))
    picture = cards.jpeg(cards.card((2000, 1500), seed))
    photo = worker_photo(home.app, record, picture).data["photo"]
    return record, photo["sha256"], photo["size"]


def at_central(central: Central, sha256: str) -> bytes:
    parts = central.rows(f"SELECT content FROM blob_parts WHERE sha256 = '{sha256}' ORDER BY start")
    return b"".join(part for [part] in parts)


def at_home(home: Home, sha256: str) -> bytes | None:
    with home.store() as store:
        row = store.connection.row("SELECT record_id FROM attachments WHERE sha256 = ?", sha256)
        assert row is not None
        held = _Held(row["record_id"], sha256)
        return Photos(store).content(held)  # type: ignore[arg-type]


class _Held:
    def __init__(self, record_id: str, sha256: str):
        self.record_id, self.sha256 = record_id, sha256


class Counted:
    """Counts the octets of a photo that are put on the wire."""

    def __init__(self) -> None:
        self.octets = 0
        self.requests = 0

    def __call__(self, fault: Fault) -> Fault:
        async def counted(exchange: Exchange) -> None:
            _head, _, body = exchange.request.partition(b"\r\n\r\n")
            self.octets += len(body)
            self.requests += 1
            await fault(exchange)

        return counted


def synced(home: Home) -> Any:
    """Sync as often as an agent would until nothing waits."""
    data = None
    for _ in range(6):
        with contextlib.suppress(PerisaiError):
            data = sync(home.app, SyncOptions(max_seconds=5)).data
            if not data["photos_pending"]:
                return data
    raise AssertionError(data)


@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_at_any_chunk_repeats_at_most_that_chunk(
    name: str, at: int, a_home: HomeMaker, central: Central
) -> None:
    with Proxy(central.address) as between:
        home = a_home(between.address)
        _record, sha256, size = with_photo(home)
        counted = Counted()
        script = [faults.through] * at + [FAULTS[name]] + [faults.through] * 20
        between.next(f"/v1/blob/{sha256}", *map(counted, script))
        synced(home)
    assert at_central(central, sha256) == at_home(home, sha256)
    assert size <= counted.octets <= size + MAX_CHUNK
    assert sync_status(home.app).data["photos"] == {"waiting": 0, "arrived": 1}


@pytest.mark.parametrize("seed", range(6))
def test_cuts_at_random_offsets_are_gone_on_from(
    seed: int, a_home: HomeMaker, central: Central
) -> None:
    chance = random.Random(seed)

    def cut_at(octets: int) -> Fault:
        async def cut(exchange: Exchange) -> None:
            await exchange.forward(octets)
            exchange.hang_up()

        return cut

    with Proxy(central.address) as between:
        home = a_home(between.address)
        _record, sha256, size = with_photo(home, seed=seed)
        counted = Counted()
        script: list[Fault] = []
        for _ in range(4):
            script += [faults.through] * chance.randrange(2)
            script.append(chance.choice([cut_at(chance.randrange(1, 40_000)), faults.lost_answer]))
        between.next(f"/v1/blob/{sha256}", *map(counted, [*script, *[faults.through] * 20]))
        synced(home)
    assert at_central(central, sha256) == at_home(home, sha256)
    assert counted.octets <= size + 4 * MAX_CHUNK


def test_a_sync_that_is_killed_goes_on_where_the_answers_ended(
    a_home: HomeMaker, central: Central
) -> None:
    with Proxy(central.address) as between:
        home = a_home(between.address)
        _record, sha256, size = with_photo(home)
        counted = Counted()
        between.next(f"/v1/blob/{sha256}", counted(faults.through))
        gate = between.next(f"/v1/blob/{sha256}", counted(hold))
        process = home.start("sync", "--json")
        assert gate.reached.wait(60)
        process.send_signal(signal.SIGKILL)
        assert ended(process).code == -signal.SIGKILL
        gate.go.set()
        between.next(f"/v1/blob/{sha256}", *[counted(faults.through)] * 20)
        assert synced(home)["photos_sent"] == 1
    assert at_central(central, sha256) == at_home(home, sha256)
    assert counted.octets <= size + MAX_CHUNK


def test_a_photo_that_the_central_lost_is_sent_again(linked: Home, central: Central) -> None:
    _record, sha256, _size = with_photo(linked)
    assert sync(linked.app, SyncOptions()).data["photos_sent"] == 1
    with contextlib.closing(sqlite3.connect(central.folder / "central.db")) as books, books:
        books.execute("DELETE FROM blob_parts")
        books.execute("DELETE FROM blobs")
    with linked.store() as store:
        Photos(store).ask_again()
    assert sync_status(linked.app).data["photos"] == {"waiting": 1, "arrived": 0}
    assert sync(linked.app, SyncOptions()).data["photos_sent"] == 1
    assert at_central(central, sha256) == at_home(linked, sha256)


def test_a_record_whose_answer_is_taken_back_asks_for_its_photo_too(
    linked: Home, central: Central
) -> None:
    record, sha256, _size = with_photo(linked)
    assert sync(linked.app, SyncOptions()).data["photos_sent"] == 1
    with linked.store() as store, store.connection.transaction():
        store.connection.run("UPDATE records SET acked_rev = 0 WHERE id = ?", record)
    data = sync(linked.app, SyncOptions()).data
    assert (data["sent"], data["photos_sent"], data["photos_pending"]) == (1, 1, 0)
    assert data["bytes_up"] < 5000  # it was asked for, not sent again
    assert at_central(central, sha256) == at_home(linked, sha256)


def test_a_replaced_photo_is_dropped_only_when_nothing_unsent_names_it(
    linked: Home, central: Central
) -> None:
    record, first, _size = with_photo(linked)
    assert sync(linked.app, SyncOptions(photos=False)).data["photos_pending"] == 1
    second = worker_photo(linked.app, record, cards.jpeg(cards.card(seed=7))).data
    assert second["rev"] == 3
    assert hashes(linked) == {first, second["photo"]["sha256"]}
    data = sync(linked.app, SyncOptions()).data
    assert (data["photos_sent"], data["photos_pending"]) == (1, 0)
    assert hashes(linked) == {second["photo"]["sha256"]}
    assert at_central(central, first) == b""
    again = worker_photo(linked.app, record, cards.jpeg(cards.card(seed=7))).data
    assert (again["rev"], again["state"], again["photo"]["state"]) == (3, "accepted", "sent")


def hashes(home: Home) -> set[str]:
    with contextlib.closing(sqlite3.connect(home.file)) as connection:
        return {sha256 for [sha256] in connection.execute("SELECT sha256 FROM attachments")}


def test_a_correction_keeps_the_photo(linked: Home, central: Central) -> None:
    record, sha256, _size = with_photo(linked)
    fixed = linked.run("queue", "fix", record, "--file", "-", "--json", given='{"income": 2500000}')
    assert fixed.code == 0, fixed
    assert sync(linked.app, SyncOptions()).data["photos_sent"] == 1
    shown = linked.run("queue", "show", record, "--json").data["photo"]
    assert (shown["sha256"], shown["state"]) == (sha256, "sent")


def test_one_photo_that_is_not_taken_stops_no_other(a_home: HomeMaker, central: Central) -> None:
    async def unknown(exchange: Exchange) -> None:
        body = (
            b'{"type": "x", "title": "x", "status": 404, "code": "blob.unknown",'
            b' "retryable": false, "scope": "item"}'
        )
        json_type = "Content-Type: application/problem+json"
        await exchange.answer(
            faults.response("404 Not Found", body, json_type, "Perisai-Protocol: 1")
        )

    with Proxy(central.address) as between:
        home = a_home(between.address)
        _one, sha256, _size = with_photo(home, 1, seed=1)
        with_photo(home, 2, seed=2)
        between.next(f"/v1/blob/{sha256}", unknown)
        data = sync(home.app, SyncOptions()).data
        assert (data["photos_sent"], data["photos_pending"]) == (1, 1)
        assert synced(home)["photos_sent"] == 1


@pytest.mark.parametrize(
    "lie",
    [
        {"sha256": "0" * 64},
        {"size": 5},
        {"offset": 999_999},
        {"complete": True},
        {"offset": -1},
        {"more": 1},
    ],
)
def test_an_answer_about_something_else_is_not_believed(
    lie: dict[str, Any], a_home: HomeMaker, central: Central
) -> None:
    with Proxy(central.address) as between:
        home = a_home(between.address)
        _record, sha256, _size = with_photo(home)
        between.next(f"/v1/blob/{sha256}", faults.altered(lambda content: content.update(lie)))
        with pytest.raises(PerisaiError) as failed:
            sync(home.app, SyncOptions())
        assert failed.value.code == "network.bad_receipt"
        assert sync_status(home.app).data["photos"] == {"waiting": 1, "arrived": 0}
        assert synced(home)["photos_sent"] == 1
    assert at_central(central, sha256) == at_home(home, sha256)
