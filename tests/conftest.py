"""What holds for every test: the home of whoever runs them can't be touched."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from command_line import Cli, safe_environment
from hypothesis import settings
from postgres import postgres, postgres_address  # noqa: F401 - fixtures for every test
from proof_counts import pytest_terminal_summary  # noqa: F401 - a hook

from perisai_cli import i18n

_OURS = "PERISAI_"

settings.register_profile("house", deadline=None)  # how fast a machine is proves nothing
settings.load_profile("house")


@pytest.fixture(scope="session", autouse=True)
def no_real_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Point everything that leads to a home at a folder of this run, for all of its tests."""
    before = dict(os.environ)
    safe = safe_environment(tmp_path_factory.mktemp("no-real-home"))
    for name in [name for name in os.environ if name.startswith(_OURS)]:
        del os.environ[name]
    os.environ.update(safe)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c_is_heard() -> None:
    """Let programs that tests start hear Ctrl-C, even where these tests run in the background.

    A shell without job control starts what it puts behind itself with SIGINT ignored, and every
    program that is started from there inherits it.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _home_is_a_folder_of_this_run(no_real_home: None) -> None:
    """Fail a test that would see the real home because another one changed the environment."""
    ours = Path(os.environ["HOME"]).parent
    assert ours.name.startswith("no-real-home")
    assert Path(os.environ["PERISAI_HOME"]).parent == ours


@pytest.fixture(autouse=True)
def _begins_in_indonesian() -> Iterator[None]:
    """Begin in Indonesian: a call of the program in this process chooses for all of it."""
    i18n.use_language("id")
    yield
    i18n.use_language("id")


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Return the program in a fresh home, where nothing is set up."""
    return Cli(tmp_path)
