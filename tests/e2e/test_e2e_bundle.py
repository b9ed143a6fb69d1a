"""The same batch by file: what the agent is told and what is owed are as if it had gone online."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from bundle_work import Desk, export, money, take_in, told
from command_line import Cli
from field_work import Agent, Office, a_nik, a_worker, enrol, ill, item_of, standing, unchanged

NOWHERE = "http://127.0.0.1:9"

NewAgent = Callable[[str], Agent]


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory, ready_home: Cli) -> tuple[Cli, Desk]:
    """Return an agent and an office that met by file once, to be copied and never used."""
    folder = tmp_path_factory.mktemp("met")
    agent, desk = Agent(folder / "agent", NOWHERE, ready=ready_home), Desk(folder / "desk")
    enrol(agent, a_worker())
    first = export(agent, "first.perisai", "--office-key", str(desk.key_file()))
    take_in(agent, desk.accept(first, "--admit"))
    return agent, desk


@pytest.fixture
def desk(tmp_path: Path, met: tuple[Cli, Desk]) -> Desk:
    """Return an officer whose central no device has ever reached over a network."""
    shutil.copytree(met[1].data, tmp_path / "office")
    return Desk(tmp_path / "desk", tmp_path / "office")


@pytest.fixture
def counter(tmp_path: Path, office: Office) -> Desk:
    """Return an officer at the central that runs."""
    return Desk(tmp_path / "counter", office.data)


@pytest.fixture
def remote(tmp_path: Path, met: tuple[Cli, Desk]) -> Cli:
    """Return an agent who knows the office by file and never has a network."""
    return Agent(tmp_path / "remote", NOWHERE, ready=met[0])


def fix(agent: Cli, record: str, **changes: object) -> None:
    said = agent.run("antrean", "perbaiki", record, "--berkas", "-", stdin=json.dumps(changes))
    assert said.code == 0, said


def test_a_queue_by_file_comes_to_the_same_as_a_queue_online(
    tmp_path: Path, office: Office, counter: Desk, desk: Desk, an_agent: NewAgent
) -> None:
    taken = a_nik()
    online = an_agent(office.url)
    sick, refused, gone = ill(a_worker()), ill(a_worker()), a_worker()
    enrol(online, a_worker(), a_worker(months=6), sick, a_worker(taken))
    record, withdrawn = enrol(online, refused, gone)
    online.run("antrean", "tarik", withdrawn, "--yes")
    (tmp_path / "copy").mkdir()
    by_file = Cli(tmp_path / "copy")
    shutil.copytree(online.home, by_file.home)
    for central, helper in ((office.url, counter), ("", desk)):
        first = an_agent(central)
        enrol(first, a_worker(taken))
        key = ("--office-key", str(helper.key_file()))
        take_in(first, helper.accept(export(first, "first.perisai", *key), "--admit"))

    assert online.sync().code == 3
    counter.decide(record, "rejected", "--reason", "ill_before")
    assert online.sync().code == 3

    queue = export(by_file, "queue.perisai", "--office-key", str(desk.key_file()))
    assert take_in(by_file, desk.accept(queue, "--admit")).code == 3
    desk.decide(record, "rejected", "--reason", "ill_before")
    assert take_in(by_file, desk.accept(queue)).data["news"] == 1

    assert told(by_file) == told(online)
    assert money(by_file) == money(online)
    assert standing(by_file) == {
        "accepted": 2,
        "held": 1,
        "duplicate": 1,
        "needs_fix": 1,
        "withdrawn": 1,
    }


def test_what_came_by_file_is_known_when_the_device_goes_online(
    office: Office, counter: Desk, an_agent: NewAgent
) -> None:
    agent = an_agent("")
    enrol(agent, *[a_worker() for _ in range(3)])
    queue = export(agent, "queue.perisai", "--office-key", str(counter.key_file()))
    answer = counter.accept(queue, "--admit")
    agent.environment["PERISAI_CENTRAL"] = office.url
    said = agent.sync()
    assert (said.code, said.data["sent"], said.data["unchanged"]) == (0, 3, 3)
    before = told(agent), standing(agent)
    late = take_in(agent, answer)
    assert (late.data["news"], late.data["records"], late.data["pulled"]) == (0, 3, 0)
    assert (told(agent), standing(agent)) == before
    assert agent.sync().data["sent"] == 0


def test_an_answer_taken_in_twice_changes_nothing(remote: Cli, desk: Desk) -> None:
    enrol(remote, a_worker(), ill(a_worker()))
    answer = desk.accept(export(remote))
    first = take_in(remote, answer)
    assert (first.data["news"], first.data["accepted"], first.data["held"]) == (2, 1, 1)
    before = told(remote), remote.run("sinkron", "status").data
    again = take_in(remote, answer)
    assert (again.code, again.data["news"]) == (0, 0)
    assert (told(remote), remote.run("sinkron", "status").data) == before


def test_a_queue_taken_twice_changes_nothing_at_the_office(remote: Cli, desk: Desk) -> None:
    enrol(remote, a_worker(), ill(a_worker()))
    queue = export(remote)
    first, second = desk.accept(queue), desk.accept(queue)
    assert take_in(remote, second).data["news"] == 2
    before = told(remote)
    assert take_in(remote, first).data["news"] == 0
    assert told(remote) == before
    assert standing(remote) == {"accepted": 2, "held": 1}
    waiting = desk.run("pusat", "menunggu", "--data", desk.data_).data
    assert waiting["count"] == 1


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
@pytest.mark.parametrize("settled", [(0, 1), (1, 0)])
def test_queues_and_answers_in_any_order_come_to_the_same(
    remote: Cli, desk: Desk, settled: tuple[int, int], order: tuple[int, int]
) -> None:
    [record] = enrol(remote, ill(a_worker()))
    queues = [export(remote, "one.perisai")]
    fix(remote, record, attestation={"working": True, "critically_ill": False}, months=6)
    enrol(remote, a_worker())
    queues.append(export(remote, "two.perisai"))
    answers = {number: desk.accept(queues[number]) for number in settled}
    for number in order:
        take_in(remote, answers[number])
    item = item_of(remote, record)
    assert (item["state"], item["rev"], item["pending"]) == ("accepted", 2, False)
    assert standing(remote) == {"accepted": 3}


def test_an_edit_made_while_the_file_was_away_stays_waiting(remote: Cli, desk: Desk) -> None:
    [record] = enrol(remote, a_worker())
    answer = desk.accept(export(remote))
    fix(remote, record, months=12)
    take_in(remote, answer)
    item = item_of(remote, record)
    assert (item["state"], item["rev"], item["pending"]) == ("queued", 2, True)
    take_in(remote, desk.accept(export(remote, "next.perisai")))
    assert standing(remote) == {"accepted": 2}


def test_a_late_answer_never_undoes_a_decision(
    office: Office, counter: Desk, an_agent: NewAgent
) -> None:
    agent = an_agent(office.url)
    assert agent.sync().code == 0
    [record] = enrol(agent, ill(a_worker()))
    answer = counter.accept(export(agent))
    assert agent.sync().data["held"] == 1
    counter.decide(record, "accepted")
    assert agent.sync().data["pulled"] == 1
    assert take_in(agent, answer).data["news"] == 0
    assert standing(agent) == {"accepted": 1}


def test_a_decision_made_between_two_answers_is_not_undone_by_the_older_one(
    remote: Cli, desk: Desk
) -> None:
    [record] = enrol(remote, ill(a_worker()))
    queue = export(remote)
    early = desk.accept(queue)
    desk.decide(record, "accepted")
    late = desk.accept(queue)
    said = take_in(remote, late)
    assert (said.data["news"], said.data["unchanged"]) == (1, 1)
    assert take_in(remote, early).data["news"] == 0
    assert item_of(remote, record)["state"] == "accepted"


def test_an_empty_queue_still_fetches_what_was_decided(remote: Cli, desk: Desk) -> None:
    [record] = enrol(remote, ill(a_worker()))
    take_in(remote, desk.accept(export(remote)))
    desk.decide(record, "rejected", "--reason", "not_working")
    queue = export(remote, "empty.perisai")
    said = take_in(remote, desk.accept(queue))
    assert (said.code, said.data["records"], said.data["pulled"]) == (3, 0, 1)
    assert item_of(remote, record)["problems"][0]["code"] == "officer.not_working"


def test_many_records_are_many_batches_and_a_limit_holds(remote: Cli, desk: Desk) -> None:
    enrol(remote, *[a_worker() for _ in range(120)])
    some = remote.run("sync", "bundle", "export", "--output", "some", "--max-records", "60")
    assert (some.data["records"], some.data["batches"], some.data["left"]) == (60, 2, 60)
    take_in(remote, desk.accept(remote.folder / "some"))
    assert standing(remote) == {"accepted": 61, "pending": 60}
    take_in(remote, desk.accept(export(remote)))
    assert standing(remote) == {"accepted": 121}
    for typed in ("0", "-1", "x", "1e3", "9999999"):
        said = remote.run("sync", "bundle", "export", "--output", "x", f"--max-records={typed}")
        assert (said.code, said.faults) == (2, {("/max-records", "bundle.max_records")}), typed


def test_a_plan_writes_and_marks_nothing(remote: Cli) -> None:
    enrol(remote, a_worker(), a_worker())
    with unchanged(remote.store):
        said = remote.run("sync", "bundle", "export", "--output", "plan", "--dry-run")
    assert (said.code, said.data["records"], said.data["batches"]) == (0, 2, 1)
    assert not (remote.folder / "plan").exists()


def test_a_file_that_is_there_is_overwritten_only_when_that_is_meant(remote: Cli) -> None:
    there = remote.folder / "queue.perisai"
    there.write_text("penting")
    said = remote.run("sync", "bundle", "export", "--output", str(there))
    assert (said.code, said.codes) == (2, ["confirm.missing"])
    assert said.errors[0]["message"].endswith(": Berkas itu sudah ada. Timpa?")
    assert there.read_text() == "penting"
    export(remote, "queue.perisai", "--yes")
    assert there.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in remote.folder.iterdir() if path.name.startswith(".")] == []


def test_a_folder_that_can_t_be_written_to_exits_8(remote: Cli) -> None:
    said = remote.run("sync", "bundle", "export", "--output", "nowhere/queue")
    assert (said.code, said.codes) == (8, ["bundle.unwritable"])
    said = remote.run("sync", "bundle", "export", "--output", "-")
    assert (said.code, said.codes) == (2, ["bundle.to_stdout"])
    said = remote.run("sync", "bundle", "export")
    assert (said.code, said.codes) == (2, ["usage.missing"])


def test_a_device_that_was_never_online_comes_in_by_its_code(tmp_path: Path, desk: Desk) -> None:
    agent = Agent(tmp_path / "new", "")
    added = desk.run("pusat", "agen", "tambah", "A-017", "--kantor", "W-03", "--data", desk.data_)
    (agent.folder / "code").write_text(added.data["code"])
    enrol(agent, a_worker())
    key = ("--office-key", str(desk.key_file()))
    without = export(agent, "without", *key)
    wrong = agent.folder / "wrong"
    wrong.write_text("AAAA-BBBB-CCCC")
    guessed = export(agent, "guessed", *key, "--code-file", str(wrong))
    for queue, code in ((without, "bundle.unknown_device"), (guessed, "auth.code_wrong")):
        said = desk.take(queue, desk.folder / "none")
        assert (said.code, said.codes) == (2, [code])
        assert not (desk.folder / "none").exists()
    coded = export(agent, "coded", "--code-file", str(agent.folder / "code"))
    assert take_in(agent, desk.accept(coded)).data["accepted"] == 1
    assert take_in(agent, desk.accept(without)).data["news"] == 0


def test_a_suspended_device_s_file_waits_for_an_officer_s_word(remote: Cli, desk: Desk) -> None:
    enrol(remote, a_worker())
    queue = export(remote)
    with contextlib.closing(sqlite3.connect(desk.data / "central.db")) as database, database:
        database.execute("UPDATE devices SET suspended_at = '2026-11-22T00:00:00Z'")
    said = desk.take(queue, desk.folder / "none")
    assert (said.code, said.codes) == (2, ["bundle.suspended"])
    assert take_in(remote, desk.accept(queue, "--izinkan")).data["accepted"] == 1


def test_without_a_key_of_an_office_nothing_is_written(agent: Cli) -> None:
    enrol(agent, a_worker())
    said = agent.run("sync", "bundle", "export", "--output", "queue")
    assert (said.code, said.faults) == (2, {("/office-key", "bundle.no_office")})
    (agent.folder / "note").write_text("halo")
    for named in ("note", "passphrase", "nothing"):
        said = agent.run("sync", "bundle", "export", "--output", "queue", "--office-key", named)
        assert said.code == 2, said
    assert not (agent.folder / "queue").exists()


def test_another_office_is_told_apart_on_every_side(
    remote: Cli, desk: Desk, tmp_path: Path
) -> None:
    other = Desk(tmp_path / "other")
    enrol(remote, a_worker())
    key = str(other.key_file())
    said = remote.run("sync", "bundle", "export", "--output", "queue", "--office-key", key)
    assert (said.code, said.codes) == (2, ["bundle.other_office"])
    queue = export(remote)
    said = other.take(queue, other.folder / "none")
    assert (said.code, said.codes) == (2, ["bundle.other_office"])
    elsewhere = Agent(tmp_path / "elsewhere", "")
    enrol(elsewhere, a_worker())
    foreign = other.accept(export(elsewhere, "queue", "--office-key", key), "--admit")
    said = remote.run("sync", "bundle", "import", str(foreign))
    assert (said.code, said.codes) == (2, ["bundle.not_ours"])
    assert standing(remote) == {"accepted": 1, "pending": 1}


def test_the_answer_for_another_device_of_the_same_office_is_refused(
    remote: Cli, desk: Desk, tmp_path: Path
) -> None:
    other = Agent(tmp_path / "other", "", "A-099")
    enrol(other, a_worker())
    queue = export(other, "queue", "--office-key", str(desk.key_file()))
    answer = desk.accept(queue, "--admit")
    said = remote.run("sync", "bundle", "import", str(answer))
    assert (said.code, said.codes) == (2, ["bundle.not_ours"])
    assert take_in(other, answer).data["news"] == 1


def test_a_queue_and_an_answer_are_not_mistaken_for_each_other(remote: Cli, desk: Desk) -> None:
    enrol(remote, a_worker())
    queue = export(remote)
    answer = desk.accept(queue)
    said = remote.run("sync", "bundle", "import", str(queue))
    assert (said.code, said.codes) == (2, ["bundle.is_queue"])
    said = desk.take(answer, desk.folder / "none")
    assert (said.code, said.codes) == (2, ["bundle.is_answer"])
    said = remote.run("sync", "bundle", "import", str(remote.passphrase_file))
    assert (said.code, said.codes) == (2, ["bundle.not_one"])
    assert remote.run("sync", "bundle", "import", "nothing").codes == ["file.unreadable"]


def test_a_hurt_file_changes_nothing_on_either_side(remote: Cli, desk: Desk) -> None:
    enrol(remote, a_worker())
    queue = export(remote)
    answer = desk.accept(queue)
    agents = desk.run("pusat", "agen", "daftar", "--data", desk.data_).data
    for path, take in (
        (queue, lambda hurt: desk.take(hurt, desk.folder / "none")),
        (answer, lambda hurt: remote.run("sync", "bundle", "import", str(hurt))),
    ):
        whole = path.read_bytes()
        for at in range(11, len(whole), len(whole) // 6):
            hurt = path.with_name("hurt")
            for content in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]):
                hurt.write_bytes(content)
                said = take(hurt)
                assert said.code == 2, said
                assert said.codes[0] in (
                    "bundle.damaged", "bundle.signature", "bundle.not_ours", "bundle.other_office",
                )  # fmt: skip
    assert not (desk.folder / "none").exists()
    assert desk.run("pusat", "agen", "daftar", "--data", desk.data_).data == agents
    assert standing(remote) == {"accepted": 1, "pending": 1}
    assert take_in(remote, answer).data["news"] == 1


def test_a_few_records_go_as_text_through_a_chat_and_their_answer_comes_back(
    remote: Cli, desk: Desk
) -> None:
    enrol(remote, a_worker(), ill(a_worker()))
    sent = remote.run("sinkron", "paket", "export", "--teks", as_json=False)
    assert sent.code == 0, sent
    assert sent.out.startswith("PERISAI 1 MULAI\n")
    assert sent.out.rstrip().endswith("PERISAI 1 SELESAI")
    chat = "[22/11 17.03] Made: " + "".join(
        f"> {line} \u00a0\r\n" for line in sent.out.splitlines()
    )
    lost = chat.replace("#003", "")
    said = desk.run("pusat", "paket", "terima", "-", "--data", desk.data_, stdin=lost)
    assert (said.code, said.codes) == (2, ["bundle.text_missing"])
    assert "3" in said.errors[0]["message"]
    back = desk.run("pusat", "paket", "terima", "-", "--data", desk.data_, stdin=chat)
    assert (back.data["accepted"], back.data["held"]) == (1, 1)
    pasted = remote.folder / "pasted.txt"
    pasted.write_text(back.data["text"].lower(), encoding="utf-16")
    assert take_in(remote, pasted).data["news"] == 2
    assert standing(remote) == {"accepted": 2, "held": 1}


def test_a_text_carries_what_fits_and_tells_what_is_left(remote: Cli, desk: Desk) -> None:
    enrol(remote, *[a_worker() for _ in range(25)])
    said = remote.run("sync", "bundle", "export", "--text", "--output", "text")
    assert (said.code, said.data["records"], said.data["left"]) == (0, 20, 5)
    take_in(remote, desk.accept(remote.folder / "text"))
    assert standing(remote) == {"accepted": 21, "pending": 5}
