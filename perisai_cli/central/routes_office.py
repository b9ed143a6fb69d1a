"""Addresses of the office: officers see what waits, decide it, and suspend lost devices."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from perisai_cli.central import devices, office
from perisai_cli.central.content import read_message
from perisai_cli.central.core import Central
from perisai_cli.central.decisions import decide as decide_record
from perisai_cli.central.documented import READING, documented
from perisai_cli.central.officers import SUPERVISOR, Officer, officer_of
from perisai_cli.central.problems import Refusal
from perisai_cli.central.questions import question_counts
from perisai_cli.central.routes import AtCentral
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.protocol.messages import RecordId
from perisai_cli.protocol.office import (
    AgentList,
    DecideRequest,
    DecideResponse,
    DeviceList,
    OfficeDevice,
    OfficeRecord,
    RestoreRequest,
    SuspendRequest,
    WaitingPage,
)
from perisai_cli.protocol.questions import QuestionCounts

MAX_PAGE = 500
WAITING_CURSOR = r"^([0-9]{1,18}/[0-9a-f-]{36})?$"
_CURSOR = "The cursor of the page before; empty for the first."

router = APIRouter(prefix="/v1/office", redirect_slashes=False)
_bearer = HTTPBearer(
    auto_error=False, scheme_name="OfficerToken", description="The token of an officer."
)
_ASKED = (401, 403, 422, 429)
_SENT = (401, 403, 404, 429, *READING)


def _reader(
    request: Request,
    central: AtCentral,
    _shown: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
) -> Officer:
    officer = officer_of(central.database, request.headers.get("Authorization"))
    central.limits.devices.take(f"officer {officer.officer}")
    return officer


FromReader = Annotated[Officer, Depends(_reader)]
"""Anybody with an officer's token, a supervisor too: for what shows each their own."""


def _officer(officer: FromReader) -> Officer:
    if officer.role == SUPERVISOR:
        raise Refusal("auth.role")
    return officer


def _admin(officer: Annotated[Officer, Depends(_officer)]) -> Officer:
    if officer.role != "admin":
        raise Refusal("auth.role")
    return officer


FromOfficer = Annotated[Officer, Depends(_officer)]
FromAdmin = Annotated[Officer, Depends(_admin)]
Limit = Annotated[int, Query(ge=1, le=MAX_PAGE)]
After = Annotated[str, Query(max_length=64, description=_CURSOR)]


@contextmanager
def _as_refusals() -> Iterator[None]:
    """Answer what can't be done with the problem of the same code."""
    try:
        yield
    except InvalidInput as error:
        # The one fact that an officer can't look up: which record stands in the way.
        other = error.problems[0].facts.get("canonical_id")
        raise Refusal(error.code, None if other is None else str(other)) from None


@router.get(
    "/waiting",
    summary="Records that wait for an officer",
    response_model_exclude_none=True,
    openapi_extra=documented(_ASKED),
)
def waiting(
    central: AtCentral,
    _by: FromOfficer,
    after: Annotated[str, Query(pattern=WAITING_CURSOR, description=_CURSOR)] = "",
    limit: Limit = 100,
) -> WaitingPage:
    """Give out held and duplicate records after a cursor, oldest first, without persons."""
    return office.waiting_page(central.database, after, limit)


@router.get(
    "/records/{record_id}",
    summary="One record to decide about",
    response_model_exclude_none=True,
    openapi_extra=documented((*_ASKED, 404, 409)),
)
def record(
    central: AtCentral, _by: FromOfficer, record_id: Annotated[RecordId, Path()]
) -> OfficeRecord:
    """Give out what a decision needs, masked, and of a duplicate both records side by side."""
    with _as_refusals():
        return office.record_for_decision(central, record_id)


@router.post(
    "/decide",
    summary="Decide a record that waits",
    response_model_exclude_none=True,
    openapi_extra=documented((*_SENT, 409), body=DecideRequest),
)
async def decide(request: Request, central: AtCentral, by: FromOfficer) -> DecideResponse:
    """Accept or refuse a record; its device hears of it when it pulls."""
    asked = await read_message(request, DecideRequest)
    return await run_in_threadpool(_decide, central, asked, by)


@router.get(
    "/agents",
    summary="The agents that the central knows",
    response_model_exclude_none=True,
    openapi_extra=documented(_ASKED),
)
def agents(
    central: AtCentral, _by: FromOfficer, after: After = "", limit: Limit = 100
) -> AgentList:
    """Give out agents in order of id."""
    return office.agent_page(central.database, after, limit)


@router.get(
    "/questions",
    summary="What the guard asked, counted by agent",
    openapi_extra=documented(_ASKED),
)
def questions(central: AtCentral, _by: FromOfficer) -> QuestionCounts:
    """Give out how often agents were asked and answered, by code; a count is no verdict."""
    return question_counts(central.database)


@router.get(
    "/devices",
    summary="The devices that the central knows",
    response_model_exclude_none=True,
    openapi_extra=documented(_ASKED),
)
def list_devices(
    central: AtCentral, _by: FromOfficer, after: After = "", limit: Limit = 100
) -> DeviceList:
    """Give out devices in order of id."""
    return office.device_page(central.database, after, limit)


@router.post(
    "/devices/suspend",
    summary="Stop hearing a device",
    response_model_exclude_none=True,
    openapi_extra=documented(_SENT, body=SuspendRequest),
)
async def suspend(request: Request, central: AtCentral, _by: FromOfficer) -> OfficeDevice:
    """Refuse all that a device says from now on, but for its escrow."""
    asked = await read_message(request, SuspendRequest)
    with _as_refusals():
        return await run_in_threadpool(
            devices.suspend_device, central.database, asked.device, asked.reason, central.clock
        )


@router.post(
    "/devices/restore",
    summary="Hear a device again",
    response_model_exclude_none=True,
    openapi_extra=documented(_SENT, body=RestoreRequest),
)
async def restore(request: Request, central: AtCentral, _by: FromAdmin) -> OfficeDevice:
    """Hear a suspended device again; only an admin may."""
    asked = await read_message(request, RestoreRequest)
    with _as_refusals():
        return await run_in_threadpool(devices.restore_device, central.database, asked.device)


def _decide(central: Central, asked: DecideRequest, by: Officer) -> DecideResponse:
    with _as_refusals():
        decision = decide_record(
            central.database, asked.id, asked.verdict, asked.reason, central.clock, by.officer
        )
    return DecideResponse(decision=decision, officer=by.officer)
