"""What those who watch over a central see: alive, ready, figures, log lines; never a person."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
from pathlib import Path
from typing import Any

import httpx
import pytest
from central_field import NAME, PROTOCOL, Clock, Device, a_body, a_worker, an_item
from office_field import Officer, code_of
from prometheus_client.parser import text_string_to_metric_families
from raw_http import connected, read_answer

from perisai_cli.central.core import Manner
from perisai_cli.central.database import Database
from perisai_cli.central.openapi import openapi
from perisai_cli.central.serve import open_central, running

NIK = "5171015708909871"
PHONE = "081377776666"
PLANTED = (NIK, NAME, PHONE, "Ni%20Luh%20Uji", "Uji Coba")
ILL = {"working": True, "critically_ill": True}


def figures(http: httpx.Client, address: str) -> dict[tuple[str, tuple[str, ...]], float]:
    """Return every sample by its name and the values of its labels."""
    answer = http.get(f"{address}/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.text)
    return {
        (sample.name, tuple(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


def lines_of(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    return [json.loads(record.getMessage()) for record in caplog.records]


def test_alive_is_told_without_the_database_and_ready_only_with_it(
    tmp_path: Path, http: httpx.Client
) -> None:
    with running(tmp_path, clock=Clock()) as address:
        assert http.get(f"{address}/readyz").json() == {"status": "ready"}
        connection = sqlite3.connect(tmp_path / "central.db")
        connection.execute("ALTER TABLE commits RENAME TO elsewhere")
        assert http.get(f"{address}/healthz").json() == {"status": "ok"}
        unready = http.get(f"{address}/readyz")
        assert code_of(unready) == (503, "central.unavailable")
        connection.execute("ALTER TABLE elsewhere RENAME TO commits")
        assert http.get(f"{address}/readyz").status_code == 200
        connection.execute("UPDATE server_settings SET value = '1' WHERE name = 'schema'")
        connection.commit()
        older = http.get(f"{address}/readyz")
        assert code_of(older) == (503, "central.unready")
        assert older.headers["Retry-After"] == "5"
        connection.close()


def test_the_figures_count_what_happened(tmp_path: Path, http: httpx.Client) -> None:
    with running(tmp_path, clock=Clock()) as address:
        device, other = (Device(http, address=address).sign_in() for _ in range(2))
        held = an_item(a_body(a_worker(attestation=ILL)))
        device.push(an_item(), an_item(), held)
        device.push(held)
        http.get(f"{address}/nowhere")
        database = open_central(tmp_path)
        admin = Officer(http, address, database, "admin")
        database.close()
        admin.post("devices/suspend", device=other.id, reason="lost")
        counted = figures(http, address)
        admin.decide(held["id"], "accepted")
        later = figures(http, address)
    assert counted["perisai_records_total", ("accepted",)] == 2
    assert counted["perisai_records_total", ("held",)] == 2
    assert counted["perisai_batch_items_sum", ()] == 4
    assert counted["perisai_batch_items_count", ()] == 2
    assert counted["perisai_requests_total", ("POST", "/v1/sync/push", "200")] == 2
    assert counted["perisai_requests_total", ("GET", "-", "404")] == 1
    assert counted["perisai_request_seconds_count", ("/v1/sync/push",)] == 2
    assert counted["perisai_waiting_records", ("held",)] == 1
    assert counted["perisai_waiting_records", ("duplicate",)] == 0
    assert counted["perisai_devices", ("active",)] == 1
    assert counted["perisai_devices", ("suspended",)] == 1
    assert later["perisai_waiting_records", ("held",)] == 0
    [build] = [labels for name, labels in counted if name == "perisai_build_info"]
    assert "1" in build


def test_no_label_can_take_more_values_than_the_program_knows(
    http: httpx.Client, address: str
) -> None:
    for number in range(20):
        http.request(f"MADE{number}UP", f"{address}/v1/{number}", headers=PROTOCOL)
        http.get(f"{address}/v1/office/records/{number}", headers=PROTOCOL)
    labels = {value for _, values in figures(http, address) for value in values}
    assert not [value for value in labels if "MADE" in value]
    assert {value for value in labels if value.startswith("/")} <= set(openapi()["paths"])


def test_figures_are_hidden_from_others_unless_they_are_asked_for(
    tmp_path: Path, http: httpx.Client
) -> None:
    with running(tmp_path, clock=Clock(), manner=Manner(show_metrics=False)) as address:
        assert code_of(http.get(f"{address}/metrics")) == (404, "route.unknown")
        assert http.get(f"{address}/healthz").status_code == 200


def test_every_answer_names_its_request_and_so_does_its_log_line(
    device: Device, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="perisai.central")
    answers = [device.push_answer(an_item()), device.pull(), device.send(b"", content_digest=None)]
    ids = [answer.headers["Request-Id"] for answer in answers]
    assert len(set(ids)) == 3
    assert all(re.fullmatch(r"[0-9a-f]{12}", each) for each in ids)
    told = {line["request"]: line for line in lines_of(caplog)}
    assert [told[each]["path"] for each in ids] == [
        "/v1/sync/push",
        "/v1/sync/pull",
        "/v1/sync/push",
    ]
    assert [told[each]["status"] for each in ids] == [200, 200, 400]
    assert set(told[ids[0]]) == {"request", "method", "path", "status", "ms"}


def raw_requests() -> list[bytes]:
    """Return requests that hold a person where no client of ours would put one."""
    spaceless = NAME.replace(" ", "%20")
    return [
        f"{NIK} /v1/sync/pull HTTP/1.1\r\nHost: x\r\nPerisai-Protocol: 1\r\n\r\n".encode(),
        f"GET /{NIK}/{spaceless}?nik={NIK}#{NIK} HTTP/1.1\r\nHost: {NIK}\r\n\r\n".encode(),
        f"GET /v1/office/records/{NIK} HTTP/1.1\r\nHost: x\r\nPerisai-Protocol: {NIK}\r\n\r\n".encode(),
        f"GET /v1/office/agents?after={spaceless} HTTP/1.1\r\nHost: x\r\nPerisai-Protocol: 1\r\n"
        f"Request-Id: {NIK}\r\nX-Request-ID: {NIK}\r\nUser-Agent: {NAME}\r\n"
        f"Authorization: Bearer {NIK}\r\nCookie: {PHONE}\r\n\r\n".encode(),
    ]


def speak_of_a_person(device: Device, officer: Officer) -> list[str]:
    """Send a made-up person wherever a request can hold one; return all that came back."""
    body = a_body(a_worker(NIK, phone=PHONE, attestation=ILL))
    item = an_item(body)
    answers = [device.push_answer(item), device.push_answer(item | {"rev": 2, NIK: NAME})]
    answers.append(device.push_answer(an_item(body | {NAME: PHONE})))
    answers.append(device.push_answer(an_item(body), agent=NIK))
    answers.append(device.send(f'{{"items": "{NIK} {NAME}'.encode(), content_encoding=None))
    answers.append(device.send(NIK.encode(), content_digest=NIK, idempotency_key=NIK))
    answers.append(device.send(b"", content_encoding=NIK))
    answers.append(device.pull(etag=f'W/"{NIK}"'))
    answers.append(device.register(office=NIK, code=PHONE))
    answers.append(device.ask_token(device.token_request() | {"nonce": NIK}))
    answers += [officer.get("waiting", after=NIK), officer.get("waiting", limit=NAME)]
    answers += [officer.get(f"records/{NIK}"), officer.get(f"records/{item['id']}")]
    answers.append(officer.decide(NIK, NAME, PHONE))
    answers.append(officer.decide(item["id"], "rejected", NAME))
    answers.append(officer.post("devices/suspend", device=NIK, reason=NAME))
    answers.append(officer.get("waiting"))
    told = [f"{answer.status_code} {answer.headers} {answer.text}" for answer in answers]
    for request in raw_requests():
        with connected(device.address) as connection:
            connection.sendall(request)
            told.append(str(read_answer(connection)))
    return told


def test_no_person_comes_out_in_answers_logs_or_figures(
    device: Device,
    http: httpx.Client,
    address: str,
    shared_database: Database,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    for client in ("httpx", "httpcore"):
        logging.getLogger(client).setLevel(logging.WARNING)
    told = speak_of_a_person(device, Officer(http, address, shared_database))
    told.append(http.get(f"{address}/metrics").text)
    told += [record.getMessage() for record in caplog.records]
    assert len(lines_of(caplog)) >= 20
    assert not [(planted, text) for planted in PLANTED for text in told if planted in text]
