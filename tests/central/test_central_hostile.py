"""Content that is meant to hurt: refused, told why, and never at the cost of memory."""

from __future__ import annotations

import gzip
import json
import socket
import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from central_field import Clock, Device, a_body, an_item
from office_field import code_of
from raw_http import connected, head, is_closed, read_answer

from perisai_cli.central.content import MAX_PASSED_OVER, MAX_SMALL
from perisai_cli.central.core import Manner
from perisai_cli.central.serve import running
from perisai_cli.protocol.canonical import content_digest
from perisai_cli.protocol.messages import MAX_BYTES

KEY = "0f8fad5b-d9cb-469f-a165-70867728950e"


@pytest.fixture
def hurried(tmp_path: Path) -> Iterator[str]:
    """A central that has no patience."""
    with running(tmp_path, clock=Clock(), manner=Manner(patience_seconds=1)) as address:
        yield address


def plain(device: Device, text: str) -> httpx.Response:
    return device.send(text.encode("utf-8", "surrogatepass"), content_encoding=None)


def with_body(device: Device, body: str) -> str:
    """Return a batch of one item whose body is the text *body*."""
    return json.dumps(device.batch([an_item({"x": 0})])).replace('{"x": 0}', body)


@pytest.mark.parametrize(
    "body",
    [
        "[" * 100_000 + "]" * 100_000,
        '{"a":' * 5_000 + "1" + "}" * 5_000,
        '{"n": ' + "9" * 5_000 + "}",
        '{"s": "\\ud800"}',
        '{"s": "\ud800"}',
        '{"a": 1, "a": 2}',
        '{"a": {"b": [{"c": 1, "c": 1}]}}',
        '{"a": 1}, "body": {"a": 2}',
        '{"a": }',
        "null",
    ],
    ids=[
        "deep lists", "deep objects", "huge integer", "escaped half pair", "raw half pair", "twins",
        "twins within", "two bodies", "broken", "nothing",
    ],
)  # fmt: skip
def test_a_body_that_readers_could_differ_on_is_refused(body: str, device: Device) -> None:
    assert code_of(plain(device, with_body(device, body))) == (422, "request.invalid")


@pytest.mark.parametrize("body", ['{"n": NaN}', '{"n": -Infinity}', '{"n": 1e999}', '{"n": 1.5}'])
def test_a_number_without_canonical_form_harms_its_own_item_only(body: str, device: Device) -> None:
    good = an_item()
    message = json.dumps(device.batch([an_item({"x": 0}), good])).replace('{"x": 0}', body)
    answer = plain(device, message)
    assert answer.status_code == 200
    statuses = [result["status"] for result in answer.json()["results"]]
    assert statuses == ["rejected", "accepted"]


def test_an_integer_beyond_what_others_can_read_is_refused(device: Device) -> None:
    answer = plain(device, with_body(device, '{"n": 90071992547409930}'))
    assert answer.json()["results"][0]["status"] == "rejected"


def test_a_bomb_costs_no_more_memory_than_its_limit(device: Device) -> None:
    bomb = gzip.compress(b"[" * (200 * MAX_BYTES), compresslevel=1)
    assert len(bomb) < MAX_BYTES
    tracemalloc.start()
    try:
        answer = device.send(bomb)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert code_of(answer) == (413, "batch.too_large")
    assert peak < 8 * MAX_BYTES


def chunks(connection: socket.socket, size: int, count: int) -> int:
    """Send up to *count* chunks of a body that never ends; return how many were taken."""
    piece = f"{size:x}\r\n".encode() + b" " * size + b"\r\n"
    for sent in range(count):
        try:
            connection.sendall(piece)
        except OSError:
            return sent
    return count


def test_a_body_without_end_is_cut_off(device: Device) -> None:
    size = 256 * 1024
    enough = 4 * (MAX_BYTES + MAX_PASSED_OVER) // size
    with connected(device.address) as connection:
        headers = {"Transfer-Encoding": "chunked", "Content-Digest": "sha-256=:x:"}
        connection.sendall(
            head("POST", "/v1/sync/push", device.bearer() | headers | {"Idempotency-Key": KEY})
        )
        assert chunks(connection, size, enough) < enough


def test_a_body_somewhat_too_large_is_read_to_its_end_so_that_its_sender_hears_why(
    device: Device,
) -> None:
    answer = device.post("/v1/token", b" " * (MAX_SMALL + MAX_PASSED_OVER // 2))
    assert code_of(answer) == (413, "batch.too_large")
    assert device.pull().status_code == 200


def test_a_body_that_does_not_come_is_given_up(hurried: str, http: httpx.Client) -> None:
    device = Device(http, address=hurried).sign_in()
    headers = device.bearer() | {
        "Content-Length": "100",
        "Content-Digest": "sha-256=:x:",
        "Idempotency-Key": KEY,
    }
    with connected(hurried) as connection:
        connection.sendall(head("POST", "/v1/sync/push", headers) + b"{")
        status, told, problem = read_answer(connection)
        assert (status, problem["code"], problem["retryable"]) == (408, "request.slow", True)
        assert told["connection"] == "close"
        assert is_closed(connection)


def test_a_body_that_drips_is_given_up_however_steadily(hurried: str) -> None:
    with connected(hurried) as connection:
        connection.sendall(head("POST", "/v1/token", {"Content-Length": "100000"}))
        connection.settimeout(0.05)
        answer = b""
        for _ in range(1000):
            try:
                answer = connection.recv(1000)
                break
            except TimeoutError:
                connection.sendall(b" ")
    assert answer.startswith(b"HTTP/1.1 408 ")


def test_a_body_in_many_small_pieces_is_taken_as_one(device: Device) -> None:
    item = an_item(a_body())
    content = json.dumps(device.batch([item])).encode()
    headers: dict[str, Any] = device.bearer() | {
        "Content-Length": str(len(content)),
        "Content-Digest": content_digest(content),
        "Idempotency-Key": KEY,
    }
    with connected(device.address) as connection:
        connection.sendall(head("POST", "/v1/sync/push", headers))
        for at in range(0, len(content), 7):
            connection.sendall(content[at : at + 7])
        status, _, answer = read_answer(connection)
    assert (status, answer["results"][0]["status"]) == (200, "accepted")
