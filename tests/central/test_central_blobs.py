"""Photos come in by hash and offset, in any order, as often as they like, and whole or not at all."""

from __future__ import annotations

import hashlib
import itertools
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from central_field import PROTOCOL, Clock, Device, a_body, a_fix, an_item
from sqlalchemy import select

from perisai_cli.central.database import Database
from perisai_cli.central.photos import require_photos
from perisai_cli.central.serve import open_central, running
from perisai_cli.central.tables import blob_parts
from perisai_cli.protocol.blobs import MAX_CHUNK
from perisai_cli.protocol.canonical import content_digest

ILL = {"working": True, "critically_ill": True}


def a_photo(size: int = 100_000) -> bytes:
    return os.urandom(size)


def named(photo: bytes, **changes: Any) -> dict[str, Any]:
    sha256 = hashlib.sha256(photo).hexdigest()
    card = {"kind": "card", "sha256": sha256, "size": len(photo), "media": "image/jpeg"}
    return {"attachments": [card | changes]}


def with_photo(photo: bytes, **changes: Any) -> dict[str, Any]:
    return an_item(a_body(**changes) | named(photo))


class Sending:
    """One photo and a device that sends it."""

    def __init__(self, device: Device, photo: bytes):
        self.device = device
        self.photo = photo
        self.sha256 = hashlib.sha256(photo).hexdigest()
        self.path = f"{device.address}/v1/blob/{self.sha256}"

    def put(self, start: int, end: int, content: bytes | None = None) -> httpx.Response:
        piece = self.photo[start:end] if content is None else content
        headers = PROTOCOL | self.device.bearer() | {"Content-Digest": content_digest(piece)}
        return self.device.http.put(f"{self.path}?offset={start}", content=piece, headers=headers)

    def head(self) -> httpx.Response:
        return self.device.http.head(self.path, headers=PROTOCOL | self.device.bearer())

    def whole(self) -> dict[str, Any]:
        answer = None
        for start in range(0, len(self.photo), MAX_CHUNK):
            answer = self.put(start, start + MAX_CHUNK)
            assert answer.status_code == 200, answer.text
        assert answer is not None
        return dict(answer.json())


def stored(database: Database, sha256: str) -> bytes:
    wanted = select(blob_parts.c.content).where(blob_parts.c.sha256 == sha256)
    with database.reading() as connection:
        parts = connection.scalars(wanted.order_by(blob_parts.c.start)).all()
    return b"".join(bytes(part) for part in parts)


@pytest.fixture
def sending(device: Device) -> Sending:
    sending = Sending(device, a_photo())
    assert device.push(with_photo(sending.photo))[0]["status"] == "accepted"
    return sending


def test_a_photo_comes_in_chunks_and_is_the_same(
    sending: Sending, shared_database: Database
) -> None:
    assert sending.head().headers["Upload-Offset"] == "0"
    first = sending.put(0, 40_000).json()
    assert (first["offset"], first["size"], first["complete"]) == (40_000, 100_000, False)
    told = sending.head()
    assert told.status_code == 200
    assert told.content == b""
    assert told.headers["Upload-Offset"] == "40000"
    assert told.headers["Upload-Length"] == "100000"
    assert told.headers["Upload-Complete"] == "?0"
    last = sending.put(40_000, 100_000).json()
    assert last["complete"]
    assert sending.head().headers["Upload-Complete"] == "?1"
    assert sending.put(0, 40_000).json() == last
    assert stored(shared_database, sending.sha256) == sending.photo


@pytest.mark.parametrize("seed", range(12))
def test_chunks_in_any_order_overlapping_and_again_come_to_the_same(
    seed: int, sending: Sending, shared_database: Database
) -> None:
    chance = random.Random(seed)
    cuts = sorted({0, len(sending.photo), *(chance.randrange(100_000) for _ in range(6))})
    chunks = list(itertools.pairwise(cuts))
    sent = [
        (max(0, a - chance.randrange(9000)), min(100_000, b + chance.randrange(9000)))
        for a, b in chunks
    ]
    sent = [(a, min(b, a + MAX_CHUNK)) for a, b in (*sent, *sent)]
    chance.shuffle(sent)
    before = 0
    for start, end in sent:
        standing = sending.put(start, end).json()
        assert standing["offset"] >= before
        before = standing["offset"]
        assert stored(shared_database, sending.sha256) == sending.photo[:before]
    while before < 100_000:  # what came too early is asked for again
        before = sending.put(before, before + MAX_CHUNK).json()["offset"]
    assert stored(shared_database, sending.sha256) == sending.photo


def test_a_chunk_that_leaves_a_gap_or_is_empty_changes_nothing(sending: Sending) -> None:
    assert sending.put(5000, 9000).json()["offset"] == 0
    assert sending.put(0, 0).json()["offset"] == 0
    sending.put(0, 2000)
    assert sending.put(2001, 9000).json()["offset"] == 2000


def test_a_photo_that_is_not_what_its_hash_says_is_dropped_and_begins_anew(
    sending: Sending, shared_database: Database
) -> None:
    sending.put(0, 50_000)
    wrong = sending.put(50_000, 0, a_photo(50_000))
    assert (wrong.status_code, wrong.json()["code"]) == (409, "blob.mismatch")
    assert sending.head().headers["Upload-Offset"] == "0"
    assert stored(shared_database, sending.sha256) == b""
    assert sending.whole()["complete"]
    assert stored(shared_database, sending.sha256) == sending.photo


def test_more_than_was_stated_is_refused_and_not_kept(sending: Sending) -> None:
    sending.put(0, 60_000)
    longer = sending.put(60_000, 0, a_photo(40_001))
    assert (longer.status_code, longer.json()["code"]) == (422, "blob.size")
    assert sending.head().headers["Upload-Offset"] == "60000"


