"""What the central tells of its books: to the agent's own devices, and to nobody else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
from central_field import PROTOCOL, Clock, Device, a_body, an_event, an_item, encoded

from perisai_cli.central.serve import running
from perisai_cli.protocol.canonical import body_hash, content_digest, receipt_digest


def asked(device: Device, items: list[list[Any]], **more: Any) -> httpx.Response:
    content = encoded({"items": items} | more)
    headers = device.bearer() | {"Content-Encoding": "gzip"}
    return device.post(
        "/v1/sync/have", content, headers | {"Content-Digest": content_digest(content)}
    )


def told(device: Device, path: str) -> dict[str, Any]:
    answer = device.http.get(device.address + path, headers=PROTOCOL | device.bearer())
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def revision(item: dict[str, Any]) -> list[Any]:
    return [item["id"], item["rev"], body_hash(item["body"])]


def test_what_is_held_missing_or_different_is_told_with_the_digest_of_the_question(
    device: Device,
) -> None:
    here, gone, other = an_item(), an_item(), an_item()
    device.push(here, other)
    question = [revision(here), revision(gone), [other["id"], 1, "0" * 64]]
    answer = asked(device, question, states=True)
    assert answer.json() == {
        "asked": receipt_digest(tuple(each) for each in question),  # type: ignore[arg-type]
        "missing": [gone["id"]],
        "differs": [other["id"]],
        "states": ["accepted", "", "accepted"],
    }
    assert "states" not in asked(device, question).json()


def test_what_was_kept_aside_as_a_conflict_is_held(device: Device, other: Device) -> None:
    item = an_item()
    device.push(item)
    against = item | {"body": a_body()}
    [verdict] = other.push(against)
    assert verdict["status"] == "conflict"
    answer = asked(other, [revision(against)], states=True).json()
    assert (answer["missing"], answer["states"]) == ([], ["conflict"])


def test_another_agent_s_records_are_as_good_as_missing(device: Device, other: Device) -> None:
    item = an_item()
    device.push(item)
    answer = asked(other, [revision(item)], states=True).json()
    assert (answer["missing"], answer["states"]) == ([item["id"]], [""])
    assert told(other, "/v1/sync/totals")["totals"] == {}
    assert told(other, "/v1/sync/held") == {"ids": [], "more": False}


def test_totals_and_ids_are_of_this_device_alone_and_in_pages(device: Device) -> None:
    items, event = [an_item() for _ in range(3)], an_event()
    device.push(*items[:2], event, items[2])
    quoted = sum(item["body"]["quote"]["total"] for item in items)
    totals = told(device, "/v1/sync/totals")
    assert totals["totals"] == {
        "enrolment": {"accepted": {"records": 3, "amount": quoted}},
        "outreach": {"accepted": {"records": 1, "amount": 0}},
    }
    ids = sorted(item["id"] for item in (*items, event))
    first = told(device, "/v1/sync/held?limit=2")
    assert first == {"ids": ids[:2], "more": True}
    rest = told(device, f"/v1/sync/held?after={first['ids'][-1]}")
    assert rest == {"ids": ids[2:], "more": False}


def test_a_question_that_breaks_its_form_is_refused(device: Device) -> None:
    item = an_item()
    too_many = [[item["id"], 1, "0" * 64]] * 501
    assert asked(device, too_many).status_code == 413
    assert asked(device, [["x", 1, "0" * 64]]).json()["code"] == "request.invalid"
    assert device.post("/v1/sync/have", json.dumps({"items": []}).encode()).status_code == 401


def test_a_pull_shows_what_was_seen_and_a_commit_that_is_no_more_is_refused(
    http: httpx.Client, tmp_path: Path
) -> None:
    with running(tmp_path / "central", clock=Clock(), check_seen=True) as address:
        device = Device(http, address=address).sign_in()
        page = device.push_answer(an_item()).json()

        def pull(seen: str) -> httpx.Response:
            headers = PROTOCOL | device.bearer() | {"Perisai-Seen": seen}
            return http.get(f"{address}/v1/sync/pull", headers=headers)

        assert pull(f"{page['seq']}-{page['token']}").status_code == 200
        for gone in (f"{page['seq']}-0000000000000000", "99-0000000000000000"):
            answer = pull(gone)
            assert (answer.status_code, answer.json()["code"]) == (409, "central.rewound")
        assert pull("nonsense").status_code == 422
