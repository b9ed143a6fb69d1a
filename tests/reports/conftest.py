"""Reports are written in one language at a time; a browser is driven as in the end-to-end tests."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from perisai_cli import i18n

sys.path.append(str(Path(__file__).parents[1] / "e2e"))


@pytest.fixture(params=i18n.LANGUAGES)
def spoken(request: pytest.FixtureRequest) -> str:
    """Return each language in turn, chosen."""
    i18n.use_language(request.param)
    return str(request.param)