def test_a_chunk_is_bounded_and_its_digest_is_checked(sending: Sending) -> None:
    assert sending.put(0, 0, a_photo(MAX_CHUNK + 1)).json()["code"] == "batch.too_large"
    headers = PROTOCOL | sending.device.bearer()
    http = sending.device.http
    assert http.put(sending.path, content=b"x", headers=headers).json()["code"] == "digest.missing"
    spoilt = headers | {"Content-Digest": content_digest(b"y")}
    assert http.put(sending.path, content=b"x", headers=spoilt).json()["code"] == "digest.mismatch"
    assert sending.head().headers["Upload-Offset"] == "0"


def test_only_a_photo_that_a_record_of_the_agent_s_names_is_let_in(
    sending: Sending, device: Device, a_device: Callable[..., Device]
) -> None:
    stranger = Sending(a_device().sign_in(), sending.photo)
    assert stranger.put(0, 1000).json()["code"] == "blob.unknown"
    assert stranger.head().status_code == 404
    assert Sending(device, a_photo()).put(0, 1000).json()["code"] == "blob.unknown"
    colleague = Sending(a_device(device.agent).sign_in(), sending.photo)
    assert colleague.put(0, 1000).json()["offset"] == 1000
    nobody = device.http.put(sending.path, content=b"", headers=PROTOCOL)
    assert nobody.status_code == 401


@pytest.mark.parametrize("path", ["/v1/blob/abc", "/v1/blob/" + "G" * 64, "/v1/blob/" + "a" * 65])
def test_what_is_no_hash_is_no_address(path: str, device: Device) -> None:
    answer = device.http.put(device.address + path, headers=PROTOCOL | device.bearer())
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "spoil",
    [
        {"kind": "selfie"}, {"sha256": "A" * 64}, {"size": 0}, {"size": 262_145}, {"size": "1"},
        {"media": "image/png"}, {"name": "x"},
    ],
)  # fmt: skip
def test_a_body_names_photos_in_their_one_form(spoil: dict[str, Any], device: Device) -> None:
    [result] = device.push(an_item(a_body() | named(a_photo(9), **spoil)))
    assert (result["status"], result["problem"]["type"]) == ("rejected", "body.malformed")


def test_a_body_that_says_nothing_of_photos_hashes_as_it_always_did(device: Device) -> None:
    body = a_body()
    assert "attachments" not in body
    assert device.push(an_item(body | {"attachments": []}))[0]["status"] == "accepted"


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A central whose office asks for the photo of the card."""
    folder = tmp_path_factory.mktemp("strict")
    with running(folder, clock=Clock()) as address:
        database = open_central(folder)
        with database.writing() as connection:
            require_photos(connection, required=True)
        database.close()
        yield address, folder


@pytest.fixture
def asked(strict: tuple[str, Path], http: httpx.Client) -> Device:
    return Device(http, address=strict[0]).sign_in()


def codes(result: dict[str, Any]) -> list[str]:
    return [error["code"] for error in result["problem"]["errors"]]


def test_an_enrolment_waits_for_its_photo_and_no_longer(asked: Device) -> None:
    item = an_item()
    [missing] = asked.push(item)
    assert (missing["status"], codes(missing)) == ("held", ["photo.missing"])
    photo = a_photo()
    fixed = a_fix(item, item["body"] | named(photo))
    [awaited] = asked.push(fixed)
    assert (awaited["status"], codes(awaited)) == ("held", ["photo.awaited"])
    assert asked.push(fixed) == [awaited]
    assert asked.pull().json()["items"] == []
    last = Sending(asked, photo).whole()
    page = asked.pull().json()
    [decision] = page["items"]
    assert (decision["id"], decision["rev"], decision["status"]) == (item["id"], 2, "accepted")
    assert decision["assigned"]["kpj"]
    assert (last["seq"], last["token"]) == (page["seq"], page["token"])
    assert asked.push(fixed)[0]["status"] == "unchanged"
    Sending(asked, photo).whole()
    assert len(asked.pull().json()["items"]) == 1


def test_another_doubt_stands_when_the_photo_has_come(asked: Device) -> None:
    photo = a_photo()
    [held] = asked.push(with_photo(photo, attestation=ILL))
    assert codes(held) == ["attestation.critically_ill", "photo.awaited"]
    Sending(asked, photo).whole()
    [decision] = asked.pull().json()["items"]
    assert (decision["status"], codes(decision)) == ("held", ["attestation.critically_ill"])


def test_a_photo_that_is_there_already_is_not_awaited(asked: Device) -> None:
    photo = a_photo()
    asked.push(with_photo(photo))
    Sending(asked, photo).whole()
    assert asked.push(with_photo(photo))[0]["status"] == "accepted"


def test_a_photo_for_a_replaced_revision_decides_nothing(asked: Device) -> None:
    first, second = a_photo(), a_photo()
    item = with_photo(first)
    asked.push(item, a_fix(item, item["body"] | named(second)))
    Sending(asked, first).whole()
    assert asked.pull().json()["items"] == []
    Sending(asked, second).whole()
    assert [each["rev"] for each in asked.pull().json()["items"]] == [2]


def test_a_refused_enrolment_names_no_photo(asked: Device) -> None:
    photo = a_photo()
    body = a_body() | named(photo)
    body["worker"]["sex"] = "X"
    assert asked.push(an_item(body))[0]["status"] == "rejected"
    assert Sending(asked, photo).put(0, 10).json()["code"] == "blob.unknown"
