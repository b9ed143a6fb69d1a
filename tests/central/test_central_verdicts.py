"""Each verdict, its repeats, and what the database holds afterwards."""

from __future__ import annotations

import itertools
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from central_field import (
    TODAY,
    Clock,
    Device,
    a_body,
    a_fix,
    a_nik,
    a_worker,
    an_item,
    encoded,
    octets_down,
    octets_up,
)
from sqlalchemy import func, select

from perisai_cli.central.database import Database
from perisai_cli.central.serve import running
from perisai_cli.central.tables import conflicts, item_versions, items, nik_claims
from perisai_cli.protocol.canonical import body_hash
from perisai_cli.rules.law import Law, packaged_law
from perisai_cli.rules.parameter import Parameter


def test_a_new_enrolment_is_accepted_with_a_sample_number(device: Device) -> None:
    [result] = device.push(an_item())
    assert result["status"] == "accepted"
    assert result["assigned"]["kpj"].startswith("99")
    assert len(result["assigned"]["kpj"]) == 11
    assert result["assigned"]["payment_code"] == "CTH" + result["assigned"]["kpj"]
    assert result["assigned"]["sample"] is True
    assert result["seq"] > 0
    assert "problem" not in result
    assert "canonical_id" not in result


def test_numbers_run_on_without_gaps(device: Device) -> None:
    results = device.push(an_item(), an_item(), an_item())
    first, *rest = [int(result["assigned"]["kpj"]) for result in results]
    assert rest == [first + 1, first + 2]


def test_a_repeat_is_unchanged_with_the_same_number_and_seq(device: Device) -> None:
    item = an_item()
    [first] = device.push(item)
    assert device.push(item, item) == [
        first | {"status": "unchanged"},
        first | {"status": "unchanged", "n": 1},
    ]


def test_a_sent_hash_is_welcome_when_it_is_right(device: Device) -> None:
    item = an_item()
    [result] = device.push(item | {"hash": body_hash(item["body"])})
    assert result["status"] == "accepted"


def test_a_wrong_hash_is_to_be_sent_again_and_stores_nothing(device: Device) -> None:
    item = an_item()
    [wrong] = device.push(item | {"hash": "0" * 64})
    assert (wrong["status"], wrong["problem"]["type"]) == ("retry", "hash.mismatch")
    assert device.push(item)[0]["status"] == "accepted"


def test_a_newer_revision_on_the_current_one_keeps_the_number(device: Device) -> None:
    item = an_item()
    [first] = device.push(item)
    [second] = device.push(a_fix(item, a_body(a_worker(item["body"]["worker"]["nik"], months=6))))
    assert second["status"] == "accepted"
    assert second["assigned"] == first["assigned"]
    assert second["seq"] > first["seq"]


def test_a_newer_revision_on_another_base_is_a_conflict_kept_once(
    device: Device, shared_database: Database
) -> None:
    item = an_item()
    ahead = item | {"rev": 3, "base_rev": 2, "body": a_body()}
    device.push(item, ahead)
    loser = item | {"rev": 4, "base_rev": 1, "body": a_body()}
    [first] = device.push(loser)
    assert first["status"] == "conflict"
    [told] = first["problem"]["errors"]
    assert (told["code"], told["facts"]) == ("revision.other", {"theirs": 3})
    assert device.push(loser) == [first]
    with shared_database.reading() as connection:
        kept = connection.execute(select(conflicts).where(conflicts.c.id == item["id"])).all()
        current = connection.execute(select(items).where(items.c.id == item["id"])).one()
    assert [row.body for row in kept] == [loser["body"]]
    assert current.rev == 3


def test_the_same_revision_with_another_body_is_a_conflict(device: Device) -> None:
    item = an_item()
    [first] = device.push(item)
    [loser] = device.push(item | {"body": a_body()})
    assert loser["status"] == "conflict"
    assert "assigned" not in loser
    assert device.push(item)[0] == first | {"status": "unchanged"}


def test_a_conflict_is_resolved_by_a_revision_on_top_of_both(device: Device) -> None:
    item = an_item()
    device.push(item, item | {"rev": 3, "base_rev": 2, "body": a_body()})
    device.push(item | {"rev": 4, "base_rev": 1, "body": a_body()})
    [result] = device.push(item | {"rev": 5, "base_rev": 4, "body": a_body()})
    assert result["status"] == "accepted"


