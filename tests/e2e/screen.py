"""A person before a real terminal of a given size, who reads what stands there and types."""

from __future__ import annotations

import os
import signal

import pexpect
import pyte
from command_line import Cli

from perisai_cli.i18n.catalogue import sentence

_HANGS = 60
SIZES = ((40, 20), (60, 24), (120, 40))
"""Columns and rows: a phone held upright with large letters, Termux, a laptop."""


class Screen:
    """One call of the program on a terminal of *size*, in one language."""

    def __init__(
        self, cli: Cli, *arguments: str, size: tuple[int, int] = (80, 24), lang: str = "id",
        environment: dict[str, str] | None = None, program: str | None = None,
    ):  # fmt: skip
        self.columns, rows = size
        self.lang = lang
        self._screen = pyte.Screen(self.columns, rows)
        self._stream = pyte.Stream(self._screen)
        self.raw, self._unread = "", ""
        self.process = pexpect.spawn(
            program or str(cli.program), [*arguments, *([] if program else ["--lang", lang])],
            env=cli.environment | {"TERM": "xterm"} | (environment or {}),  # type: ignore[arg-type]
            cwd=str(cli.folder), dimensions=(rows, self.columns), timeout=_HANGS,
        )  # fmt: skip
        self.process.delaybeforesend = None
        self.encoding = "utf-8"

    def __enter__(self) -> Screen:
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.close(force=True)

    def _more(self) -> bool:
        try:
            read: str = self.process.read_nonblocking(65536, _HANGS).decode(
                self.encoding, "replace"
            )
        except pexpect.EOF:
            return False
        self.raw += read
        self._unread += read
        self._stream.feed(read)
        return True

    def words(self, key: str) -> str:
        """Return the beginning of a sentence of the program, up to what is filled in."""
        return " ".join(sentence(self.lang, key).partition("{")[0].split())

    def wait_for(self, words: str) -> None:
        """Read until *words* stand there, wherever lines are broken, and forget all up to them."""
        while words not in (flat := " ".join(self._unread.split())):
            assert self._more(), f"{words!r} never showed:\n{self.raw[-3000:]}"
        blank = " " if self._unread[-1:].isspace() else ""
        self._unread = flat.partition(words)[2] + blank

    def type(self, typed: str) -> None:
        """Type without Enter."""
        self.process.send(typed.encode())

    def answer(self, key: str, typed: str) -> None:
        """Type a line once the question under *key* stands there."""
        self.wait_for(self.words(key))
        self.process.send(typed.encode() + b"\r")

    def kill(self) -> None:
        """Take the power away."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def end(self) -> int:
        """Read to the end; return the exit code."""
        while self._more():
            pass
        self.process.wait()
        code: int = self.process.exitstatus
        return code

    @property
    def display(self) -> list[str]:
        """What stands on the terminal now."""
        return [line.rstrip() for line in self._screen.display]

    def too_long(self) -> list[str]:
        """Return the lines that the terminal had to break, in the middle of a word or not."""
        lines = self.raw.replace("\r\n", "\n").split("\n")
        return [line for line in lines if len(line.rstrip("\r")) > self.columns]


def answered(screen: Screen, *talk: tuple[str, str]) -> None:
    """Answer questions in order, each by the key of its sentence."""
    for key, typed in talk:
        screen.answer(key, typed)
