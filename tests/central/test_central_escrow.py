"""A sealed queue can be handed over as it is, lies untouched, and is settled for its author."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from central_field import NOW, Device, an_item
from command_line import Cli
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from perisai_cli.central.bundles import Office, office_of
from perisai_cli.central.database import Database
from perisai_cli.central.escrow import MAX_WAITING
from perisai_cli.domain.ids import new_id
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.bundle import Bundle, BundleWriter, Told, batch_key
from perisai_cli.protocol.canonical import body_hash, content_digest
from perisai_cli.protocol.escrow import MAX_ESCROW

SECRET = b"s" * 32


@pytest.fixture
def known(shared_database: Database) -> Office:
    return office_of(shared_database)


def a_queue(
    device: Device, office: Office, *items: dict[str, object], bundle: str | None = None
) -> bytes:
    """Return the bundle of a device's items, as the tool would make it."""
    name = bundle or new_id(NOW)
    told = Told("queue", name, device.id, len(items), timestamp(NOW), office.key.fingerprint)
    sink = io.BytesIO()
    recipient = base64.b64decode(office.key.office_key)
    writer = BundleWriter(sink, told, recipient, device.key.sign)
    public = X25519PrivateKey.generate().public_key().public_bytes_raw()
    member = {
        "agent": device.agent, "agent_name": "Agen Uji", "office": "DPS", "region": "5171",
        "device": device.id, "public_key": device.public_key,
    }  # fmt: skip
    manifest = {"bundle": name, "member": member, "cursor": 0, "app": "perisai/test"}
    writer.line(manifest | {"answer_key": base64.b64encode(public).decode()})
    receipts = [(item["id"], item["rev"], body_hash(item["body"])) for item in items]  # type: ignore[arg-type]
    key = batch_key(SECRET, receipts)  # type: ignore[arg-type]
    writer.line({"key": key, "request": device.batch(list(items))})
    writer.finish()
    return sink.getvalue()


def bring(device: Device, content: bytes, **headers: str) -> httpx.Response:
    usual = {"Content-Type": "application/octet-stream", "Content-Digest": content_digest(content)}
    return device.post("/v1/escrow", content, usual | device.bearer() | headers)


def test_a_deposit_is_kept_and_bringing_it_again_changes_nothing(
    device: Device, known: Office
) -> None:
    content = a_queue(device, known, an_item())
    first, second = bring(device, content), bring(device, content)
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.json()["size"] == len(content)
    assert second.json()["received_at"] == first.json()["received_at"]


def test_another_content_does_not_take_the_place_of_a_deposit(
    device: Device, known: Office
) -> None:
    bundle = new_id(NOW)
    assert bring(device, a_queue(device, known, an_item(), bundle=bundle)).status_code == 200
    answer = bring(device, a_queue(device, known, an_item(), bundle=bundle))
    assert (answer.status_code, answer.json()["code"]) == (409, "escrow.taken")


def test_only_a_device_s_own_queue_for_this_office_is_kept(
    device: Device, other: Device, known: Office
) -> None:
    for content in (a_queue(other, known, an_item()), b"", b"halo", b"\x89PRS\r\n\x1a\n\x02\0\0"):
        answer = bring(device, content)
        assert (answer.status_code, answer.json()["code"]) == (422, "escrow.not_queue")


def test_a_deposit_needs_a_token_a_digest_and_an_end(device: Device, known: Office) -> None:
    content = a_queue(device, known, an_item())
    assert bring(device, content, Authorization="Bearer x").json()["code"] == "auth.refused"
    wrong = content_digest(content + b"x")
    assert bring(device, content, **{"Content-Digest": wrong}).json()["code"] == "digest.mismatch"
    assert bring(device, content, **{"Content-Digest": ""}).json()["code"] == "digest.missing"
    long = bring(device, content + bytes(MAX_ESCROW))
    assert (long.status_code, long.json()["code"]) == (413, "batch.too_large")


def test_one_device_can_t_fill_the_office(device: Device, known: Office) -> None:
    header_only = a_queue(device, known)
    padding = bytes(MAX_ESCROW - len(header_only) - 8)
    fits = MAX_WAITING // MAX_ESCROW
    answers = [bring(device, a_queue(device, known) + padding) for _ in range(fits + 1)]
    assert [answer.status_code for answer in answers] == [200] * fits + [413]
    assert answers[-1].json()["code"] == "escrow.full"


def test_nothing_of_a_deposit_reaches_the_records_before_an_officer_takes_it(
    device: Device, known: Office, shared_folder: Path, run: Callable[..., dict[str, object]]
) -> None:
    item = an_item()
    content = a_queue(device, known, item)
    deposit = bring(device, content).json()["id"]
    listed = {each["id"]: each for each in run("list")["items"]}  # type: ignore[attr-defined]
    assert listed[deposit]["settled_at"] is None
    assert listed[deposit]["octets"] == len(content)
    answer = shared_folder / "answer"
    settled = run("accept", deposit, "--output", str(answer))
    assert (settled["agent"], settled["records"], settled["accepted"]) == (device.agent, 1, 1)
    assert Bundle(io.BytesIO(answer.read_bytes())).header.device == device.id
    again = run("accept", deposit[-12:])
    assert (again["accepted"], again["unchanged"]) == (0, 1)
    assert device.push(item)[0]["status"] == "unchanged"
    listed = {each["id"]: each for each in run("list")["items"]}  # type: ignore[attr-defined]
    assert listed[deposit]["settled_at"]


@pytest.fixture
def run(shared_folder: Path, tmp_path: Path) -> Callable[..., dict[str, object]]:
    """Return a way to call ``central escrow`` as an officer does."""

    def call(*arguments: str) -> dict[str, object]:
        said = Cli(tmp_path).run("central", "escrow", *arguments, "--data", str(shared_folder))
        assert said.code == 0, said
        return dict(said.data)

    return call
