"""What comes over the wire broken, too large, foreign, or telling too much."""

from __future__ import annotations

import gzip
import json
import logging
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from central_field import NAME, PROTOCOL, Clock, Device, a_body, a_worker, an_item, encoded

from perisai_cli.central.openapi import openapi, openapi_text
from perisai_cli.central.problems import KINDS
from perisai_cli.central.serve import running
from perisai_cli.protocol.canonical import content_digest
from perisai_cli.protocol.messages import MAX_BYTES, ProblemDetails

PLANTED = "5171014101909876"


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a well-formed problem."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Perisai-Protocol"] == "1"
    details = ProblemDetails.model_validate_json(answer.content)
    kind = KINDS[details.code]
    assert answer.status_code == details.status == kind.status
    assert (details.retryable, details.scope) == (kind.retryable, kind.scope)
    assert details.type == f"urn:perisai:problem:{details.code}"
    return answer.status_code, details.code


def test_the_central_tells_that_it_is_well(http: httpx.Client, address: str) -> None:
    answer = http.get(f"{address}/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": "ok"}
    assert answer.headers["Perisai-Protocol"] == "1"
    assert "server" not in answer.headers


@pytest.mark.parametrize("version", [None, "2", ""])
def test_another_protocol_is_refused_before_anything_else(
    version: str | None, http: httpx.Client, address: str
) -> None:
    headers = {} if version is None else {"Perisai-Protocol": version}
    for path in ("/v1/sync/pull", "/v1/nowhere"):
        assert problem(http.get(address + path, headers=headers)) == (400, "protocol.version")


def test_unknown_addresses_and_methods_are_problems(http: httpx.Client, address: str) -> None:
    assert problem(http.get(f"{address}/v1/nowhere", headers=PROTOCOL)) == (404, "route.unknown")
    assert problem(http.get(f"{address}/docs")) == (404, "route.unknown")
    wrong = http.get(f"{address}/v1/sync/push", headers=PROTOCOL)
    assert problem(wrong) == (405, "method.unknown")
    assert wrong.headers["Allow"] == "POST"


def test_content_must_match_its_digest_as_it_was_sent(device: Device) -> None:
    content = encoded(device.batch([an_item()]))
    unpacked = content_digest(gzip.decompress(content))
    for digest in (content_digest(b"other"), unpacked, "sha-256=:broken:"):
        assert problem(device.send(content, content_digest=digest)) == (400, "digest.mismatch")
    for digest in (None, "md5=:AAAA:"):
        assert problem(device.send(content, content_digest=digest)) == (400, "digest.missing")
    several = f"sha-512=:AAAA:, {content_digest(content)}"
    assert device.send(content, content_digest=several).status_code == 200


def test_the_idempotency_key_is_a_uuid_and_comes_back(device: Device) -> None:
    content = encoded(device.batch([]))
    for key in (None, "", "seven"):
        assert problem(device.send(content, idempotency_key=key)) == (400, "key.missing")
    key = "0f8fad5b-d9cb-469f-a165-70867728950e"
    assert device.send(content, idempotency_key=key).json()["batch"] == key


def test_a_batch_may_come_plain_but_in_no_unknown_encoding(device: Device) -> None:
    plain = json.dumps(device.batch([an_item()])).encode()
    assert device.send(plain, content_encoding=None).status_code == 200
    for encoding in ("br", "zstd", "gzip, gzip"):
        answer = device.send(plain, content_encoding=encoding)
        assert problem(answer) == (415, "encoding.unknown")


def test_cut_doubled_or_broken_gzip_is_refused(device: Device) -> None:
    content = encoded(device.batch([an_item()]))
    for wrong in (content[:-9], content + content, content + b"x", b"no gzip", b""):
        assert problem(device.send(wrong)) == (400, "encoding.broken")


def test_a_bomb_is_not_unpacked_beyond_the_limit(device: Device) -> None:
    bomb = gzip.compress(b" " * (64 * MAX_BYTES))
    assert len(bomb) < MAX_BYTES
    assert problem(device.send(bomb)) == (413, "batch.too_large")


def test_content_over_the_limit_and_too_many_items_are_too_large(device: Device) -> None:
    plain = b" " * (MAX_BYTES + 1)
    assert problem(device.send(plain, content_encoding=None)) == (413, "batch.too_large")
    crowd = encoded(device.batch([an_item()] * 501))
    assert problem(device.send(crowd)) == (413, "batch.too_large")


def test_other_messages_are_bounded_too_and_may_come_compressed(
    device: Device, a_device: Callable[..., Device]
) -> None:
    big = json.dumps(device.token_request() | {"time": "x" * 20_000}).encode()
    assert problem(device.post("/v1/token", big)) == (413, "batch.too_large")
    content = encoded(device.token_request())
    headers = {"Content-Encoding": "gzip", "Content-Digest": content_digest(content)}
    assert device.post("/v1/token", content, headers).status_code == 200
    headers["Content-Digest"] = content_digest(b"")
    answer = device.post("/v1/token", encoded(device.token_request()), headers)
    assert problem(answer) == (400, "digest.mismatch")


def test_unknown_body_versions_are_refused(device: Device) -> None:
    assert problem(device.push_answer(an_item(), schema=2)) == (422, "schema.unknown")


