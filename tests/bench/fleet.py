"""Ten thousand agents sync between 17:00 and 18:00 in two time zones: can the central carry them?

``fleet_model.py`` draws the day. Its busiest stretch is then played in real time against a real
central in a process of its own: each visit opens a connection over a slow, far link, signs in with
its own key, pushes its records gzipped, loses the link now and then and pushes again, pulls, and
hangs up. Then the same at twice, four times … the rate, until answers take too long.

Run from the root of the checkout, in the environment of the tests::

    python tests/bench/fleet.py                            # a minute at the peak, then 20 s a step
    python tests/bench/fleet.py --backends sqlite postgresql postgresql-2
    python tests/bench/fleet.py --whole 60                 # both hours, sixty times as fast
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import contextlib
import gzip
import itertools
import json
import os
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fleet_model import Link, Visit, busiest, by_minutes, day
from people import people
from processes import central
from sheet import say_where, table

from perisai_cli import wiring
from perisai_cli.domain.ids import new_id
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.bodies import enrolment_body
from perisai_cli.protocol.canonical import body_hash, content_digest, receipt_digest
from perisai_cli.protocol.messages import token_message
from perisai_cli.rules.eligibility import examine
from perisai_cli.rules.law import load_law

BATCH = 50
PATIENCE = 20.0
TOO_SLOW = 5.0
"""A step counts as carried while 95 of 100 pushes are answered within these seconds."""

KINDS = ("token", "push", "pull")
DURABLE = {
    "fsync": "on", "synchronous_commit": "on", "full_page_writes": "on",
    "shared_buffers": "256MB", "max_connections": "100", "log_min_messages": "panic",
}  # fmt: skip


class Bodies:
    """Makes enrolments that are all different and all good, quickly.

    A few hundred people are examined as the device does it; the others are they with another
    serial in the NIK, which changes nothing of the quote.
    """

    def __init__(self, models: int = 400):
        law, now = load_law(), wiring.now()
        self._made, taken, today = [], set(), now.date()
        for person in people(models):
            if person["nik"][:12] in taken:  # born the same day in the same district
                continue
            taken.add(person["nik"][:12])
            seen = examine(person, today, now, law)
            assert seen.worker is not None, seen.faults
            assert seen.quote is not None, seen.faults
            self._made.append(enrolment_body(seen.worker, seen.quote, law.digest, today, now))
        self._next = itertools.count()

    def __next__(self) -> dict[str, Any]:
        serial, model = divmod(next(self._next), len(self._made))
        assert serial < 9_999, "no more serials: examine more people"
        body = self._made[model]
        nik = f"{body['worker']['nik'][:12]}{serial + 1:04}"
        return body | {"worker": body["worker"] | {"nik": nik}}


@dataclass
class Device:
    """A device with its key, ready to speak; everything slow is done before the clock runs."""

    visit: Visit
    batches: list[tuple[bytes, str, str]]
    registration: bytes
    sign_in: bytes

    @classmethod
    def made(cls, visit: Visit, bodies: Bodies, batch: int = BATCH) -> Device:
        """Return the device of a visit, with its batches packed and its signature made."""
        key, now = Ed25519PrivateKey.generate(), wiring.now()
        device, agent = new_id(now), f"A-{uuid.uuid4().hex[:12]}"
        batches = []
        left = visit.records
        while left:
            size = min(left, batch)
            left -= size
            batches.append(_packed(device, agent, [next(bodies) for _ in range(size)], left))
        public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
        registration = {"agent": agent, "agent_name": "Agen", "office": "W-1", "region": "5171",
                        "device": device, "public_key": public}  # fmt: skip
        when, nonce = timestamp(now), os.urandom(16).hex()
        signature = base64.b64encode(key.sign(token_message(device, when, nonce))).decode()
        sign_in = {"device": device, "time": when, "nonce": nonce, "signature": signature}
        return cls(visit, batches, _json(registration), _json(sign_in))


def _packed(
    device: str, agent: str, bodies: list[dict[str, Any]], left: int
) -> tuple[bytes, str, str]:
    """Return a batch as it goes over the wire, its content digest, and the receipt's digest."""
    now = wiring.now()
    items = [
        {"id": new_id(now), "rev": 1, "base_rev": 0, "kind": "enrolment", "body": body}
        for body in bodies
    ]
    message = {"device": device, "agent": agent, "app": "perisai/bench", "schema": 1,
               "client_time": timestamp(now), "pending_after": left, "items": items}  # fmt: skip
    content = gzip.compress(_json(message), compresslevel=9, mtime=0)
    receipts = [(item["id"], 1, body_hash(item["body"])) for item in items]
    return content, content_digest(content), receipt_digest(receipts)


