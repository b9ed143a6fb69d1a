"""The day's plan tells of money from the clear columns alone: no passphrase is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from command_line import Cli
from field_work import Agent, Office, a_worker, enrol

from perisai_cli.domain.period import WITA, Month

NOTHING = {"count": 0, "amount": 0}


def pay(cli: Cli, member: str, *words: str, reference: bool = False) -> int:
    """Record a payment; return its whole rupiah."""
    more = ("--berkas", "-") if reference else ()
    said = cli.run(
        "bayar", "catat", member, *words, *more, stdin=json.dumps({"reference": "STRUK-1"})
    )
    assert said.code == 0, said
    return int(said.data["amount"])


def test_the_plan_tells_of_money_in_hand_and_of_cover_that_ends_without_a_passphrase(
    agent: Cli,
) -> None:
    month = Month.of(datetime.now(WITA).date())
    members = enrol(agent, *(a_worker() for _ in range(5)))
    quiet = agent.run("hari-ini").data
    assert (quiet["money_in_hand"], quiet["money_promised"]) == (NOTHING, NOTHING)
    assert (quiet["cover_ended"], quiet["cover_ends_this_month"]) == (0, 0)
    confirmed = ("--uang", "confirmed", "--kanal", "brilink")
    for member, start, months in (
        (members[0], month.plus(-2), "2"),
        (members[1], month.plus(-2), "3"),
        (members[2], month.plus(-2), "4"),
        (members[3], month.plus(-3), "1"),
    ):
        pay(agent, member, *confirmed, "--mulai", str(start), "--bulan", months, reference=True)
    # A later confirmed month counts instead of an earlier one; one that is promised does not.
    pay(agent, members[3], *confirmed, "--mulai", str(month), reference=True)
    promised = pay(agent, members[0], "--mulai", str(month), "--bulan", "2")
    received = pay(agent, members[4], "--uang", "received", "--kanal", "cash")
    agent.passphrase_file.write_text("bukan kalimat sandinya\n", encoding="utf-8")
    plan = agent.run("hari-ini").data
    assert plan["money_in_hand"] == {"count": 1, "amount": received}
    assert plan["money_promised"] == {"count": 1, "amount": promised}
    assert (plan["cover_ended"], plan["cover_ends_this_month"]) == (1, 2)
    told = agent.run("hari-ini", as_json=False).out
    assert "masih di tangan Anda" in told
    assert "perisai bayar daftar" in told
    assert "perisai tagihan" in told
    # What agents are accused of stands before what waits for the link.
    assert told.index("tangan Anda") < told.index("perisai sinkron")
    in_english = agent.run("today", "--bahasa", "en", as_json=False).out
    assert "still in your hand" in in_english
    assert "perisai payment list" in in_english
    assert "perisai due" in in_english


@pytest.mark.parametrize("way", ["tarik", "hapus"])
def test_a_member_who_is_gone_is_no_lapse(agent: Cli, way: str) -> None:
    [member] = enrol(agent, a_worker())
    past = str(Month.of((datetime.now(WITA) - timedelta(days=70)).date()))
    confirmed = ("--uang", "confirmed", "--kanal", "pos", "--mulai", past)
    pay(agent, member, *confirmed, reference=True)
    assert agent.run("hari-ini").data["cover_ended"] == 1
    gone = {
        "tarik": ("antrean", "tarik", member, "--yes"),
        "hapus": ("pekerja", "hapus", member, "--alasan", "subject_asked", "--yes"),
    }
    assert agent.run(*gone[way]).code == 0
    assert agent.run("hari-ini").data["cover_ended"] == 0


def test_what_a_funnel_calls_paid_is_a_confirmed_payment_and_nothing_less(
    an_agent: Callable[[str], Agent], office: Office
) -> None:
    agent = an_agent(office.url)
    event = {
        "type": "market_visit", "place": "Pasar Sindhu", "day": str(datetime.now(WITA).date()),
        "present": 9,
    }  # fmt: skip
    recorded = agent.run("sosialisasi", "catat", "--berkas", "-", stdin=json.dumps(event))
    assert recorded.code == 0, recorded
    came = {"name": "Wayan Pasar", "interest": "now", "consent": True}
    said = agent.run(
        "sosialisasi", "hadir", recorded.data["id"], "--berkas", "-", stdin=json.dumps(came)
    )
    assert said.code == 0, said
    [member] = enrol(agent, a_worker())
    tied = agent.run(
        "sosialisasi", "tindak-lanjut", said.data["items"][0]["id"], "--terdaftar", member
    )
    assert tied.code == 0, tied

    def paid() -> object:
        return agent.run("sosialisasi", "corong").data["total"]["paid"]

    assert paid() is None  # no payment is recorded at all: nobody can tell
    payment = agent.run("bayar", "catat", member).data["id"]
    assert paid() == 0
    for step in (
        ("bayar", "terima", payment, "--kanal", "cash"),
        ("bayar", "setor", payment, "--kanal", "brilink"),
    ):
        assert agent.run(*step).code == 0
        assert paid() == 0
    reference = json.dumps({"reference": "STRUK-2"})
    confirmed = ("bayar", "pastikan", payment, "--kanal", "brilink", "--berkas", "-")
    assert agent.run(*confirmed, stdin=reference).code == 0
    assert paid() == 1
    assert agent.run("antrean", "tarik", payment, "--yes").code == 0
    assert paid() in (0, None)
