"""The addresses at which a device compares its books with the central's."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool

from perisai_cli.central import have as having
from perisai_cli.central.content import parse, read_batch
from perisai_cli.central.core import Central
from perisai_cli.central.routes import AtCentral, FromDevice
from perisai_cli.central.upsert import Sender
from perisai_cli.protocol.reconcile import (
    MAX_ASKED,
    HaveRequest,
    HaveResponse,
    HeldResponse,
    TotalsResponse,
)

router = APIRouter(redirect_slashes=False)

_ASKED: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HaveRequest"}}},
    }
}


@router.post(
    "/v1/sync/have",
    summary="Tell which revisions the central holds",
    response_model_exclude_none=True,
    openapi_extra=_ASKED,
)
async def have(request: Request, central: AtCentral, sender: FromDevice) -> HaveResponse:
    """Answer for the agent's own records alone; the digest of the question comes back."""
    content = await read_batch(request)
    return await run_in_threadpool(_have, central, content, sender)


@router.get("/v1/sync/totals", summary="Count a device's records and their sums")
def totals(central: AtCentral, sender: FromDevice) -> TotalsResponse:
    """Answer by status, for the records whose current revision this device sent."""
    return having.totals(central.database, sender.device)


@router.get("/v1/sync/held", summary="List a device's records")
def held(
    central: AtCentral,
    sender: FromDevice,
    after: Annotated[str, Query(max_length=36, pattern="^[0-9a-f-]*$")] = "",
    limit: Annotated[int, Query(ge=1, le=MAX_ASKED)] = 200,
) -> HeldResponse:
    """Answer with ids alone, in their order."""
    return having.held(central.database, sender.device, after, limit)


def _have(central: Central, content: bytes, sender: Sender) -> HaveResponse:
    return having.have(central.database, parse(content, HaveRequest), sender)