def _json(message: Any) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


# Speaking ------------------------------------------------------------------------------------


@dataclass
class Seen:
    """What the devices saw: seconds to each answer, records with a receipt, failures."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    accepted: int = 0
    again: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    open_now: int = 0
    open_most: int = 0
    answered: int = 0


class Line:
    """One connection over a poor link, by hand: the load must cost less than what it loads."""

    def __init__(self, port: int, link: Link, seen: Seen):
        self._port, self._link, self._seen = port, link, seen

    async def __aenter__(self) -> Line:
        await asyncio.sleep(self._link.round_trip)
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._seen.open_now += 1
        self._seen.open_most = max(self._seen.open_most, self._seen.open_now)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._seen.open_now -= 1
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()

    async def send(self, method: str, path: str, body: bytes = b"", **headers: str) -> float:
        """Send a request as slowly as the link is; return when its last octet left."""
        lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Perisai-Protocol: 1"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if body:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        whole = "\r\n".join([*lines, "", ""]).encode() + body
        for start in range(0, len(whole), 1024):
            part = whole[start : start + 1024]
            self._writer.write(part)
            await asyncio.sleep(len(part) * 8 / self._link.bits)
        return time.perf_counter()

    async def answer(self, kind: str, sent: float) -> bytes:
        """Return the body of a 200; count the seconds that the central took for it."""
        head = await asyncio.wait_for(self._reader.readuntil(b"\r\n\r\n"), PATIENCE)
        status, length, packed = int(head[9:12]), 0, False
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
            packed |= line.startswith(b"content-encoding: gzip")
        body = await asyncio.wait_for(self._reader.readexactly(length), PATIENCE)
        self._seen.seconds[kind].append(time.perf_counter() - sent)
        await asyncio.sleep(self._link.round_trip)
        if status != 200:
            raise ConnectionError(f"{kind} {status}")
        return gzip.decompress(body) if packed else body


async def sync(device: Device, port: int, seen: Seen) -> None:
    """Sync as a device does it."""
    link, breaks = device.visit.link, device.visit.breaks
    try:
        token = ""
        for attempt in range(2):
            async with Line(port, link, seen) as line:
                if not token:
                    sent = await line.send("POST", "/v1/token", device.sign_in)
                    token = json.loads(await line.answer("token", sent))["access_token"]
                bearer = {"Authorization": f"Bearer {token}"}
                if attempt == 0 and breaks:
                    await send_batch(line, device.batches[0], bearer)
                    continue  # the link dies here; the batch is sent again
                seen.again += len(device.batches) if attempt else 0
                for batch in device.batches:
                    sent = await send_batch(line, batch, bearer)
                    said = json.loads(await line.answer("push", sent))
                    assert said["digest"] == batch[2]
                    standing = Counter(each["status"] for each in said["results"])
                    seen.accepted += standing["accepted"] + standing["unchanged"]
                    seen.failed.update(standing - Counter(accepted=10**9, unchanged=10**9))
                sent = await line.send("GET", "/v1/sync/pull?cursor=0&limit=200", **bearer)
                await line.answer("pull", sent)
                seen.answered += 1
                return
    except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
        seen.failed[str(error) if isinstance(error, ConnectionError) else type(error).__name__] += 1


async def send_batch(line: Line, batch: tuple[bytes, str, str], bearer: dict[str, str]) -> float:
    """Push a packed batch; return when its last octet left."""
    return await line.send(
        "POST", "/v1/sync/push", batch[0], Content_Encoding="gzip", Content_Digest=batch[1],
        Idempotency_Key=str(uuid.uuid4()), Accept_Encoding="gzip", **bearer,
    )  # fmt: skip


async def register(devices: Sequence[Device], port: int) -> None:
    """Make the devices known, eight at a time, before anything is measured."""
    near, seen = Link(0.0, 1e9), Seen()

    async def some(part: Sequence[Device]) -> None:
        for device in part:
            async with Line(port, near, seen) as line:
                sent = await line.send("POST", "/v1/agents/register", device.registration)
                await line.answer("token", sent)

    await asyncio.gather(*(some(devices[start::8]) for start in range(8)))


async def play(devices: Sequence[Device], ports: Sequence[int], speed: float) -> tuple[Seen, float]:
    """Let every visit begin at its time, *speed* times as fast; return what was seen, and how long."""
    seen, first = Seen(), devices[0].visit.at
    begun = time.perf_counter()
    running = []
    for number, device in enumerate(devices):
        pause = (device.visit.at - first) / speed - (time.perf_counter() - begun)
        await asyncio.sleep(max(0.0, pause))
        running.append(asyncio.create_task(sync(device, ports[number % len(ports)], seen)))
    await asyncio.gather(*running)
    return seen, time.perf_counter() - begun


# The central ---------------------------------------------------------------------------------


@contextlib.contextmanager
def backend(name: str, folder: Path) -> Iterator[tuple[list[int], list[int]]]:
    """Yield ports and process ids of a central on SQLite, or of one or two on PostgreSQL."""
    with contextlib.ExitStack() as stack:
        if name == "sqlite":
            where, others = ("--data", str(folder / "central")), []
        else:
            from postgres import a_cluster  # tests/postgres.py

            cluster = stack.enter_context(a_cluster(**DURABLE))
            where = ("--database", cluster.make())
            others = [int((cluster.folder / "store" / "postmaster.pid").read_text().split()[0])]
        count = 2 if name.endswith("-2") else 1
        up = [stack.enter_context(central(*where)) for _ in range(count)]
        yield [int(url.rpartition(":")[2]) for url, _ in up], [pid for _, pid in up] + others


def cpu_seconds(pids: Sequence[int]) -> float:
    """Return the processor time of processes and of their children, ended ones included."""
    tick = os.sysconf("SC_CLK_TCK")
    total = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            pid, _, rest = path.read_text().partition(" ")
            numbers = rest.rpartition(") ")[2].split()
            if int(pid) in pids:
                total += sum(int(each) for each in numbers[11:15])
            elif int(numbers[1]) in pids:
                total += sum(int(each) for each in numbers[11:13])
    return total / tick


# The report ----------------------------------------------------------------------------------

HEADS = ["central", "× peak", "visits/s", "records/s offered", "with a receipt", "open at most",
         "push p50 ms", "p95", "p99", "token p95", "pull p95", "failed", "CPU s / 1,000 records"]  # fmt: skip


def line(name: str, speed: float, devices: Sequence[Device], seen: Seen, took: float, cpu: float) -> list[object]:  # fmt: skip
    """Return a line of the table."""
    span = (devices[-1].visit.at - devices[0].visit.at) / speed
    offered = sum(device.visit.records for device in devices)
    failed = ", ".join(f"{count} {what}" for what, count in seen.failed.items()) or "0"
    return [
        name, f"{speed:g}", f"{len(devices) / span:.1f}", f"{offered / span:,.0f}",
        f"{seen.accepted / max(took, 0.001):,.0f}", seen.open_most,
        *(_milliseconds(seen, "push", share) for share in (0.5, 0.95, 0.99)),
        _milliseconds(seen, "token", 0.95), _milliseconds(seen, "pull", 0.95),
        failed, f"{cpu / max(seen.accepted, 1) * 1000:.2f}",
    ]  # fmt: skip


def _milliseconds(seen: Seen, kind: str, share: float) -> str:
    times = sorted(seen.seconds[kind])
    return f"{times[min(len(times) - 1, int(len(times) * share))] * 1000:,.0f}" if times else "–"


def carried(seen: Seen, devices: Sequence[Device]) -> bool:
    """Tell whether every visit came to its end and pushes were answered in time."""
    times = sorted(seen.seconds["push"])
    return (
        seen.answered == len(devices)
        and not seen.failed
        and times[int(len(times) * 0.95)] <= TOO_SLOW
    )


def describe(visits: Sequence[Visit], agents: int) -> float:
    """Print the day as it was drawn; return the visits in its busiest minute."""
    rows = [
        [at, f"{count:,}", f"{count / 600:.2f}", f"{records / 600:,.0f}"]
        for at, count, records in by_minutes(visits, 10)
    ]
    table(["UTC, ten minutes from", "visits", "visits/s", "records/s"], rows)
    begin = busiest(visits, 60)
    peak = [visit for visit in visits if begin <= visit.at < begin + 60]
    held = statistics.fmean(_held(visit) for visit in peak)
    records = sum(visit.records for visit in peak)
    print(
        f"The busiest minute of {agents:,} agents begins at {int(begin // 3600):02}:"
        f"{int(begin % 3600 // 60):02} UTC: {len(peak)} visits, {len(peak) / 60:.1f}/s,"
        f" {records / 60:,.0f} records/s. A visit holds its connection {held:.1f} s on such links,"
        f" so about {len(peak) / 60 * held:.0f} are open at a time.\n"
    )
    return float(len(peak))


def _held(visit: Visit) -> float:
    """Return about how long a visit lasts: four round trips, and its octets at 125 a record."""
    return (4 * visit.link.round_trip + visit.records * 125 * 8 / visit.link.bits) * (
        2 if visit.breaks else 1
    )


def steps(
    visits: Sequence[Visit], asked: argparse.Namespace
) -> Iterator[tuple[float, list[Visit]]]:
    """Yield what is played: the peak for its time, then ever faster ones for a shorter time."""
    if asked.whole:
        yield asked.whole, list(visits)
        return
    for speed in asked.speeds:
        wide = asked.seconds if speed == asked.speeds[0] else asked.step * speed
        begin = busiest(visits, wide)
        yield speed, [visit for visit in visits if begin <= visit.at < begin + wide]


def run(name: str, visits: Sequence[Visit], asked: argparse.Namespace) -> tuple[list[list[object]], float]:  # fmt: skip
    """Play the steps against one kind of central; return the lines and the best carried rate."""
    lines, best, bodies = [], 0.0, Bodies(asked.models)
    with tempfile.TemporaryDirectory() as scratch, backend(name, Path(scratch)) as (ports, pids):
        for speed, chosen in steps(visits, asked):
            devices = [Device.made(visit, bodies) for visit in chosen]
            asyncio.run(register(devices, ports[0]))
            before = cpu_seconds(pids)
            seen, took = asyncio.run(play(devices, ports, speed))
            lines.append(line(name, speed, devices, seen, took, cpu_seconds(pids) - before))
            if not carried(seen, devices):
                break
            span = (chosen[-1].at - chosen[0].at) / speed
            best = max(best, sum(visit.records for visit in chosen) / span)
    return lines, best


def main() -> None:
    """Draw the day, play it, and print what it takes."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--agents", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument(
        "--seconds", type=float, default=60, help="length of the peak at its own speed"
    )
    parser.add_argument("--step", type=float, default=20, help="length of each faster step")
    parser.add_argument("--speeds", type=float, nargs="*", default=[1, 2, 4, 8, 12, 16, 24, 32])
    parser.add_argument("--whole", type=float, help="play both hours, so many times as fast")
    parser.add_argument("--models", type=int, default=400)
    parser.add_argument("--backends", nargs="*", default=["sqlite", "postgresql", "postgresql-2"])
    asked = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).parents[1]))
    random.seed(asked.seed)
    say_where("perisai", "uvicorn", "sqlalchemy", "psycopg")
    visits = day(asked.agents, asked.seed)
    peak = describe(visits, asked.agents)
    lines, carry = [], []
    for name in asked.backends:
        found, best = run(name, visits, asked)
        lines += found
        carry.append((name, best))
    table(HEADS, lines)
    begin = busiest(visits, 60)
    need = sum(visit.records for visit in visits if begin <= visit.at < begin + 60) / 60
    rows = [
        [name, f"{best:,.0f}", f"{best / need:.1f}", f"{best / need * asked.agents:,.0f}",
         f"{best / need * asked.agents / 2:,.0f}"]
        for name, best in carry
    ]  # fmt: skip
    print(
        f"Arithmetic: {asked.agents:,} agents offer {need:,.0f} records/s in their busiest minute"
        f" ({peak:.0f} visits). What a central carried over that, times {asked.agents:,}, is how"
        " many agents it carries; half of that leaves room for a bad day. The load was made on the"
        " same machine.\n"
    )
    table(["central", "records/s carried", "× the peak", "agents, at the limit", "agents, half loaded"], rows)  # fmt: skip


if __name__ == "__main__":
    main()
