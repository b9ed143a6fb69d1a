"""Ctrl-C in the last moment before the program waits for a key is heeded like any other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import Any

import pytest
from command_line import Cli
from terminal import Terminal

BETWEEN = """
import signal, sys, threading
threading.Thread(target=threading.Event().wait, daemon=True).start()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
from perisai_cli.cli.main import run
sys.exit(run(sys.argv[1:]))
"""
"""The program, where another thread takes the signal: the thread that waits for a key is not woken,
just as it is not by a signal that came between Python's last look and the system's wait."""


class Unwoken:
    """Starts the program of an agent so that no signal wakes the wait for a key."""

    def __init__(self, agent: Cli):
        self._agent = agent

    def start(self, *arguments: str, **popen: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", BETWEEN, *arguments],
            env=self._agent.environment,
            cwd=self._agent.folder,
            **popen,
        )


@pytest.mark.skipif(os.name == "nt", reason="a console of Windows hands Ctrl-C over itself")
def test_a_signal_that_does_not_wake_the_wait_still_stops_the_program(agent: Cli) -> None:
    with Terminal(Unwoken(agent), "daftar") as terminal:
        terminal.wait_for("NIK")
        terminal.wait_for(":")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 130
        assert "dihentikan" in terminal.shown.lower()
