"""How results reach a person or a script: text in the user's language, or one JSON document.

Results go to stdout; progress, questions and warnings to stderr. With ``--json`` stdout carries
exactly one document.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
from collections.abc import Callable, Iterable
from typing import Any, TextIO

from perisai_cli.actions.app import Result
from perisai_cli.cli import names
from perisai_cli.cli.invocation import current
from perisai_cli.domain.errors import Problem
from perisai_cli.i18n import known, language, text

ENVELOPE_VERSION = 1


def say(*lines: str) -> None:
    """Write lines of a result to stdout."""
    _write(sys.stdout, lines)


def hand_over(document: str) -> None:
    """Write what a program reads, such as JSON or a script, to stdout: no line of it is broken."""
    sys.stdout.write(document + "\n")


def tell(*lines: str) -> None:
    """Write lines of talk to stderr."""
    _write(sys.stderr, lines)


def _write(stream: TextIO, lines: Iterable[str]) -> None:
    """Write lines, each broken between words where a terminal is narrower than it."""
    for line in lines:
        stream.write(fitted(line, stream) + "\n")


def fitted(line: str, stream: TextIO) -> str:
    """Return a line, broken between words where the terminal of *stream* is narrower than it."""
    width = columns(stream) if stream.isatty() else 0
    fits = not width or len(line) <= width or "\x1b" in line  # coloured tables fit already
    return line if fits else _broken(line, width)


def columns(stream: TextIO) -> int:
    """Return how many columns the terminal of *stream* has; where nothing tells, 80."""
    known = shutil.get_terminal_size((0, 0)).columns  # of stdout, unless COLUMNS says
    try:
        return known or os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def _broken(line: str, width: int) -> str:
    indent = " " * (len(line) - len(line.lstrip()) + 2)
    return textwrap.fill(
        line,
        max(width, 20),
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )


def show(result: Result, lines: Callable[[Any], Iterable[str]]) -> int:
    """Print a result as JSON, or as *lines* made of its data; return its exit code."""
    if current().json:
        hand_over(json.dumps(envelope(result), ensure_ascii=False))
        return result.exit_code
    for warning in result.warnings or ():
        tell(f"! {sentence('warning', warning)}")
    say(*lines(result.data))
    sys.stdout.flush()
    for problem in result.problems:
        tell(*problem_lines(problem))
    return result.exit_code


def envelope(result: Result) -> dict[str, Any]:
    """Return the JSON document of a result (contract version 1)."""
    data = result.data
    if result.warnings is not None:
        data = data | {"warnings": [warning_json(warning) for warning in result.warnings]}
    return {
        "perisai": ENVELOPE_VERSION,
        "command": result.command,
        "status": result.status,
        "exit_code": result.exit_code,
        "data": data,
        "errors": [problem_json(problem) for problem in result.problems],
    }


def problem_json(problem: Problem) -> dict[str, Any]:
    """Return a problem as the contract writes it: code, message, remedy, and where it is."""
    whole: dict[str, Any] = {
        "code": problem.code,
        "message": sentence("error", problem),
        "remedy": sentence("remedy", problem),
    }
    places = {"field": _pointer(problem.field), "row": problem.row, "id": problem.id}
    return whole | {name: place for name, place in places.items() if place is not None}


def _pointer(field: str | None) -> str | None:
    """Return a field as a JSON pointer; the name of an option or a variable is one step of it."""
    return field if field is None or field.startswith("/") else f"/{field.lstrip('-')}"


def warning_json(warning: Problem) -> dict[str, Any]:
    """Return a warning as the contract writes it: code, message, and its field."""
    whole = {"code": warning.code, "message": sentence("warning", warning)}
    return whole | ({"field": warning.field} if warning.field else {})


_WORDED = {"cause": "file_cause", "answers": "stopped", "state": "state"}
"""Facts whose values are said in words, and the sections that hold those."""


def sentence(section: str, problem: Problem) -> str:
    """Return what a code says in the user's language.

    A code without a sentence of its own has that of its family (``name.missing`` has
    ``any.missing``); one without a family says so itself, for a newer central may send a code
    that this version has no words for.
    """
    own, family = f"{section}.{problem.code}", f"{section}.any.{problem.code.rsplit('.', 1)[-1]}"
    key = next((key for key in (own, family) if known(key)), f"{section}.unknown_code")
    facts = {"code": problem.code, "field": problem.field or "–"} | problem.facts
    named = names.option(str(facts["field"]), language())
    for name, words in _WORDED.items():
        # Facts may be a central's, under any name and with any value.
        if known(said := f"{words}.{facts.get(name)}"):
            facts[name] = text(said, number=facts.get("number", 0))
    return text(key, **(facts | {"field": named}))


def problem_lines(problem: Problem) -> list[str]:
    """Return a problem as two lines: what happened, and what to do next."""
    place = ""
    if problem.file is not None:
        place = f"{problem.file}: "
    elif problem.row is not None:
        place = text("output.row", row=problem.row) + " "
    if problem.field and problem.field.startswith("/"):
        place += f"{field_label(problem.field)}: "
    return [
        f"✗ {place}{sentence('error', problem)} [{problem.code}]",
        f"  → {sentence('remedy', problem)}",
    ]


def field_label(pointer: str) -> str:
    """Return the name of a field in the user's language, from its JSON pointer."""
    words = [part for part in pointer.strip("/").split("/") if not part.isdigit()]
    key = "field." + ".".join(words)
    return text(key) if known(key) else pointer


def fail(problems: Iterable[Problem], exit_code: int, command: str) -> int:
    """Print an error as JSON or as text on stderr; return the exit code."""
    found = tuple(problems)
    if current().json:
        hand_over(
            json.dumps(
                envelope(Result(command, {}, found, None, "error", exit_code)), ensure_ascii=False
            )
        )
    else:
        for problem in found:
            tell(*problem_lines(problem))
    return exit_code
