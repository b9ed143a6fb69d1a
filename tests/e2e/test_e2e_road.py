"""The whole road over real HTTP: sent, judged, sent back, corrected, decided, withdrawn."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from command_line import Cli, Said
from field_work import (
    Agent,
    Clock,
    Office,
    a_nik,
    a_worker,
    enrol,
    ill,
    item_of,
    standing,
)

from perisai_cli.central.serve import running

SYNC = {
    "sent", "accepted", "unchanged", "held", "duplicate", "needs_fix", "conflict", "pulled",
    "pending", "requests", "bytes_up", "bytes_down",
}  # fmt: skip
MakeAgent = Callable[[str], Agent]


@pytest.fixture
def agent(an_agent: MakeAgent, office: Office) -> Agent:
    return an_agent(office.url)


def decide(office: Office, cli: Cli, *arguments: str) -> Said:
    return cli.run("pusat", "putuskan", *arguments, "--data", str(office.data))


def test_what_is_accepted_is_numbered_and_sent_only_once(agent: Agent) -> None:
    ids = enrol(agent, a_worker(), a_worker(), a_worker())
    with_names = agent.run("sync", "status").data
    assert set(with_names) == {
        "pending", "accepted", "held", "duplicate", "needs_fix", "conflict", "withdrawn",
        "last_success",
    }  # fmt: skip
    assert (with_names["pending"], with_names["last_success"]) == (3, None)
    said = agent.sync()
    assert (said.code, said.envelope["command"]) == (0, "sync")
    assert set(said.data) >= SYNC
    told = {name: said.data[name] for name in ("sent", "accepted", "pending", "held")}
    assert told == {"sent": 3, "accepted": 3, "pending": 0, "held": 0}
    numbers = set()
    for record_id in ids:
        shown = agent.run("antrean", "lihat", record_id).data
        assert (shown["state"], shown["pending"], shown["problems"]) == ("accepted", False, [])
        assert len(shown["assigned"]["kpj"]) == 11
        assert shown["assigned"]["sample"] is True
        numbers.add(shown["assigned"]["kpj"])
    assert len(numbers) == 3
    assert standing(agent) == {"accepted": 3}
    assert agent.run("sync", "status").data["last_success"]
    agent.sync()  # what the pull knows has a tag from here on
    idle = agent.sync()
    assert (idle.code, idle.data["sent"], idle.data["requests"]) == (0, 0, 1)
    assert idle.data["bytes_up"] + idle.data["bytes_down"] <= 800
    text = agent.run("sinkron", as_json=False)
    assert (text.code, text.err) == (0, "")
    assert "Tidak ada yang perlu dikirim" in text.out


def test_a_duplicate_comes_back_with_its_cure_and_goes_again(
    agent: Agent, an_agent: MakeAgent, office: Office
) -> None:
    nik = a_nik()
    (canonical,) = enrol(agent, a_worker(nik))
    assert agent.sync().code == 0
    other = an_agent(office.url)
    twice, good = enrol(other, a_worker(nik), a_worker())
    said = other.sync()
    assert (said.code, said.envelope["status"]) == (3, "partial")
    assert (said.data["sent"], said.data["accepted"], said.data["duplicate"]) == (2, 1, 1)
    item = item_of(other, twice)
    assert (item["state"], item["rev"], item["canonical_id"]) == ("duplicate", 1, canonical)
    assert ("nik.duplicate", "/nik") in {(each["code"], each["field"]) for each in item["problems"]}
    assert standing(other) == {"accepted": 1, "duplicate": 1}
    again = other.sync()
    assert (again.code, again.data["sent"]) == (3, 0), "it asks something until it is mended"
    shown = other.run("antrean", "lihat", twice, as_json=False).out
    assert canonical in shown
    fixed = other.run("antrean", "perbaiki", twice[-8:], "--berkas", "-",
                      stdin=json.dumps({"nik": a_nik()}))  # fmt: skip
    assert (fixed.code, fixed.data["rev"], fixed.data["state"]) == (0, 2, "queued")
    assert standing(other) == {"accepted": 1, "pending": 1}
    said = other.sync()
    assert (said.code, said.data["accepted"]) == (0, 1)
    mended = item_of(other, twice)
    assert (mended["state"], mended["canonical_id"], mended["problems"]) == ("accepted", None, [])
    assert item_of(other, good)["state"] == "accepted"


def test_what_an_officer_decides_arrives_at_the_next_sync(agent: Agent, office: Office) -> None:
    workers = [ill(a_worker()), ill(a_worker())]
    well, sick = enrol(agent, *workers)
    said = agent.sync()
    assert (said.code, said.data["held"], said.data["accepted"]) == (0, 2, 0)
    assert item_of(agent, well)["problems"][0]["code"] == "attestation.critically_ill"
    assert standing(agent) == {"held": 2}
    decided = decide(office, agent, well, "accepted")
    assert (decided.code, decided.data["status"]) == (0, "accepted")
    decided = agent.run("central", "decide", sick, "rejected", "--reason", "ill_before",
                        "--data", str(office.data))  # fmt: skip
    assert decided.code == 0
    assert decide(office, agent, well, "accepted").codes == ["decision.not_waiting"]
    assert decide(office, agent, well, "maybe").code == 2
    assert decide(office, agent, well[:-4] + "0000", "accepted").codes == ["record.unknown"]
    said = agent.sync()
    assert (said.code, said.data["sent"], said.data["pulled"]) == (3, 0, 2)
    shown = agent.run("antrean", "lihat", well).data
    assert (shown["state"], len(shown["assigned"]["kpj"])) == ("accepted", 11)
    back = item_of(agent, sick)
    assert (back["state"], back["rev"]) == ("needs_fix", 1)
    assert [problem["code"] for problem in back["problems"]] == ["officer.ill_before"]
    assert standing(agent) == {"accepted": 1, "needs_fix": 1}
    told = agent.run("antrean", "lihat", sick[-8:], "--bahasa", "en", as_json=False).out
    assert "officer" in told.lower()
    fixed = agent.run("queue", "fix", sick, "--file", "-",
                      stdin=json.dumps({"attestation": {"critically_ill": False}}))  # fmt: skip
    assert fixed.code == 0
    said = agent.sync()
    assert (said.code, said.data["accepted"], said.data["pulled"]) == (0, 1, 0)
    assert item_of(agent, sick)["state"] == "accepted"


def test_a_withdrawal_reaches_the_central_and_frees_the_nik(
    agent: Agent, an_agent: MakeAgent, office: Office
) -> None:
    nik = a_nik()
    (first,) = enrol(agent, a_worker(nik))
    agent.sync()
    gone = agent.run("antrean", "tarik", first, "--alasan", "changed_mind", "--yes")
    assert (gone.code, gone.data["rev"], gone.data["state"]) == (0, 2, "withdrawn")
    assert standing(agent) == {"pending": 1}
    said = agent.sync()
    assert (said.code, said.data["sent"], said.data["pending"]) == (0, 1, 0)
    assert item_of(agent, first)["state"] == "withdrawn"
    assert standing(agent) == {"withdrawn": 1}
    other = an_agent(office.url)
    enrol(other, a_worker(nik))
    assert other.sync().data["accepted"] == 1


def test_a_record_withdrawn_before_its_first_sync_settles_too(agent: Agent) -> None:
    (first,) = enrol(agent, a_worker())
    assert agent.run("queue", "withdraw", first, "--yes").data["rev"] == 2
    said = agent.sync()
    assert (said.code, said.data["sent"], said.data["pending"]) == (0, 1, 0)
    assert standing(agent) == {"withdrawn": 1}


def test_an_accepted_record_may_be_corrected_and_stays_the_same_record(agent: Agent) -> None:
    (first,) = enrol(agent, a_worker())
    agent.sync()
    number = agent.run("antrean", "lihat", first).data["assigned"]["kpj"]
    agent.run("antrean", "perbaiki", first, "--berkas", "-", stdin='{"months": 2}')
    assert standing(agent) == {"pending": 1}
    assert agent.sync().data["accepted"] == 1
    shown = agent.run("antrean", "lihat", first).data
    assert (shown["rev"], shown["state"], shown["assigned"]["kpj"]) == (2, "accepted", number)


def test_a_plan_sends_nothing_and_changes_nothing(agent: Agent) -> None:
    enrol(agent, a_worker(), a_worker())
    before = agent.store.read_bytes()
    said = agent.run("sinkron", "--dry-run")
    assert said.code == 0
    assert {"dry_run": True, "pending": 2, "requests": 1}.items() <= said.data.items()
    assert said.data["bytes_up"] > 0
    assert agent.store.read_bytes() == before
    assert standing(agent) == {"pending": 2}
    real = agent.sync()
    assert real.data["sent"] == 2
    assert agent.run("sync", "--dry-run").data["pending"] == 0


def test_a_long_queue_goes_in_few_small_requests(agent: Agent) -> None:
    enrol(agent, *[a_worker() for _ in range(100)])
    agent.sync("--max-time", "60")
    assert standing(agent) == {"accepted": 100}
    (last,) = enrol(agent, a_worker())
    said = agent.sync()
    assert (said.data["sent"], said.data["requests"]) == (1, 2), "one push and one pull"
    assert item_of(agent, last)["state"] == "accepted"


def test_a_token_that_ran_out_is_renewed_on_the_way(tmp_path: Path, an_agent: MakeAgent) -> None:
    clock = Clock()
    with running(tmp_path / "central", clock=clock) as url:
        agent = an_agent(url)
        enrol(agent, a_worker())
        assert agent.sync().code == 0
        clock.ahead = timedelta(hours=2)
        enrol(agent, a_worker())
        said = agent.sync()
        assert (said.code, said.data["accepted"]) == (0, 1)


def test_a_central_that_does_not_know_the_device_asks_for_a_code(
    tmp_path: Path, an_agent: MakeAgent
) -> None:
    with running(tmp_path / "central", clock=Clock()) as url:
        agent = an_agent(url)
        enrol(agent, a_worker())
        assert agent.sync().code == 0
    enrol(agent, a_worker())
    empty = tmp_path / "empty"
    with running(empty, clock=Clock(), self_registration=False) as url:
        said = agent.sync("--pusat", url)
        assert (said.code, said.codes) == (6, ["auth.code_needed"])
        assert standing(agent) == {"accepted": 1, "pending": 1}
        code = tmp_path / "code.txt"
        code.write_text("AAAA-BBBB-CCCC\n", encoding="utf-8")
        said = agent.sync("--pusat", url, "--berkas-kode", str(code))
        assert (said.code, said.codes) == (6, ["auth.code_wrong"])
        added = agent.run("pusat", "agen", "tambah", agent.name, "--nama", "Made Uji",
                          "--kantor", "W-03", "--data", str(empty))  # fmt: skip
        assert added.code == 0
        code.write_text(added.data["code"] + "\n", encoding="utf-8")
        said = agent.sync("--central", url, "--code-file", str(code))
        assert (said.code, said.data["accepted"]) == (0, 2), "the new central lacks the first too"
        assert (said.warned, said.data["sent_again"]) == (["central.another"], 1)
        listed = agent.run("central", "agent", "list", "--data", str(empty)).data["items"]
        assert [(each["agent"], each["devices"]) for each in listed] == [(agent.name, 1)]
        assert agent.sync("--pusat", url).data["sent"] == 0
        said = agent.sync("--pusat", url, "--berkas-kode", str(tmp_path / "none"))
        assert (said.code, said.codes) == (2, ["file.unreadable"])


def test_a_central_that_lost_a_device_is_told_apart_and_signed_in_to_again(
    tmp_path: Path, an_agent: MakeAgent, office: Office
) -> None:
    agent = an_agent(office.url)
    enrol(agent, a_worker())
    assert agent.sync().code == 0
    (second,) = enrol(agent, a_worker())
    forgotten = tmp_path / "forgotten"
    with running(forgotten, clock=Clock()) as url:
        agent.environment["PERISAI_CENTRAL"] = url
        assert agent.sync().code == 0
        assert item_of(agent, second)["state"] == "accepted"
    with running(tmp_path / "anew", clock=Clock()) as url:
        agent.environment["PERISAI_CENTRAL"] = url
        enrol(agent, a_worker())
        assert agent.sync().code == 0
    assert standing(agent) == {"accepted": 3}
