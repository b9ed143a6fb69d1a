"""The addresses of the central and what stands behind each."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from starlette.responses import Response

from perisai_cli.central import pull as pulling
from perisai_cli.central import push as pushing
from perisai_cli.central import sessions
from perisai_cli.central.content import parse, read_batch, read_message
from perisai_cli.central.core import Central
from perisai_cli.central.documented import FROM_DEVICE, READING, documented
from perisai_cli.central.have import refuse_rewound
from perisai_cli.central.limits import network_of
from perisai_cli.central.problems import Refusal
from perisai_cli.central.upsert import Sender
from perisai_cli.protocol.messages import (
    PullResponse,
    PushRequest,
    PushResponse,
    RegisterRequest,
    RegisterResponse,
    TokenRequest,
    TokenResponse,
)

MAX_CURSOR = 2**63 - 1

router = APIRouter(redirect_slashes=False)
_bearer = HTTPBearer(auto_error=False, description="The access token from /v1/token.")


def _central(request: Request) -> Central:
    central: Central = request.app.state.central
    return central


AtCentral = Annotated[Central, Depends(_central)]


def _any_sender(
    request: Request,
    central: AtCentral,
    _shown: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Sender:
    """Return who is speaking; documented as a bearer token, checked by ``sessions``."""
    header = request.headers.get("Authorization")
    sender = sessions.sender_of(central.database, header, central.clock())
    central.limits.devices.take(sender.device)
    return sender


FromAnyDevice = Annotated[Sender, Depends(_any_sender)]
"""A device that may be suspended: it can hand over its queue, and nothing else."""


def _sender(sender: FromAnyDevice) -> Sender:
    if sender.suspended:
        raise Refusal("auth.suspended")
    return sender


FromDevice = Annotated[Sender, Depends(_sender)]


async def not_too_often(request: Request, central: AtCentral) -> None:
    """Count a request that comes before a device is known, by where it comes from."""
    if request.client is not None:
        central.limits.addresses.take(network_of(request.client.host))


def _json(message: BaseModel, headers: dict[str, str] | None = None) -> Response:
    return Response(
        message.model_dump_json(exclude_none=True), headers=headers, media_type="application/json"
    )


@router.post(
    "/v1/agents/register",
    summary="Make a device known",
    response_model=RegisterResponse,
    dependencies=[Depends(not_too_often)],
    openapi_extra=documented((*READING, 403, 409, 429), body=RegisterRequest),
)
async def register(request: Request, central: AtCentral) -> Response:
    """Keep the device's public key, with a one-time code or, on loopback, without."""
    message = await read_message(request, RegisterRequest)
    return _json(await run_in_threadpool(sessions.register, central, message))


@router.post(
    "/v1/token",
    summary="Trade a signature for an access token",
    response_model=TokenResponse,
    dependencies=[Depends(not_too_often)],
    openapi_extra=documented((*READING, 401, 429), body=TokenRequest),
)
async def token(request: Request, central: AtCentral) -> Response:
    """Check the signature over device, time and nonce; every request needs a fresh nonce."""
    message = await read_message(request, TokenRequest)
    return _json(await run_in_threadpool(sessions.issue_token, central, message))


@router.post(
    "/v1/sync/push",
    summary="Take a batch of records",
    response_model=PushResponse,
    openapi_extra=documented(
        (*READING, *FROM_DEVICE, 409),
        headers=("Idempotency-Key", "Content-Digest", "Content-Encoding"),
        body=PushRequest,
    ),
)
async def push(request: Request, central: AtCentral, sender: FromDevice) -> Response:
    """Answer each item with its verdict; repeating a batch changes nothing."""
    key = _idempotency_key(request)
    content = await read_batch(request)
    return _json(await run_in_threadpool(_push, central, content, key, sender))


@router.get(
    "/v1/sync/pull",
    summary="Give out decisions after a cursor",
    response_model=PullResponse,
    openapi_extra=documented((*FROM_DEVICE, 422), headers=("If-None-Match",), silent=(304,)),
)
def pull(
    request: Request,
    central: AtCentral,
    sender: FromDevice,
    cursor: Annotated[int, Query(ge=0, le=MAX_CURSOR)] = 0,
    limit: Annotated[int, Query(ge=1, le=pulling.MAX_PAGE)] = 200,
    perisai_seen: Annotated[str | None, Header(max_length=100)] = None,
) -> Response:
    """Answer 304 when there is nothing new and the device shows the tag of what it knows."""
    if central.check_seen:
        refuse_rewound(central.database, perisai_seen)
    page = pulling.pull(central.database, sender.device, cursor, limit)
    shown = [tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")]
    headers = {"ETag": page.etag}
    if not page.response.items and page.etag in shown:
        return Response(status_code=304, headers=headers)
    return _json(page.response, headers)


def _push(central: Central, content: bytes, key: str, sender: Sender) -> PushResponse:
    """Parse and settle a batch, away from the event loop: both take their time."""
    batch = parse(content, PushRequest)
    response = pushing.push(central, batch, key, sender, central.clock())
    central.metrics.pushed(response)
    return response


def _idempotency_key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key", "")
    try:
        uuid.UUID(key)
    except ValueError as error:
        raise Refusal("key.missing") from error
    return key
