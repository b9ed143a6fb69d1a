"""Officers over HTTP: who may do what, what they see, what they decide, and who did it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from central_field import NAME, NOW, Device, a_body, a_nik, a_withdrawal, a_worker, an_item
from command_line import Cli
from office_field import Officer, code_of
from sqlalchemy import select

from perisai_cli.central.database import Database
from perisai_cli.central.decisions import REASONS, list_waiting
from perisai_cli.central.officers import add_officer, list_officers, revoke_officer
from perisai_cli.central.tables import decisions, officers
from perisai_cli.domain.ids import new_id
from perisai_cli.protocol.office import REFUSED_FOR

ILL = {"working": True, "critically_ill": True}
GETS = ("waiting", "agents", "devices", f"records/{new_id(NOW)}")
POSTS = ("decide", "devices/suspend", "devices/restore")


@pytest.fixture
def officer(http: httpx.Client, address: str, shared_database: Database) -> Officer:
    return Officer(http, address, shared_database)


def a_held(device: Device, **changes: Any) -> dict[str, Any]:
    item = an_item(a_body(a_worker(attestation=ILL, **changes)))
    assert device.push(item)[0]["status"] == "held"
    return item


def a_pair(device: Device, **changes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return an accepted record and its double, which differs in *changes*."""
    nik = a_nik()
    first, second = (
        an_item(a_body(a_worker(nik))),
        an_item(a_body(a_worker(nik, **changes))),
    )
    statuses = [result["status"] for result in device.push(first, second)]
    assert statuses == ["accepted", "duplicate"]
    return first, second


def waiting_ids(officer: Officer) -> list[str]:
    """Return the ids of all that waits, page by page."""
    ids: list[str] = []
    cursor, more = "", True
    while more:
        page = officer.get("waiting", after=cursor, limit=3).json()
        assert len(page["items"]) <= 3
        ids += [item["id"] for item in page["items"]]
        cursor, more = page["cursor"], page["more"]
    return ids


def test_every_waiting_record_comes_on_exactly_one_page(
    device: Device, officer: Officer, shared_database: Database
) -> None:
    crowd = [an_item(a_body(a_worker(attestation=ILL))) for _ in range(7)]
    device.push(*crowd)
    later = [a_held(device)["id"] for _ in range(4)]
    ids = waiting_ids(officer)
    assert len(ids) == len(set(ids))
    assert set(ids) == {waiting.id for waiting in list_waiting(shared_database)}
    assert {item["id"] for item in crowd} <= set(ids)
    assert [each for each in ids if each in later] == later


def test_a_decision_over_http_reaches_the_device_and_names_who_made_it(
    device: Device, officer: Officer, shared_database: Database
) -> None:
    accepted, refused = a_held(device), a_held(device)
    answer = officer.decide(accepted["id"], "accepted")
    assert answer.status_code == 200
    assert answer.json()["officer"] == officer.id
    assert officer.decide(refused["id"], "rejected", "ill_before").status_code == 200
    pulled = device.pull().json()["items"]
    assert pulled[0] == answer.json()["decision"]
    assert pulled[0]["assigned"]["kpj"].startswith("99")
    assert [item["status"] for item in pulled] == ["accepted", "rejected"]
    assert pulled[1]["problem"]["type"] == "officer.ill_before"
    both = decisions.c.id.in_([accepted["id"], refused["id"]])
    with shared_database.reading() as connection:
        by = connection.scalars(select(decisions.c.officer).where(both)).all()
    assert by == [officer.id, officer.id]


def test_the_reasons_of_the_message_are_those_of_the_decision() -> None:
    assert set(REFUSED_FOR) == set(REASONS)


def test_what_cannot_be_decided_says_why(device: Device, officer: Officer) -> None:
    first, second = a_pair(device)
    held = a_held(device)
    assert code_of(officer.decide(new_id(NOW), "accepted")) == (404, "record.unknown")
    assert code_of(officer.decide(first["id"], "accepted")) == (409, "decision.not_waiting")
    assert code_of(officer.decide(held["id"], "rejected")) == (422, "decision.reason")
    assert code_of(officer.decide(held["id"], "perhaps")) == (422, "request.invalid")
    taken = officer.decide(second["id"], "accepted")
    assert code_of(taken) == (409, "decision.nik_taken")
    assert taken.json()["detail"] == first["id"]
    device.push(a_withdrawal(first))
    assert officer.decide(second["id"], "accepted").status_code == 200
    assert code_of(officer.decide(second["id"], "accepted")) == (409, "decision.not_waiting")


