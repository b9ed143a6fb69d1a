"""Reports are written in one language at a time; a browser is driven as in the end-to-end tests."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from perisai_cli import i18n

sys.path.append(str(Path(__file__).parents[1] / "e2e"))


@pytest.fixture(autouse=True)
def _indonesian() -> Iterator[None]:
    """Begin in Indonesian, and leave the language as it was."""
    before = i18n.language()
    i18n.use_language("id")
    yield
    i18n.use_language(before)


@pytest.fixture(params=i18n.LANGUAGES)
def spoken(request: pytest.FixtureRequest) -> str:
    """Return each language in turn, chosen."""
    i18n.use_language(request.param)
    return str(request.param)
