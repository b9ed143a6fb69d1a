"""Registering devices, codes, tokens: who is let in, and who is not."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from central_field import NOW, Clock, Device, an_item
from sqlalchemy import select

from perisai_cli.central.agents import add_agent, list_agents
from perisai_cli.central.database import Database
from perisai_cli.central.serve import open_central, running
from perisai_cli.central.tables import access_tokens, registration_codes

OTHER_KEY = base64.b64encode(b"\x07" * 32).decode()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[tuple[str, Database]]:
    """A central that asks for codes, and its database."""
    with running(tmp_path, clock=Clock(), self_registration=False) as address:
        database = open_central(tmp_path)
        yield address, database
        database.close()


def code_of(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def test_a_device_registers_itself_on_loopback_and_again(device: Device) -> None:
    again = device.register()
    assert again.status_code == 200
    told = again.json()
    assert told == device.register().json()  # who the central is never changes
    assert [told.pop(name) for name in ("agent", "device")] == [device.agent, device.id]
    assert told.pop("server_time") == "2026-11-22T02:00:00Z"
    assert {name: len(value) for name, value in told.items()} == {
        "central": 32,
        "signing_key": 44,
        "office_key": 44,
    }


def test_a_device_with_another_key_or_agent_is_taken(device: Device) -> None:
    assert code_of(device.register(public_key=OTHER_KEY)) == (409, "auth.device_taken")
    assert code_of(device.register(agent="someone-else")) == (409, "auth.device_taken")


@pytest.mark.parametrize("key", ["A" * 44, base64.b64encode(b"7" * 31).decode(), "é" * 44])
def test_a_public_key_must_be_one(key: str, a_device: Callable[..., Device]) -> None:
    assert code_of(a_device().register(public_key=key))[0] == 422


def test_an_agent_with_unprintable_text_is_refused(a_device: Callable[..., Device]) -> None:
    assert code_of(a_device().register(office="D\u0007PS")) == (422, "request.invalid")


def test_an_office_lets_nobody_in_without_a_code(
    office: tuple[str, Database], http: httpx.Client
) -> None:
    address, database = office
    add_agent(database, "known", "Agen", "DPS", lambda: NOW)
    for agent in ("known", "unknown"):
        assert code_of(Device(http, agent, address).register()) == (403, "auth.code_needed")
        wrong = Device(http, agent, address).register(code="AAAA-AAAA-AAAA")
        assert code_of(wrong) == (403, "auth.code_wrong")


def test_a_code_opens_once_however_it_is_typed(
    office: tuple[str, Database], http: httpx.Client
) -> None:
    address, database = office
    code = add_agent(database, "known", "Agen", "DPS", lambda: NOW)
    [agent] = list_agents(database)
    assert (agent.devices, agent.waiting_code) == (0, True)
    device = Device(http, "known", address)
    assert device.register(code=code.lower().replace("-", " ")).status_code == 200
    assert device.register().status_code == 200
    assert code_of(Device(http, "known", address).register(code=code)) == (403, "auth.code_wrong")
    [agent] = list_agents(database)
    assert (agent.devices, agent.waiting_code) == (1, False)
    assert device.renew().push(an_item())[0]["status"] == "accepted"


def test_a_code_is_of_its_agent_and_void_after_a_newer_one(
    office: tuple[str, Database], http: httpx.Client
) -> None:
    address, database = office
    first = add_agent(database, "one", "Agen", "DPS", lambda: NOW)
    add_agent(database, "two", "Agen", "DPS", lambda: NOW)
    assert code_of(Device(http, "two", address).register(code=first)) == (403, "auth.code_wrong")
    second = add_agent(database, "one", "Agen Baru", "SGR", lambda: NOW)
    assert code_of(Device(http, "one", address).register(code=first)) == (403, "auth.code_wrong")
    assert Device(http, "one", address).register(code=second).status_code == 200
    assert [(agent.name, agent.office) for agent in list_agents(database)] == [
        ("Agen Baru", "SGR"),
        ("Agen", "DPS"),
    ]


def test_codes_and_tokens_are_kept_as_hashes_only(
    office: tuple[str, Database], http: httpx.Client
) -> None:
    address, database = office
    code = add_agent(database, "one", "Agen", "DPS", lambda: NOW)
    with database.reading() as connection:
        [kept] = connection.scalars(select(registration_codes.c.code_hash)).all()
    assert len(kept) == 64
    assert code not in kept
    device = Device(http, "one", address)
    device.register(code=code)
    device.renew()
    with database.reading() as connection:
        [stored] = connection.scalars(select(access_tokens.c.token_hash)).all()
    assert device.token not in stored


def test_a_token_is_given_whatever_the_devices_clock_says(device: Device) -> None:
    for years in (-10, 10):
        message = device.token_request(NOW + timedelta(days=365 * years))
        answer = device.ask_token(message)
        assert answer.status_code == 200
        assert answer.json()["expires_in"] == 900
        assert answer.json()["server_time"] == "2026-11-22T02:00:00Z"


def test_a_nonce_is_good_once_and_for_ever_used(device: Device, clock: Clock) -> None:
    message = device.token_request()
    assert device.ask_token(message).status_code == 200
    assert code_of(device.ask_token(message)) == (401, "auth.refused")
    clock.forward(days=400)
    assert code_of(device.ask_token(message)) == (401, "auth.refused")


@pytest.mark.parametrize(
    "change",
    [
        {"nonce": "another-nonce-than-signed"},
        {"time": "2030-01-01T00:00:00Z"},
        {"device": "00000000-0000-7000-8000-000000000000"},
        {"signature": "A" * 88},
        {"signature": "!" * 88},
    ],
)
def test_a_wrong_signature_or_device_is_refused(change: dict[str, str], device: Device) -> None:
    answer = device.ask_token(device.token_request() | change)
    assert code_of(answer) == (401, "auth.refused")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_another_devices_signature_is_refused(device: Device, other: Device) -> None:
    answer = device.ask_token(other.token_request() | {"device": device.id})
    assert code_of(answer) == (401, "auth.refused")


@pytest.mark.parametrize("header", [None, "Bearer", "Bearer nonsense", "Basic dXNlcjpwYXNz"])
def test_without_a_token_nothing_is_taken_or_given(header: Any, device: Device) -> None:
    assert code_of(device.send(b"", authorization=header)) == (401, "auth.refused")


def test_a_token_runs_out_on_the_second(device: Device, clock: Clock) -> None:
    clock.forward(seconds=899)
    assert device.push(an_item())[0]["status"] == "accepted"
    clock.forward(seconds=1)
    assert code_of(device.push_answer(an_item())) == (401, "auth.expired")
    assert code_of(device.pull()) == (401, "auth.expired")
    assert device.renew().push(an_item())[0]["status"] == "accepted"


def test_a_batch_must_name_the_device_and_agent_of_the_token(device: Device, other: Device) -> None:
    for change in ({"device": other.id}, {"agent": other.agent}):
        assert code_of(device.push_answer(an_item(), **change)) == (403, "auth.other_device")
