"""A suspended device: refused at once, restored without loss, and never able to undo it itself."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from central_field import NOW, Clock, Device, an_item
from command_line import Cli
from office_field import Officer, code_of

from perisai_cli.central.database import Database
from perisai_cli.central.serve import open_central, running
from perisai_cli.central.sessions import sender_of


@pytest.fixture
def admin(http: httpx.Client, address: str, shared_database: Database) -> Officer:
    return Officer(http, address, shared_database, "admin")


def test_a_suspended_device_is_refused_with_the_token_it_had_and_with_a_new_one(
    device: Device, admin: Officer
) -> None:
    item = an_item()
    shown = admin.post("devices/suspend", device=device.id, reason="stolen").json()
    assert (shown["suspended_for"], shown["agent"]) == ("stolen", device.agent)
    for _ in range(2):
        refused = device.push_answer(item)
        assert code_of(refused) == (403, "auth.suspended")
        assert refused.json()["scope"] == "device"
        assert code_of(device.pull()) == (403, "auth.suspended")
        device.renew()


def test_what_a_suspended_device_is_given_says_that_it_is_suspended(
    device: Device, admin: Officer, shared_database: Database
) -> None:
    admin.post("devices/suspend", device=device.id, reason="lost")
    device.renew()
    sender = sender_of(shared_database, f"Bearer {device.token}", NOW)
    assert (sender.device, sender.suspended) == (device.id, True)


def test_a_restored_device_goes_on_where_it_stood(device: Device, admin: Officer) -> None:
    before = an_item()
    device.push(before)
    admin.post("devices/suspend", device=device.id, reason="left")
    device.register()
    assert code_of(device.push_answer(an_item())) == (403, "auth.suspended")
    restored = admin.post("devices/restore", device=device.id).json()
    assert "suspended_at" not in restored
    assert [result["status"] for result in device.push(before, an_item())] == [
        "unchanged",
        "accepted",
    ]


def test_suspending_twice_keeps_the_first_moment_and_restoring_twice_is_quiet(
    device: Device, admin: Officer, clock: Clock
) -> None:
    first = admin.post("devices/suspend", device=device.id, reason="lost").json()
    clock.forward(hours=1)
    second = admin.post("devices/suspend", device=device.id, reason="stolen").json()
    assert second == first | {"suspended_for": "stolen"}
    for _ in range(2):
        assert admin.post("devices/restore", device=device.id).status_code == 200


def test_an_unknown_device_or_reason_is_refused(device: Device, admin: Officer) -> None:
    nobody = "00000000-0000-7000-8000-000000000000"
    assert code_of(admin.post("devices/suspend", device=nobody, reason="lost")) == (
        404,
        "device.unknown",
    )
    assert code_of(admin.post("devices/restore", device=nobody)) == (404, "device.unknown")
    wrong = admin.post("devices/suspend", device=device.id, reason="5171014101909876")
    assert code_of(wrong) == (422, "request.invalid")
    assert "5171014101909876" not in wrong.text


def test_one_suspended_device_leaves_the_agents_other_one_alone(
    device: Device, admin: Officer, http: httpx.Client, address: str
) -> None:
    second = Device(http, device.agent, address).sign_in()
    admin.post("devices/suspend", device=device.id, reason="lost")
    assert second.push(an_item())[0]["status"] == "accepted"


def test_the_commands_suspend_and_restore_while_the_central_runs(
    cli: Cli, tmp_path: Path, http: httpx.Client
) -> None:
    folder = tmp_path / "pusat"
    open_central(folder).close()
    data = ("--data", str(folder))
    with running(folder, clock=Clock()) as address:
        device = Device(http, address=address).sign_in()
        done = cli.run(
            "pusat", "perangkat", "tangguhkan", device.id[-8:], "--alasan", "left", *data
        )
        assert (done.data["device"], done.data["suspended_for"]) == (device.id, "left")
        assert code_of(device.push_answer(an_item())) == (403, "auth.suspended")
        [listed] = cli.run("central", "device", "list", *data).data["items"]
        assert listed["suspended_for"] == "left"
        shown = cli.run("pusat", "perangkat", "daftar", *data, as_json=False)
        assert "agen berhenti" in shown.out
        assert cli.run("central", "device", "restore", device.id, *data).code == 0
        assert device.push(an_item())[0]["status"] == "accepted"
    for wrong in ("abc", "%", "ffffffffffff", ""):
        assert cli.run("central", "device", "suspend", wrong, *data).codes == ["device.unknown"]
    unknown = cli.run("central", "device", "suspend", device.id, "--reason", "bored", *data)
    assert unknown.codes == ["device.reason"]
