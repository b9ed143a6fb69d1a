"""Who is asked for money, and for how much: never who was refused, never what was handed over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from command_line import Cli
from field_work import Agent, Office, a_nik, a_worker, enrol, ill, item_of
from refusals import recorded_wrong

HALF, FULL = 8_400, 16_800
DAY = "2026-12-20"


def due(agent: Cli, *words: str) -> dict[str, Any]:
    said = agent.run("tagihan", "--pada", DAY, *words)
    assert said.code == 0, said
    return dict(said.data)


def test_nobody_is_asked_for_money_whose_enrolment_the_office_sent_back_or_holds(
    an_agent: Callable[[str], Agent], office: Office
) -> None:
    first, agent = an_agent(office.url), an_agent(office.url)
    nik = a_nik()
    enrol(first, a_worker(nik))
    assert first.sync().code == 0
    [member] = enrol(agent, a_worker())
    enrol(agent, a_worker(nik))
    recorded_wrong(agent, a_worker(), total=100)
    enrol(agent, ill(a_worker()))
    assert due(agent)["count"] == 4  # nobody has answered yet
    assert agent.sync().code == 3
    found = due(agent)
    assert [item["id"] for item in found["items"]] == [member]
    assert (found["count"], found["amount"], found["member_pays"]) == (1, HALF, HALF)
    assert found["left_out"] == {"held": 1, "duplicate": 1, "needs_fix": 1, "conflict": 0}
    told = agent.run("tagihan", "--pada", DAY, as_json=False).out
    assert "Tidak ditagih: 3 orang" in told
    for why in ("1 ditahan", "1 ganda", "1 perlu diperbaiki"):
        assert why in told
    assert "0 bertentangan" not in told
    in_english = agent.run("due", "--on", DAY, "--status", "ended", "--lang", "en", as_json=False)
    assert "Not asked for money: 3 people" in in_english.out


def test_a_member_with_a_number_is_still_reminded_while_a_correction_is_held(
    an_agent: Callable[[str], Agent], office: Office
) -> None:
    agent = an_agent(office.url)
    [member] = enrol(agent, a_worker())
    assert agent.sync().code == 0
    said = agent.run(
        "pekerja", "ubah", member, "--berkas", "-",
        stdin='{"attestation": {"critically_ill": true}}',
    )  # fmt: skip
    assert said.code == 0, said
    agent.sync()
    assert item_of(agent, member)["state"] == "held"
    found = due(agent)
    assert [item["id"] for item in found["items"]] == [member]
    assert not any(found["left_out"].values())


def test_what_was_handed_over_is_not_asked_for_again_and_what_is_promised_is(agent: Cli) -> None:
    members = enrol(agent, *(a_worker() for _ in range(4)))
    unpaid, promised, received, remitted = members
    assert agent.run("bayar", "catat", promised).code == 0
    cash = ("--uang", "received", "--kanal", "cash")
    assert agent.run("bayar", "catat", received, *cash).code == 0
    paid_in = ("--uang", "remitted", "--kanal", "pos")
    assert agent.run("bayar", "catat", remitted, *paid_in).code == 0
    found = due(agent)
    assert (found["count"], found["amount"], found["member_pays"]) == (4, 2 * HALF, 2 * HALF)
    names = ("amount", "collect_months", "in_hand", "remitted", "under_way", "promised")
    told = {item["id"]: tuple(item[name] for name in names) for item in found["items"]}
    assert told == {
        unpaid: (HALF, 1, 0, 0, 0, False),
        promised: (HALF, 1, 0, 0, 0, True),
        received: (0, 0, HALF, 0, HALF, False),
        remitted: (0, 0, 0, HALF, HALF, False),
    }
    wide = {"COLUMNS": "160"}
    shown = agent.run("tagihan", "--pada", DAY, as_json=False, environment=wide).out
    for words in ("Rp8.400, belum disetor", "Rp8.400, tunggu bukti", "baru dijanjikan"):
        assert shown.count(words) == 1
    assert "di jalan" not in shown
    assert "4 peserta, bersama-sama Rp16.800." in shown
    in_english = agent.run("due", "--on", DAY, "--lang", "en", as_json=False, environment=wide).out
    for words in ("not paid in yet", "proof awaited", "promised only"):
        assert in_english.count(words) == 1