def test_a_record_of_another_agent_is_a_conflict_that_tells_nothing(
    device: Device, other: Device
) -> None:
    item = an_item()
    device.push(item)
    for mine in (item, a_fix(item, a_body())):
        [result] = other.push(mine)
        assert result["status"] == "conflict"
        assert not {"assigned", "problem"} & set(result)
    assert device.push(item)[0]["status"] == "unchanged"


def test_an_agents_new_device_goes_on_with_the_record(device: Device, a_device: Any) -> None:
    item = an_item()
    device.push(item)
    second = a_device(device.agent).sign_in()
    assert second.push(item)[0]["status"] == "unchanged"
    fixed = a_fix(item, a_body())
    assert second.push(fixed)[0]["status"] == "accepted"
    [late] = device.push(item | {"rev": 3, "base_rev": 1, "body": a_body()})
    assert late["status"] == "conflict"


def test_an_older_revision_from_another_device_is_a_conflict(device: Device, a_device: Any) -> None:
    item = an_item(rev=2, base_rev=1)
    device.push(item)
    second = a_device(device.agent).sign_in()
    assert (
        second.push(item | {"rev": 1, "base_rev": 0, "body": a_body()})[0]["status"] == "conflict"
    )


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
def test_revisions_in_any_order_twice_come_to_the_same(
    order: tuple[int, ...], device: Device, shared_database: Database
) -> None:
    nik, first = a_nik(), an_item()
    revisions = {
        rev: first | {"rev": rev, "base_rev": rev - 1, "body": a_body(a_worker(nik, months=rev))}
        for rev in (1, 2, 3)
    }
    statuses = [device.push(revisions[rev])[0]["status"] for rev in order + order]
    assert set(statuses) <= {"accepted", "unchanged"}
    assert set(statuses[3:]) == {"unchanged"}
    with shared_database.reading() as connection:
        current = connection.execute(select(items).where(items.c.id == first["id"])).one()
        versions = connection.scalars(
            select(item_versions.c.rev).where(item_versions.c.id == first["id"])
        ).all()
        claimed = connection.scalar(
            select(func.count()).where(nik_claims.c.record_id == first["id"])
        )
    assert (current.rev, current.status, claimed) == (3, "accepted", 1)
    assert sorted(versions) == [1, 2, 3]


def test_faults_of_the_worker_are_rejected_with_their_pointers(device: Device) -> None:
    body = a_body()
    body["worker"] |= {"sex": "X", "programs": ["jkk"]}
    [result] = device.push(an_item(body))
    assert result["status"] == "rejected"
    assert result["problem"]["type"] == "worker.faults"
    told = {(error["pointer"], error["code"]) for error in result["problem"]["errors"]}
    assert told == {("/sex", "sex.unknown"), ("/programs", "programs.jkk_and_jkm")}
    assert "assigned" not in result


@pytest.mark.parametrize(
    ("spoil", "pointer"),
    [
        (lambda body: body.pop("worker"), "/worker"),
        (lambda body: body.pop("quote"), "/quote"),
        (lambda body: body.pop("captured"), "/captured"),
        (lambda body: body.update(extra=1), None),
        (lambda body: body["quote"].update(total="16800"), "/quote/total"),
        (lambda body: body["quote"].update(tier=True), "/quote/tier"),
        (lambda body: body["captured"].update(day="22-11-2026"), "/captured/day"),
        (lambda body: body["captured"].update(day="2026-02-30"), "/captured/day"),
        (lambda body: body.update(worker=[]), "/worker"),
        (
            lambda body: body.update(withdrawn={"at": "2026-11-22T02:00:00Z", "reason": "x"}),
            "/worker",
        ),
        (lambda body: (body.clear(), body.update(withdrawn={"at": "later"})), "/withdrawn/at"),
    ],
)
def test_a_malformed_body_is_rejected_where_it_breaks(
    spoil: Any, pointer: str | None, device: Device
) -> None:
    body = a_body()
    spoil(body)
    [result] = device.push(an_item(body))
    assert (result["status"], result["problem"]["type"]) == ("rejected", "body.malformed")
    pointers = [error.get("pointer") for error in result["problem"]["errors"]]
    if "withdrawn" in body and pointer == "/worker":
        assert pointers == [None]
    else:
        assert pointer in pointers
    assert {error["code"] for error in result["problem"]["errors"]} == {"body.malformed"}


def test_a_body_without_canonical_form_is_rejected_and_stops_no_other(device: Device) -> None:
    poison = an_item(a_body() | {"ratio": 0.5}, hash="a" * 64)
    answer = device.push_answer(an_item(), poison, an_item())
    statuses = [result["status"] for result in answer.json()["results"]]
    assert statuses == ["accepted", "rejected", "accepted"]


