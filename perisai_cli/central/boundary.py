"""The outermost ring of the application: the protocol header, one line a request, no lost error."""

from __future__ import annotations

import json
import logging
import time
import traceback

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from perisai_cli.central.failures import TROUBLES
from perisai_cli.central.problems import problem_answer
from perisai_cli.protocol.messages import PROTOCOL, PROTOCOL_HEADER

log = logging.getLogger("perisai.central")


def log_failure(error: BaseException, doing: str) -> None:
    """Log the kind of an unexpected error and where it arose, without its text or its values."""
    frames = traceback.extract_tb(error.__traceback__)[-3:]
    places = [f"{frame.name}:{frame.lineno}" for frame in frames]
    log.error(json.dumps({"failed": doing, "error": type(error).__name__, "at": places}))


class Boundary:
    """ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun = time.perf_counter_ns()
        statuses: list[int] = []

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
                MutableHeaders(scope=message)[PROTOCOL_HEADER] = PROTOCOL
            await send(message)

        await self._serve(scope, receive, send_marked, statuses)
        _log_request(scope, statuses, (time.perf_counter_ns() - begun) // 1_000_000)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, statuses: list[int]) -> None:
        if scope["path"].startswith("/v1/") and Headers(scope=scope).get(PROTOCOL_HEADER) != "1":
            await problem_answer("protocol.version")(scope, receive, send)
            return
        try:
            await self.app(scope, receive, send)
        except ClientDisconnect:
            log.info(json.dumps({"gone": scope["method"]}))
        except Exception as error:  # noqa: BLE001 - the last place where it can be answered
            log_failure(error, "request")
            if not statuses:
                code = "central.unavailable" if isinstance(error, TROUBLES) else "internal"
                await problem_answer(code)(scope, receive, send)


def _log_request(scope: Scope, statuses: list[int], milliseconds: int) -> None:
    # An address that matches no route could hold anything, so only routes are named.
    route = getattr(scope.get("route"), "path", "-")
    line = {
        "method": scope["method"],
        "path": route,
        "status": statuses[0] if statuses else 0,
        "ms": milliseconds,
    }
    log.info(json.dumps(line))
