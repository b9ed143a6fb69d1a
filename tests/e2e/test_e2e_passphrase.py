"""The question for the passphrase: it can be left, and it never shows what is typed."""

from __future__ import annotations

import os
import signal
import termios

import pytest
from command_line import PASSPHRASE, PROFILE, Cli
from screen import Screen

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a console has no Ctrl-D and no Ctrl-Z")

END = "\x04"


@pytest.fixture
def asked(agent: Cli) -> Cli:
    """Return an agent whose passphrase has to be typed."""
    del agent.environment["PERISAI_PASSPHRASE_FILE"]
    return agent


def echoes(screen: Screen) -> bool:
    return bool(termios.tcgetattr(screen.process.child_fd)[3] & termios.ECHO)


def let_show(screen: Screen) -> None:
    """Set the terminal as a shell does while the program sleeps."""
    attributes = termios.tcgetattr(screen.process.child_fd)
    attributes[3] |= termios.ECHO
    termios.tcsetattr(screen.process.child_fd, termios.TCSANOW, attributes)


def test_the_end_of_input_at_the_passphrase_stops_with_the_usual_words(asked: Cli) -> None:
    with Screen(asked, "daftar") as screen:
        screen.wait_for(screen.words("ask.passphrase"))
        screen.type(END)
        screen.wait_for(screen.words("error.interrupted"))
        assert screen.end() == 130
        assert "[bug]" not in screen.raw


@pytest.mark.parametrize("at", ["ask.new_passphrase", "ask.passphrase_again"])
def test_the_end_of_input_at_a_new_passphrase_makes_no_store(cli: Cli, at: str) -> None:
    del cli.environment["PERISAI_PASSPHRASE_FILE"]
    with Screen(cli, "siapkan", *PROFILE, "--yes") as screen:
        if at == "ask.passphrase_again":
            screen.answer("ask.new_passphrase", PASSPHRASE)
        screen.wait_for(screen.words(at))
        screen.type(END)
        screen.wait_for(screen.words("error.interrupted"))
        assert screen.end() == 130
    assert not cli.store.exists()


def test_a_passphrase_does_not_show_after_the_program_was_asleep(asked: Cli) -> None:
    with Screen(asked, "antrean", "daftar") as screen:
        screen.wait_for(screen.words("ask.passphrase"))
        assert not echoes(screen)
        os.kill(screen.process.pid, signal.SIGSTOP)
        let_show(screen)
        os.kill(screen.process.pid, signal.SIGCONT)
        screen.answer("ask.passphrase", PASSPHRASE)  # it is asked again
        assert screen.end() == 0
        assert PASSPHRASE not in screen.raw
        assert "Traceback" not in screen.raw
