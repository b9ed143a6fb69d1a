"""What holds for the whole of one call of the program: JSON or text, language, yes to questions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

LANGUAGE_OPTIONS = ("--bahasa", "--lang")


class Invocation(NamedTuple):
    """The global flags, read before anything else so that even a usage error obeys them."""

    json: bool = False
    yes: bool = False
    language: str | None = None


_current = Invocation()


def current() -> Invocation:
    """Return the flags of this call."""
    return _current


def begin(arguments: Sequence[str]) -> Invocation:
    """Read the global flags wherever they stand among the *arguments*, and keep them."""
    global _current  # noqa: PLW0603 - one process is one call
    language = None
    before_end = arguments[: arguments.index("--")] if "--" in arguments else arguments
    for index, argument in enumerate(before_end):
        name, _, value = argument.partition("=")
        if name in LANGUAGE_OPTIONS:
            following = before_end[index + 1] if index + 1 < len(before_end) else ""
            language = value or following
    _current = Invocation("--json" in before_end, "--yes" in before_end, language)
    return _current