def test_both_records_of_a_duplicate_stand_side_by_side_masked(
    device: Device, officer: Officer
) -> None:
    first, second = a_pair(device, name="Made Orang Lain", phone="081299998888", months=6)
    answer = officer.get(f"records/{second['id']}")
    shown = answer.json()
    assert (shown["record"]["id"], shown["beside"]["id"]) == (second["id"], first["id"])
    nik = first["body"]["worker"]["nik"]
    for side in (shown["record"], shown["beside"]):
        assert side["nik_masked"] == f"{nik[:4]}********{nik[-4:]}"
        assert side["agent"] == device.agent
    assert [side["name_masked"] for side in (shown["record"], shown["beside"])] == [
        "M. O. L.",
        "N. L. U. C.",
    ]
    assert shown["differs"] == ["months", "name", "phone"]
    assert [side["months"] for side in (shown["record"], shown["beside"])] == [6, 3]
    assert shown["problem"]["type"] == "nik.duplicate"
    for secret in (nik, NAME, "Orang Lain", "081299998888", "1990"):
        assert secret not in answer.text


def test_a_held_record_shows_why_it_waits_and_stands_alone(
    device: Device, officer: Officer
) -> None:
    item = a_held(device)
    shown = officer.get(f"records/{item['id']}").json()
    assert "beside" not in shown
    assert shown["record"]["critically_ill"] is True
    assert shown["record"]["total"] == item["body"]["quote"]["total"]
    assert shown["problem"]["errors"][0]["code"] == "attestation.critically_ill"
    assert code_of(officer.get(f"records/{new_id(NOW)}")) == (404, "record.unknown")
    officer.decide(item["id"], "accepted")
    assert code_of(officer.get(f"records/{item['id']}")) == (409, "decision.not_waiting")


def test_the_side_of_a_record_that_was_refused_since_shows_nothing_of_its_body(
    device: Device, officer: Officer
) -> None:
    first, second = a_pair(device)
    wrong = {"worker": {"nik": [first["body"]["worker"]["nik"]], "name": NAME}}
    device.push(first | {"rev": 2, "base_rev": 1, "body": wrong})
    answer = officer.get(f"records/{second['id']}")
    assert answer.status_code == 200
    assert answer.json()["beside"]["status"] == "rejected"
    assert "nik_masked" not in answer.json()["beside"]
    assert NAME not in answer.text


def test_agents_and_devices_come_page_by_page(
    device: Device, other: Device, officer: Officer
) -> None:
    for path, key, wanted in (
        ("agents", "agent", {device.agent, other.agent}),
        ("devices", "device", {device.id, other.id}),
    ):
        seen: list[str] = []
        after, more = "", True
        while more:
            page = officer.get(path, after=after, limit=1).json()
            seen += [item[key] for item in page["items"]]
            after, more = page["cursor"], page["more"]
        assert seen == sorted(set(seen))
        assert wanted <= set(seen)


def test_a_device_has_no_business_in_the_office(device: Device, officer: Officer) -> None:
    officer.token = device.token
    for path in GETS:
        assert code_of(officer.get(path)) == (403, "auth.role")
    for path in POSTS:
        assert code_of(officer.post(path)) == (403, "auth.role")


def test_an_officer_has_no_business_in_the_field(device: Device, officer: Officer) -> None:
    device.token = officer.token
    assert code_of(device.push_answer(an_item())) == (403, "auth.role")
    assert code_of(device.pull()) == (403, "auth.role")


def test_without_a_good_token_the_office_is_closed(
    officer: Officer, shared_database: Database
) -> None:
    good = officer.token
    for token in ("x", "nonsense", good + "x"):
        officer.token = token
        assert code_of(officer.get("waiting")) == (401, "auth.refused")
    officer.token = good
    assert officer.get("waiting").status_code == 200
    revoke_officer(shared_database, officer.id, lambda: NOW)
    assert code_of(officer.get("waiting")) == (401, "auth.refused")
    assert code_of(officer.decide(new_id(NOW), "accepted")) == (401, "auth.refused")


