"""More of what a link, a portal, a gateway or a central can answer; see ``proxy`` for the others.

``FAULTS`` names every fault of one exchange, for machines that draw them and tests that try each.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from email.utils import format_datetime

import proxy
from proxy import Exchange, Fault, response

from perisai_cli.protocol.messages import PROTOCOL, PROTOCOL_HEADER

LATE_SECONDS = 0.15
"""How late a late answer is; whoever is not to wait for it has less patience."""

AGES_AGO = datetime(2020, 1, 1, tzinfo=UTC)
AGES_AHEAD = datetime(2199, 1, 1, tzinfo=UTC)
RETRY_AFTER = (
    "0", "1", "86400", "999999999999", "-5", "soon", "",
    format_datetime(AGES_AGO, usegmt=True), format_datetime(AGES_AHEAD, usegmt=True),
)  # fmt: skip


async def reset(exchange: Exchange) -> None:
    """The central commits; the connection is reset in the middle of its answer."""
    whole = await exchange.forward()
    await exchange.answer(whole[: len(whole) * 2 // 3])
    exchange.writer.transport.abort()
    exchange.hang_up()


async def overstated_length(exchange: Exchange) -> None:
    """The central commits; its answer states more octets than come."""
    head, _, body = (await exchange.forward()).partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
    lines.append(b"Content-Length: %d" % (len(body) + 100))
    await exchange.answer(b"\r\n".join(lines) + b"\r\n\r\n" + body)
    exchange.hang_up()


async def late_answer(exchange: Exchange) -> None:
    """The central commits at once; its answer comes when the client has perhaps gone."""
    whole = await exchange.forward()
    await asyncio.sleep(LATE_SECONDS)
    await exchange.answer(whole)
    exchange.hang_up()


async def late_commit(exchange: Exchange) -> None:
    """The request lies on the way for a while; the central takes it when the client has gone."""
    await asyncio.sleep(LATE_SECONDS)
    await exchange.answer(await exchange.forward())
    exchange.hang_up()


async def bad_gateway(exchange: Exchange) -> None:
    """A gateway says 502; nothing arrives."""
    await exchange.answer(response("502 Bad Gateway", b"<h1>502</h1>", "Content-Type: text/html"))


async def gateway_timeout(exchange: Exchange) -> None:
    """The central commits; a gateway says 504 in its place."""
    await exchange.forward()
    await exchange.answer(response("504 Gateway Timeout", b"", "Retry-After: 0"))


class StaleAnswers:
    """Remembers the last whole answer of each path, and gives it to a later request."""

    def __init__(self) -> None:
        self._last: dict[str, bytes] = {}

    async def stale_answer(self, exchange: Exchange) -> None:
        """The central commits; the answer to an earlier request comes in place of its own."""
        answer = await exchange.forward()
        await exchange.answer(self._last.get(exchange.path, answer))
        self._last[exchange.path] = answer


def refusal(status: int, code: str, *, retryable: bool = False, after: str | None = None) -> Fault:
    """Return the fault that a central's own problem of *status* comes; nothing arrives."""
    problem = {
        "type": f"about:blank#{code}", "title": "?", "status": status, "code": code,
        "retryable": retryable, "scope": "batch",
    }  # fmt: skip
    headers = ["Content-Type: application/problem+json", f"{PROTOCOL_HEADER}: {PROTOCOL}"]
    headers += [] if after is None else [f"Retry-After: {after}"]

    async def refuse(exchange: Exchange) -> None:
        await exchange.answer(response(f"{status} No", json.dumps(problem).encode(), *headers))

    refuse.__name__ = f"{status}_{code}" + ("" if after is None else f"_after_{after}")
    return refuse


def stranger(status: int, after: str | None = None) -> Fault:
    """Return the fault that something between says *status* in HTML; nothing arrives."""
    headers = ["Content-Type: text/html"] + ([] if after is None else [f"Retry-After: {after}"])

    async def refuse(exchange: Exchange) -> None:
        await exchange.answer(response(f"{status} No", b"<h1>No</h1>", *headers))

    refuse.__name__ = f"{status}_of_a_stranger" + ("" if after is None else f"_after_{after}")
    return refuse


LOST = (
    proxy.lost_answer, proxy.truncated_answer, proxy.shortened_answer, proxy.error_after_commit,
    proxy.login_page_after_commit, gateway_timeout, reset, overstated_length, late_answer,
)  # fmt: skip
"""The central commits, and the client is not told."""

BEFORE = (
    proxy.refused, proxy.cut_request, proxy.busy, proxy.login_page, proxy.redirect, bad_gateway,
    late_commit,
)  # fmt: skip
"""Nothing has arrived when the client is told that it failed."""

HARMLESS = (proxy.doubled, proxy.drip)

REFUSALS = (
    refusal(401, "auth.expired"), refusal(401, "auth.refused"), refusal(403, "auth.other_device"),
    refusal(408, "timeout", retryable=True), refusal(409, "central.rewound"),
    refusal(413, "batch.too_large"), refusal(415, "encoding.unknown"),
    refusal(422, "request.invalid"), refusal(425, "early", retryable=True),
    refusal(500, "internal", retryable=True),
    *(refusal(429, "busy", retryable=True, after=after) for after in RETRY_AFTER),
    *(stranger(status) for status in (401, 403, 404, 409, 413, 415, 422, 500)),
    stranger(429, "1"), stranger(503, RETRY_AFTER[-1]),
)  # fmt: skip

FAULTS: dict[str, Fault] = {
    fault.__name__: fault for fault in (*LOST, *BEFORE, *HARMLESS, *REFUSALS)
}
