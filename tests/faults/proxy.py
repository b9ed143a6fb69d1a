"""A proxy between the tool and a central that does to each exchange what a bad link does.

A fault is a coroutine over one ``Exchange``: the request as it came, ``forward()`` to ask the
central, ``answer()`` to write back, ``hang_up()`` to cut. ``Proxy.next`` queues faults for a path;
each takes one request, and what has none goes through. To add a fault, write one more coroutine.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import threading
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit


@dataclass
class Gate:
    """Where a fault that waits meets its test."""

    reached: threading.Event = field(default_factory=threading.Event)
    go: threading.Event = field(default_factory=threading.Event)


@dataclass
class Exchange:
    """One request on its way, and both ends of it."""

    request: bytes
    path: str
    gate: Gate
    writer: asyncio.StreamWriter
    upstream: tuple[str, int]
    open: bool = True

    async def forward(self, octets: int | None = None) -> bytes:
        """Send the request, or its first octets, to the central; return the whole answer."""
        reader, writer = await asyncio.open_connection(*self.upstream)
        try:
            writer.write(self.request[:octets])
            if octets is not None:
                writer.write_eof()
            return await message(reader)
        finally:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()

    async def answer(self, octets: bytes) -> None:
        self.writer.write(octets)
        await self.writer.drain()

    def hang_up(self) -> None:
        self.open = False


Fault = Callable[[Exchange], Awaitable[None]]

ANY = "*"
"""In place of a path: the next request, whatever it asks for, that none waits for by its path."""


async def message(reader: asyncio.StreamReader) -> bytes:
    """Return one whole HTTP message (of a stated length), or as much as came of it."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as cut:
        return cut.partial
    length = 0
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            length = int(line.partition(b":")[2])
    try:
        return head + (await reader.readexactly(length) if length else b"")
    except asyncio.IncompleteReadError as cut:
        return head + cut.partial


def response(status: str, body: bytes, *headers: str) -> bytes:
    """Return an HTTP answer that no central gave."""
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


async def through(exchange: Exchange) -> None:
    """Let it through."""
    await exchange.answer(await exchange.forward())


async def lost_answer(exchange: Exchange) -> None:
    """The central commits; its answer never comes."""
    await exchange.forward()
    exchange.hang_up()