def test_a_pull_outside_its_bounds_is_refused(device: Device) -> None:
    for cursor, limit in ((-1, 10), (0, 0), (0, 501), (2**63, 10)):
        assert problem(device.pull(cursor, limit)) == (422, "request.invalid")


def broken_messages(device: Device) -> list[Any]:
    good = device.batch([an_item(a_body(a_worker(PLANTED)))])
    item = good["items"][0]
    return [
        b'{"items": "' + PLANTED.encode(),
        f'["{PLANTED}", "{NAME}"]'.encode(),
        good | {PLANTED: NAME},
        good | {"agent": PLANTED * 5},
        good | {"device": NAME},
        good | {"items": [item | {PLANTED: NAME}]},
        good | {"items": [item | {"id": PLANTED}]},
        good | {"items": [item | {"kind": NAME}]},
        good | {"items": [item | {"rev": NAME}]},
        good | {"items": [item | {"hash": PLANTED}]},
        good | {"items": [item | {"body": [PLANTED]}]},
        good | {"agent": PLANTED},
        good | {"schema": int(PLANTED)},
    ]


def test_no_problem_and_no_log_line_repeats_what_was_sent(
    device: Device, http: httpx.Client, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="perisai.central")
    answers = []
    for message in broken_messages(device):
        content = message if isinstance(message, bytes) else json.dumps(message).encode()
        answers.append(device.send(content, content_encoding=None))
        answers.append(device.post("/v1/agents/register", content))
        answers.append(device.post("/v1/token", content))
    for path in (f"/v1/{PLANTED}", f"/v1/sync/pull?cursor={PLANTED}{PLANTED}&limit={NAME}"):
        answers.append(http.get(address + path, headers=PROTOCOL | device.bearer()))
    for answer in answers:
        problem(answer)
        assert PLANTED not in answer.text + str(answer.headers)
        assert NAME not in answer.text + str(answer.headers)
    assert '"status": 422' in caplog.text
    assert PLANTED not in caplog.text
    assert NAME not in caplog.text


def test_no_verdict_repeats_a_nik_or_a_name(device: Device, other: Device) -> None:
    odd = a_body(a_worker(PLANTED)) | {PLANTED: NAME}
    wrong = a_body(a_worker(PLANTED))
    wrong["worker"] |= {"nik": PLANTED + "9", "sex": NAME, "phone": PLANTED}
    device.push(an_item(a_body(a_worker(PLANTED))))
    answer = other.push_answer(an_item(odd), an_item(wrong), an_item(a_body(a_worker(PLANTED))))
    statuses = [result["status"] for result in answer.json()["results"]]
    assert statuses == ["rejected", "rejected", "duplicate"]
    assert PLANTED not in answer.text
    assert NAME not in answer.text


def test_a_broken_database_is_a_problem_that_may_pass(
    tmp_path: Path, http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    with running(tmp_path, clock=Clock()) as address:
        device = Device(http, address=address).sign_in()
        item = an_item()
        connection = sqlite3.connect(tmp_path / "central.db")
        connection.execute("ALTER TABLE commits RENAME TO elsewhere")
        assert problem(http.get(f"{address}/healthz")) == (503, "central.unavailable")
        assert problem(device.push_answer(item)) == (503, "central.unavailable")
        connection.execute("ALTER TABLE elsewhere RENAME TO commits")
        connection.close()
        assert device.push(item)[0]["status"] == "accepted"
    assert "StoreUnusable" in caplog.text
    assert item["body"]["worker"]["nik"] not in caplog.text


def test_answers_are_compressed_only_for_those_who_can_read_it(device: Device) -> None:
    content = encoded(device.batch([an_item() for _ in range(5)]))
    device.http.headers["Accept-Encoding"], before = (
        "identity",
        device.http.headers["Accept-Encoding"],
    )
    try:
        plain = device.send(content)
    finally:
        device.http.headers["Accept-Encoding"] = before
    assert "Content-Encoding" not in plain.headers
    assert json.loads(plain.content)["results"]


def test_the_document_in_the_docs_is_the_one_the_code_makes() -> None:
    kept = Path(__file__).parents[2] / "docs" / "reference" / "openapi.json"
    assert kept.read_text(encoding="utf-8") == openapi_text()


def test_the_document_is_openapi_31_with_problems_and_the_bearer_scheme() -> None:
    document = openapi()
    assert document["openapi"].startswith("3.1")
    assert document["components"]["securitySchemes"]["HTTPBearer"]["scheme"] == "bearer"
    push = document["paths"]["/v1/sync/push"]["post"]
    assert {"200", "400", "401", "403", "409", "413", "415", "422", "500"} == set(push["responses"])
    for status in ("400", "422"):
        assert list(push["responses"][status]["content"]) == ["application/problem+json"]
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_every_reference_in_the_document_leads_somewhere() -> None:
    document = openapi()
    schemas = document["components"]["schemas"]

    def references(node: Any) -> set[str]:
        if isinstance(node, dict):
            own = {node["$ref"]} if "$ref" in node else set()
            return own.union(*map(references, node.values()))
        return set().union(*map(references, node)) if isinstance(node, list) else set()

    assert {reference.rsplit("/", 1)[1] for reference in references(document)} <= set(schemas)
