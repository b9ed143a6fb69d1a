"""Writes ``commands.md`` from the program's own help, in both languages.

Run it from the root of the checkout whenever a command changes; a test compares the page::

    python docs/reference/make.py
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from perisai_cli.cli.names import INDONESIAN

PAGE = Path(__file__).with_name("commands.md")
HEADINGS = {"id": "Bahasa Indonesia", "en": "English"}
_EACH = """
import sys
from perisai_cli.cli.main import run
for line in sys.stdin.read().splitlines():
    assert run(line.split()) == 0, line
    print(end="\\0")
"""
"""One process answers many command lines: only the first pays for the start."""


def page() -> str:
    """Return the page: every command's help, Indonesian first."""
    parts = ["# Perintah / Commands\n\nThis page is made by `docs/reference/make.py`.\n"]
    paths = ("", *INDONESIAN)
    for language, heading in HEADINGS.items():
        parts.append(f"\n## {heading}\n")
        answers = helps(language, [f"{path} --help" for path in paths])
        for path, answer in zip(paths, answers, strict=True):
            title = f"perisai {path if language == 'en' else indonesian(path)}".strip()
            parts.append(f"\n### {title}\n\n```text\n{answer}```\n")
    return "".join(parts)


def indonesian(path: str) -> str:
    """Return the Indonesian names of a command's path."""
    words = path.split()
    return " ".join(INDONESIAN[" ".join(words[: size + 1])] for size in range(len(words)))


def helps(language: str, lines: Sequence[str]) -> list[str]:
    """Return what the program answers to command lines, none of which may fail."""
    environment = os.environ | {"PERISAI_LANG": language, "COLUMNS": "88", "PYTHONUTF8": "1"}
    answer = subprocess.run(
        [sys.executable, "-c", _EACH], env=environment, check=True,
        input="\n".join(lines).encode(), stdout=subprocess.PIPE,
    )  # fmt: skip
    return answer.stdout.decode("utf-8").replace("\r\n", "\n").split("\0")[:-1]


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
