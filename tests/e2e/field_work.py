"""What the road's tests are walked with: made-up workers, a central that can be handled, a proxy."""

from __future__ import annotations

import contextlib
import copy
import gzip
import http.client
import itertools
import json
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import command_line
from command_line import Cli, Said
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from perisai_cli.storage.vault import KeySlot, unwrap

NAME = "Ni Luh Uji Jalan"
PHONE = "081234567891"

EXAMPLE: dict[str, Any] = {
    "nik": "5171015708900001",
    "name": "Ni Luh Sari",
    "birth_place": "Denpasar",
    "birth_date": "1990-08-17",
    "sex": "F",
    "phone": "081234567890",
    "email": None,
    "address": {
        "text": "Jl. Segara 3", "rt": "003", "rw": "005", "village": "Sanur", "region": "517101",
    },
    "occupations": [{"code": "trader", "place": "Pasar Sindhu"}],
    "income": 1500000,
    "programs": ["jkk", "jkm"],
    "sector": "other",
    "payer": "self",
    "start": "2026-12",
    "months": 3,
    "heirs": [{"name": "I Made Ardi", "relationship": "spouse"}],
    "children": [{"name": "Putu", "birth_date": "2015-02-01"}],
    "attestation": {"working": True, "critically_ill": False},
    "consent": {"given": True, "method": "signature"},
}  # fmt: skip
"""The worker of the contract (cli.md)."""

_serials = itertools.count(1)


def a_nik() -> str:
    """Return a made-up NIK that no other test of this process uses; it may never be printed."""
    number = next(_serials)
    nik = f"51710157{1 + number // 9000 % 12:02d}90{number % 9000 + 1:04d}"
    command_line.secrets.add(nik)
    return nik


def a_worker(nik: str | None = None, **changes: Any) -> dict[str, Any]:
    """Return a worker of the smallest good kind, with members changed; None takes one out."""
    nik = nik or a_nik()
    worker = {
        "nik": nik,
        "name": NAME,
        "birth_date": f"1990-{nik[8:10]}-17",
        "sex": "F",
        "phone": PHONE,
        "occupations": [{"code": "trader"}],
        "income": 1000000,
        "programs": ["jkk", "jkm"],
        "start": "2026-12",
        "attestation": {"working": True, "critically_ill": False},
        "consent": {"given": True, "method": "signature"},
    }
    whole = worker | changes
    return {name: value for name, value in whole.items() if value is not None}


def ill(worker: dict[str, Any]) -> dict[str, Any]:
    """Return a worker who declares a critical illness."""
    return worker | {"attestation": {"working": True, "critically_ill": True}}


def lines(*workers: dict[str, Any]) -> str:
    """Return workers as JSON Lines."""
    return "".join(json.dumps(worker) + "\n" for worker in workers)


def enrol(cli: Cli, *workers: dict[str, Any]) -> list[str]:
    """Record workers who have nothing wrong with them; return their ids in order."""
    if len(workers) == 1:
        said = cli.run("daftar", "--berkas", "-", stdin=json.dumps(workers[0]))
        assert said.code == 0, said
        return [said.data["id"]]
    said = cli.run("daftar", "--berkas", "-", stdin=lines(*workers))
    assert said.code == 0, said
    return [item["id"] for item in said.data["items"]]


def standing(cli: Cli) -> dict[str, int]:
    """Return what ``sync status`` counts, without the zeros; its sum is what was finalised."""
    data = dict(cli.run("sinkron", "status").data)
    data.pop("last_success")
    listed = cli.run("antrean", "daftar").data
    assert sum(data.values()) == sum(1 for item in listed["items"] if item["state"] != "draft")
    return {name: count for name, count in data.items() if count}


def item_of(cli: Cli, record_id: str) -> dict[str, Any]:
    """Return a record as the queue lists it."""
    found = [each for each in cli.run("antrean", "daftar").data["items"] if each["id"] == record_id]
    assert len(found) == 1
    return dict(found[0])


