"""What came back: by reason, one after another on a terminal, many at once, two versions of one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command_line import Said
from field_work import Agent, Office, a_nik, a_worker, enrol, ill, item_of, standing
from refusals import recorded_wrong
from terminal import Terminal, answered

MakeAgent = Callable[[str], Agent]


@pytest.fixture
def agent(an_agent: MakeAgent, office: Office) -> Agent:
    """Return an agent who knows the central's address."""
    return an_agent(office.url)


def fix(agent: Agent, *arguments: str, given: Any = None) -> Said:
    more = () if given is None else ("--berkas", "-")
    return agent.run("antrean", "perbaiki", *arguments, *more, stdin=json.dumps(given or {}))


def came_back(agent: Agent, other: Agent) -> dict[str, str]:
    """Return ids of records that a real central refused for four different reasons."""
    nik = a_nik()
    enrol(other, a_worker(nik))
    assert other.sync().code == 0
    (twice,) = enrol(agent, a_worker(nik, name="Ganda"))
    ids = {
        "nik.duplicate": twice,
        "quote.mismatch": recorded_wrong(agent, a_worker(name="Harga"), total=100),
        "phone.format": recorded_wrong(agent, a_worker(name="Telepon"), phone="12"),
        "income.value": recorded_wrong(agent, a_worker(name="Upah"), income=0),
    }
    assert agent.sync().code == 3
    return ids


@pytest.fixture
def ids(agent: Agent, an_agent: MakeAgent, office: Office) -> dict[str, str]:
    """Return what came back, by its code."""
    return came_back(agent, an_agent(office.url))


def test_what_came_back_is_told_by_reason_with_the_cure(agent: Agent, ids: dict[str, str]) -> None:
    said = fix(agent)
    assert (said.code, said.data["count"]) == (0, 4)
    groups = {group["code"]: group for group in said.data["groups"]}
    assert {code: [item["id"] for item in group["items"]] for code, group in groups.items()} == {
        code: [record_id] for code, record_id in ids.items()
    }
    for code, count in (("nik.", 1), ("quote", 1), ("p", 1), ("zzz", 0)):
        assert fix(agent, "--kode", code).data["count"] == count
    assert agent.run("queue", "fix", "--code", "nik.", "--code", "phone").data["count"] == 2
    for language, words, cure in (
        ("id", "4 catatan dikembalikan", "tarik catatan ini"),
        ("en", "4 record(s) came back", "withdraw this record"),
    ):
        text = agent.run("queue", "fix", "--lang", language, as_json=False).out
        assert words in text
        assert cure in text
        assert "{" not in text
    bad = fix(agent, "--kode", "5171015708900001")
    assert (bad.code, bad.codes) == (2, ["fix.code"])
    assert "5171015708900001" not in bad.out


def test_the_day_s_plan_leads_with_it_and_names_the_command(
    agent: Agent, ids: dict[str, str]
) -> None:
    del agent.environment["PERISAI_PASSPHRASE_FILE"]
    said = agent.run("hari-ini")
    assert (said.code, said.data["sent_back"]) == (
        0, {"needs_fix": 3, "duplicate": 1, "conflict": 0},
    )  # fmt: skip
    assert said.data["oldest_sent_back"]
    for language, words, command in (
        ("id", "4 catatan dikembalikan", "perisai antrean perbaiki"),
        ("en", "4 record(s) sent back", "perisai queue fix"),
    ):
        lines = agent.run("today", "--lang", language, as_json=False).out.splitlines()
        assert words in lines[1]
        assert any(command in line for line in lines[2:7])


def test_one_after_another_only_the_faulty_field_is_asked(
    agent: Agent, ids: dict[str, str]
) -> None:
    with Terminal(agent, "antrean", "perbaiki") as terminal:
        terminal.wait_for("4 catatan dikembalikan")
        terminal.wait_for("— 1 dari 4 —")
        terminal.wait_for("Ganda")
        answered(terminal, ("0 berhenti", "3"), ("Tarik catatan ini?", "y"))
        terminal.wait_for("Harga")
        terminal.answer("0 berhenti", "")
        terminal.wait_for("dihitung ulang")
        terminal.wait_for("Telepon")
        answered(terminal, ("0 berhenti", "1"), ("Nomor telepon", "081234567899"))
        terminal.wait_for("— 4 dari 4 —")
        answered(terminal, ("0 berhenti", ""), ("Penghasilan", "2.000.000"))
        terminal.wait_for("3 diperbaiki, 1 ditarik, 0 tersisa")
        assert terminal.end() == 0
    assert {item_of(agent, each)["rev"] for each in ids.values()} == {2}
    said = agent.sync()
    assert (said.code, said.data["accepted"]) == (0, 4)
    assert standing(agent) == {"accepted": 3, "withdrawn": 1}
    worker = agent.run("worker", "show", ids["phone.format"]).data["worker"]
    assert (worker["phone"], worker["name"]) == ("+6281234567899", "Telepon")


