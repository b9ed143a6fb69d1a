"""Runs the central: one process of perhaps several on one database, until it is told to stop."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import FastAPI

from perisai_cli.central.application import create_application
from perisai_cli.central.boundary import log
from perisai_cli.central.core import Manner
from perisai_cli.central.database import Database, open_database
from perisai_cli.central.engines import address_of, make_engine
from perisai_cli.central.life import Life
from perisai_cli.central.limits import ADDRESS_A_MINUTE, DEVICE_A_MINUTE
from perisai_cli.central.photos import require_photos
from perisai_cli.domain.addresses import is_loopback
from perisai_cli.rules.law import Law

FILE_NAME = "central.db"
GRACE_SECONDS = 10
_BACKLOG = 128


def open_central(data_dir: Path | str) -> Database:
    """Return the database in a folder, whose owner alone may read it, or at an address.

    Raises:
        InvalidInput: the address is not one of PostgreSQL, or holds a password.
        PerisaiError: the database can't be opened.
    """
    if isinstance(data_dir, str):
        return open_database(make_engine(address_of(data_dir)))
    if not data_dir.exists():  # a folder that somebody made stays as they made it
        data_dir.mkdir(mode=0o700, parents=True)
    path = data_dir / FILE_NAME
    path.touch(mode=0o600)
    path.chmod(0o600)
    return open_database(f"sqlite:///{path.resolve()}")


def serve(
    host: str,
    port: int,
    data_dir: Path | str,
    ready: Callable[[str], None],
    *,
    clock: Callable[[], datetime],
    law: Law | None = None,
    codes_only: bool = False,
    require_photo: bool | None = None,
    log_requests: bool = False,
    manner: Manner | None = None,
) -> None:
    """Serve until SIGTERM or SIGINT, then answer what is under way and return.

    Args:
        host: Name or address to listen at; on loopback, unknown agents register themselves.
        port: Port to listen at; 0 takes a free one.
        data_dir: Folder of the database, or the address of one of PostgreSQL's.
        ready: Called once with the central's address, when it accepts requests.
        clock: Returns the present moment, with its zone.
        law: The only rules to judge by; the published ones when left out.
        codes_only: Whether agents need a code on loopback too, as behind a proxy that the world
            reaches.
        require_photo: Whether enrolments are held until the photo of their card is here; None
            leaves it as the database has it.
        log_requests: Whether every request gets its line on stderr.
        manner: How it treats those who speak to it; one address's own when left out.

    Raises:
        OSError: the address can't be listened at.
        PerisaiError: the database can't be used, as when it is newer than this version.
    """
    alone = is_loopback(host) and not codes_only
    level = logging.INFO if log_requests else logging.WARNING
    with _listening(host, port) as listener, _opened(data_dir) as database, _logging(level):
        if require_photo is not None:
            with database.writing() as connection:
                require_photos(connection, required=require_photo)
        application = create_application(
            database,
            clock=clock,
            law=law,
            self_registration=alone,
            manner=manner or usual_manner(alone=alone),
        )
        server = _Server(application, lambda: ready(_address(host, listener)))
        server.run(sockets=[listener])


def usual_manner(*, alone: bool) -> Manner:
    """Return how a central treats others where nobody says so.

    One that only its own machine reaches counts nothing and shows its figures.
    """
    if alone:
        return Manner()
    return Manner(
        device_a_minute=DEVICE_A_MINUTE, address_a_minute=ADDRESS_A_MINUTE, show_metrics=False
    )


@contextlib.contextmanager
def running(
    data_dir: Path | str,
    *,
    clock: Callable[[], datetime],
    law: Law | None = None,
    self_registration: bool = True,
    check_seen: bool = True,
    manner: Manner | None = None,
) -> Iterator[str]:
    """Yield the address of a central that runs in a thread, on a free port of loopback."""
    up = threading.Event()
    with _listening("127.0.0.1", 0) as listener, _opened(data_dir) as database:
        application = create_application(
            database,
            clock=clock,
            law=law,
            self_registration=self_registration,
            check_seen=check_seen,
            manner=manner,
        )
        server = _Server(application, up.set)
        thread = threading.Thread(target=server.run, args=([listener],), name="central")
        thread.start()
        try:
            up.wait(GRACE_SECONDS)
            yield _address("127.0.0.1", listener)
        finally:
            server.should_exit = True
            thread.join()


class _Server(uvicorn.Server):
    """A server that says when it is up, and that returns when a signal stops it.

    The one it extends raises the signal again after it has stopped, which would end the process
    with an error.

    Told to stop, it turns new requests away with 503 until those under way have been answered.
    """

    def __init__(self, application: FastAPI, up: Callable[[], None]):
        super().__init__(_configuration(application))
        self._up = up
        self._life: Life = application.state.central.life
        self._deadline = 0.0

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve, then say so."""
        await super().startup(sockets)
        self._up()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at SIGTERM or SIGINT while serving in the main thread."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        signals = (signal.SIGTERM, signal.SIGINT)
        before = {number: signal.signal(number, self.handle_exit) for number in signals}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - a handler
        """Begin to stop; a second signal does not wait for open requests."""
        self.force_exit = self.should_exit = self._life.stopping
        if not self._life.stopping:
            self._deadline = time.monotonic() + GRACE_SECONDS
        self._life.stop()

    async def on_tick(self, counter: int) -> bool:
        """Return whether to stop now: when asked to, once nothing is under way or time is up."""
        late = time.monotonic() > self._deadline
        if self._life.stopping and (late or not self._life.under_way):
            self.should_exit = True
        return await super().on_tick(counter)


@contextlib.contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    with socket.socket(family, kind, protocol) as listener:
        if os.name != "nt":  # there it would let two centrals have one port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
        yield listener


@contextlib.contextmanager
def _opened(data_dir: Path | str) -> Iterator[Database]:
    database = open_central(data_dir)
    try:
        yield database
    finally:
        database.close()


def _address(host: str, listener: socket.socket) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"http://{name}:{listener.getsockname()[1]}"


def _configuration(application: FastAPI) -> uvicorn.Config:
    proxies: str = application.state.central.manner.proxies
    return uvicorn.Config(
        application,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        access_log=False,
        log_config=None,
        log_level="error",
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


@contextlib.contextmanager
def _logging(level: int) -> Iterator[None]:
    """Write log lines from *level* on to stderr, and leave the logger as it was found."""
    before = (log.level, log.propagate)
    handler = logging.StreamHandler(sys.stderr)
    form = '{"at": "%(asctime)s", "level": "%(levelname)s", "perisai": %(message)s}'
    formatter = logging.Formatter(form, "%Y-%m-%dT%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler.setFormatter(formatter)
    log.addHandler(handler)
    log.setLevel(level)
    log.propagate = False
    try:
        yield
    finally:
        log.removeHandler(handler)
        log.setLevel(before[0])
        log.propagate = before[1]
