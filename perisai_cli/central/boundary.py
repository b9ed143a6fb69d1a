"""The outermost ring of the application: the protocol header, one line a request, no lost error.

A request gets an id of ours, which its answer carries and its log lines name. Whatever came with
the request stands in none of them.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
import traceback
from contextvars import ContextVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from perisai_cli.central.core import Central
from perisai_cli.central.failures import TROUBLES
from perisai_cli.central.life import STOPPING_SECONDS
from perisai_cli.central.metrics import method_name
from perisai_cli.central.problems import problem_answer
from perisai_cli.protocol.messages import PROTOCOL, PROTOCOL_HEADER

log = logging.getLogger("perisai.central")

REQUEST_ID = "Request-Id"
LIVENESS = ("/healthz", "/readyz", "/metrics")
"""Addresses that answer to the end, for those who watch a central stop."""

_NO_ROUTE = "-"
_COME_BACK = {"Retry-After": str(STOPPING_SECONDS), "Connection": "close"}
_request: ContextVar[str] = ContextVar("perisai_request", default="-")


def log_failure(error: BaseException, doing: str) -> None:
    """Log the kind of an unexpected error and where it arose, without its text or its values."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = [f"{frame.name}:{frame.lineno}" for frame in frames]
    line = {"request": _request.get(), "failed": doing, "error": type(error).__name__}
    log.error(json.dumps(line | {"at": places}))


class Boundary:
    """ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        central: Central = scope["app"].state.central
        begun = time.perf_counter_ns()
        request_id = secrets.token_hex(6)
        _request.set(request_id)
        statuses: list[int] = []
        accounted: list[bool] = []

        def account() -> None:
            if not accounted:
                accounted.append(True)
                _account(central, scope, statuses, time.perf_counter_ns() - begun)

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
                headers = MutableHeaders(scope=message)
                headers[PROTOCOL_HEADER] = PROTOCOL
                headers[REQUEST_ID] = request_id
            elif not message.get("more_body"):
                # Counted before its last octets leave: who has read an answer finds it counted.
                account()
            await send(message)

        if central.life.stopping and scope["path"] not in LIVENESS:
            await problem_answer("central.stopping", headers=_COME_BACK)(
                scope, receive, send_marked
            )
        else:
            central.life.under_way += 1
            try:
                await self._serve(scope, receive, send_marked, statuses)
            finally:
                central.life.under_way -= 1
        account()

    async def _serve(self, scope: Scope, receive: Receive, send: Send, statuses: list[int]) -> None:
        if scope["path"].startswith("/v1/") and Headers(scope=scope).get(PROTOCOL_HEADER) != "1":
            await problem_answer("protocol.version")(scope, receive, send)
            return
        try:
            await self.app(scope, receive, send)
        except ClientDisconnect:
            line = {"request": _request.get(), "gone": method_name(scope["method"])}
            log.info(json.dumps(line))
        except asyncio.CancelledError:
            # A stop that waited long enough: the device hears it, and sends the same again.
            if not scope["app"].state.central.life.stopping or statuses:
                raise
            await problem_answer("central.stopping", headers=_COME_BACK)(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - the last place where it can be answered
            log_failure(error, "request")
            if not statuses:
                code = "central.unavailable" if isinstance(error, TROUBLES) else "internal"
                await problem_answer(code)(scope, receive, send)


def _account(central: Central, scope: Scope, statuses: list[int], nanoseconds: int) -> None:
    """Log and count a request; of its address, only the template of the route that took it."""
    route = getattr(scope.get("route"), "path", _NO_ROUTE)
    status = statuses[0] if statuses else 0
    central.metrics.answered(scope["method"], route, status, nanoseconds / 1_000_000_000)
    line = {
        "request": _request.get(),
        "method": method_name(scope["method"]),
        "path": route,
        "status": status,
        "ms": nanoseconds // 1_000_000,
    }
    log.info(json.dumps(line))