class _BrokenLaw(Law):
    """A law whose page for old-age savings can't be read."""

    def __init__(self) -> None:
        super().__init__(packaged_law().files)

    def parameter(self, name: str) -> Parameter:
        if name == "jht.bpu_tiers":
            raise OverflowError(name)
        return super().parameter(name)


def test_an_item_at_which_the_central_fails_is_to_be_sent_again(
    tmp_path: Path, http: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    poison = an_item(a_body(programs=["jkk", "jkm", "jht"]))
    with running(tmp_path, clock=Clock(), law=_BrokenLaw()) as address:
        device = Device(http, address=address).sign_in()
        results = device.push(an_item(), poison, an_item())
    assert [result["status"] for result in results] == ["accepted", "retry", "accepted"]
    assert results[1]["problem"]["type"] == "internal"
    assert "OverflowError" in caplog.text
    assert poison["body"]["worker"]["nik"] not in caplog.text


def test_a_wrong_total_under_the_same_rules_is_rejected(device: Device) -> None:
    body = a_body()
    right = body["quote"]["total"]
    body["quote"]["total"] = right + 1
    item = an_item(body)
    [result] = device.push(item)
    assert result["status"] == "rejected"
    assert result["problem"]["errors"] == [
        {
            "pointer": "/quote/total",
            "code": "quote.mismatch",
            "facts": {"sent": right + 1, "computed": right},
        }
    ]
    assert device.push(item) == [result]


def test_a_total_under_other_rules_is_judged_by_its_sum(device: Device) -> None:
    same, differs = a_body(), a_body()
    same["quote"]["rules"] = differs["quote"]["rules"] = "0" * 16
    differs["quote"]["total"] += 1000
    accepted, rejected = device.push(an_item(same), an_item(differs))
    assert accepted["status"] == "accepted"
    assert (rejected["status"], rejected["problem"]["type"]) == ("rejected", "quote.other_rules")


def test_a_critical_illness_is_held_and_stays_held_when_repeated(device: Device) -> None:
    ill = {"working": True, "critically_ill": True}
    item = an_item(a_body(attestation=ill))
    [result] = device.push(item)
    assert (result["status"], result["problem"]["type"]) == ("held", "attestation.critically_ill")
    assert "assigned" not in result
    assert device.push(item) == [result]


def test_a_capture_long_past_is_held_for_its_clock(device: Device) -> None:
    on_time, late = TODAY - timedelta(days=92), TODAY - timedelta(days=93)
    near, far = device.push(an_item(a_body(day=on_time)), an_item(a_body(day=late)))
    assert near["status"] == "accepted"
    assert (far["status"], far["problem"]["type"]) == ("held", "captured.past")


def test_a_day_of_capture_ahead_of_the_central_is_held_not_lost(device: Device) -> None:
    tomorrow, later = TODAY + timedelta(days=1), TODAY + timedelta(days=2)
    near, far = device.push(an_item(a_body(day=tomorrow)), an_item(a_body(day=later)))
    assert near["status"] == "accepted"
    assert (far["status"], far["problem"]["type"]) == ("held", "captured.future")


def test_the_answer_names_the_last_commit_and_the_limits(device: Device) -> None:
    answer = device.push_answer(an_item()).json()
    assert answer["seq"] >= answer["results"][0]["seq"] > answer["durable_seq"]
    assert len(answer["token"]) == 16
    assert answer["server_time"] == "2026-11-22T02:00:00Z"
    assert answer["limits"] == {"max_items": 500, "max_bytes": 4194304, "encodings": ["gzip"]}


def test_a_batch_of_fifty_comes_back_in_sixty_octets_a_record(
    device: Device, capsys: pytest.CaptureFixture[str]
) -> None:
    batch = [an_item() for _ in range(50)]
    answer = device.send(encoded(device.batch(batch)))
    assert {result["status"] for result in answer.json()["results"]} == {"accepted"}
    down, up = octets_down(answer) / 50, octets_up(answer) / 50
    with capsys.disabled():
        print(f"\nbatch of 50: {down:.1f} octets down, {up:.1f} up, a record")
    assert down <= 60
    assert answer.headers["Content-Encoding"] == "gzip"


def test_an_empty_batch_is_answered(device: Device) -> None:
    assert json.loads(device.push_answer().content)["results"] == []
