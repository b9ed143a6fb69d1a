"""Octets and requests a record: perisai beside imitations of other field systems, in one run.

The same hundred made-up enrolments go, in each system's own format, over one counting link to a
local server (``wire_formats.py``, ``counted_link.py``); perisai's go through the real client to the real
central. Everything is plain HTTP on loopback, so TLS adds to all of them alike.

Run from the root of the checkout, in the environment of the tests::

    python tests/bench/wire.py                # count, compute, and time perisai on the slow link
    python tests/bench/wire.py --time-all     # also time the peers on it (ten minutes and more)
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import random
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from counted_link import Exchange, Link, opened
from people import people
from sheet import say_where, table
from wire_formats import PEERS, Call, Person

from perisai_cli import wiring
from perisai_cli.actions.app import App
from perisai_cli.actions.enroll import enroll_many
from perisai_cli.actions.setup import checked_profile, set_up
from perisai_cli.actions.sync import SyncOptions, sync
from perisai_cli.central.serve import running
from perisai_cli.rules.eligibility import examine
from perisai_cli.rules.law import load_law

BITS, ROUND_TRIP = 48_000, 0.6
SECRET = "a long enough passphrase"
PUSH = "POST /v1/sync/push"


@dataclass
class Count:
    """What a number of records cost on the wire."""

    requests: int
    up: int
    down: int
    connections: int

    @classmethod
    def of(cls, exchanges: Iterable[Exchange], connections: int) -> Count:
        found = list(exchanges)
        up, down = sum(each.up for each in found), sum(each.down for each in found)
        return cls(len(found), up, down, connections)

    @property
    def seconds(self) -> float:
        """Return the time on the slow link: octets both ways one after the other, and waits."""
        return (self.up + self.down) * 8 / BITS + self.requests * ROUND_TRIP


# Peers ---------------------------------------------------------------------------------------


@contextlib.contextmanager
def answering(calls: list[Call]) -> Iterator[int]:
    """Serve the peer's answers, each to the very request that it belongs to."""
    coming = iter(calls)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            call = next(coming)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            assert (self.command, self.path, body) == (call.method, call.path, call.body)
            self.send_response_only(call.status)
            for name, value in call.answer_headers:
                self.send_header(name, value)
            if call.method != "HEAD":
                self.send_header("Content-Length", str(len(call.answer)))
            self.end_headers()
            self.wfile.write(call.answer)

        do_GET = do_POST = do_PUT = do_HEAD = _serve  # noqa: N815 - the names http.server looks for

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def carry(link: Link, calls: list[Call]) -> None:
    """Make the calls over one connection that is kept open, the best case for every peer."""
    connection = http.client.HTTPConnection("127.0.0.1", link.port)
    for call in calls:
        connection.putrequest(call.method, call.path, skip_host=True, skip_accept_encoding=True)
        for name, value in call.headers:
            connection.putheader(name, value)
        if call.body:
            connection.putheader("Content-Length", str(len(call.body)))
        connection.endheaders(call.body or None)
        answer = connection.getresponse()
        content = answer.read()
        assert answer.status == call.status
        assert content == (b"" if call.method == "HEAD" else call.answer)
    connection.close()


def peer_count(calls: list[Call], bits: int = 0, round_trip: float = 0.0) -> tuple[Count, float]:
    """Return what the calls cost, and the seconds they took over this link."""
    with answering(calls) as port, opened(port, bits, round_trip) as link:
        begun = time.perf_counter()
        carry(link, calls)
        seconds = time.perf_counter() - begun
        return Count.of(link.exchanges, link.connections), seconds


def enrolments(count: int) -> list[Person]:
    """Return people with what perisai itself makes of them: the first month and the total."""
    law, now = load_law(), wiring.now()
    day = (now + timedelta(hours=8)).date()
    whole = []
    for person in people(count):
        seen = examine(person, day, now, law)
        assert seen.worker is not None, seen.faults
        assert seen.quote is not None, seen.faults
        whole.append(person | {"start": str(seen.worker.start), "total": seen.quote.total})
    return whole


# perisai -------------------------------------------------------------------------------------


class Silent:
    """Takes receipts and says nothing."""

    def accepted(self, item: object, warnings: object) -> None:
        """Take a receipt."""

    def refused(self, problems: object) -> None:
        """Fail: these people have nothing wrong with them."""
        raise AssertionError(problems)


