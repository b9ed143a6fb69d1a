"""The office's extract of its members and the key to it: for its own devices alone."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from perisai_cli.central import register
from perisai_cli.central.documented import FROM_DEVICE, documented
from perisai_cli.central.problems import Refusal
from perisai_cli.central.routes import AtCentral, FromDevice
from perisai_cli.protocol.canonical import content_digest
from perisai_cli.protocol.register import RegisterKey, etag_of

router = APIRouter(redirect_slashes=False)

_OCTETS = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


@router.get(
    "/v1/register/key",
    summary="Give a device the key to the extract of members",
    response_model=RegisterKey,
    openapi_extra=documented((*FROM_DEVICE, 404)),
)
def register_key(central: AtCentral, sender: FromDevice) -> Response:  # noqa: ARG001
    """Answer with the key; a suspended device is given none."""
    key = register.key_message(central.database)
    if key is None:
        raise Refusal("register.none")
    headers = {"Cache-Control": "no-store"}
    return Response(key.model_dump_json(), headers=headers, media_type="application/json")


@router.get(
    "/v1/register",
    summary="Give a device the extract of members",
    response_class=Response,
    responses={200: {"content": _OCTETS}},
    openapi_extra=documented((*FROM_DEVICE, 404), headers=("If-None-Match",), silent=(304,)),
)
def extract(request: Request, central: AtCentral, sender: FromDevice) -> Response:  # noqa: ARG001
    """Answer 304 when the device shows the tag of the newest; else all of it, never compressed."""
    found = register.newest(central.database)
    if found is None:
        raise Refusal("register.none")
    headers = {"ETag": etag_of(*found), "Cache-Control": "no-store", "Content-Encoding": "identity"}
    if headers["ETag"] in request.headers.get("If-None-Match", "").split(", "):
        return Response(status_code=304, headers={"ETag": headers["ETag"]})
    octets = register.extract(central.database)
    if octets is None:  # another process has just put a newer one in its place
        raise Refusal("central.unavailable")
    headers["Content-Digest"] = content_digest(octets)
    return Response(octets, headers=headers, media_type="application/octet-stream")
