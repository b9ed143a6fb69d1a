"""The OpenAPI 3.1 document of the central, the same text every time it is made."""

from __future__ import annotations

import json
from typing import Any

from pydantic.json_schema import models_json_schema

from perisai_cli.central.application import bare_application
from perisai_cli.central.documented import REFERENCES, header, problem, read_by_routes
from perisai_cli.protocol.messages import PROTOCOL, PROTOCOL_HEADER

_BY_BOUNDARY = (400, 500, 503)
"""Problems that the boundary may answer with for any route."""


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
    messages = sorted(read_by_routes, key=lambda model: model.__name__)
    _, read = models_json_schema(
        [(model, "validation") for model in messages], ref_template=REFERENCES
    )
    schemas |= read["$defs"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path, methods in document["paths"].items():
        for operation in methods.values():
            _complete(operation, path)
    return document


def _complete(operation: dict[str, Any], path: str) -> None:
    """Write what the boundary does to every route into one operation."""
    parameters = operation.setdefault("parameters", [])
    if path.startswith("/v1/"):
        parameters.insert(0, header(PROTOCOL_HEADER))
    if not parameters:
        del operation["parameters"]
    if "422" in operation["responses"]:  # the framework would promise its own form beside ours
        operation["responses"]["422"] = problem(422)
    for status in _BY_BOUNDARY if path.startswith("/v1/") else _BY_BOUNDARY[1:]:
        operation["responses"].setdefault(str(status), problem(status))