@dataclass
class Clock:
    """The central's clock, which tests move."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@dataclass
class Office:
    """A central that runs, and the folder of its database."""

    url: str
    data: Path
    clock: Clock = field(default_factory=Clock)


def quicken(cli: Cli) -> None:
    """Wrap a store's key anew at the least cost, so that hundreds of calls unlock it quickly.

    The costs stand in the store, beside the salt: a store unlocks at those it was made with.
    """
    hand = sqlite3.connect(cli.store)
    (store_id,) = hand.execute("SELECT value FROM meta WHERE key = 'store_id'").fetchone()
    slot = hand.execute("SELECT parameters, salt, wrapped FROM key_slots").fetchone()
    vault_key = unwrap(KeySlot(*slot), command_line.PASSPHRASE, store_id)
    cheap = {"kdf": "argon2id", "memory_kib": 64, "iterations": 1, "lanes": 1}
    wrapping_key = Argon2id(salt=slot[1], length=32, iterations=1, lanes=1, memory_cost=64).derive(
        command_line.PASSPHRASE.encode()
    )
    nonce = bytes(12)
    wrapped = nonce + AESGCM(wrapping_key).encrypt(nonce, vault_key, store_id.encode())
    hand.execute("UPDATE key_slots SET parameters = ?, wrapped = ?", (json.dumps(cheap), wrapped))
    hand.commit()
    hand.close()


class Agent(Cli):
    """An agent who knows the central's address, in a home set up anew or copied from a ready one."""

    def __init__(self, folder: Path, central: str, name: str = "A-017", ready: Cli | None = None):
        folder.mkdir()
        super().__init__(folder)
        self.name = name
        if ready is not None:
            shutil.copytree(ready.home, self.home)
            self.environment["PERISAI_CENTRAL"] = central
            return
        profile = list(command_line.PROFILE)
        profile[1] = name
        said = self.run("siapkan", *profile, *(["--pusat", central] if central else []))
        assert said.code == 0, said
        quicken(self)

    def sync(self, *more: str) -> Said:
        """Sync, with little patience for a link that fails."""
        return self.run("sinkron", "--max-time", "5", *more)


@dataclass
class Answer:
    """An answer of the central on its way through a proxy."""

    status: int
    headers: dict[str, str]
    content: bytes

    def header(self, wanted: str) -> str | None:
        found = (value for name, value in self.headers.items() if name.lower() == wanted)
        return next(found, None)

    @property
    def message(self) -> dict[str, Any]:
        packed = self.header("content-encoding") == "gzip"
        return dict(json.loads(gzip.decompress(self.content) if packed else self.content))

    def without(self, unwanted: str) -> Answer:
        """Return the same answer without a header."""
        kept = {name: value for name, value in self.headers.items() if name.lower() != unwanted}
        return Answer(self.status, kept, self.content)

    def saying(self, message: dict[str, Any]) -> Answer:
        """Return the same answer with another message, not compressed."""
        plain = self.without("content-encoding")
        return Answer(self.status, plain.headers, json.dumps(message).encode())


Tamper = Callable[[str, str, Callable[[], Answer]], Answer | None]
"""Is handed method, path and a way to ask the central; returns what the client sees, or None to
cut the line without a word."""


def honest(_method: str, _path: str, ask: Callable[[], Answer]) -> Answer:
    """Pass everything on as it is."""
    return ask()


class Proxy:
    """Stands between an agent and a central, counts the requests and tampers with the answers."""

    def __init__(self, central: str):
        self._central = urlsplit(central)
        self.asked: list[str] = []
        self.tamper: Tamper = honest
        self.url = ""
        self.server: ThreadingHTTPServer

    def pushes(self) -> int:
        return sum(1 for asked in self.asked if asked == "POST /v1/sync/push")

    def forward(self, method: str, path: str, headers: dict[str, str], content: bytes) -> Answer:
        """Ask the central."""
        connection = http.client.HTTPConnection(self._central.hostname or "", self._central.port)
        try:
            connection.request(method, path, content or None, headers)
            answer = connection.getresponse()
            kept = {
                name: value
                for name, value in answer.getheaders()
                if name.lower() not in ("content-length", "transfer-encoding", "connection")
            }
            return Answer(answer.status, kept, answer.read())
        finally:
            connection.close()


@contextlib.contextmanager
def between(central: str) -> Iterator[Proxy]:
    """Yield a proxy before *central*."""
    proxy = Proxy(central)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _serve(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            content = self.rfile.read(length)
            proxy.asked.append(f"{self.command} {self.path.split('?')[0]}")
            answer = proxy.tamper(
                self.command,
                self.path,
                lambda: proxy.forward(self.command, self.path, dict(self.headers), content),
            )
            if answer is None:
                self.close_connection = True
                return
            self.send_response_only(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 304:
                self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            if answer.status != 304:
                self.wfile.write(answer.content)

        do_GET = do_POST = _serve  # noqa: N815 - the names that http.server looks for

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        proxy.url, proxy.server = f"http://127.0.0.1:{server.server_port}", server
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield proxy
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def unchanged(path: Path) -> Iterator[None]:
    """Fail when a file's bytes differ afterwards."""
    before = path.read_bytes()
    yield
    assert path.read_bytes() == before


def without(worker: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return a worker without some members."""
    whole = copy.deepcopy(worker)
    for name in names:
        del whole[name]
    return whole
