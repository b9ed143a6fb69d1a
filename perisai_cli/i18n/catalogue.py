"""Looks sentences up by key in the user's language.

The two catalogues have the same keys and placeholders (tested). A file is cut into its sections and
only the ones that a command needs are parsed, since parsing a whole catalogue would cost a command
that prints three lines more than everything else it does.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

LANGUAGES = ("id", "en")
DEFAULT = "id"

_chosen = DEFAULT


class _Facts(dict[str, object]):
    """Facts for a sentence; a fact that was not given shows as a dash, never as a crash."""

    def __missing__(self, key: str) -> str:
        return "–"


def use_language(language: str) -> None:
    """Choose the language of every later sentence; it must be one of ``LANGUAGES``."""
    if language not in LANGUAGES:
        raise ValueError
    global _chosen  # noqa: PLW0603 - one process speaks one language, chosen before it says a word
    _chosen = language


def language() -> str:
    """Return the chosen language."""
    return _chosen


def text(key: str, /, **facts: object) -> str:
    """Return the sentence under *key* (``section.rest``) with its placeholders filled."""
    return sentence(_chosen, key).format_map(_Facts(facts))


def known(key: str) -> bool:
    """Tell whether there is a sentence under *key*."""
    section, _, rest = key.partition(".")
    return rest in _section(_chosen, section)


def sentence(of_language: str, key: str) -> str:
    """Return the sentence under *key* in a language, placeholders and all."""
    section, _, rest = key.partition(".")
    return _section(of_language, section)[rest]


@cache
def _section(of_language: str, section: str) -> dict[str, str]:
    return tomllib.loads(_sections(of_language).get(section, ""))


@cache
def _sections(of_language: str) -> dict[str, str]:
    """Return the unparsed sections of a catalogue by name."""
    path = Path(__file__).with_name(f"{of_language}.toml")
    _, *parts = ("\n" + path.read_text(encoding="utf-8")).split("\n[")
    named = (part.partition("]\n") for part in parts)
    return {name: table for name, _, table in named}