def a_home(folder: Path, url: str) -> App:
    """Return the world of a new agent who knows the central's address."""
    app = wiring.throwaway_app(folder, SECRET, url)
    answers = {"agent": "A-1", "name": "Agen", "office": "W-1", "region": "5171", "central": url}
    set_up(app, checked_profile(answers), SECRET, None)
    return app


@dataclass
class Ours:
    """What perisai's sync cost: its pushes, all of it, and an idle one; and how long they took."""

    pushes: Count
    whole: Count
    idle: Count
    push_seconds: float
    seconds: float


def our_count(
    folder: Path, count: int, bits: int = 0, round_trip: float = 0.0, known: bool = True
) -> Ours:
    """Return what the real client and the real central say to each other.

    With *known* the device has registered and holds a token, as on any sync of the same quarter
    of an hour; without, the sync registers and signs in first.
    """
    with (
        running(folder / "central", clock=wiring.now) as url,
        opened(int(url.rpartition(":")[2]), bits, round_trip) as link,
    ):
        app = a_home(folder / "home", link.url)
        if known:
            sync(app, SyncOptions())
        enroll_many(app, list(enumerate(people(count), 1)), {}, Silent())
        link.forget()
        begun = time.perf_counter()
        done = sync(app, SyncOptions(max_seconds=600)).data
        seconds = time.perf_counter() - begun
        assert done["accepted"] == count, done
        exchanges = list(link.exchanges)
        pushed = [each for each in exchanges if each.asked == PUSH]
        pushes = Count.of(pushed, 1)
        push_seconds = pushed[-1].ended - pushed[0].begun
        whole = Count.of(exchanges, link.connections)
        link.forget()
        sync(app, SyncOptions())
        idle = Count.of(link.exchanges, link.connections)
    return Ours(pushes, whole, idle, push_seconds, seconds)


# The table -----------------------------------------------------------------------------------


def row(name: str, count: Count, records: int, before: tuple[str, str, str]) -> list[object]:
    """Return a line of the table."""
    return [
        name,
        f"{count.requests / records:.2f}",
        f"{count.up / records:,.0f}",
        f"{count.down / records:,.0f}",
        f"{(count.up + count.down) / records:,.0f}",
        f"{count.seconds * 100 / records:,.1f}",
        *before,
    ]


def main() -> None:
    """Count, compute, time, and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=100)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--time-all", action="store_true", help="time the peers on the slow link")
    asked = parser.parse_args()
    records = asked.records
    say_where("perisai", "httpx", "uvicorn")
    same = enrolments(records)
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        ours = our_count(folder / "counted", records)
        first = our_count(folder / "first", records, known=False)
        slow = our_count(folder / "slow", records, BITS, ROUND_TRIP)
    heads = ["system", "requests a record", "octets up", "octets down", "octets in all",
             "seconds for 100, computed", "in the plan: requests", "octets", "seconds"]  # fmt: skip
    rows = []
    for peer in PEERS:
        calls = list(peer.calls(same, random.Random(asked.seed)))
        rows.append(row(peer.name, peer_count(calls)[0], records, peer.before))
    goal = ("≤ 0.02", "≤ 210", "≤ 5")
    rows.append(row("**perisai, pushes**", ours.pushes, records, goal))
    rows.append(row("perisai, the whole sync", ours.whole, records, ("–", "–", "–")))
    rows.append(row("perisai, the first sync of a device", first.whole, records, ("–", "–", "–")))
    table(heads, rows)
    print(
        f"Computed: octets both ways × 8 / {BITS} bit/s, and {ROUND_TRIP} s a request; no"
        f" connection set-up. An idle sync of perisai: {ours.idle.requests} request,"
        f" {ours.idle.up + ours.idle.down} octets.\n"
    )
    timed = [
        [
            "perisai, from the first push's first octet to the last answer",
            f"{slow.push_seconds:.1f}",
        ],
        ["perisai, the whole sync: store opened, connection, pushes, pull", f"{slow.seconds:.1f}"],
    ]
    if asked.time_all:
        timed += [[peer.name, f"{_timed(peer.calls, same, asked.seed):.1f}"] for peer in PEERS]
    heads = [f"measured over {BITS // 1000} kbit/s, {ROUND_TRIP} s round trip", "seconds"]
    table(heads, timed)


def _timed(
    calls: Callable[[Any, random.Random], Iterable[Call]], same: list[Person], seed: int
) -> float:
    return peer_count(list(calls(same, random.Random(seed))), BITS, ROUND_TRIP)[1]


if __name__ == "__main__":
    main()
