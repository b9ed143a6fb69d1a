"""Questions on a terminal: each answer is checked at once, and Enter takes the default."""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from perisai_cli import wiring
from perisai_cli.cli import output
from perisai_cli.cli.invocation import current
from perisai_cli.cli.keyboard import typed_line
from perisai_cli.cli.output import problem_lines, tell
from perisai_cli.cli.stopping import Unkept
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.i18n import text

T = TypeVar("T")

BACK, CLEAR, HELP, LEAVE = "<", "-", "?", "!"
_ROOM, SHORT = 20, 4
"""Columns that an answer takes as a rule, and one of a few letters."""

LEAVES_PERSON = ("enter", "back", "clear", "leave", "help", "stop_unkept")
LEAVES_COMMAND = ("enter", "back", "clear", "leave_all", "help", "stop_unkept")
KEEPS_ANSWERS = ("enter", "back", "clear", "leave", "help", "stop")
"""What ``?`` says of the keys: ``!`` and Ctrl-C do not mean the same everywhere."""

_keys: tuple[str, ...] = LEAVES_COMMAND

_KEY = re.compile(r"\x1b(?:\[[0-9;]*[A-Za-z~]|O[A-Z]|.?)")
"""What the keys that move a cursor leave in a line."""
_NO_LETTER = re.compile("[\ufffd\ud800-\udfff]")
"""What is left of octets that are no letter in the terminal's own encoding."""

Step = Callable[[], bool | None]
"""One question; False says that there was nothing to ask."""


class GoBack(Exception):
    """The person typed ``<``: the question before is asked again."""


class LeaveOut(Unkept):
    """The person typed ``!``: whoever is being asked about is left out.

    Where nobody is being asked about, it stops the command as Ctrl-C does.
    """


def ask(
    question: str,
    check: Callable[[str], T],
    default: str | None = None,
    *,
    shown: str | None = None,
    about: tuple[str, ...] = (),
    room: int = _ROOM,
) -> T:
    """Ask until *check* takes the answer; an empty answer is the default, where there is one.

    Args:
        question: What is asked, without its colon.
        check: Returns the answer, or raises ``InvalidInput``: the same is asked again.
        default: What Enter stands for; ``-`` takes it away.
        shown: The default as a person reads it, where that is not what is typed.
        about: Lines that ``?`` prints after the keys.
        room: Columns that an answer takes as a rule.

    Raises:
        GoBack: the answer was ``<``.
        LeaveOut: the answer was ``!``.
        Unkept: Ctrl-C, or the terminal went away.
    """
    offered = default
    with _stops_unkept():
        while True:
            _prompt(question, (shown or default or "") if offered else "", room)
            try:
                typed = _line()
                if typed in (BACK, LEAVE):
                    raise GoBack if typed == BACK else LeaveOut
                if typed == HELP:
                    tell(*_help(about))
                    continue
                if typed == CLEAR:
                    offered, typed = None, ""
                return check(typed or offered or "")
            except InvalidInput as error:
                for problem in error.problems:
                    tell(*problem_lines(problem))


@contextlib.contextmanager
def _stops_unkept() -> Iterator[None]:
    """Let a stop be one at a question, unless whoever asks keeps the answers.

    Raises:
        Unkept: the person stopped, or the terminal went away.
    """
    try:
        yield
    except Unkept:
        raise
    except KeyboardInterrupt:
        raise Unkept from None


@contextlib.contextmanager
def keys_are(keys: tuple[str, ...]) -> Iterator[None]:
    """Let ``?`` say within the block what the keys do there."""
    global _keys  # noqa: PLW0603 - one terminal has one question at a time
    before, _keys = _keys, keys
    try:
        yield
    finally:
        _keys = before


def _prompt(question: str, offered: str, room: int) -> None:
    """Write a question and its default, broken between words where the terminal is narrow.

    Where fewer than *room* columns are left for the answer, it has a line of its own.
    """
    whole = output.fitted(f"{question} [{offered}]:" if offered else f"{question}:", sys.stderr)
    left = output.columns(sys.stderr) - len(whole.rpartition("\n")[2]) - 1
    sys.stderr.write(whole + (" " if left >= room else "\n  "))
    sys.stderr.flush()


def _line() -> str:
    """Return what was typed, without blanks around it.

    Raises:
        InvalidInput: ``answer.keys``: an arrow key or the like; ``answer.letters``: octets that
            are no letters.
        KeyboardInterrupt: the terminal went away.
    """
    try:
        line = typed_line()
    except UnicodeDecodeError:
        raise InvalidInput("answer.letters") from None
    if not line:
        with contextlib.suppress(OSError):  # nobody may be there to see it
            sys.stderr.write("\n")
        raise KeyboardInterrupt
    if _KEY.search(line):
        raise InvalidInput("answer.keys")
    if _NO_LETTER.search(line):
        raise InvalidInput("answer.letters")
    return line.strip()


def _help(about: tuple[str, ...]) -> tuple[str, ...]:
    """Return what each key does, then what there is to say about the question."""
    keys = (f"  {text(f'keys.{name}')}" for name in _keys)
    return (*keys, *(f"  {line}" for line in about))


def interview(
    steps: Sequence[Step],
    start: int = 0,
    after: Callable[[int], None] | None = None,
    *,
    back: bool = False,
) -> None:
    """Ask the *steps* in order from *start*; ``<`` goes back to the one asked before.

    A step that returns False asked nothing, and is passed over on the way back too. *after* is
    called with the number of the next step at each answer, and at each way back. With *back*, the
    person came back to *start*: where it has nothing to ask, the one before it is asked.
    """
    index, asked = start, list(range(start))
    with _stops_unkept():
        while index < len(steps):
            try:
                told = steps[index]() is not False
            except GoBack:
                index, told, back = (asked.pop() if asked else 0), True, True
            else:
                if back and not told and asked:
                    index = asked.pop()
                    continue
                back = False
                if told:
                    asked.append(index)
                index += 1
            if after is not None:
                after(index)


def yes(question: str, *, default: bool | None, about: tuple[str, ...] = ()) -> bool:
    """Ask for yes or no, in either language; with no default, Enter is not an answer."""
    hints = {True: "ask.yes_no_default_yes", False: "ask.yes_no_default_no", None: "ask.yes_no"}

    def check(typed: str) -> bool:
        return yes_or_no(typed, default=default)

    return ask(f"{question} {text(hints[default])}", check, about=about, room=SHORT)


def yes_or_no(typed: str, *, default: bool | None) -> bool:
    """Return what a word of either language says; nothing typed is the default, if there is one.

    Raises:
        InvalidInput: ``answer.yes_or_no``: another word, or nothing where there is no default.
    """
    word = typed.lower()
    if word in ("y", "ya", "yes"):
        return True
    if word in ("t", "n", "tidak", "no"):
        return False
    if not word and default is not None:
        return default
    raise InvalidInput("answer.yes_or_no")


def alone(question: Callable[[], T]) -> T:
    """Return the answer to a question that has none before it: ``<`` asks it again."""
    while True:
        try:
            return question()
        except GoBack:
            tell("  " + text("keys.first"))


def decided(question: str, *, default: bool | None) -> bool:
    """Ask for yes or no where there is no question before."""
    return alone(lambda: yes(question, default=default))


def confirmed(question: str) -> bool:
    """Return whether to go on: ``--yes`` says so; else a person is asked.

    Raises:
        InvalidInput: ``confirm.missing``, with the question: nobody can be asked.
    """
    if current().yes:
        return True
    if not wiring.is_interactive():
        raise InvalidInput("confirm.missing", field="--yes", question=question)
    return decided(question, default=False)
