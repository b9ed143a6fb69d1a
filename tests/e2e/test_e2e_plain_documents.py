"""What programs read is never broken over lines, though it is written on a terminal."""

from __future__ import annotations

import json

import pytest
from command_line import Cli
from screen import Screen


def on_a_phone(cli: Cli, *arguments: str) -> tuple[int, str]:
    with Screen(cli, *arguments, size=(40, 20)) as screen:
        code = screen.end()
    return code, screen.raw.replace("\r\n", "\n")


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [
        (("iuran", "bpu", "--penghasilan", "1500000", "--json"), 0),
        (("iuran", "bpu", "--penghasilan", "tidak", "--json"), 2),
        (("pelengkap", "bash", "--json"), 0),
    ],
)
def test_json_on_a_terminal_is_one_line(
    cli: Cli, arguments: tuple[str, ...], exit_code: int
) -> None:
    code, shown = on_a_phone(cli, *arguments)
    assert code == exit_code
    assert shown.count("\n") == 1
    assert json.loads(shown)["exit_code"] == exit_code


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_a_script_on_a_terminal_is_the_one_in_a_file(cli: Cli, shell: str) -> None:
    code, shown = on_a_phone(cli, "pelengkap", shell)
    assert code == 0
    assert shown == cli.run("pelengkap", shell, as_json=False).out


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_rows_on_a_terminal_are_those_in_a_file(agent: Cli, form: str) -> None:
    asked = ("laporan", "iuran", "--format", form)
    code, shown = on_a_phone(agent, *asked)
    assert code == 0
    rows = agent.run(*asked, as_json=False).out
    assert rows in shown


def test_talk_on_a_terminal_is_still_broken_between_words(cli: Cli) -> None:
    code, shown = on_a_phone(cli, "iuran", "bpu", "--penghasilan", "1500000")
    assert code == 0
    assert max(map(len, shown.splitlines())) <= 40
