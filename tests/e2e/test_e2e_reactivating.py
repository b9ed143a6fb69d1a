"""A lapsed member at the terminal, and what her card says of the money and of coming back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from command_line import Cli
from field_work import Agent, Office, a_nik, a_worker, enrol, item_of
from terminal import Terminal, answered

from perisai_cli.domain.period import WITA, Month

TALK = {
    "id": ("Bulan iuran pertama", "Berapa bulan", "masih bekerja?", "sakit kritis?",
           "pekerja setuju?", "Cara setuju", ("y", "t", "y", "2")),
    "en": ("First contribution month", "How many months", "still working?", "critically ill?",
           "agree?", "How consent was given", ("y", "n", "y", "2")),
}  # fmt: skip


@pytest.mark.parametrize("speak", ["id", "en"])
def test_on_a_terminal_months_declaration_and_consent_are_asked_and_enter_is_enough_for_months(
    agent: Cli, speak: str
) -> None:
    [member] = enrol(agent, a_worker(a_nik(), months=6))
    start, months, *declared, typed = TALK[speak]
    words = [str(each) for each in declared]
    with Terminal(agent, "--bahasa", speak, "pekerja", "aktifkan", member[-8:]) as terminal:
        answered(terminal, (str(start), ""), (str(months), ""), *zip(words, typed, strict=True))
        assert terminal.end() == 0
        assert "Rp" in terminal.shown
    card = agent.run("pekerja", "lihat", member).data
    [back] = card["reactivations"]
    assert (back["start"], back["months"]) == (str(Month.of(datetime.now(WITA).date())), 1)
    shown = agent.run("antrean", "lihat", back["id"]).data
    assert shown["worker"]["consent"]["method"] == "thumbprint"
    assert shown["content"]["member"] == member  # and no NIK: the call above looks for every one
    assert agent.run("queue", "show", back["id"], as_json=False).code == 0


def test_options_leave_only_the_declaration_to_be_asked_and_a_refusal_records_nothing(
    agent: Cli,
) -> None:
    [member] = enrol(agent, a_worker())
    options = ("--mulai", "2027-06", "--bulan", "2")
    with Terminal(agent, "pekerja", "aktifkan", member, *options) as terminal:
        answered(
            terminal, ("masih bekerja?", "y"), ("sakit kritis?", "t"), ("pekerja setuju?", "t")
        )
        assert terminal.end() == 2
        assert "Bulan iuran pertama" not in terminal.shown
    assert agent.run("pekerja", "lihat", member).data["reactivations"] == []
    assert agent.run("antrean", "tarik", member, "--yes").code == 0
    with Terminal(agent, "pekerja", "aktifkan", member) as terminal:
        assert terminal.end() == 2  # nobody is asked what can't be recorded
        assert "Bulan iuran pertama" not in terminal.shown


def test_the_guard_asks_nothing_about_a_member_who_comes_back(agent: Cli) -> None:
    members = enrol(agent, *(a_worker(phone="081298760001") for _ in range(2)))
    anew = {
        "attestation": {"working": True, "critically_ill": False},
        "consent": {"given": True, "method": "spoken"},
    }
    for member in members:
        said = agent.run("pekerja", "aktifkan", member, "--berkas", "-", stdin=json.dumps(anew))
        assert (said.code, [w for w in said.warned if w.startswith("guard.")]) == (0, [])
    # Nor do the records of those who came back make a third worker's number a shared one.
    third = agent.run(
        "daftar", "--berkas", "-", stdin=json.dumps(a_worker(phone="081298760001"))
    ).data
    assert [asked["facts"] for asked in third["questions"] if "count" in asked["facts"]] == [
        {"count": 3}
    ]


def test_a_card_tells_the_money_the_cover_and_the_way_back(
    an_agent: Callable[[str], Agent], office: Office
) -> None:
    agent = an_agent(office.url)
    month = Month.of(datetime.now(WITA).date())
    [member] = enrol(agent, a_worker(months=1, start=str(month)))
    assert agent.sync().code == 0
    payment = agent.run("bayar", "catat", member, "--uang", "received", "--kanal", "cash").data
    before = agent.run("pekerja", "lihat", member).data
    assert (before["cover"], before["covered_until"]) == ("number_given", None)
    assert [each["money"] for each in before["payments"]] == ["received"]
    told = agent.run("bayar", "pastikan", payment["id"], "--kanal", "brilink", "--berkas", "-",
                     stdin=json.dumps({"reference": "STRUK-8"}))  # fmt: skip
    assert told.code == 0, told
    after = agent.run("pekerja", "lihat", member).data
    assert (after["cover"], after["covered_until"][:7]) == ("active", str(month))
    assert [(line["kind"], line["facts"].get("money")) for line in after["history"]][-2:] == [
        ("payment", "received"), ("payment", "confirmed"),
    ]  # fmt: skip
    assert item_of(agent, payment["id"])["rev"] == 2
    for speak, cover, paid, line in (
        ("id", "TERLINDUNGI sampai", "pasti masuk", f"Uang iuran {payment['id'][-8:]}: "),
        ("en", "COVERED until", "confirmed", f"Payment {payment['id'][-8:]}: "),
    ):
        shown = agent.run("worker", "show", member, "--lang", speak, as_json=False).out
        assert cover in shown
        assert line in shown
        assert paid in shown[shown.index(line) :]
        assert "{" not in shown
    assert agent.run("antrean", "tarik", payment["id"], "--yes").code == 0
    assert agent.run("pekerja", "lihat", member).data["cover"] == "number_given"
