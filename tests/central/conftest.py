"""One real central a worker process, on a free loopback port, over a database in a fresh folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from central_field import Clock, Device
from two_offices import Scene, enter, fill

from perisai_cli.central.database import Database
from perisai_cli.central.serve import open_central, running


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(verify=False, timeout=20, trust_env=False) as client:
        yield client


@pytest.fixture(scope="session")
def shared_clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("central")


@pytest.fixture(scope="session")
def address(shared_folder: Path, shared_clock: Clock) -> Iterator[str]:
    with running(shared_folder, clock=shared_clock) as at:
        yield at


@pytest.fixture(scope="session")
def shared_database(address: str, shared_folder: Path) -> Iterator[Database]:
    database = open_central(shared_folder)
    yield database
    database.close()


@pytest.fixture
def clock(shared_clock: Clock) -> Iterator[Clock]:
    before = shared_clock.now
    yield shared_clock
    shared_clock.now = before


@pytest.fixture
def a_device(http: httpx.Client, address: str) -> Callable[..., Device]:
    def make(agent: str | None = None) -> Device:
        return Device(http, agent, address)

    return make


@pytest.fixture
def device(a_device: Callable[..., Device]) -> Device:
    return a_device().sign_in()


@pytest.fixture
def other(a_device: Callable[..., Device]) -> Device:
    return a_device().sign_in()


@pytest.fixture(params=["sqlite", "postgresql"])
def scene(request: pytest.FixtureRequest, tmp_path: Path, http: httpx.Client) -> Iterator[Scene]:
    """Return a central of its own with two offices, on each kind of database."""
    where: Path | str = tmp_path
    if request.param == "postgresql":
        where = str(request.getfixturevalue("postgres_address"))
    with running(where, clock=Clock()) as at:
        database = open_central(where)
        one, two = (Device(http, f"A-{number}", at) for number in (1, 2))
        enter(one, two, database)
        yield Scene(database, one, two, fill(one, two))
        database.close()
