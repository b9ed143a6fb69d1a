"""One cheap store a worker process, copied for every test; a real central for those that ask."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from faults_field import Central, Home, HomeMaker, a_central, make_template
from small_disks import small_disk  # noqa: F401 - a fixture


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def a_home(template: Path, tmp_path: Path) -> HomeMaker:
    return HomeMaker(template, tmp_path)


@pytest.fixture
def central(tmp_path: Path) -> Iterator[Central]:
    with a_central(tmp_path / "central") as here:
        yield here


@pytest.fixture
def home(a_home: HomeMaker) -> Home:
    """An agent that knows no central."""
    return a_home()


@pytest.fixture
def linked(a_home: HomeMaker, central: Central) -> Home:
    """An agent that knows the central."""
    return a_home(central.address)
