"""One real central a worker process, started by the program itself, and homes made ready once."""

from __future__ import annotations

import itertools
import re
import signal
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command_line import Cli
from field_work import Agent, Office, Proxy, between, quicken

_agents = itertools.count(1)


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Return the central that ``perisai pusat jalankan`` runs on a free loopback port."""
    folder = tmp_path_factory.mktemp("office")
    process = Cli(folder).start(
        "pusat", "jalankan", "--port", "0", "--data", "data", stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    try:
        ready = process.stderr.readline().decode()
        found = re.search(r"http://127\.0\.0\.1:[0-9]+", ready)
        assert found, ready
        yield Office(found[0], folder / "data")
    finally:
        process.send_signal(signal.SIGTERM)
        rest = process.stderr.read().decode()
        process.stderr.close()
        assert process.wait(30) == 0, rest
        assert "Traceback" not in rest


@pytest.fixture(scope="session")
def ready_home(tmp_path_factory: pytest.TempPathFactory) -> Cli:
    """Return a home that is set up, to be copied and never used itself."""
    cli = Cli(tmp_path_factory.mktemp("ready"))
    cli.set_up()
    quicken(cli)
    return cli


@pytest.fixture
def agent(tmp_path: Path, ready_home: Cli) -> Cli:
    """Return an agent with a store and no central: enough for whatever needs no network."""
    return Agent(tmp_path / "agent", "", ready=ready_home)


@pytest.fixture
def an_agent(tmp_path: Path) -> Callable[[str], Agent]:
    """Return a way to set up one more agent, each a device of its own."""

    def make(central: str) -> Agent:
        number = next(_agents)
        return Agent(tmp_path / f"agent-{number}", central, f"A-{number:03d}")

    return make


@pytest.fixture
def proxy(office: Office) -> Iterator[Proxy]:
    """Return a proxy before the central."""
    with between(office.url) as proxy:
        yield proxy
