"""Money for somebody whom the office sent back: it can be recorded, and never without a word."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from command_line import Cli
from field_work import Agent, Office, a_nik, a_worker, enrol, item_of
from refusals import recorded_wrong
from terminal import Terminal

HALF = 8_400
CASH = ("--uang", "received", "--kanal", "cash")


@pytest.fixture
def refused(an_agent: Callable[[str], Agent], office: Office) -> tuple[Agent, str]:
    """Return an agent and a record of theirs that the office refused."""
    agent = an_agent(office.url)
    record = recorded_wrong(agent, a_worker(), total=100)
    assert agent.sync().code == 3
    assert item_of(agent, record)["state"] == "needs_fix"
    return agent, record


def test_cash_for_a_refused_person_is_recorded_with_a_warning_and_not_to_be_paid_in(
    refused: tuple[Agent, str],
) -> None:
    agent, member = refused
    promised = agent.run("bayar", "catat", member)
    assert (promised.code, promised.warned[0]) == (0, "payment.sent_back")
    payment = promised.data["id"]
    received = agent.run("bayar", "terima", payment, "--kanal", "cash", as_json=False)
    assert received.code == 0
    assert "! Kantor mengembalikan catatan orang ini (keadaan: perlu diperbaiki)" in received.err
    assert "kembalikan dan tarik" in received.out
    assert "Setor hari ini" not in received.out
    remitted = agent.run("bayar", "setor", payment, "--kanal", "pos")
    assert (remitted.code, remitted.warned) == (0, ["payment.sent_back"])
    direct = agent.run("payment", "record", member, *CASH, "--lang", "en", as_json=False)
    assert direct.code == 0
    assert "sent this person's record back (state: needs fixing)" in direct.err
    assert "needs_fix" not in direct.err + direct.out
    assert "Pay it in today" not in direct.out


def test_money_of_a_person_whose_record_stands_is_told_as_ever(agent: Cli) -> None:
    [member] = enrol(agent, a_worker())
    payment = agent.run("bayar", "catat", member, *CASH)
    assert payment.code == 0
    assert "payment.sent_back" not in payment.warned
    remitted = agent.run("bayar", "setor", payment.data["id"], "--kanal", "pos")
    assert (remitted.code, remitted.warned) == (0, [])


def test_a_duplicate_is_not_paid_for_in_silence(
    an_agent: Callable[[str], Agent], office: Office
) -> None:
    first, second = an_agent(office.url), an_agent(office.url)
    nik = a_nik()
    enrol(first, a_worker(nik))
    [again] = enrol(second, a_worker(nik))
    assert first.sync().code == 0
    assert second.sync().code == 3
    told = second.run("bayar", "catat", again, *CASH, as_json=False)
    assert told.code == 0
    assert "(keadaan: ganda)" in told.err


@pytest.mark.parametrize(("typed", "code", "kept"), [("t", 2, 0), ("y", 0, 1)])
def test_a_person_is_asked_whether_to_go_on(
    refused: tuple[Agent, str], typed: str, code: int, kept: int
) -> None:
    agent, member = refused
    with Terminal(agent, "bayar", "catat", member, *CASH) as terminal:
        terminal.wait_for("Kantor mengembalikan")
        terminal.answer("Catat uangnya juga?", typed)
        assert terminal.end() == code, terminal.shown
    assert agent.run("bayar", "daftar").data["count"] == kept


def test_whoever_says_yes_beforehand_is_not_asked(refused: tuple[Agent, str]) -> None:
    agent, member = refused
    with Terminal(agent, "bayar", "catat", member, *CASH, "--yes") as terminal:
        terminal.wait_for("Kantor mengembalikan")
        assert terminal.end() == 0
        assert "Catat uangnya juga?" not in terminal.shown


def test_a_withdrawal_tells_the_rupiah_that_are_in_hand_for_it(agent: Cli) -> None:
    month_by_month = enrol(agent, a_worker(), a_worker(), a_worker())
    cash, promised, remitted = month_by_month
    for member, start in ((cash, "2026-12"), (cash, "2027-01")):
        assert agent.run("bayar", "catat", member, *CASH, "--mulai", start).code == 0
    assert agent.run("bayar", "catat", promised).code == 0
    assert agent.run("bayar", "catat", remitted, "--uang", "remitted", "--kanal", "pos").code == 0
    [one, _other] = agent.run("bayar", "daftar", "--uang", "received").data["items"]
    told = agent.run("antrean", "tarik", one["id"], "--yes", as_json=False)
    assert "Uang Rp8.400 untuk catatan yang ditarik ini masih di tangan Anda" in told.err
    last = agent.run("pekerja", "tarik", cash, "--yes", "--lang", "en")
    assert last.warned == ["payment.in_hand"]
    assert "Rp16.800" in last.data["warnings"][0]["message"]
    for member in (promised, remitted):
        assert agent.run("antrean", "tarik", member, "--yes").warned == []


@pytest.mark.parametrize(("language", "word"), [("id", "ditarik"), ("en", "withdrawn")])
def test_a_withdrawn_record_is_refused_by_its_word(agent: Cli, language: str, word: str) -> None:
    [member] = enrol(agent, a_worker())
    assert agent.run("antrean", "tarik", member, "--yes").code == 0
    said = agent.run("bayar", "catat", member, "--bahasa", language, as_json=False)
    assert said.code == 2
    assert f": {word})" in said.err
