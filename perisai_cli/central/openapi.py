"""The OpenAPI 3.1 document of the central, the same text every time it is made."""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import models_json_schema

from perisai_cli.central.application import bare_application
from perisai_cli.central.problems import KINDS, PROBLEM_TYPE
from perisai_cli.protocol.messages import (
    PROTOCOL,
    PROTOCOL_HEADER,
    ProblemDetails,
    PushRequest,
    RegisterRequest,
    TokenRequest,
)
from perisai_cli.protocol.reconcile import HaveRequest

_REFERENCES = "#/components/schemas/{model}"
_READ_BY_ROUTES = (RegisterRequest, TokenRequest, PushRequest, HaveRequest, ProblemDetails)
_HEADERS = {
    PROTOCOL_HEADER: "Version of the protocol; every request names it.",
    "Content-Digest": "SHA-256 of the content as sent, RFC 9530.",
    "Idempotency-Key": "A UUID, echoed as `batch`.",
    "Content-Encoding": "`gzip`, or none.",
    "If-None-Match": "The tag of the last answer.",
}
_SENT: dict[str, tuple[tuple[str, bool], ...]] = {
    "/healthz": (),
    "/v1/agents/register": ((PROTOCOL_HEADER, True),),
    "/v1/token": ((PROTOCOL_HEADER, True),),
    "/v1/sync/push": (
        (PROTOCOL_HEADER, True),
        ("Idempotency-Key", True),
        ("Content-Digest", True),
        ("Content-Encoding", False),
    ),
    "/v1/sync/pull": ((PROTOCOL_HEADER, True), ("If-None-Match", False)),
    "/v1/sync/have": (
        (PROTOCOL_HEADER, True),
        ("Content-Digest", True),
        ("Content-Encoding", False),
    ),
    "/v1/sync/totals": ((PROTOCOL_HEADER, True),),
    "/v1/sync/held": ((PROTOCOL_HEADER, True),),
}
_POSTED = (400, 413, 415, 422, 500)
_STATUSES: dict[str, tuple[int, ...]] = {
    "/healthz": (500,),
    "/v1/agents/register": (*_POSTED, 403, 409),
    "/v1/token": (*_POSTED, 401),
    "/v1/sync/push": (*_POSTED, 401, 403, 409),
    "/v1/sync/pull": (400, 401, 409, 422, 500),
    "/v1/sync/have": (*_POSTED, 401),
    "/v1/sync/totals": (400, 401, 422, 500),
    "/v1/sync/held": (400, 401, 422, 500),
}


def openapi_text() -> str:
    """Return the document as JSON text, ready to be written to a file."""
    return json.dumps(openapi(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def openapi() -> dict[str, Any]:
    """Return the document: routes, messages, headers, and every problem that can be the answer."""
    application = bare_application()
    application.version = PROTOCOL
    application.description = "Takes enrolments from field agents' devices, offline first."
    document = application.openapi()
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    _, read = models_json_schema(
        [(model, "validation") for model in _READ_BY_ROUTES], ref_template=_REFERENCES
    )
    schemas |= read["$defs"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path, methods in document["paths"].items():
        for operation in methods.values():
            _complete(operation, path)
    pulled = document["paths"]["/v1/sync/pull"]["get"]["responses"]
    pulled["304"] = {"description": "Nothing new."}
    return document


def _complete(operation: dict[str, Any], path: str) -> None:
    """Write the headers and the problems of one operation into it."""
    parameters = operation.setdefault("parameters", [])
    parameters += [
        {
            "name": name,
            "in": "header",
            "required": required,
            "description": _HEADERS[name],
            "schema": {"const": PROTOCOL} if name == PROTOCOL_HEADER else {"type": "string"},
        }
        for name, required in _SENT[path]
    ]
    if not parameters:
        del operation["parameters"]
    for status in _STATUSES[path]:
        operation["responses"][str(status)] = _problem(status)


def _problem(status: int) -> dict[str, Any]:
    codes = [f"`{code}`" for code, kind in KINDS.items() if kind.status == status]
    schema = {"$ref": _REFERENCES.format(model="ProblemDetails")}
    return {
        "description": f"Code {', '.join(codes)}.",
        "content": {PROBLEM_TYPE: {"schema": schema}},
    }
