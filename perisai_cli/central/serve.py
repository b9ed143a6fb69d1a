"""Runs the central: one process of perhaps several on one database, until it is told to stop."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import FastAPI

from perisai_cli.central.application import create_application
from perisai_cli.central.boundary import log
from perisai_cli.central.database import Database, open_database
from perisai_cli.central.engines import address_of, make_engine
from perisai_cli.domain.addresses import is_loopback
from perisai_cli.rules.law import Law, load_law

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
    log_requests: bool = False,
) -> None:
    """Serve until SIGTERM or SIGINT, then answer what is under way and return.

    Args:
        host: Name or address to listen at; on loopback, unknown agents register themselves.
        port: Port to listen at; 0 takes a free one.
        data_dir: Folder of the database, or the address of one of PostgreSQL's.
        ready: Called once with the central's address, when it accepts requests.
        clock: Returns the present moment, with its zone.
        law: Parameters in force; the package's own when left out.
        codes_only: Whether agents need a code on loopback too, as behind a proxy that the world
            reaches.
        log_requests: Whether every request gets its line on stderr.

    Raises:
        OSError: the address can't be listened at.
        PerisaiError: the database can't be used, as when it is newer than this version.
    """
    _log_to_stderr(logging.INFO if log_requests else logging.WARNING)
    with _listening(host, port) as listener, _opened(data_dir) as database:
        application = create_application(
            database,
            clock=clock,
            law=law or load_law(),
            self_registration=is_loopback(host) and not codes_only,
        )
        server = _Server(_configuration(application), lambda: ready(_address(host, listener)))
        server.run(sockets=[listener])


@contextlib.contextmanager
def running(
    data_dir: Path | str,
    *,
    clock: Callable[[], datetime],
    law: Law | None = None,
    self_registration: bool = True,
    check_seen: bool = True,
) -> Iterator[str]:
    """Yield the address of a central that runs in a thread, on a free port of loopback."""
    up = threading.Event()
    with _listening("127.0.0.1", 0) as listener, _opened(data_dir) as database:
        application = create_application(
            database,
            clock=clock,
            law=law or load_law(),
            self_registration=self_registration,
            check_seen=check_seen,
        )
        server = _Server(_configuration(application), up.set)
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
    """

    def __init__(self, config: uvicorn.Config, up: Callable[[], None]):
        super().__init__(config)
        self._up = up

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
        self.force_exit = self.should_exit
        self.should_exit = True


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
    return uvicorn.Config(
        application,
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


def _log_to_stderr(level: int) -> None:
    log.setLevel(level)
    if not log.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(logging.Formatter('{"at": "%(asctime)s", "perisai": %(message)s}'))
        log.addHandler(handler)
        log.propagate = False