async def cut_request(exchange: Exchange) -> None:
    """Half of the request arrives, then the link dies."""
    head, _, body = exchange.request.partition(b"\r\n\r\n")
    await exchange.forward(len(head) + 4 + len(body) // 2)
    exchange.hang_up()


async def refused(exchange: Exchange) -> None:
    """The link dies before anything arrives."""
    exchange.hang_up()


async def truncated_answer(exchange: Exchange) -> None:
    """The central commits; half of its answer comes."""
    whole = await exchange.forward()
    head, _, body = whole.partition(b"\r\n\r\n")
    await exchange.answer(head + b"\r\n\r\n" + body[: len(body) // 2])
    exchange.hang_up()


async def shortened_answer(exchange: Exchange) -> None:
    """The central commits; a proxy cuts its answer and states the shorter length."""
    head, _, body = (await exchange.forward()).partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not line.lower().startswith(b"content-length")]
    half = body[: len(body) // 2]
    lines.append(b"Content-Length: %d" % len(half))
    await exchange.answer(b"\r\n".join(lines) + b"\r\n\r\n" + half)


async def error_after_commit(exchange: Exchange) -> None:
    """The central commits; a gateway says 502."""
    await exchange.forward()
    await exchange.answer(response("502 Bad Gateway", b"<h1>502</h1>", "Content-Type: text/html"))


async def busy(exchange: Exchange) -> None:
    """A gateway says 503 and asks to wait, before anything arrives."""
    await exchange.answer(response("503 Service Unavailable", b"", "Retry-After: 1"))


async def doubled(exchange: Exchange) -> None:
    """The request arrives twice; the second answer comes back."""
    await exchange.forward()
    await exchange.answer(await exchange.forward())


async def drip(exchange: Exchange) -> None:
    """The answer comes a few octets at a time."""
    whole = await exchange.forward()
    for start in range(0, len(whole), 40):
        await exchange.answer(whole[start : start + 40])
        await asyncio.sleep(0.002)


async def login_page(exchange: Exchange) -> None:
    """A captive portal answers 200 with its page; nothing arrives."""
    page = b"<!doctype html><title>Masuk Wi-Fi</title><form>...</form>"
    await exchange.answer(response("200 OK", page, "Content-Type: text/html"))


async def login_page_after_commit(exchange: Exchange) -> None:
    """The central commits; the portal's page comes in place of its answer."""
    await exchange.forward()
    await login_page(exchange)


async def redirect(exchange: Exchange) -> None:
    """A captive portal sends the client elsewhere."""
    away = "Location: http://192.0.2.1/masuk"
    await exchange.answer(response("302 Found", b"", away))


def altered(change: Callable[[dict[str, Any]], None]) -> Fault:
    """Return the fault that changes the JSON of an answer, in form as good as the real one."""

    async def alter(exchange: Exchange) -> None:
        head, _, body = (await exchange.forward()).partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        if b"content-encoding: gzip" in head.lower():
            body = gzip.decompress(body)
        content = json.loads(body)
        change(content)
        body = json.dumps(content).encode()
        own = (b"content-length", b"content-encoding")
        lines = [line for line in lines if not line.lower().startswith(own)]
        lines.append(b"Content-Length: %d" % len(body))
        await exchange.answer(b"\r\n".join(lines) + b"\r\n\r\n" + body)

    return alter


async def hold(exchange: Exchange) -> None:
    """Wait until the test says go, then let it through."""
    exchange.gate.reached.set()
    await asyncio.to_thread(exchange.gate.go.wait, 60)
    await through(exchange)


class Proxy:
    """Listens on loopback in a thread of its own while the ``with`` block runs."""

    def __init__(self, central: str):
        parts = urlsplit(central)
        self._upstream = (parts.hostname or "", parts.port or 80)
        self._faults: defaultdict[str, deque[tuple[Fault, Gate]]] = defaultdict(deque)
        self._up = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="proxy")
        self.address = ""
        self.requests: list[bytes] = []
        """Every request that came, whatever became of it."""
        self._under_way = 0

    def forget(self) -> None:
        """Forget the faults that have met nothing."""
        self._faults.clear()

    def come_to_rest(self) -> None:
        """Wait until every request that came is through, those of clients long gone too."""
        while self._under_way:
            time.sleep(0.01)

    def deliver(self, request: bytes) -> bytes:
        """Bring one request to the central, whoever sent it and when; return the answer."""

        async def ask() -> bytes:
            exchange = Exchange(request, "", Gate(), NotImplemented, self._upstream)
            return await exchange.forward()

        return asyncio.run_coroutine_threadsafe(ask(), self._loop).result(60)

    def next(self, path: str, *faults: Fault) -> Gate:
        """Queue faults for the next requests of a path; return the gate that they share."""
        gate = Gate()
        self._faults[path].extend((fault, gate) for fault in faults)
        return gate

    @property
    def waiting(self) -> int:
        """Return how many faults have met no request yet."""
        return sum(len(queue) for queue in self._faults.values())

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._up.wait(30)
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        for queue in self._faults.values():
            for _fault, gate in queue:
                gate.go.set()
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _serve(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._up.set()
        await self._stop.wait()
        server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while request := await message(reader):
                if not await self._one(request, writer):
                    break
        except (OSError, asyncio.CancelledError):
            return  # the client went away, or the test is over
        finally:
            self._tasks.discard(task)
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    async def _one(self, request: bytes, writer: asyncio.StreamWriter) -> bool:
        target = request.split(b" ", 2)[1].decode()
        path = target.partition("?")[0]
        self.requests.append(request)
        queue = self._faults[path] or self._faults[ANY]
        fault, gate = queue.popleft() if queue else (through, Gate())
        exchange = Exchange(request, path, gate, writer, self._upstream)
        self._under_way += 1
        try:
            await fault(exchange)
        finally:
            self._under_way -= 1
        return exchange.open
