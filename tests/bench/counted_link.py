"""A link between a client and a server that counts every octet, and may be slow and far.

It forwards raw octets, so what it counts is what the sockets carried: request lines, headers and
bodies both ways. A request begins where octets go up after octets came down, which is exact for
HTTP/1.1 without pipelining. TLS and TCP's own octets are not in it, for anybody alike.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass
class Exchange:
    """One request and its answer, in octets with their headers.

    ``begun`` and ``ended`` are when its first octet left and its last one was handed over.
    """

    asked: str
    begun: float
    up: int = 0
    down: int = 0
    ended: float = 0.0


@dataclass
class Link:
    """What went over it, and how poor it is.

    Attributes:
        upstream: Port of the server on loopback.
        bits: Bits a second in each direction; 0 for no limit.
        round_trip: Seconds from sending to hearing the first octet back.
        exchanges: Every request, in the order in which they began.
        connections: How many connections were opened; each costs one round trip.
    """

    upstream: int
    bits: int = 0
    round_trip: float = 0.0
    port: int = 0
    exchanges: list[Exchange] = field(default_factory=list)
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def forget(self) -> None:
        """Begin to count anew."""
        self.exchanges.clear()
        self.connections = 0


@dataclass
class _Turn:
    """Whose octets came last on one connection."""

    current: Exchange | None = None
    answered: bool = True


async def _serve(link: Link, near: asyncio.StreamReader, near_writer: asyncio.StreamWriter) -> None:
    link.connections += 1
    await asyncio.sleep(link.round_trip)  # SYN and its answer
    far, far_writer = await asyncio.open_connection("127.0.0.1", link.upstream)
    turn = _Turn()

    def count_up(data: bytes) -> None:
        if turn.answered or turn.current is None:
            line = data.split(b"\r\n", 1)[0].split(b" ")
            asked = b" ".join(line[:2]).partition(b"?")[0].decode("latin-1")
            turn.current, turn.answered = Exchange(asked, time.monotonic()), False
            link.exchanges.append(turn.current)
        turn.current.up += len(data)

    def count_down(data: bytes) -> None:
        assert turn.current is not None
        turn.answered = True
        turn.current.down += len(data)

    def handed_over() -> None:
        assert turn.current is not None
        turn.current.ended = time.monotonic()

    await asyncio.gather(
        _carry(link, near, far_writer, count_up, lambda: None),
        _carry(link, far, near_writer, count_down, handed_over),
    )


Due = asyncio.Queue[tuple[float, bytes]]
"""Octets on their way, each lot with the moment at which it arrives; an empty lot is the end."""


async def _carry(
    link: Link,
    source: asyncio.StreamReader,
    sink: asyncio.StreamWriter,
    count: Callable[[bytes], None],
    delivered: Callable[[], None],
) -> None:
    """Carry one direction: each octet takes its time on the line, then half a round trip."""
    loop, waiting, line_free = asyncio.get_running_loop(), Due(), 0.0
    delivery = asyncio.create_task(_deliver(waiting, sink, delivered))
    data = b"-"
    while data:
        try:
            data = await source.read(512 if link.bits else 16 * 1024)
        except ConnectionError:
            data = b""
        if data:
            count(data)
        line_free = max(line_free, loop.time())
        line_free += len(data) * 8 / link.bits if link.bits else 0.0
        waiting.put_nowait((line_free + link.round_trip / 2, data))
    await delivery


async def _deliver(waiting: Due, sink: asyncio.StreamWriter, delivered: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    due, data = await waiting.get()
    while data:
        await asyncio.sleep(max(0.0, due - loop.time()))
        with contextlib.suppress(ConnectionError):
            sink.write(data)
            await sink.drain()
            delivered()
        due, data = await waiting.get()
    with contextlib.suppress(ConnectionError):
        sink.close()


async def _closed() -> None:
    """Give connections that end on their own their time, and end the others."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    if others:
        _, left = await asyncio.wait(others, timeout=1)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)


@contextlib.contextmanager
def opened(upstream: int, bits: int = 0, round_trip: float = 0.0) -> Iterator[Link]:
    """Yield a link to the server at port *upstream* of loopback."""
    link = Link(upstream, bits, round_trip)
    loop = asyncio.new_event_loop()
    up = threading.Event()

    async def run() -> None:
        server = await asyncio.start_server(
            lambda near, writer: _serve(link, near, writer), "127.0.0.1", 0
        )
        link.port = server.sockets[0].getsockname()[1]
        up.set()

    thread = threading.Thread(target=loop.run_forever, name="link")
    thread.start()
    asyncio.run_coroutine_threadsafe(run(), loop)
    up.wait()
    try:
        yield link
    finally:
        asyncio.run_coroutine_threadsafe(_closed(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
