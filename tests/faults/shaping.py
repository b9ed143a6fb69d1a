"""A link as poor as the field's: so many bits a second, so long a round trip, loss, sudden death.

It passes octets on between a client and a central, each way at the link's rate and half a round
trip later, in segments with the headers that TCP/IP adds. A lost segment holds up all behind it for
one time-out of TCP; a new connection waits a round trip for its handshake. ``faster`` divides every
delay, so that tests need not wait for what they do not measure.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import threading
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

SEGMENT = 1400
HEADERS = 52
"""Octets of IP and TCP around each segment."""


@dataclass(frozen=True)
class Shape:
    """What a link is like.

    Attributes:
        bits: Bits a second, each way.
        round_trip: Seconds.
        loss: Chance that a segment is lost once.
        resets: Chance that a segment ends its connection.
        dies: The first so many connections die when a request is through and before its answer.
        faster: What all delays are divided by.
        seed: What the losses are drawn from.
    """

    bits: int
    round_trip: float
    loss: float = 0.0
    resets: float = 0.0
    dies: int = 0
    faster: float = 1.0
    seed: int = 4


POOREST = Shape(64_000, 0.8, loss=0.05, resets=0.005)
"""The poorest link that must hold (sync.md)."""

SLOW = Shape(48_000, 0.6)
"""The link that figures are compared on."""


class ShapedLink:
    """Listens on loopback in a thread of its own while the ``with`` block runs."""

    def __init__(self, central: str, shape: Shape):
        parts = urlsplit(central)
        self._upstream = (parts.hostname or "", parts.port or 80)
        self._shape = shape
        self._chance = random.Random(shape.seed)
        self._up = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="link")
        self._free = [0.0, 0.0]
        self.address = ""
        self.connections = 0
        self.octets = [0, 0]
        """What went over the link up and down, with the headers of TCP/IP."""
        self.lost = 0

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
        self.connections += 1
        dying = self.connections <= self._shape.dies
        there: asyncio.StreamWriter | None = None
        try:
            await self._wait(self._shape.round_trip)
            answers, there = await asyncio.open_connection(*self._upstream)
            up = asyncio.create_task(self._carry(reader, there, 0))
            down = asyncio.create_task(self._answers(answers, writer, dying=dying))
            await asyncio.wait((up, down), return_when=asyncio.FIRST_COMPLETED)
            for each in (up, down):
                each.cancel()
            await asyncio.gather(up, down, return_exceptions=True)
        except (OSError, asyncio.CancelledError):
            return  # an end went away, or the test is over
        finally:
            self._tasks.discard(task)
            for each in (writer, there):
                if each is not None:
                    each.transport.abort()

    async def _answers(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, dying: bool
    ) -> None:
        if dying:
            await reader.read(1)  # the central has done its work; nobody hears of it
            return
        await self._carry(reader, writer, 1)

    async def _carry(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, way: int
    ) -> None:
        """Pass octets on in their order, each segment when the link has carried it."""
        arriving: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        delivery = asyncio.create_task(self._deliver(arriving, writer))
        try:
            while segment := await reader.read(SEGMENT):
                if self._chance.random() < self._shape.resets:
                    return
                await self._sent(segment, way)
                at = self._loop.time() + self._seconds(self._shape.round_trip / 2)
                arriving.put_nowait((at, segment))
            await arriving.join()
        finally:
            delivery.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await delivery

    async def _sent(self, segment: bytes, way: int) -> None:
        """Wait until a segment has left, behind all that goes the same way."""
        octets = len(segment) + HEADERS
        self.octets[way] += octets
        busy = self._seconds(octets * 8 / self._shape.bits)
        if self._chance.random() < self._shape.loss:
            self.lost += 1
            self.octets[way] += octets
            busy += self._seconds(max(1.0, 1.5 * self._shape.round_trip))
        self._free[way] = max(self._free[way], self._loop.time()) + busy
        await asyncio.sleep(max(0.0, self._free[way] - self._loop.time()))

    async def _deliver(
        self, arriving: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter
    ) -> None:
        while True:
            at, segment = await arriving.get()
            await asyncio.sleep(max(0.0, at - self._loop.time()))
            writer.write(segment)
            await writer.drain()
            arriving.task_done()

    def _seconds(self, seconds: float) -> float:
        return seconds / self._shape.faster

    async def _wait(self, seconds: float) -> None:
        await asyncio.sleep(self._seconds(seconds))
