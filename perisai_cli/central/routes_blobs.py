"""The address of photos: ask how much has come, hand in the next chunk."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response

from perisai_cli.central import blobs
from perisai_cli.central.content import read_sealed
from perisai_cli.central.documented import FROM_DEVICE, READING, documented
from perisai_cli.central.routes import AtCentral, FromDevice
from perisai_cli.domain.attachments import MAX_OCTETS
from perisai_cli.protocol.blobs import (
    COMPLETE_HEADER,
    LENGTH_HEADER,
    MAX_CHUNK,
    OFFSET_HEADER,
    BlobStanding,
)

router = APIRouter(redirect_slashes=False)

Hash = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$")]
_OCTETS = {"schema": {"type": "string", "format": "binary"}}
_CHUNK = {"requestBody": {"required": True, "content": {"application/octet-stream": _OCTETS}}}


@router.head(
    "/v1/blob/{sha256}",
    summary="Tell how much of a photo has come",
    openapi_extra=documented((*FROM_DEVICE, 404, 422)),
)
def tell(sha256: Hash, central: AtCentral, sender: FromDevice) -> Response:
    """Answer in headers alone: where to go on, how long it is, whether it is whole."""
    return Response(headers=_headers(blobs.standing(central.database, sender, sha256)))


@router.put(
    "/v1/blob/{sha256}",
    summary="Take a chunk of a photo",
    response_model=BlobStanding,
    openapi_extra=documented((*READING, *FROM_DEVICE, 404, 409), headers=("Content-Digest",))
    | _CHUNK,
)
async def put(
    request: Request,
    sha256: Hash,
    central: AtCentral,
    sender: FromDevice,
    offset: Annotated[int, Query(ge=0, le=MAX_OCTETS)] = 0,
) -> Response:
    """Answer with how much has come; only photos that a record of the agent's names are taken."""
    content = await read_sealed(request, MAX_CHUNK)
    now = central.clock()
    taken = await run_in_threadpool(
        blobs.take, central.database, sender, sha256, offset, content, now
    )
    return Response(taken.model_dump_json(), headers=_headers(taken), media_type="application/json")


def _headers(standing: BlobStanding) -> dict[str, str]:
    return {
        OFFSET_HEADER: str(standing.offset),
        LENGTH_HEADER: str(standing.size),
        COMPLETE_HEADER: "?1" if standing.complete else "?0",
    }
