"""The document and the running central agree: no 5xx, no status or form that it does not name.

Every operation of the document is called, as a device and as an officer, with what its schemas
allow and with what they forbid. A route that is added is covered by being in the document.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from central_field import Clock, Device, a_body, a_worker, an_item
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office_field import Officer
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks as conformance

from perisai_cli.central.openapi import openapi
from perisai_cli.central.serve import open_central, running
from perisai_cli.protocol.canonical import content_digest
from perisai_cli.protocol.messages import SCHEMA

FEW = 12
MANY = 400
CHECKS = [
    not_a_server_error,
    conformance.status_code_conformance,
    conformance.content_type_conformance,
    conformance.response_headers_conformance,
    conformance.response_schema_conformance,
]
LABELS = sorted(
    f"{method.upper()} {path}" for path, methods in openapi()["paths"].items() for method in methods
)
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


@dataclass(frozen=True)
class Scene:
    """A running central, who speaks to it, and what they know of it."""

    address: str
    device: Device
    tokens: dict[str, str]
    known: dict[str, dict[str, Any]]
    held: str
    session: requests.Session


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("fuzzed")
    with (
        running(folder, clock=Clock()) as address,
        httpx.Client(trust_env=False) as http,
        requests.Session() as session,
    ):
        session.trust_env = False
        device, other = (Device(http, address=address).sign_in() for _ in range(2))
        ill = {"working": True, "critically_ill": True}
        held = an_item(a_body(a_worker(attestation=ill)))
        device.push(an_item(), held)
        database = open_central(folder)
        officer = Officer(http, address, database, "admin")
        database.close()
        tokens = {"device": device.token, "officer": officer.token}
        own = {
            "device": device.id,
            "agent": device.agent,
            "public_key": device.public_key,
            "schema": SCHEMA,
        }
        known = {"device": own, "officer": {"device": other.id, "id": held["id"]}}
        yield Scene(address, device, tokens, known, held["id"], session)


@cache
def operations() -> dict[str, Any]:
    schema = schemathesis.openapi.from_dict(openapi())
    found = (result.ok() for result in schema.get_all_operations())
    return {operation.label: operation for operation in found}


def prepared(case: Any, scene: Scene, who: str, well_formed: bool) -> requests.PreparedRequest:
    """Return the request of a case; a well-formed one gets past the outermost refusals."""
    if well_formed and isinstance(case.body, dict):
        known = scene.known[who]
        case.body |= {name: value for name, value in known.items() if name in case.body}
        if "signature" in case.body:
            case.body |= scene.device.token_request()
    if well_formed and "record_id" in (case.path_parameters or {}):
        case.path_parameters["record_id"] = scene.held
    asked = case.as_transport_kwargs(base_url=scene.address)
    wanted = ("method", "url", "headers", "params", "data", "json", "files", "cookies")
    request = requests.Request(**{name: asked[name] for name in wanted if name in asked}).prepare()
    request.headers["Authorization"] = f"Bearer {scene.tokens[who]}"
    if well_formed:
        body = request.body or b""
        request.headers.pop("Content-Encoding", None)
        request.headers["Perisai-Protocol"] = "1"
        request.headers["Idempotency-Key"] = str(uuid.uuid4())
        octets = body if isinstance(body, bytes) else body.encode()
        request.headers["Content-Digest"] = content_digest(octets)
    return request


def conforms(label: str, who: str, scene: Scene, examples: int) -> None:
    operation = operations()[label]
    cases = st.one_of(*(operation.as_strategy(generation_mode=mode) for mode in MODES))

    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(case=cases, well_formed=st.booleans())
    def run(case: Any, well_formed: bool) -> None:
        request = prepared(case, scene, who, well_formed)
        answer = scene.session.send(request, timeout=20, allow_redirects=False)
        case.validate_response(answer, checks=CHECKS)

    run()


def test_a_document_that_leaves_a_status_out_is_noticed(scene: Scene) -> None:
    document = openapi()
    del document["paths"]["/v1/sync/pull"]["get"]["responses"]["403"]
    operation = schemathesis.openapi.from_dict(document)["/v1/sync/pull"]["GET"]
    case = operation.Case(headers={"Perisai-Protocol": "1"})
    answer = scene.session.send(prepared(case, scene, "officer", True), timeout=20)
    assert answer.status_code == 403
    with pytest.raises(FailureGroup):
        case.validate_response(answer, checks=CHECKS)


def test_every_route_of_the_program_is_called() -> None:
    assert sorted(operations()) == LABELS
    assert len(LABELS) >= 14


@pytest.mark.parametrize("who", ["device", "officer"])
@pytest.mark.parametrize("label", LABELS)
def test_the_central_answers_as_its_document_says(label: str, who: str, scene: Scene) -> None:
    conforms(label, who, scene, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("who", ["device", "officer"])
@pytest.mark.parametrize("label", LABELS)
def test_the_central_answers_as_its_document_says_many_times(
    label: str, who: str, scene: Scene
) -> None:
    conforms(label, who, scene, MANY)
