"""Writes ``commands.md`` from the program's own help, in both languages.

Run it from the root of the checkout whenever a command changes; a test compares the page::

    python docs/reference/make.py
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from perisai_cli.cli.names import INDONESIAN

PAGE = Path(__file__).with_name("commands.md")
HEADINGS = {"id": "Bahasa Indonesia", "en": "English"}


def page() -> str:
    """Return the page: every command's help, Indonesian first."""
    parts = ["# Perintah / Commands\n\nThis page is made by `docs/reference/make.py`.\n"]
    for language, heading in HEADINGS.items():
        parts.append(f"\n## {heading}\n")
        for path in ("", *INDONESIAN):
            title = f"perisai {path}".strip() if language == "en" else _indonesian(path)
            parts.append(f"\n### {title}\n\n```text\n{_help(path, language)}```\n")
    return "".join(parts)


def _indonesian(path: str) -> str:
    words = path.split()
    names = [INDONESIAN[" ".join(words[: size + 1])] for size in range(len(words))]
    return " ".join(["perisai", *names])


def _help(path: str, language: str) -> str:
    environment = os.environ | {"PERISAI_LANG": language, "COLUMNS": "88"}
    command = [sys.executable, "-m", "perisai_cli", *path.split(), "--help"]
    answer = subprocess.run(command, env=environment, capture_output=True, check=True)
    return answer.stdout.decode("utf-8").replace("\r\n", "\n")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
