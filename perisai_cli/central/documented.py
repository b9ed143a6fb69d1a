"""What a route says of itself in the OpenAPI document: its message, its headers, its problems.

Each route passes ``openapi_extra=documented(…)``. What the boundary adds to every route, the
document adds by itself: the protocol header and the statuses 400, 500 and 503.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel

from perisai_cli.central.problems import KINDS, PROBLEM_TYPE
from perisai_cli.protocol.messages import PROTOCOL, PROTOCOL_HEADER, ProblemDetails

REFERENCES = "#/components/schemas/{model}"
READING = (408, 413, 415, 422)
"""How a route may refuse content that it reads by ``central.content``."""

FROM_DEVICE = (401, 403, 429)
"""How a route may refuse a device before it reads anything."""

HEADERS: dict[str, tuple[str, bool, dict[str, Any]]] = {
    PROTOCOL_HEADER: (
        "Version of the protocol; every request names it.",
        True,
        {"const": PROTOCOL},
    ),
    "Content-Digest": ("SHA-256 of the content as sent, RFC 9530.", True, {"type": "string"}),
    "Idempotency-Key": (
        "A UUID, echoed as `batch`.",
        True,
        {"type": "string", "format": "uuid"},
    ),
    "Content-Encoding": ("`gzip`, or none.", False, {"enum": ["gzip", "identity"]}),
    "If-None-Match": ("The tag of the last answer.", False, {"type": "string"}),
}
"""Headers that routes may name: what each is for, whether it must be there, its form."""

read_by_routes: set[type[BaseModel]] = {ProblemDetails}
"""Messages that routes read by themselves, and that the document therefore has to be told of."""


def documented(
    statuses: Iterable[int],
    *,
    headers: Iterable[str] = (),
    body: type[BaseModel] | None = None,
    silent: Iterable[int] = (),
) -> dict[str, Any]:
    """Return the ``openapi_extra`` of a route.

    Args:
        statuses: Problems that the route itself may answer with.
        headers: Names of ``HEADERS`` that it reads.
        body: The message that it reads, bounded and checked, where it takes one.
        silent: Statuses that come without content, such as 304.
    """
    told: dict[str, Any] = {
        "parameters": [header(name) for name in headers],
        "responses": {str(status): problem(status) for status in sorted(statuses)}
        | {str(status): {"description": "Without content."} for status in silent},
    }
    if body is not None:
        read_by_routes.add(body)
        schema = {"$ref": REFERENCES.format(model=body.__name__)}
        content = {"application/json": {"schema": schema}}
        told["requestBody"] = {"required": True, "content": content}
    return told


def header(name: str) -> dict[str, Any]:
    """Return the parameter that stands for a request header."""
    description, required, schema = HEADERS[name]
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": description,
        "schema": schema,
    }


def problem(status: int) -> dict[str, Any]:
    """Return the response that stands for every problem with this *status*."""
    codes = [f"`{code}`" for code, kind in KINDS.items() if kind.status == status]
    schema = {"$ref": REFERENCES.format(model="ProblemDetails")}
    return {
        "description": f"Code {', '.join(codes)}.",
        "content": {PROBLEM_TYPE: {"schema": schema}},
    }
