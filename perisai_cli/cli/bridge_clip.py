"""Ways to hand a value over: the terminal's clipboard escape, the system's clipboard, or print.

Values reach helper programs through stdin alone: arguments and environment can be read by others.
"""

from __future__ import annotations

import base64
import subprocess
import sys
from typing import Protocol

from perisai_cli.domain.errors import InvalidInput

WAYS = ("osc52", "clipboard", "print", "page")

_NEUTRAL = " "  # an empty text is left out by some clipboards, and the value would stay
_PATIENCE = 5
_UTF16 = "utf-16"  # clip.exe reads plain octets in a code page of its own

_PROGRAMS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("termux-clipboard-set",), "utf-8"),
    (("pbcopy",), "utf-8"),
    (("clip.exe",), _UTF16),
    (("wl-copy", "--type", "text/plain"), "utf-8"),
    (("xclip", "-selection", "clipboard"), "utf-8"),
    (("xsel", "--clipboard", "--input"), "utf-8"),
)
"""Helper programs, and how each reads text; the first that takes a value is the one to use."""


class Way(Protocol):
    """A way to hand values over, one at a time."""

    name: str

    def put(self, value: str) -> None:
        """Make *value* what is pasted next, where this way has a clipboard."""

    def clear(self) -> bool:
        """Take the last value out of the clipboard; tell whether there was one to clear."""


class Printed:
    """Nothing but print: the value is read from the screen."""

    name = "print"

    def put(self, value: str) -> None:
        """Leave the clipboard alone."""

    def clear(self) -> bool:
        """Tell that nothing was put anywhere."""
        return False


class Escape:
    """The terminal's own clipboard, by the escape sequence OSC 52; it works over SSH, too.

    A terminal answers nothing, so whether it took the value shows when it is pasted.
    """

    name = "osc52"

    def __init__(self) -> None:
        self._used = False

    def put(self, value: str) -> None:
        """Ask the terminal to take *value*."""
        self._used = True
        self._write(value)

    def clear(self) -> bool:
        """Put a space in the value's place."""
        if self._used:
            self._write(_NEUTRAL)
        return self._used

    @staticmethod
    def _write(value: str) -> None:
        coded = base64.b64encode(value.encode("utf-8")).decode("ascii")
        sys.stderr.write(f"\x1b]52;c;{coded}\x07")
        sys.stderr.flush()


class Clipboard:
    """The system's clipboard, through whichever helper program is there."""

    name = "clipboard"

    def __init__(self) -> None:
        self._chosen: tuple[tuple[str, ...], str] | None = None

    def put(self, value: str) -> None:
        """Put *value* into the clipboard.

        Raises:
            InvalidInput: ``bridge.no_clipboard``: no helper program took it.
        """
        for program in (self._chosen,) if self._chosen else _PROGRAMS:
            if _handed(program, value):
                self._chosen = program
                return
        raise InvalidInput("bridge.no_clipboard", field="--via")

    def clear(self) -> bool:
        """Put a space in the value's place."""
        return self._chosen is not None and _handed(self._chosen, _NEUTRAL)


def _handed(program: tuple[tuple[str, ...], str], value: str) -> bool:
    """Tell whether a helper program is there and took *value* from its stdin."""
    import shutil

    (name, *options), coding = program
    path = shutil.which(name)
    if path is None:
        return False
    try:
        done = subprocess.run(
            [path, *options],
            input=value.encode(coding),
            stdout=subprocess.DEVNULL,  # some stay in the background and would hold a pipe open
            stderr=subprocess.DEVNULL,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def chosen_way(name: str | None) -> Way:
    """Return the way called *name*; without one, the system's clipboard, else the terminal's.

    Raises:
        InvalidInput: ``bridge.via``, or ``bridge.no_clipboard`` where that way was asked for.
    """
    if name == "print":
        return Printed()
    if name == "osc52":
        return Escape()
    if name not in (None, "clipboard"):
        raise InvalidInput("bridge.via", field="--via", choices=", ".join(WAYS))
    clipboard = Clipboard()
    try:
        clipboard.put(_NEUTRAL)
    except InvalidInput:
        if name is None:
            return Escape()
        raise
    return clipboard
