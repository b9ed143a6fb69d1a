"""What can stand between an agent and the central: nothing is lost, nothing is marked unproven."""

from __future__ import annotations

import email.utils
import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from command_line import Cli
from field_work import Agent, Answer, Office, Proxy, a_worker, enrol, item_of, standing

Ask = Callable[[], Answer]

PUSH = "/v1/sync/push"
PORTAL = b"<html><title>Wi-Fi Bandara</title><form>Masuk dengan Google</form></html>"


@pytest.fixture
def agent(tmp_path: Path, ready_home: Cli, proxy: Proxy) -> Agent:
    """Return an agent with two records waiting, whose way to the central leads over a proxy."""
    agent = Agent(tmp_path / "agent", proxy.url, ready=ready_home)
    enrol(agent, a_worker(), a_worker())
    return agent


@pytest.fixture
def silence() -> Iterator[str]:
    """Return the address of a server that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def nothing_was_settled(agent: Agent) -> None:
    data = agent.run("sinkron", "status").data
    assert (data["pending"], data["last_success"]) == (2, None)
    for item in agent.run("antrean", "daftar").data["items"]:
        assert (item["state"], item["pending"], item["rev"]) == ("queued", True, 1)


def then_all_arrives(agent: Agent) -> None:
    said = agent.sync("--max-time", "30")
    assert (said.code, said.data["pending"]) == (0, 0), said
    assert standing(agent) == {"accepted": 2}


def test_without_a_central_nothing_is_sent_and_the_address_is_asked_for(agent: Agent) -> None:
    agent.environment["PERISAI_CENTRAL"] = ""
    said = agent.run("sinkron")
    assert (said.code, said.codes) == (2, ["central.none"])
    said = agent.run("sinkron", "--dry-run")
    assert (said.code, said.data["central"], said.data["sent"]) == (0, None, 0)


def test_a_central_that_is_down_or_silent_exits_5_within_the_patience(
    agent: Agent, silence: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        closed = f"http://127.0.0.1:{server.getsockname()[1]}"
    for address in (closed, silence):
        said = agent.run("sinkron", "--max-time", "1", "--pusat", address)
        assert said.code == 5, said
        assert said.codes[0] in ("network.unavailable", "network.timeout")
        nothing_was_settled(agent)
    then_all_arrives(agent)


def test_plain_http_to_another_machine_is_refused_before_a_word_is_sent(agent: Agent) -> None:
    for address in ("http://pusat.contoh.id", "http://10.0.0.1:8765", "http://127.0.0.1.contoh.id"):
        for flags in ((), ("--dry-run",)):
            said = agent.run("sinkron", "--max-time", "1", "--pusat", address, *flags)
            assert (said.code, said.faults) == (2, {("/central", "central.plain_http")}), address
    said = agent.run("sinkron", environment={"PERISAI_CENTRAL": "ftp://127.0.0.1"})
    assert (said.code, said.codes) == (2, ["central.address"])
    nothing_was_settled(agent)


def login_page(_method: str, _path: str, _ask: Ask) -> Answer:
    return Answer(200, {"Content-Type": "text/html"}, PORTAL)


def redirect(_method: str, _path: str, _ask: Ask) -> Answer:
    return Answer(302, {"Location": "https://masuk.wifi.contoh.id/"}, b"")


def someone_elses_json(_method: str, _path: str, _ask: Ask) -> Answer:
    return Answer(200, {"Content-Type": "application/json"}, b'{"batch": "x", "results": []}')


def not_found(_method: str, _path: str, _ask: Ask) -> Answer:
    return Answer(404, {"Content-Type": "text/plain"}, b"no such thing")


def test_what_is_not_the_central_exits_7(agent: Agent, proxy: Proxy) -> None:
    for tamper in (login_page, redirect, someone_elses_json, not_found):
        proxy.tamper = tamper
        said = agent.sync()
        assert (said.code, said.codes) == (7, ["network.not_central"]), tamper
        assert "Wi-Fi" in said.errors[0]["message"] + said.errors[0]["remedy"]
    nothing_was_settled(agent)
    # Signed in, and only then the portal.
    proxy.tamper = lambda method, path, ask: (
        login_page(method, path, ask) if path == PUSH else ask()
    )
    assert agent.sync().code == 7
    nothing_was_settled(agent)


Change = Callable[[dict[str, Any]], dict[str, Any]]

LIES: dict[str, Change] = {
    "another batch": lambda told: told | {"batch": "00000000-0000-4000-8000-000000000000"},
    "a wrong digest": lambda told: told | {"digest": "0" * 64},
    "a result left out": lambda told: told | {"results": told["results"][:1]},
    "no results": lambda told: told | {"results": []},
    "a result twice": lambda told: told | {"results": told["results"][:1] * 2},
    "a result of nothing sent": lambda told: (
        told | {"results": [*told["results"], told["results"][0] | {"n": 2}]}
    ),
    "results in another order": lambda told: told | {"results": told["results"][::-1]},
    "a negative place": lambda told: (
        told | {"results": [told["results"][0] | {"n": -1}, told["results"][1]]}
    ),
    "an unknown verdict": lambda told: (
        told | {"results": [each | {"status": "fine"} for each in told["results"]]}
    ),
}


def test_an_answer_that_fails_the_receipt_test_settles_nothing(agent: Agent, proxy: Proxy) -> None:
    for lie, change in LIES.items():

        def tamper(_method: str, path: str, ask: Ask, change: Change = change) -> Answer:
            answer = ask()
            return answer.saying(change(answer.message)) if path == PUSH else answer

        proxy.tamper = tamper
        said = agent.sync()
        assert (said.code, said.codes) == (7, ["network.bad_receipt"]), lie
    nothing_was_settled(agent)
    proxy.tamper = lambda _method, _path, ask: ask()
    said = agent.sync()
    assert (said.code, said.data["unchanged"], said.data["accepted"]) == (0, 2, 0)
    assert standing(agent) == {"accepted": 2}


def test_the_protocol_header_is_asked_of_every_answer(agent: Agent, proxy: Proxy) -> None:
    def bare(_method: str, path: str, ask: Ask) -> Answer:
        answer = ask()
        return answer.without("perisai-protocol") if path == PUSH else answer

    proxy.tamper = bare
    said = agent.sync()
    assert (said.code, said.codes) == (7, ["network.not_central"])
    nothing_was_settled(agent)


def test_a_record_without_a_verdict_stays_queued_and_the_exit_code_says_try_later(
    agent: Agent, proxy: Proxy
) -> None:
    def tamper(_method: str, path: str, ask: Ask) -> Answer:
        answer = ask()
        if path != PUSH:
            return answer
        told = answer.message
        told["results"] = [each | {"status": "retry"} for each in told["results"]]
        return answer.saying(told)

    proxy.tamper = tamper
    said = agent.sync()
    assert said.code == 5, said
    assert said.envelope is not None
    assert (said.data["pending"], said.data["accepted"]) == (2, 0)
    for item in agent.run("antrean", "daftar").data["items"]:
        assert (item["state"], item["pending"]) == ("queued", True)
    proxy.tamper = lambda _method, _path, ask: ask()
    then_all_arrives(agent)


def test_a_verdict_on_one_of_two_settles_that_one_alone(agent: Agent, proxy: Proxy) -> None:
    first, second = (item["id"] for item in agent.run("antrean", "daftar").data["items"])

    def tamper(_method: str, path: str, ask: Ask) -> Answer:
        answer = ask()
        if path != PUSH:
            return answer
        told = answer.message
        told["results"][1] |= {"status": "retry"}
        return answer.saying(told)

    proxy.tamper = tamper
    said = agent.sync()
    assert (said.code, said.data["accepted"], said.data["pending"]) == (5, 1, 1), said
    assert item_of(agent, first)["state"] == "accepted"
    assert item_of(agent, second)["state"] == "queued"
    assert standing(agent) == {"accepted": 1, "pending": 1}


def busy(times: int, headers: dict[str, str]) -> Callable[[str, str, Ask], Answer]:
    """Return a central that answers the first pushes with 503."""
    left = [times]

    def tamper(_method: str, path: str, ask: Ask) -> Answer:
        if path == PUSH and left[0]:
            left[0] -= 1
            return Answer(503, headers, b"busy")
        return ask()

    return tamper


def test_a_busy_central_is_asked_again_after_the_time_it_names(agent: Agent, proxy: Proxy) -> None:
    soon = email.utils.format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)
    for retry_after in ("1", soon):
        proxy.tamper = busy(1, {"Retry-After": retry_after})
        before = proxy.pushes()
        said = agent.sync("--max-time", "20")
        assert said.code == 0, said
        assert proxy.pushes() == before + 2
        enrol(agent, a_worker())
    assert standing(agent) == {"accepted": 3, "pending": 1}


def test_an_absurd_retry_after_does_not_outlast_the_patience(agent: Agent, proxy: Proxy) -> None:
    for retry_after in ("86400", "-1", "soon", "Wed, 21 Oct 2099 07:28:00 GMT"):
        proxy.tamper = busy(1000, {"Retry-After": retry_after})
        said = agent.run("sinkron", "--max-time", "1")
        assert (said.code, said.codes) == (5, ["central.busy"]), retry_after
    nothing_was_settled(agent)
    proxy.tamper = lambda _method, _path, ask: ask()
    then_all_arrives(agent)


def test_a_line_that_is_cut_before_or_after_the_commit_doubles_nothing(
    agent: Agent, proxy: Proxy, office: Office
) -> None:
    def cut_before(_method: str, path: str, ask: Ask) -> Answer | None:
        return None if path == PUSH else ask()

    def cut_after(_method: str, path: str, ask: Ask) -> Answer | None:
        answer = ask()
        return None if path == PUSH else answer

    for tamper in (cut_before, cut_after):
        proxy.tamper = tamper
        said = agent.run("sinkron", "--max-time", "1")
        assert said.code == 5, said
        nothing_was_settled(agent)
    proxy.tamper = lambda _method, _path, ask: ask()
    said = agent.sync()
    assert (said.code, said.data["unchanged"]) == (0, 2)
    for item in agent.run("antrean", "daftar").data["items"]:
        assert agent.run("antrean", "lihat", item["id"]).data["assigned"]["kpj"]


def test_an_answer_cut_in_its_middle_counts_as_none(agent: Agent, proxy: Proxy) -> None:
    def cut(_method: str, path: str, ask: Ask) -> Answer:
        answer = ask()
        return Answer(200, answer.headers, answer.content[:-20]) if path == PUSH else answer

    proxy.tamper = cut
    assert agent.sync().code in (5, 7)
    nothing_was_settled(agent)
    proxy.tamper = lambda _method, _path, ask: ask()
    then_all_arrives(agent)


def test_a_refused_token_is_renewed_once_and_then_the_sync_stops(
    agent: Agent, proxy: Proxy
) -> None:
    refused = {
        "type": "urn:perisai:problem:auth.expired", "title": "Expired.", "status": 401,
        "code": "auth.expired", "retryable": False, "scope": "session",
    }  # fmt: skip
    left = [1]

    def expired(_method: str, path: str, ask: Ask) -> Answer:
        if path == PUSH and left[0]:
            left[0] -= 1
            return Answer(401, {"Perisai-Protocol": "1"}, json.dumps(refused).encode())
        return ask()

    left[0] = 1000
    proxy.tamper = expired
    said = agent.sync()
    assert (said.code, said.codes) == (6, ["auth.expired"])
    assert proxy.pushes() == 2
    nothing_was_settled(agent)
    left[0] = 1
    assert agent.sync().code == 0
    assert standing(agent) == {"accepted": 2}


def test_other_refusals_are_told_once_and_never_repeated(agent: Agent, proxy: Proxy) -> None:
    refused = {
        "type": "urn:perisai:problem:schema.unknown", "title": "Unknown.", "status": 422,
        "code": "schema.unknown", "retryable": False, "scope": "batch",
    }  # fmt: skip

    def no(_method: str, path: str, ask: Ask) -> Answer:
        if path == PUSH:
            return Answer(422, {"Perisai-Protocol": "1"}, json.dumps(refused).encode())
        return ask()

    proxy.tamper = no
    said = agent.sync()
    assert said.code == 1
    assert said.codes == ["schema.unknown"]
    assert proxy.pushes() == 1
    nothing_was_settled(agent)


def test_an_edit_made_while_its_record_is_on_the_wire_goes_with_the_next_sync(
    agent: Agent, proxy: Proxy
) -> None:
    record_id = agent.run("antrean", "daftar").data["items"][0]["id"]
    edited = threading.Event()

    def edit(_method: str, path: str, ask: Ask) -> Answer:
        answer = ask()
        if path == PUSH and not edited.is_set():
            edited.set()
            fixed = agent.run(
                "antrean", "perbaiki", record_id, "--berkas", "-", stdin='{"months": 6}'
            )
            assert fixed.data["rev"] == 2
        return answer

    proxy.tamper = edit
    said = agent.sync("--max-time", "30")
    assert edited.is_set()
    assert (said.data["accepted"], said.data["pending"]) == (2, 1)
    item = item_of(agent, record_id)
    assert (item["state"], item["rev"], item["pending"]) == ("queued", 2, True)
    said = agent.sync()
    assert (said.code, said.data["sent"], said.data["accepted"]) == (0, 1, 1)
    assert standing(agent) == {"accepted": 2}


def test_a_patience_that_is_no_number_of_seconds_is_refused(agent: Agent) -> None:
    for seconds in ("0", "-1", "x", "3601", "1.5", "9" * 5000):
        said = agent.run("sinkron", "--max-time", seconds)
        assert (said.code, said.codes) == (2, ["sync.max_time"]), seconds
