"""The address of the extract, from which reports elsewhere are made."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from starlette.responses import StreamingResponse

from perisai_cli.central.documented import documented
from perisai_cli.central.extract import Asked, open_extract, packed
from perisai_cli.central.have import refuse_rewound
from perisai_cli.central.problems import Refusal
from perisai_cli.central.routes import AtCentral
from perisai_cli.central.routes_office import FromReader
from perisai_cli.domain.reasons import is_reason
from perisai_cli.protocol.extract import CURSOR, MEDIA_TYPE

MAX_LIMIT = 10_000_000

router = APIRouter(redirect_slashes=False)


@router.get(
    "/v1/office/extract",
    summary="What reports need of the records, in the order of their last change",
    response_class=StreamingResponse,
    responses={200: {"content": {MEDIA_TYPE: {"schema": {"type": "string"}}}}},
    openapi_extra=documented((401, 403, 409, 422, 429)),
)
def extract(
    request: Request,
    central: AtCentral,
    by: FromReader,
    after: Annotated[
        str, Query(pattern=CURSOR, description="The cursor of a mark; empty for everything.")
    ] = "",
    limit: Annotated[
        int | None, Query(ge=1, le=MAX_LIMIT, description="Most records; left out for all.")
    ] = None,
    persons: Annotated[
        bool, Query(description="Whether workers and their numbers are asked for.")
    ] = False,
    reason: Annotated[
        str, Query(max_length=200, description="Why persons are asked for; the central keeps it.")
    ] = "",
    perisai_seen: Annotated[str | None, Header(max_length=100)] = None,
) -> StreamingResponse:
    """Give out a line a record; an answer without its last line was cut, and is asked on."""
    if persons and not is_reason(reason):
        raise Refusal("disclosure.reason")
    if central.check_seen:
        refuse_rewound(central.database, perisai_seen)
    pages = open_extract(central, Asked(by, after, limit, reason if persons else None))
    headers = {"Vary": "Accept-Encoding"}
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        headers["Content-Encoding"] = "gzip"
        pages = packed(pages)
    return StreamingResponse(pages, headers=headers, media_type=MEDIA_TYPE)
