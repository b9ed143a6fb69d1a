"""An officer who speaks with a central over real HTTP."""

from __future__ import annotations

import json
import uuid
from typing import Any

import httpx
from central_field import NOW, PROTOCOL

from perisai_cli.central.database import Database
from perisai_cli.central.officers import add_officer
from perisai_cli.protocol.messages import ProblemDetails


class Officer:
    """An officer with a token; every call is a real request."""

    def __init__(self, http: httpx.Client, address: str, database: Database, role: str = "officer"):
        self.http = http
        self.address = address
        self.id = f"officer-{uuid.uuid4().hex[:8]}"
        self.token = add_officer(database, self.id, "Petugas Uji", role, lambda: NOW)

    def headers(self) -> dict[str, str]:
        return PROTOCOL | {"Authorization": f"Bearer {self.token}"}

    def get(self, path: str, **query: Any) -> httpx.Response:
        at = f"{self.address}/v1/office/{path}"
        return self.http.get(at, params=query, headers=self.headers())

    def post(self, path: str, **message: Any) -> httpx.Response:
        headers = self.headers() | {"Content-Type": "application/json"}
        at = f"{self.address}/v1/office/{path}"
        return self.http.post(at, content=json.dumps(message), headers=headers)

    def decide(self, record_id: Any, verdict: str, reason: str | None = None) -> httpx.Response:
        why = {"reason": reason} if reason else {}
        return self.post("decide", id=record_id, verdict=verdict, **why)


def code_of(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code of a problem."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    return answer.status_code, ProblemDetails.model_validate_json(answer.content).code
