"""The reference pages say what the program does."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest

from perisai_cli.cli.names import INDONESIAN
from perisai_cli.domain.errors import EXIT_CODES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def make() -> Any:
    """Return the maker of the page of commands."""
    spec = importlib.util.spec_from_file_location("make", DOCS / "reference" / "make.py")
    assert spec
    assert spec.loader
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    return make


def test_the_page_of_commands_is_the_program_s_own_help(make: Any) -> None:
    assert make.PAGE.read_text(encoding="utf-8") == make.page()


def test_every_command_answers_to_both_names_and_helps_in_both_languages(make: Any) -> None:
    paths = list(INDONESIAN)
    ours = [make.indonesian(path) for path in paths]
    english = make.helps("id", [f"{path} --bahasa en --help" for path in paths])
    indonesian = make.helps("id", [f"{path} -h" for path in ours])
    for path, our, in_english, in_indonesian in zip(paths, ours, english, indonesian, strict=True):
        assert in_english.startswith("Usage: perisai "), path
        assert in_indonesian.startswith(f"Pemakaian: perisai {our}"), path
        # An example of JSON may stand in a help; the name of something left out may not.
        assert not re.search(r"\{[a-z_]*\}", in_english + in_indonesian), path
        assert "Usage" not in in_indonesian


def test_the_page_of_exit_codes_lists_every_code_once() -> None:
    page = (DOCS / "reference" / "exit-codes.md").read_text(encoding="utf-8")
    listed = [int(code) for code in re.findall(r"^\| `?(\d+)`? \|", page, re.MULTILINE)]
    assert listed == list(EXIT_CODES)


def test_every_relative_link_leads_somewhere() -> None:
    for page in [*DOCS.rglob("*.md"), ROOT / "README.md", ROOT / "CHANGELOG.md"]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)}: {target}"


def test_ci_runs_exactly_the_readme_s_test_command() -> None:
    command = "python3 -m venv .venv && .venv/bin/pip install -q -e '.[dev]' && .venv/bin/python -m pytest\n"
    assert f"```sh\n{command}```" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"\n{command}" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
