"""``GET /v1/ref/{name}``: the reference data in force, signed; open to everybody."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from perisai_cli.central.core import Central
from perisai_cli.central.documented import documented
from perisai_cli.central.problems import Refusal
from perisai_cli.central.routes import not_too_often
from perisai_cli.protocol.canonical import content_digest
from perisai_cli.protocol.reference import NAMES, Name, ReferenceSet, etag_of

router = APIRouter(redirect_slashes=False)


def _central(request: Request) -> Central:
    central: Central = request.app.state.central
    return central


def _name(
    name: Annotated[str, Path(description="Kind of data.", json_schema_extra={"enum": [*NAMES]})],
) -> Name:
    for known in NAMES:
        if name == known:
            return known
    raise Refusal("route.unknown")


@router.get(
    "/v1/ref/{name}",
    summary="Give out reference data, signed",
    response_model=ReferenceSet,
    dependencies=[Depends(not_too_often)],
    openapi_extra=documented((404, 429), headers=("If-None-Match",), silent=(304,)),
)
def reference(
    request: Request,
    central: Annotated[Central, Depends(_central)],
    name: Annotated[Name, Depends(_name)],
) -> Response:
    """Answer 304 when the set in force is the one whose tag the device shows."""
    head = central.shelf.head(name, central.clock())
    if head is None:
        raise Refusal("route.unknown")
    headers = {
        "ETag": etag_of(head.version, head.hash),
        "Cache-Control": "no-cache",
    }
    if _shown(request, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    plain, packed = central.shelf.signed(head)
    content = plain
    if "gzip" in request.headers.get("Accept-Encoding", ""):
        content = packed
        headers["Content-Encoding"] = "gzip"
    headers["Content-Digest"] = content_digest(content)
    return Response(content, headers=headers, media_type="application/json")


def _shown(request: Request, etag: str) -> bool:
    """Tell whether ``If-None-Match`` names *etag*; tags are compared weakly (RFC 9110)."""
    tags = [tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")]
    return etag.removeprefix("W/") in [tag.removeprefix("W/") for tag in tags]
