"""The page of reports is made of the reports as they are."""

from __future__ import annotations

import importlib.util
from pathlib import Path

MAKER = Path(__file__).parents[2] / "docs" / "reference" / "make_reports.py"


def test_the_page_lists_every_section_and_column() -> None:
    spec = importlib.util.spec_from_file_location("make_reports", MAKER)
    assert spec
    assert spec.loader
    maker = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(maker)
    assert maker.PAGE.read_text(encoding="utf-8") == maker.page(), "run make_reports.py"
