"""Failures of a whole request, as ``application/problem+json`` (RFC 9457).

A problem names its code, whether the same request may succeed later, and what it is about. Nothing
that was sent comes back in it: requests hold NIKs and names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from perisai_cli.protocol.messages import ProblemDetails

PROBLEM_TYPE = "application/problem+json"
MAX_FAULTS = 5

Scope = Literal["item", "batch", "session", "device"]


@dataclass(frozen=True, slots=True)
class Kind:
    """What is fixed about a problem code: status, title, whether to retry, and what it is about."""

    status: int
    title: str
    scope: Scope
    retryable: bool = False


KINDS: dict[str, Kind] = {
    "protocol.version": Kind(400, "The header Perisai-Protocol: 1 is missing.", "session"),
    "key.missing": Kind(400, "The header Idempotency-Key must hold a UUID.", "batch"),
    "digest.missing": Kind(400, "The header Content-Digest is missing.", "batch"),
    "digest.mismatch": Kind(
        400, "The content is not what its Content-Digest says.", "batch", retryable=True
    ),
    "encoding.broken": Kind(400, "The content is not whole gzip data.", "batch"),
    "auth.refused": Kind(401, "The device, its signature or its token is refused.", "session"),
    "auth.expired": Kind(401, "The access token has expired.", "session"),
    "auth.code_needed": Kind(403, "This central asks for a registration code.", "device"),
    "auth.code_wrong": Kind(403, "The registration code is wrong or was used.", "device"),
    "auth.other_device": Kind(403, "The batch names another device or agent.", "device"),
    "auth.role": Kind(403, "The token is not of the kind or role that is asked here.", "session"),
    "auth.suspended": Kind(403, "The office has suspended this device.", "device"),
    "route.unknown": Kind(404, "There is nothing at this address.", "session"),
    "record.unknown": Kind(404, "There is no record with that id.", "item"),
    "device.unknown": Kind(404, "There is no device with that id.", "item"),
    "method.unknown": Kind(405, "This address does not take that method.", "session"),
    "request.slow": Kind(408, "The content did not come in time.", "batch", retryable=True),
    "auth.device_taken": Kind(409, "The device is registered with another key.", "device"),
    "central.rewound": Kind(
        409, "The central was put back and no longer holds the commit named in seen.", "device"
    ),
    "decision.not_waiting": Kind(409, "The record does not wait for a decision.", "item"),
    "decision.nik_taken": Kind(409, "Another record holds the NIK.", "item"),
    "blob.unknown": Kind(404, "No record of this agent's names that photo.", "item"),
    "blob.mismatch": Kind(
        409, "The photo is not what its hash says; it is to be sent anew.", "item"
    ),
    "blob.size": Kind(422, "The chunk goes beyond the photo's stated size.", "item"),
    "batch.too_large": Kind(413, "The content is larger than this central takes.", "batch"),
    "encoding.unknown": Kind(415, "This central takes gzip or no encoding.", "batch"),
    "request.invalid": Kind(422, "The request does not have the form of its message.", "batch"),
    "schema.unknown": Kind(422, "This central does not know that version of bodies.", "batch"),
    "public_key.format": Kind(422, "The public key is not an Ed25519 key in base64.", "device"),
    "central.unavailable": Kind(
        503, "The central's database can't be reached or used now.", "batch", retryable=True
    ),
    "decision.verdict": Kind(422, "The verdict is accepted or rejected.", "item"),
    "decision.reason": Kind(422, "A refusal needs a reason of the list.", "item"),
    "disclosure.reason": Kind(422, "Persons are handed out for a reason in words.", "session"),
    "rate.limited": Kind(429, "Too many requests; wait a little.", "session", retryable=True),
    "register.none": Kind(404, "The office has made no extract of its members yet.", "session"),
    "escrow.taken": Kind(409, "Another deposit lies under that id.", "device"),
    "escrow.full": Kind(413, "Too much of this device lies here unsettled.", "device"),
    "escrow.not_queue": Kind(422, "It is no queue of this device for this office.", "device"),
    "internal": Kind(500, "The central failed; nothing was answered for.", "batch", retryable=True),
    "central.stopping": Kind(503, "The central is stopping.", "session", retryable=True),
    "central.unready": Kind(503, "The central's database is not ready.", "session", retryable=True),
}


class Refusal(Exception):
    """A request is refused; its code is one of ``KINDS``, its detail holds nothing personal.

    Attributes:
        code: One of ``KINDS``.
        detail: What a programmer needs to know beside it.
        headers: What the answer says beside its content.
    """

    def __init__(
        self,
        code: str,
        detail: str | None = None,
        *,
        retry_after: int | None = None,
        close: bool = False,
    ):
        self.code = code
        self.detail = detail
        self.headers = {"Connection": "close"} if close else {}
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)
        super().__init__(code)


def problem_answer(code: str, detail: str | None = None, headers: Any = None) -> Response:
    """Return the answer for a problem code."""
    kind = KINDS[code]
    details = ProblemDetails(
        type=f"urn:perisai:problem:{code}",
        title=kind.title,
        status=kind.status,
        detail=detail,
        code=code,
        retryable=kind.retryable,
        scope=kind.scope,
    )
    extra = {"WWW-Authenticate": "Bearer"} if kind.status == 401 else {}
    return Response(
        details.model_dump_json(exclude_none=True),
        kind.status,
        {**(headers or {}), **extra},
        PROBLEM_TYPE,
    )


def invalid(error: ValidationError | RequestValidationError) -> Refusal:
    """Return the refusal of a message that breaks its form: where, and by which rule."""
    faults = [(_place(fault), str(fault["type"])) for fault in error.errors()]
    if ("/items", "too_long") in faults:
        return Refusal("batch.too_large")
    told = [f"{place}: {rule}" for place, rule in faults[:MAX_FAULTS]]
    return Refusal("request.invalid", "; ".join(told))


def _place(fault: Any) -> str:
    """Return a JSON pointer; an unknown member is left out, for its name may be anything."""
    steps = fault["loc"][:-1] if fault["type"] == "extra_forbidden" else fault["loc"]
    return "".join(f"/{step}" for step in steps)


async def answer_refusal(_request: Request, error: Exception) -> Response:
    """Answer a ``Refusal``."""
    assert isinstance(error, Refusal)
    return problem_answer(error.code, error.detail, error.headers)


async def answer_invalid(_request: Request, error: Exception) -> Response:
    """Answer a query or path that breaks its form."""
    assert isinstance(error, RequestValidationError)
    refusal = invalid(error)
    return problem_answer(refusal.code, refusal.detail)


async def answer_http(_request: Request, error: Exception) -> Response:
    """Answer what the router refuses by itself: unknown addresses and methods."""
    assert isinstance(error, HTTPException)
    code = "method.unknown" if error.status_code == 405 else "route.unknown"
    return problem_answer(code, headers=error.headers)