def test_a_person_may_be_skipped_and_the_rest_left_for_later(
    agent: Agent, ids: dict[str, str]
) -> None:
    with Terminal(
        agent, "queue", "fix", "--lang", "en", "--code", "phone", "--code", "income"
    ) as t:
        t.wait_for("— 1 of 2 —")
        answered(t, ("0 stop", "x"), ("0 stop", "2"))
        t.wait_for("— 2 of 2 —")
        answered(t, ("0 stop", "3"), ("Withdraw this record?", ""), ("0 stop", "0"))
        t.wait_for("0 fixed, 0 withdrawn, 2 left")
        assert t.end() == 3
    assert {item_of(agent, each)["rev"] for each in ids.values()} == {1}
    assert fix(agent).data["count"] == 4


def test_an_answer_that_is_still_wrong_is_asked_again(agent: Agent, ids: dict[str, str]) -> None:
    with Terminal(agent, "antrean", "perbaiki", "--kode", "phone") as terminal:
        answered(terminal, ("0 berhenti", "1"), ("Nomor telepon", "12"))
        terminal.answer("Nomor telepon", "081234567899")
        terminal.wait_for("1 diperbaiki")
        assert terminal.end() == 0


def test_who_an_officer_refused_is_changed_where_the_person_says(
    agent: Agent, office: Office
) -> None:
    (sick,) = enrol(agent, ill(a_worker()))
    agent.sync()
    decided = agent.run("central", "decide", sick, "rejected", "--reason", "wrong_person",
                        "--data", str(office.data))  # fmt: skip
    assert decided.code == 0
    agent.sync()
    with Terminal(agent, "antrean", "perbaiki") as terminal:
        answered(terminal, ("0 berhenti", "1"), ("Nomor baris yang diubah", ""))
        terminal.wait_for("Tidak ada yang diubah")
        answered(
            terminal, ("0 berhenti", "1"), ("Nomor baris yang diubah", "3"),
            ("Nama seperti di kartu", "Ni Luh Benar"), ("Nomor baris yang diubah", ""),
        )  # fmt: skip
        terminal.wait_for("1 diperbaiki")
        assert terminal.end() == 0
    shown = agent.run("worker", "show", sick).data
    assert (shown["worker"]["name"], shown["rev"]) == ("Ni Luh Benar", 2)


def test_prices_are_made_anew_for_all_at_once(agent: Agent, ids: dict[str, str]) -> None:
    refused = agent.run("antrean", "perbaiki", "--kode", "quote", "--ulang")
    assert (refused.code, refused.codes) == (2, ["confirm.missing"])
    said = agent.run("queue", "fix", "--code", "quote", "--code", "phone", "--again", "--yes")
    assert (said.code, said.data["accepted"], said.data["refused"]) == (3, 1, 1)
    assert [(each["row"], each["code"], each["id"]) for each in said.errors] == [
        (2, "phone.format", ids["phone.format"])
    ]
    assert [item["id"] for item in said.data["items"]] == [ids["quote.mismatch"]]
    nothing = agent.run("queue", "fix", "--code", "phone", "--again", "--yes")
    assert (nothing.code, nothing.data["accepted"]) == (2, 0)
    assert item_of(agent, ids["quote.mismatch"])["rev"] == 2
    assert agent.sync().data["accepted"] == 1
    text = agent.run("queue", "fix", ids["income.value"], "--again", as_json=False)
    assert text.code == 2


def test_only_one_way_of_fixing_at_a_time(agent: Agent) -> None:
    (record_id,) = enrol(agent, a_worker())
    for arguments in (
        (record_id, "--ulang", "--berkas", "-"),
        (record_id, "--ke", "x.xlsx"),
        ("--ke", "x.xlsx", "--dari", "y.xlsx"),
    ):
        assert fix(agent, *arguments).codes == ["fix.one_way"]
    assert fix(agent, "--berkas", "-").faults == {("/ID", "usage.missing")}
    assert fix(agent).data == {"count": 0, "groups": []}
    assert "Tidak ada yang dikembalikan" in agent.run("antrean", "perbaiki", as_json=False).out


