"""Ctrl-C at a question: what is said of the answers is true, and a script still reads one code."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import Cli
from field_work import a_nik, a_worker, enrol
from market import first
from screen import Screen, answered


def stopped(screen: Screen, key: str) -> str:
    """Press Ctrl-C at a question; return what is said after it."""
    screen.wait_for(screen.words(key))
    before = len(screen.raw)
    screen.type("\x03")
    assert screen.end() == 130
    return " ".join(screen.raw[before:].split())


@pytest.mark.parametrize("lang", ["id", "en"])
def test_answers_that_are_kept_nowhere_are_said_to_be_gone(agent: Cli, lang: str) -> None:
    (record_id,) = enrol(agent, a_worker())
    with Screen(agent, "pekerja", "ubah", record_id, lang=lang) as screen:
        answered(screen, ("book.ask_field", "3"), ("ask.name", "Ni Luh Baru"))
        said = stopped(screen, "book.ask_field")
        assert screen.words("stopped.unkept") in said
        assert screen.words("stopped.kept") not in said
        assert "[interrupted]" in said


def test_a_draft_is_offered_again_and_said_so(agent: Cli) -> None:
    with Screen(agent, "daftar") as screen:
        answered(screen, *first(a_nik())[:3])
        assert screen.words("stopped.kept") in stopped(screen, "ask.phone")


def test_before_the_first_answer_nothing_is_offered_again(agent: Cli) -> None:
    with Screen(agent, "daftar") as screen:
        assert screen.words("stopped.kept") not in stopped(screen, "ask.nik")


def test_a_store_half_asked_for_is_not_there(tmp_path: Path) -> None:
    cli = Cli(tmp_path)
    with Screen(cli, "siapkan") as screen:
        answered(screen, ("ask.setup_agent", "A-017"))
        assert screen.words("stopped.unkept") in stopped(screen, "ask.setup_name")
    assert not cli.home.exists()


@pytest.mark.parametrize(
    ("arguments", "leave", "stop"),
    [
        (("daftar",), "keys.leave", "keys.stop"),
        (("pekerja", "ubah"), "keys.leave_all", "keys.stop_unkept"),
    ],
)
def test_help_says_what_the_keys_do_here(
    agent: Cli, arguments: tuple[str, ...], leave: str, stop: str
) -> None:
    (record_id,) = enrol(agent, a_worker())
    more = () if arguments == ("daftar",) else (record_id,)
    question = "book.ask_field" if more else "ask.nik"
    with Screen(agent, *arguments, *more, size=(120, 40)) as screen:
        screen.answer(question, "?")
        screen.wait_for(screen.words(leave))
        screen.wait_for(screen.words(stop))
        screen.answer(question, "!")
        if more:
            assert screen.end() == 130
    assert agent.run("pekerja", "lihat", record_id).data["rev"] == 1
