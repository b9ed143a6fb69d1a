"""What the central's tests speak with: a field device over real HTTP, made-up workers, a clock."""

from __future__ import annotations

import base64
import gzip
import itertools
import json
import os
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from perisai_cli.domain.ids import new_id
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.bodies import enrolment_body, withdrawal_body
from perisai_cli.protocol.canonical import body_hash, content_digest, receipt_digest
from perisai_cli.protocol.messages import token_message
from perisai_cli.rules.eligibility import examine
from perisai_cli.rules.law import load_law

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
PROTOCOL = {"Perisai-Protocol": "1"}
NAME = "Ni Luh Uji Coba"

_serials = itertools.count(1)


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **step: int) -> None:
        self.now += timedelta(**step)


def a_nik() -> str:
    """Return a made-up NIK that no other test of this process uses."""
    number = next(_serials)
    return f"51710157{1 + number // 9000 % 12:02d}90{number % 9000 + 1:04d}"


def a_worker(nik: str | None = None, **changes: Any) -> dict[str, Any]:
    nik = nik or a_nik()
    worker = {
        "nik": nik,
        "name": NAME,
        "birth_date": f"1990-{nik[8:10]}-17",
        "sex": "F",
        "phone": "081234567890",
        "occupations": [{"code": "trader", "place": "Pasar Sindhu"}],
        "income": 1500000,
        "programs": ["jkk", "jkm"],
        "payer": "self",
        "start": "2026-12",
        "months": 3,
        "attestation": {"working": True, "critically_ill": False},
        "consent": {"given": True, "method": "signature"},
    }
    return worker | changes


def a_body(
    worker: dict[str, Any] | None = None, day: date = TODAY, **changes: Any
) -> dict[str, Any]:
    examined = examine(worker or a_worker(**changes), day, NOW, load_law())
    assert examined.worker, examined.faults
    assert examined.quote
    return enrolment_body(examined.worker, examined.quote, load_law().digest, day, NOW)


def an_item(body: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    item = {
        "id": new_id(NOW),
        "rev": 1,
        "base_rev": 0,
        "kind": "enrolment",
        "body": a_body() if body is None else body,
    }
    return item | changes


def an_event(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Return an event as an item; *changes* are members of the event."""
    event = {
        "type": "market_visit",
        "place": f"Pasar Uji {number}",
        "day": TODAY.isoformat(),
        "region": "5171",
        "present": 40,
        "topics": [],
        "materials": [{"code": "brochure", "count": 30}],
    }
    captured = {"at": timestamp(NOW), "day": TODAY.isoformat()}
    body = {"event": event | changes, "attendees": {"now": 3}, "captured": captured}
    return an_item(body, kind="outreach")


def a_withdrawal(of: dict[str, Any]) -> dict[str, Any]:
    rev = of["rev"]
    return of | {"rev": rev + 1, "base_rev": rev, "body": withdrawal_body("mistake", NOW)}


def a_fix(of: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
    return of | {"rev": of["rev"] + 1, "base_rev": of["rev"], "body": body}


def encoded(message: Any) -> bytes:
    return gzip.compress(json.dumps(message, separators=(",", ":")).encode(), mtime=0)


class Device:
    """A device in the field with its own key; every call is a real request."""

    def __init__(self, http: httpx.Client, agent: str | None = None, address: str = ""):
        self.http = http
        self.address = address
        self.id = new_id(NOW)
        self.agent = agent or f"agent-{uuid.uuid4().hex[:8]}"
        self.key = Ed25519PrivateKey.generate()
        self.token = ""

    @property
    def public_key(self) -> str:
        return base64.b64encode(self.key.public_key().public_bytes_raw()).decode()

    def post(
        self, path: str, content: bytes, headers: dict[str, str] | None = None
    ) -> httpx.Response:
        headers = PROTOCOL | {"Content-Type": "application/json"} | (headers or {})
        return self.http.post(self.address + path, content=content, headers=headers)

    def register(self, **changes: Any) -> httpx.Response:
        message = {
            "agent": self.agent,
            "agent_name": "Agen Uji",
            "office": "DPS",
            "region": "5171",
            "device": self.id,
            "public_key": self.public_key,
        }
        return self.post("/v1/agents/register", json.dumps(message | changes).encode())

    def token_request(self, time: datetime = NOW) -> dict[str, str]:
        when, nonce = timestamp(time), os.urandom(16).hex()
        signature = self.key.sign(token_message(self.id, when, nonce))
        return {
            "device": self.id,
            "time": when,
            "nonce": nonce,
            "signature": base64.b64encode(signature).decode(),
        }

    def ask_token(self, message: dict[str, str]) -> httpx.Response:
        return self.post("/v1/token", json.dumps(message).encode())

    def sign_in(self) -> Device:
        assert self.register().status_code == 200
        return self.renew()

    def renew(self) -> Device:
        answer = self.ask_token(self.token_request())
        assert answer.status_code == 200, answer.text
        self.token = answer.json()["access_token"]
        return self

    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def batch(self, items: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:
        message = {
            "device": self.id,
            "agent": self.agent,
            "app": "perisai/test",
            "schema": 1,
            "client_time": timestamp(NOW),
            "pending_after": 0,
            "items": items,
        }
        return message | changes

    def send(self, content: bytes, **headers: str | None) -> httpx.Response:
        """Push content as it is; a header given as None is left out."""
        usual: dict[str, str | None] = {
            "Content-Encoding": "gzip",
            "Content-Digest": content_digest(content),
            "Idempotency-Key": str(uuid.uuid4()),
            "Authorization": f"Bearer {self.token}",
        }
        usual |= {name.replace("_", "-").title(): value for name, value in headers.items()}
        return self.post(
            "/v1/sync/push", content, {k: v for k, v in usual.items() if v is not None}
        )

    def push_answer(self, *items: dict[str, Any], **changes: Any) -> httpx.Response:
        return self.send(encoded(self.batch(list(items), **changes)))

    def push(self, *items: dict[str, Any]) -> list[dict[str, Any]]:
        """Push items and return their verdicts, once the answer passed the receipt test."""
        answer = self.push_answer(*items)
        assert answer.status_code == 200, answer.text
        response = answer.json()
        receipts = [(item["id"], item["rev"], body_hash(item["body"])) for item in items]
        assert response["digest"] == receipt_digest(receipts)
        assert [result["n"] for result in response["results"]] == list(range(len(items)))
        return response["results"]  # type: ignore[no-any-return]

    def pull(self, cursor: int = 0, limit: int = 200, etag: str | None = None) -> httpx.Response:
        headers = PROTOCOL | self.bearer() | ({"If-None-Match": etag} if etag else {})
        where = f"{self.address}/v1/sync/pull?cursor={cursor}&limit={limit}"
        return self.http.get(where, headers=headers)


def octets_down(answer: httpx.Response) -> int:
    """Return what an answer weighs on the wire, with its status line and headers."""
    line = len(f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}\r\n\r\n")
    headers = sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)
    return line + headers + answer.num_bytes_downloaded


def octets_up(answer: httpx.Response) -> int:
    request = answer.request
    line = len(f"{request.method} {request.url.raw_path.decode()} HTTP/1.1\r\n\r\n")
    headers = sum(len(name) + len(value) + 4 for name, value in request.headers.raw)
    return line + headers + len(request.content)
