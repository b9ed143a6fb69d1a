"""A PostgreSQL of the tests' own: a private cluster in a temporary folder, gone when they are done.

Each worker process that runs a test of it starts one cluster and gives every such test a fresh,
empty database. Nothing listens on a network: the socket lies in a folder that only the cluster's
user can enter. Without PostgreSQL's programs those tests are skipped, saying so, and fail where
``CI`` or ``PERISAI_REQUIRE_POSTGRES`` is set.
"""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

REQUIRED = bool(os.environ.get("CI") or os.environ.get("PERISAI_REQUIRE_POSTGRES"))
"""Read at import, because the tests' environment is emptied of ours."""

OWNER = "perisai"
_STARTS_WITHIN = 60
_PARENT_DEATH_SIGNAL = 1
_prctl = getattr(ctypes.CDLL(None), "prctl", None)
_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "log_min_messages": "fatal",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running cluster; ``folder`` holds its socket."""

    folder: Path
    _numbers: Iterator[int]

    def address(self, name: str) -> str:
        """Return a database's address, as ``--database`` takes it."""
        return f"postgresql://{OWNER}@/{name}?host={self.folder}"

    def make(self) -> str:
        """Return the address of a new, empty database."""
        name = f"perisai_{next(self._numbers)}"
        self._tell(f"CREATE DATABASE {name} TEMPLATE template0")
        return self.address(name)

    def drop(self, address: str) -> None:
        """Drop a database, whoever is still in it."""
        name = address.rpartition("/perisai_")[2].partition("?")[0]
        self._tell(f"DROP DATABASE perisai_{name} WITH (FORCE)")

    def _tell(self, statement: Any) -> None:
        with psycopg.connect(self.address("postgres"), autocommit=True) as connection:
            connection.execute(statement)


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest where there are several."""
    found = list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return max(found, key=lambda path: int(path.parts[-3])).parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextlib.contextmanager
def a_cluster(**settings: str) -> Iterator[Cluster]:
    """Yield a new cluster, and remove it; *settings* go before those that make tests quick."""
    binaries = programs()
    assert binaries is not None, "PostgreSQL's programs are not installed"
    folder = Path(tempfile.mkdtemp(prefix="perisai-pg-"))
    try:
        who = _unprivileged(folder)
        store = folder / "store"
        _make(binaries, store, who)
        given = _SETTINGS | settings | {"unix_socket_directories": str(folder)}
        options = [part for name, value in given.items() for part in ("-c", f"{name}={value}")]
        server = subprocess.Popen(
            [binaries / "postgres", "-D", store, *options],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            preexec_fn=_die_with_the_tests,  # noqa: PLW1509 - it only calls into the kernel
            **who,
        )
        with server:
            try:
                cluster = Cluster(folder, itertools.count(1))
                _wait_for(cluster, server)
                yield cluster
            finally:
                server.send_signal(signal.SIGQUIT)
    finally:
        shutil.rmtree(folder)


def _unprivileged(folder: Path) -> dict[str, Any]:
    """Return who the cluster runs as: PostgreSQL refuses root, so root gives the folder away."""
    if os.getuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _make(binaries: Path, store: Path, who: dict[str, Any]) -> None:
    made = subprocess.run(
        [
            *(binaries / "initdb", "--pgdata", store, "--username", OWNER, "--auth", "trust"),
            *("--encoding", "UTF8", "--locale", "C", "--no-sync", "--no-instructions"),
        ],
        cwd=store.parent,
        capture_output=True,
        text=True,
        check=False,
        **who,
    )
    assert made.returncode == 0, made.stderr


def _die_with_the_tests() -> None:
    """Let the kernel stop the cluster when the tests are killed (Linux; elsewhere it stays)."""
    if _prctl is not None:
        _prctl(_PARENT_DEATH_SIGNAL, signal.SIGQUIT)


def _wait_for(cluster: Cluster, server: subprocess.Popen[bytes]) -> None:
    give_up = time.monotonic() + _STARTS_WITHIN
    while True:
        try:
            psycopg.connect(cluster.address("postgres")).close()
        except psycopg.OperationalError:
            assert server.poll() is None, "the cluster ended by itself"
            assert time.monotonic() < give_up, "the cluster does not answer"
            time.sleep(0.02)
        else:
            return


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    """Return this worker's cluster."""
    if programs() is None:
        if REQUIRED:
            pytest.fail("PostgreSQL's programs are not installed, and here they must be.")
        pytest.skip("PostgreSQL's programs are not installed (Debian: apt-get install postgresql).")
    with a_cluster() as cluster:
        yield cluster


@pytest.fixture
def postgres_address(postgres: Cluster) -> Iterator[str]:
    """Return the address of a fresh, empty PostgreSQL database, for ``--database``."""
    address = postgres.make()
    yield address
    postgres.drop(address)
