"""The reference pages say what the program does."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

from perisai_cli.domain.errors import EXIT_CODES

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


def test_the_page_of_commands_is_the_program_s_own_help() -> None:
    spec = importlib.util.spec_from_file_location("make", DOCS / "reference" / "make.py")
    assert spec
    assert spec.loader
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    assert make.PAGE.read_text(encoding="utf-8") == make.page()


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
