"""Money through its four states, who is due, and a member who comes back: to the central and home."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from command_line import Cli, Said
from field_work import Agent, Office, a_nik, a_worker, enrol, item_of, standing

from perisai_cli.domain.identity import mask_nik

HALF, FULL = 8_400, 16_800
ANEW = {
    "attestation": {"working": True, "critically_ill": False},
    "consent": {"given": True, "method": "thumbprint"},
}


def confirm(cli: Cli, payment: str, reference: str = "STRUK-0017") -> Said:
    said = json.dumps({"reference": reference})
    return cli.run("bayar", "pastikan", payment, "--kanal", "brilink", "--berkas", "-", stdin=said)


def due(cli: Cli, day: str) -> dict[str, Any]:
    said = cli.run("tagihan", "--pada", day)
    assert said.code == 0, said
    [item] = said.data["items"]
    return dict(item)


def test_what_was_paid_in_is_confirmed_without_naming_its_channel_again(
    an_agent: Callable[[str], Agent], office: Office
) -> None:
    agent = an_agent(office.url)
    [member] = enrol(agent, a_worker(a_nik()))
    payment = agent.run("bayar", "catat", member[-8:], "--uang", "received", "--kanal", "cash")
    assert payment.code == 0, payment
    proof = json.dumps({"reference": "STRUK-0018"})
    confirming = ("bayar", "pastikan", payment.data["id"], "--berkas", "-")
    # Cash in a hand is no channel that could have confirmed anything.
    assert agent.run(*confirming, stdin=proof).faults == {("/channel", "channel.needed")}
    assert agent.run("bayar", "setor", payment.data["id"], "--kanal", "pos").code == 0
    assert agent.run(*confirming, stdin=proof).data["money"] == "confirmed"


def test_money_goes_from_a_promise_to_confirmed_and_only_then_covers(
    an_agent: Callable[[str], Agent], office: Office
) -> None:
    agent = an_agent(office.url)
    nik = a_nik()
    [member] = enrol(agent, a_worker(nik, months=3))
    assert agent.sync().code == 0
    promised = agent.run("bayar", "catat", member[-8:])
    assert promised.code == 0, promised
    payment = promised.data["id"]
    # December has its relief still, January and February do not.
    assert promised.data["amount"] == HALF + 2 * FULL
    assert (promised.data["money"], promised.data["months"]) == ("promised", 3)
    assert promised.data["nik_masked"] == mask_nik(nik)
    assert due(agent, "2026-12-20")["state"] == "not_begun"
    received = agent.run("payment", "receive", payment, "--channel", "cash")
    assert (received.code, received.data["rev"]) == (0, 2)
    assert (received.envelope or {})["command"] == "payment receive"
    assert agent.run("bayar", "setor", payment, "--kanal", "brilink").code == 0
    assert due(agent, "2026-12-20")["under_way"] == promised.data["amount"]
    assert confirm(agent, payment).code == 0
    assert due(agent, "2026-12-20") | {"name": None} == {
        "id": member, "nik_masked": mask_nik(nik), "name": None, "state": "active",
        "reason": "paid", "covered_until": "2026-12-31", "lapses_after": None,
        "month": "2027-03", "due": "2027-03-15", "months": 1, "collect_months": 1, "amount": FULL,
        "under_way": 0, "in_hand": 0, "remitted": 0,
        "promised": False, "sample_number": True, "payer": "self", "member_pays": FULL,
    }  # fmt: skip
    synced = agent.sync()
    assert (synced.code, synced.data["sent"], synced.data["accepted"]) == (0, 1, 1)
    listed = agent.run("bayar", "daftar", "--uang", "confirmed")
    assert listed.data["count"] == 1
    assert listed.data["sums"]["confirmed"] == {"count": 1, "amount": promised.data["amount"]}
    assert agent.run("sinkron", "rekonsiliasi").code == 0
    assert standing(agent) == {"accepted": 2}


def test_a_month_is_paid_for_once_here_and_at_the_central(
    an_agent: Callable[[str], Agent], office: Office
) -> None:
    agent = an_agent(office.url)
    [member] = enrol(agent, a_worker())
    first = agent.run("bayar", "catat", member, "--bulan", "2")
    again = agent.run("bayar", "catat", member, "--mulai", "2027-01", "--bulan", "3")
    assert (again.code, again.faults) == (2, {("/start", "payment.months_taken")})
    following = agent.run("bayar", "catat", member)
    assert following.data["start"] == "2027-02"
    assert agent.sync().code == 0
    # Taken back and recorded otherwise: the months are free again, at the central as well.
    assert agent.run("antrean", "tarik", first.data["id"], "--yes").code == 0
    instead = agent.run("bayar", "catat", member, "--mulai", "2026-12", "--uang", "received")
    assert (instead.code, instead.data["amount"]) == (0, HALF)
    assert agent.sync().code == 0
    assert item_of(agent, instead.data["id"])["state"] == "accepted"


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--uang", "remitted"), ("/channel", "channel.needed")),
        (("--uang", "remitted", "--kanal", "cash"), ("/channel", "channel.cash")),
        (("--uang", "confirmed", "--kanal", "bank"), ("/reference", "reference.needed")),
        (("--uang", "gone"), ("/money", "money.unknown")),
        (("--kanal", "pigeon"), ("/channel", "channel.unknown")),
        (("--bulan", "61"), ("/months", "number.value")),
        (("--mulai", "2026-13"), ("/start", "start.format")),
    ],
)
def test_what_the_ledger_can_not_take_is_refused(
    agent: Cli, words: tuple[str, ...], fault: tuple[str, str]
) -> None:
    [member] = enrol(agent, a_worker())
    said = agent.run("bayar", "catat", member, *words)
    assert (said.code, said.faults) == (2, {fault})
    assert agent.run("bayar", "daftar").data["count"] == 0


def test_money_never_goes_back_and_a_nik_is_no_reference(agent: Cli) -> None:
    nik = a_nik()
    [member] = enrol(agent, a_worker(nik))
    payment = agent.run("bayar", "catat", member).data["id"]
    spaced = f"{nik[:4]} {nik[4:8]}-{nik[8:12]}.{nik[12:]}"
    for reference in (nik, spaced):
        refused = confirm(agent, payment, reference)
        assert (refused.code, refused.faults) == (2, {("/reference", "reference.format")})
    assert confirm(agent, payment).code == 0
    back = agent.run("bayar", "terima", payment)
    assert (back.code, back.faults) == (2, {("/money", "money.order")})
    other = agent.run("bayar", "terima", member)
    assert (other.code, other.faults) == (2, {("/id", "payment.unknown")})
    whose = agent.run("bayar", "catat", payment)
    assert (whose.code, whose.faults) == (2, {("/member", "payment.no_member")})


def test_a_member_who_comes_back_is_accepted_though_the_nik_is_known(
    an_agent: Callable[[str], Agent], office: Office
) -> None:
    agent = an_agent(office.url)
    worker = a_worker(months=1)
    [member] = enrol(agent, worker)
    assert agent.sync().code == 0
    missing = agent.run("pekerja", "aktifkan", member, "--bulan", "2")
    assert (missing.code, missing.faults) == (2, {("/file", "usage.missing")})
    said = agent.run(
        "pekerja", "aktifkan", member, "--bulan", "2", "--mulai", "2027-06", "--berkas", "-",
        stdin=json.dumps(ANEW),
    )  # fmt: skip
    assert said.code == 0, said
    assert (said.data["member"], said.data["quote"]["total"]) == (member, 2 * FULL)
    # Another agent's member, whom this store has never seen.
    other = an_agent(office.url)
    stranger = other.run("pekerja", "aktifkan", "--berkas", "-", stdin=json.dumps(worker))
    assert (stranger.code, stranger.data["member"]) == (0, None)
    for each, record in ((agent, said.data["id"]), (other, stranger.data["id"])):
        assert each.sync().code == 0
        assert item_of(each, record)["state"] == "accepted"
        assert item_of(each, record)["kind"] == "reactivation"


def test_both_languages_tell_the_ledger_in_words(agent: Cli) -> None:
    [member] = enrol(agent, a_worker())
    payment = agent.run("bayar", "catat", member).data["id"]
    for language, word, covered in (
        ("id", "dijanjikan", "melindungi"),
        ("en", "promised", "cover"),
    ):
        listed = agent.run("payment", "list", "--lang", language, as_json=False)
        assert word in listed.out
        assert payment[-8:] in listed.out
        assert covered in listed.out
        told = agent.run("due", "--on", "2026-12-01", "--lang", language, as_json=False)
        assert "Rp8.400" in told.out
        assert "{" not in listed.out + told.out


@pytest.mark.parametrize("payer", ["apbn", "village", "sponsor"])
def test_nobody_is_asked_for_what_someone_else_pays(agent: Cli, payer: str) -> None:
    enrol(agent, a_worker(payer=payer))
    item = due(agent, "2026-12-20")
    assert item["amount"] > 0
    assert (item["payer"], item["member_pays"]) == (payer, 0)
    enrol(agent, a_worker())
    both = agent.run("tagihan", "--pada", "2026-12-20")
    assert both.data["member_pays"] == HALF
    assert both.data["amount"] == HALF + item["amount"]
    told = agent.run("tagihan", "--pada", "2026-12-20", "--lang", "en", as_json=False)
    assert "2 members, together Rp8.400." in told.out
    assert told.out.count("Rp") == 2
