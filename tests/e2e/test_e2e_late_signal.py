"""The wait for a key ends with a signal, however late it comes, and with the terminal."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command_line import Cli
from field_work import a_nik
from terminal import Terminal

from perisai_cli.domain.identity import mask_nik
from perisai_cli.i18n.catalogue import sentence

BETWEEN = """
import signal, sys, threading
threading.Thread(target=threading.Event().wait, daemon=True).start()
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
from perisai_cli.cli.main import run
sys.exit(run(sys.argv[1:]))
"""
"""The program, where another thread takes the signal: the thread that waits for a key is not woken,
just as it is not by a signal that came between Python's last look and the system's wait."""


DEAF = """
import signal, sys
signal.signal(signal.SIGHUP, signal.SIG_IGN)
from perisai_cli.cli.main import run
sys.exit(run(sys.argv[1:]))
"""
"""The program under ``nohup``: it is not ended by its terminal's end."""


AT_ONCE = """
import os, signal, sys

class Shown:
    def __init__(self, screen):
        self._screen, self._last = screen, ""

    def __getattr__(self, name):
        return getattr(self._screen, name)

    def write(self, words):
        self._last = words
        return self._screen.write(words)

    def flush(self):
        self._screen.flush()
        if "Nama" in self._last:
            os.kill(os.getpid(), signal.SIGINT)

sys.stderr = Shown(sys.stderr)
from perisai_cli.cli.main import run
sys.exit(run(sys.argv[1:]))
"""
"""The program, stopped as soon as the question for a name stands there, before it reads."""


class Within:
    """Starts the program of an agent within a few lines of Python."""

    def __init__(self, agent: Cli, lines: str):
        self._agent, self._lines = agent, lines

    def start(self, *arguments: str, **popen: Any) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", self._lines, *arguments],
            env=self._agent.environment,
            cwd=self._agent.folder,
            **popen,
        )


@pytest.mark.skipif(os.name == "nt", reason="a console of Windows hands Ctrl-C over itself")
def test_a_signal_that_does_not_wake_the_wait_still_stops_the_program(agent: Cli) -> None:
    with Terminal(Within(agent, BETWEEN), "daftar") as terminal:
        terminal.wait_for("NIK")
        terminal.wait_for(":")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 130
        assert "dihentikan" in terminal.shown.lower()


@pytest.mark.skipif(os.name == "nt", reason="a console of Windows hands Ctrl-C over itself")
def test_a_stop_as_soon_as_the_question_shows_says_what_became_of_answers(tmp_path: Path) -> None:
    cli = Cli(tmp_path)
    with Terminal(Within(cli, AT_ONCE), "siapkan") as terminal:
        terminal.answer(sentence("id", "ask.setup_agent"), "A-017")
        assert terminal.end() == 130
        assert sentence("id", "stopped.unkept") in " ".join(terminal.shown.split())


@pytest.mark.skipif(os.name == "nt", reason="a console of Windows does not go away like this")
def test_a_terminal_that_goes_away_stops_the_program_and_the_draft_is_kept(agent: Cli) -> None:
    with Terminal(Within(agent, DEAF), "daftar") as terminal:
        terminal.answer("NIK (16 angka):", nik := a_nik())
        terminal.answer("Cocok dengan kartunya?", "")
        terminal.wait_for("Nama seperti di kartu")
        terminal.hang_up()
        assert terminal.process.wait(60) == 130
    with Terminal(agent, "daftar") as terminal:
        terminal.wait_for(mask_nik(nik))
