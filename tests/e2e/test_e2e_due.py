"""Who is asked for money, and for how much: never who was refused, never what was handed over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from field_work import Agent, Office, a_nik, a_worker, enrol, ill, item_of
from refusals import recorded_wrong

HALF, FULL = 8_400, 16_800
DAY = "2026-12-20"


def due(agent: Agent, *words: str) -> dict[str, Any]:
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
