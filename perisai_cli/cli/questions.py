"""Questions on a terminal: each answer is checked at once, and Enter takes the default."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

from perisai_cli import wiring
from perisai_cli.cli.invocation import current
from perisai_cli.cli.output import problem_lines, tell
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import text

T = TypeVar("T")

BACK = "<"

Step = Callable[[], bool | None]
"""One question; False says that there was nothing to ask."""


class GoBack(Exception):
    """The person typed ``<``: the question before is asked again."""


def ask(question: str, check: Callable[[str], T], default: str | None = None) -> T:
    """Ask until *check* takes the answer; an empty answer is the default, where there is one.

    Raises:
        GoBack: the answer was ``<``.
        KeyboardInterrupt: Ctrl-C, or the terminal went away.
    """
    while True:
        shown = f" [{default}]" if default else ""
        sys.stderr.write(f"{question}{shown}: ")
        sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            raise KeyboardInterrupt
        typed = line.strip()
        if typed == BACK:
            raise GoBack
        try:
            return check(typed or default or "")
        except InvalidInput as error:
            for problem in error.problems:
                tell(*problem_lines(problem))


def interview(
    steps: Sequence[Step], start: int = 0, after: Callable[[int], None] | None = None
) -> None:
    """Ask the *steps* in order from *start*; ``<`` goes back to the one asked before.

    A step that returns False asked nothing, and is passed over on the way back too. *after* is
    called with the number of the next step each time an answer is complete.
    """
    index, asked = start, list(range(start))
    while index < len(steps):
        try:
            if steps[index]() is not False:
                asked.append(index)
        except GoBack:
            index = asked.pop() if asked else 0
            continue
        index += 1
        if after is not None:
            after(index)


def yes(question: str, *, default: bool | None) -> bool:
    """Ask for yes or no, in either language; with no default, Enter is not an answer."""
    hints = {True: "ask.yes_no_default_yes", False: "ask.yes_no_default_no", None: "ask.yes_no"}

    def check(typed: str) -> bool:
        word = typed.lower()
        if word in ("y", "ya", "yes"):
            return True
        if word in ("t", "n", "tidak", "no"):
            return False
        if not word and default is not None:
            return default
        raise InvalidInput("answer.yes_or_no")

    return ask(f"{question} {text(hints[default])}", check)


def confirmed(question: str) -> bool:
    """Return whether to go on: ``--yes`` says so; else a person is asked.

    Raises:
        InvalidInput: ``confirm.missing``: nobody can be asked.
    """
    if current().yes:
        return True
    if not wiring.is_interactive():
        raise InvalidInput("confirm.missing", field="--yes")
    return yes(question, default=False)
