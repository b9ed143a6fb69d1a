"""The address where a device hands over its queue, sealed, even when it is suspended."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from perisai_cli.central import escrow
from perisai_cli.central.content import read_sealed
from perisai_cli.central.documented import FROM_DEVICE, READING, documented
from perisai_cli.central.routes import AtCentral, FromAnyDevice
from perisai_cli.protocol.escrow import MAX_ESCROW, EscrowResponse

router = APIRouter(redirect_slashes=False)

_OCTETS = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


@router.post(
    "/v1/escrow",
    summary="Keep a device's sealed queue",
    response_model=EscrowResponse,
    openapi_extra=documented((*READING, *FROM_DEVICE, 409), headers=("Content-Digest",))
    | {"requestBody": {"required": True, "content": _OCTETS}},
)
async def deposit(request: Request, central: AtCentral, sender: FromAnyDevice) -> Response:
    """Keep a bundle as it is for an officer; bringing it again changes nothing."""
    content = await read_sealed(request, MAX_ESCROW)
    kept = await run_in_threadpool(
        escrow.deposit, central.database, content, sender, central.clock()
    )
    return Response(kept.model_dump_json(), media_type="application/json")