# Two versions of one record


def a_copy(agent: Agent, folder: Path) -> Agent:
    """Return the same store on a second machine, as after a backup was put back elsewhere."""
    return Agent(folder, agent.environment.get("PERISAI_CENTRAL", ""), ready=agent)


@pytest.fixture
def overtaken(agent: Agent, tmp_path: Path, office: Office) -> tuple[Agent, Agent, str]:
    """Return two copies of a store, and a record that the second has brought to revision 4."""
    (record_id,) = enrol(agent, a_worker(name="Satu"))
    agent.sync()
    second = tmp_path / "second"
    agent.environment["PERISAI_CENTRAL"] = office.url
    other = a_copy(agent, second)
    for name in ("Dua", "Tiga", "Empat"):
        fix(other, record_id, given={"name": name})
        assert other.sync().code == 0
    fix(agent, record_id, given={"name": "Lima"})
    said = agent.sync()
    assert (said.code, said.data["conflict"]) == (3, 1)
    return agent, other, record_id


def test_a_conflict_says_which_revision_the_central_holds(
    overtaken: tuple[Agent, Agent, str],
) -> None:
    agent, _, record_id = overtaken
    item = item_of(agent, record_id)
    assert (item["state"], item["rev"]) == ("conflict", 2)
    assert [(each["code"], each["facts"]) for each in item["problems"]] == [
        ("revision.other", {"theirs": 4})
    ]


def test_one_s_own_version_may_be_sent_again_on_top_of_the_other(
    overtaken: tuple[Agent, Agent, str],
) -> None:
    agent, _, record_id = overtaken
    said = fix(agent, record_id, "--ulang")
    assert (said.code, said.data["rev"], said.data["state"]) == (0, 5, "queued")
    assert agent.sync().data["accepted"] == 1
    shown = agent.run("worker", "show", record_id).data
    assert (shown["state"], shown["worker"]["name"], shown["problems"]) == ("accepted", "Lima", [])
    assert agent.run("sync", "reconcile").code == 0
    assert agent.sync().data["sent"] == 0


def test_a_record_in_conflict_may_be_corrected_or_withdrawn_too(
    overtaken: tuple[Agent, Agent, str],
) -> None:
    agent, other, record_id = overtaken
    with Terminal(agent, "antrean", "perbaiki") as terminal:
        terminal.wait_for("versi lain")
        terminal.answer("0 berhenti", "1")
        terminal.wait_for("1 diperbaiki")
        assert terminal.end() == 0
    assert agent.sync().data["accepted"] == 1
    fix(other, record_id, given={"name": "Enam"})
    assert other.sync().data["conflict"] == 1
    said = other.run("antrean", "tarik", record_id, "--yes")
    assert (said.code, said.data["rev"]) == (0, 6)
    assert other.sync().code == 0
    assert standing(other) == {"withdrawn": 1}


def test_a_conflict_that_is_overtaken_again_is_told_again(
    overtaken: tuple[Agent, Agent, str],
) -> None:
    agent, other, record_id = overtaken
    fix(agent, record_id, "--ulang")
    for name in ("Tujuh", "Delapan"):
        fix(other, record_id, given={"name": name})
        assert other.sync().code == 0
    said = agent.sync()
    assert said.data["conflict"] == 1
    assert item_of(agent, record_id)["problems"][0]["facts"] == {"theirs": 6}
    assert fix(agent, record_id, "--ulang").data["rev"] == 7
    assert agent.sync().data["accepted"] == 1


def test_a_person_who_is_left_makes_room_for_the_next(agent: Agent, ids: dict[str, str]) -> None:
    with Terminal(agent, "antrean", "perbaiki") as terminal:
        answered(terminal, ("0 berhenti", "2"), ("0 berhenti", ""))
        terminal.wait_for("— 3 dari 4 —")
        answered(terminal, ("0 berhenti", ""), ("Nomor telepon", "?"))
        terminal.wait_for("! = tinggalkan orang ini")
        answered(terminal, ("Nomor telepon", "!"))
        terminal.wait_for("— 4 dari 4 —")
        answered(terminal, ("0 berhenti", ""), ("Penghasilan", "2.000.000"))
        terminal.wait_for("2 diperbaiki, 0 ditarik, 2 tersisa")
        assert terminal.end() == 3
    revisions = {code: item_of(agent, each)["rev"] for code, each in ids.items()}
    assert revisions == {
        "nik.duplicate": 1, "quote.mismatch": 2, "phone.format": 1, "income.value": 2,
    }  # fmt: skip
