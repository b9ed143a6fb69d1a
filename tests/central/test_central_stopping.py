"""A central that is told to stop answers what is under way and turns the rest away."""

from __future__ import annotations

import gzip
import json
import signal
import time
from pathlib import Path

import httpx
import pytest
from central_field import Device, an_item, encoded
from raw_http import connected, head, is_closed, read_answer
from test_central_serve import a_process

from perisai_cli.protocol.canonical import content_digest

KEY = "0f8fad5b-d9cb-469f-a165-70867728950e"


def until_it_stops(http: httpx.Client, address: str) -> None:
    """Wait until a central has heard that it is to stop."""
    for _ in range(400):
        if http.get(f"{address}/readyz").status_code == 503:
            return
        time.sleep(0.01)
    pytest.fail("it never stops")


def test_a_push_under_way_is_answered_while_new_requests_are_sent_away(
    tmp_path: Path, http: httpx.Client
) -> None:
    with a_process(tmp_path) as (address, process):
        device = Device(http, address=address).sign_in()
        item = an_item()
        content = encoded(device.batch([item]))
        headers = device.bearer() | {
            "Content-Encoding": "gzip",
            "Content-Length": str(len(content)),
            "Content-Digest": content_digest(content),
            "Idempotency-Key": KEY,
        }
        with connected(address) as slow:
            slow.sendall(head("POST", "/v1/sync/push", headers) + content[:20])
            until_it_is_under_way(http, address)
            process.send_signal(signal.SIGTERM)
            until_it_stops(http, address)
            with connected(address) as new:
                new.sendall(head("GET", "/v1/sync/pull", device.bearer()))
                status, told, problem = read_answer(new)
                assert (status, problem["code"]) == (503, "central.stopping")
                assert problem["retryable"] is True
                assert told["retry-after"] == "5"
                assert told["perisai-protocol"] == "1"
                assert is_closed(new)
            assert http.get(f"{address}/healthz").status_code == 200
            slow.sendall(content[20:])
            status, told, answer = read_answer(slow)
            if told.get("content-encoding") == "gzip":
                answer = json.loads(gzip.decompress(answer))
            assert (status, answer["results"][0]["status"]) == (200, "accepted")
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, "stopped\n")
    assert "Traceback" not in err


def until_it_is_under_way(http: httpx.Client, address: str) -> None:
    """Wait until the central has begun to read; a later request is answered after that."""
    for _ in range(3):
        assert http.get(f"{address}/healthz").status_code == 200


def test_a_second_signal_does_not_wait(tmp_path: Path, http: httpx.Client) -> None:
    with a_process(tmp_path) as (address, process):
        device = Device(http, address=address).sign_in()
        with connected(address) as slow:
            headers = device.bearer() | {"Content-Length": "100", "Idempotency-Key": KEY}
            headers["Content-Digest"] = "sha-256=:x:"
            slow.sendall(head("POST", "/v1/sync/push", headers) + b"{")
            until_it_is_under_way(http, address)
            process.send_signal(signal.SIGTERM)
            until_it_stops(http, address)
            process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, "stopped\n")
    assert "Traceback" not in err
