"""The queue of a device that the office has suspended: handed over, nothing lost, plainly said."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from bundle_work import Desk
from field_work import Agent, Answer, Office, Proxy, a_worker, enrol, standing

PUSH = "/v1/sync/push"
SUSPENDED = {
    "type": "urn:perisai:problem:auth.suspended", "title": "Suspended.", "status": 403,
    "code": "auth.suspended", "retryable": False, "scope": "device",
}  # fmt: skip


def suspends(_method: str, path: str, ask: Callable[[], Answer]) -> Answer:
    """Answer as a central that has suspended the device."""
    if not path.startswith("/v1/sync/"):
        return ask()
    told = {"Content-Type": "application/problem+json", "Perisai-Protocol": "1"}
    return Answer(403, told, json.dumps(SUSPENDED).encode())


def loses_the_answer(_method: str, path: str, ask: Callable[[], Answer]) -> Answer | None:
    """Cut the line once the central has a deposit, before its answer."""
    answer = ask()
    return None if path == "/v1/escrow" else answer


def brought(proxy: Proxy) -> int:
    return proxy.asked.count("POST /v1/escrow")


def test_a_suspended_device_hands_its_queue_over_once_and_says_so(
    tmp_path: Path, office: Office, proxy: Proxy, an_agent: Callable[[str], Agent]
) -> None:
    agent, desk = an_agent(proxy.url), Desk(tmp_path / "desk", office.data)
    enrol(agent, a_worker(), a_worker())
    proxy.tamper = suspends
    said = agent.sync()
    assert (said.code, said.codes) == (6, ["auth.suspended_deposited"])
    assert "2" in said.errors[0]["message"]
    assert standing(agent) == {"pending": 2}
    assert brought(proxy) == 1
    assert agent.sync().code == 6
    assert brought(proxy) == 1
    enrol(agent, a_worker())
    assert "3" in agent.sync().errors[0]["message"]
    assert brought(proxy) == 2

    listed = desk.run("pusat", "titipan", "daftar", "--data", desk.data_).data["items"]
    mine = [each["id"] for each in listed if each["settled_at"] is None][-2:]
    for deposit in mine:
        settled = desk.run("pusat", "titipan", "terima", deposit, "--data", desk.data_)
        assert settled.data["agent"] == agent.name
    assert settled.data["accepted"] + settled.data["unchanged"] == 3
    proxy.tamper = lambda _method, _path, ask: ask()
    back = agent.sync()
    assert (back.code, back.data["unchanged"], back.data["pending"]) == (0, 3, 0)


def test_a_queue_can_be_handed_over_on_purpose_and_stays_here(
    office: Office, an_agent: Callable[[str], Agent]
) -> None:
    agent = an_agent(office.url)
    assert agent.run("sinkron", "titip").data["records"] == 0
    enrol(agent, a_worker(), a_worker())
    first = agent.run("sync", "deposit")
    assert (first.code, first.data["records"], first.data["deposits"]) == (0, 2, 1)
    again = agent.run("sync", "deposit")
    assert (again.code, again.data["records"], again.data["deposits"]) == (0, 2, 0)
    assert standing(agent) == {"pending": 2}
    assert agent.sync().data["accepted"] == 2


def test_a_suspended_device_with_nothing_waiting_is_told_so(
    proxy: Proxy, an_agent: Callable[[str], Agent]
) -> None:
    agent = an_agent(proxy.url)
    proxy.tamper = suspends
    said = agent.sync()
    assert (said.code, said.codes, brought(proxy)) == (6, ["auth.suspended_empty"], 0)


def test_a_deposit_that_is_lost_on_the_way_is_brought_again(
    proxy: Proxy, an_agent: Callable[[str], Agent]
) -> None:
    agent = an_agent(proxy.url)
    enrol(agent, a_worker())
    proxy.tamper = loses_the_answer
    assert agent.run("sync", "deposit", "--max-time", "2").code == 5
    proxy.tamper = suspends
    said = agent.sync()
    assert (said.code, said.codes) == (6, ["auth.suspended_deposited"])
