"""The lawyer's page is made of the parameters as they are."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from perisai_cli.rules import registry
from perisai_cli.rules.law import load_law

MAKER = Path(__file__).parents[2] / "docs" / "reference" / "make_law.py"


@pytest.fixture(scope="module")
def maker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_law", MAKER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_is_what_the_parameters_say(maker: ModuleType) -> None:
    assert maker.PAGE.read_text(encoding="utf-8") == maker.page(), "run docs/reference/make_law.py"


def test_the_page_names_every_parameter_source_and_gap(maker: ModuleType) -> None:
    page = maker.page()
    headings = set(re.findall(r"^### (.+)$", page, re.MULTILINE))
    assert headings == set(load_law().parameters) | set(load_law().sources)
    assert all(f"**{gap.key}**" in page for gap in registry.gaps())


def test_every_value_stands_on_the_page_with_its_first_day(maker: ModuleType) -> None:
    begun = re.findall(r"^\*\*From (\d{4}-\d\d-\d\d)", maker.page(), re.MULTILINE)
    values = sum(len(parameter.values) for parameter in load_law().parameters.values())
    assert len(begun) == values
