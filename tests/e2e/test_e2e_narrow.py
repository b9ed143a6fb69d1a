"""Lists on narrow terminals: what they hold stands there whole, as a table or line by line."""

from __future__ import annotations

import re

import pytest
from command_line import Cli
from field_work import a_nik, a_worker, enrol
from screen import Screen

from perisai_cli.domain.identity import mask_nik


@pytest.mark.parametrize("columns", [20, 32, 40, 54, 60, 80])
def test_payments_and_the_queue_show_whole_numbers_at_any_width(agent: Cli, columns: int) -> None:
    nik = a_nik()
    [member] = enrol(agent, a_worker(nik, months=3))
    promised = agent.run("bayar", "catat", member[-8:])
    amount = f"Rp{promised.data['amount']:,}".replace(",", ".")
    for command in (("bayar", "daftar"), ("antrean", "daftar")):
        with Screen(agent, *command, size=(columns, 24)) as screen:
            assert screen.end() == 0
        plain = re.sub(r"\x1b\[[0-9;]*m", "", screen.raw)
        words = plain.split()
        assert {amount, promised.data["id"][-8:], mask_nik(nik)} <= set(words), screen.raw
        assert ("2026-12" in words) == (command[0] == "bayar")
        assert not [word for word in words if len(word) < 3 and word.isalpha()], screen.raw
        assert max(map(len, plain.splitlines())) <= columns