def test_only_an_admin_restores_a_device(
    device: Device, http: httpx.Client, address: str, shared_database: Database
) -> None:
    officer = Officer(http, address, shared_database)
    admin = Officer(http, address, shared_database, "admin")
    assert officer.post("devices/suspend", device=device.id, reason="lost").status_code == 200
    assert code_of(officer.post("devices/restore", device=device.id)) == (403, "auth.role")
    assert admin.post("devices/restore", device=device.id).status_code == 200


def test_a_token_is_kept_as_its_hash_only_and_replaced_by_the_next(
    http: httpx.Client, address: str, shared_database: Database
) -> None:
    officer = Officer(http, address, shared_database)
    same = officers.c.officer == officer.id
    with shared_database.reading() as connection:
        kept = connection.execute(select(officers).where(same)).one()
    assert officer.token not in str(kept)
    token = add_officer(shared_database, officer.id, "Petugas Uji", "admin", lambda: NOW)
    assert code_of(officer.get("waiting")) == (401, "auth.refused")
    officer.token = token
    assert officer.get("waiting").status_code == 200
    assert [each.role for each in list_officers(shared_database) if each.officer == officer.id] == [
        "admin"
    ]


def test_the_commands_keep_officers_and_show_a_token_once(cli: Cli, tmp_path: Path) -> None:
    data = ("--data", str(tmp_path / "pusat"))
    added = cli.run("pusat", "petugas", "tambah", "P-1", "--nama", "Ketut", *data)
    token = added.data["token"]
    assert cli.run("central", "officer", "add", "P-2", "--role", "admin", *data).code == 0
    assert cli.run("central", "officer", "add", "P-3", "--role", "king", *data).codes == [
        "officer.role"
    ]
    assert cli.run("pusat", "petugas", "cabut", "P-2", *data).code == 0
    assert cli.run("pusat", "petugas", "cabut", "P-9", *data).codes == ["officer.unknown"]
    listed = cli.run("central", "officer", "list", *data)
    rows = [(item["officer"], item["role"], item["revoked_at"]) for item in listed.data["items"]]
    assert rows[0] == ("P-1", "officer", None)
    assert rows[1][:2] == ("P-2", "admin")
    assert rows[1][2]
    assert token not in listed.out
    assert token not in cli.run("pusat", "petugas", "daftar", *data, as_json=False).out


def test_an_officer_sees_and_decides_from_another_computer(
    cli: Cli, tmp_path: Path, device: Device, officer: Officer
) -> None:
    first, second = a_pair(device)
    held = a_held(device)
    token_file = tmp_path / "token"
    token_file.write_text(officer.token + "\n")
    there = ("--central", officer.address, "--token-file", str(token_file))
    waiting = cli.run("central", "waiting", *there)
    assert {held["id"], second["id"]} <= {item["id"] for item in waiting.data["items"]}
    decided = cli.run("pusat", "putuskan", held["id"][-12:], "accepted", *there)
    assert decided.data == {"id": held["id"], "rev": 1, "status": "accepted"}
    again = cli.run("central", "decide", held["id"], "accepted", *there)
    assert (again.code, again.codes) == (2, ["decision.not_waiting"])
    taken = cli.run("central", "decide", second["id"], "accepted", *there)
    assert (taken.code, taken.codes) == (2, ["decision.nik_taken"])
    assert first["id"] in taken.errors[0]["message"]
    reason = cli.run("central", "decide", second["id"], "rejected", *there)
    assert reason.codes == ["decision.reason"]
    token_file.write_text(device.token)
    refused = cli.run("central", "waiting", *there)
    assert (refused.code, refused.codes) == (6, ["auth.role"])
    token_file.write_text("")
    assert cli.run("central", "waiting", *there).codes == ["token.file"]
    assert cli.run("central", "waiting", *there[:2]).codes == ["token.needed"]


def test_devices_of_other_agents_are_heard_after_a_decision(
    a_device: Callable[..., Device], officer: Officer
) -> None:
    one, two = a_device().sign_in(), a_device().sign_in()
    nik = a_nik()
    first = an_item(a_body(a_worker(nik)))
    second = an_item(a_body(a_worker(nik)))
    one.push(first)
    assert two.push(second)[0]["status"] == "duplicate"
    officer.decide(second["id"], "rejected", "wrong_person")
    assert [item["id"] for item in two.pull().json()["items"]] == [second["id"]]
    assert one.pull().json()["items"] == []
