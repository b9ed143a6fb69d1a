"""A person at a terminal: a pseudo-terminal that reads prompts and types answers."""

from __future__ import annotations

import os
import pty
import select
import subprocess
from typing import Any, Protocol

_HANGS = 60


class Starts(Protocol):
    """Whatever can start the program: a ``Cli``, as a rule."""

    def start(self, *arguments: str, **popen: Any) -> subprocess.Popen[bytes]:
        """Start the program and leave it running."""


class Terminal:
    """One call of the program on a terminal of its own."""

    def __init__(self, cli: Starts, *arguments: str):
        self._master, slave = pty.openpty()
        self.process = cli.start(
            *arguments, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
        )
        os.close(slave)
        self.shown = ""

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_error: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(_HANGS)
        self.hang_up()

    def hang_up(self) -> None:
        """Close the terminal."""
        if self._master is not None:
            os.close(self._master)
        self._master = None

    def _more(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], _HANGS)
        assert ready, f"nothing more came after:\n{self.shown}"
        try:
            read = os.read(self._master, 4096)
        except OSError:  # Linux's way to say that the other end is closed
            return False
        self.shown += read.decode("utf-8", errors="replace")
        return bool(read)

    def wait_for(self, prompt: str) -> None:
        """Read until *prompt* shows, and forget all up to it."""
        while prompt not in self.shown:
            assert self._more(), f"{prompt!r} never showed:\n{self.shown}"
        self.shown = self.shown.partition(prompt)[2]

    def answer(self, prompt: str, typed: str) -> None:
        """Type a line once *prompt* shows."""
        self.wait_for(prompt)
        os.write(self._master, typed.encode() + b"\n")

    def end(self) -> int:
        """Read to the end; return the exit code."""
        while self._more():
            pass
        return self.process.wait(_HANGS)


def answered(terminal: Terminal, *talk: tuple[str, str]) -> None:
    """Answer prompts in order."""
    for prompt, typed in talk:
        terminal.answer(prompt, typed)
