"""The guard end to end: it asks, the agent answers, the office reads both, and nothing is refused."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from command_line import Cli, Said
from field_work import Agent, Office, a_worker, enrol, ill, lines
from terminal import Terminal

from perisai_cli.central.serve import FILE_NAME
from perisai_cli.protocol.canonical import body_hash

SHARED = "081298765432"
PHONES = iter(range(10**7))


def phone() -> str:
    """Return a number that no other worker has."""
    return f"0857{next(PHONES):08d}"


def family(count: int) -> list[dict[str, Any]]:
    """Return workers who share one telephone."""
    return [a_worker(phone=SHARED) for _ in range(count)]


def asked_thrice(agent: Cli) -> str:
    """Enrol three who share a phone; return the id of the third, which is asked about."""
    third = [enrol(agent, worker)[0] for worker in family(3)][-1]
    listed = agent.run("pekerja", "pertanyaan").data
    assert [item["id"] for item in listed["items"]] == [third]
    return third


def answer(agent: Cli, record_id: str, **answers: Any) -> Said:
    message = {code.replace("__", "."): said for code, said in answers.items()}
    return agent.run("worker", "answer", record_id, "--file", "-", stdin=json.dumps(message))


def rows(office: Office, sql: str, *values: Any) -> list[Any]:
    with closing(sqlite3.connect(office.data / FILE_NAME)) as hand:
        return hand.execute(sql, values).fetchall()


def body_at(office: Office, record_id: str, rev: int) -> tuple[dict[str, Any], str]:
    """Return a revision's body and hash as the central keeps them."""
    sql = "SELECT body, hash FROM item_versions WHERE id = ? AND rev = ?"
    [(body, digest)] = rows(office, sql, record_id, rev)
    return json.loads(body), digest


def test_a_third_record_with_one_phone_is_asked_about_and_enrolled_all_the_same(agent: Cli) -> None:
    enrol(agent, *family(2))
    said = agent.run("daftar", "--berkas", "-", stdin=json.dumps(family(1)[0]))
    assert (said.code, said.data["state"]) == (0, "queued")
    [question] = said.data["questions"]
    assert (question["code"], question["facts"]) == ("guard.shared_phone", {"count": 3})
    assert (question["answer"], question["answered_at"]) == (None, None)
    assert "family" in question["reasons"]
    [warning] = [each for each in said.data["warnings"] if each["code"] == "guard.shared_phone"]
    assert warning["message"].endswith("?")
    assert agent.run("hari-ini").data["questions"] == 1
    told = agent.run("hari-ini", as_json=False).out
    assert "perisai pekerja jawab" in told
    in_english = agent.run("today", "--bahasa", "en", as_json=False).out
    assert "perisai worker answer" in in_english


def test_a_receipt_names_the_command_that_answers(agent: Cli) -> None:
    enrol(agent, *family(2))
    said = agent.run("daftar", "--berkas", "-", stdin=json.dumps(family(1)[0]), as_json=False)
    assert said.code == 0
    assert "perisai pekerja jawab " in said.out
    assert "?" in said.err


def test_an_answer_is_a_revision_that_reaches_the_office(
    an_agent: Callable[[str], Agent], office: Office
) -> None:
    agent = an_agent(office.url)
    third = asked_thrice(agent)
    assert agent.sync().code == 0
    first, _ = body_at(office, third, 1)
    assert [set(each) for each in first["questions"]] == [{"code", "asked_at"}]
    said = answer(agent, third, guard__shared_phone="family")
    assert (said.code, said.data["answered"], said.data["open"]) == (0, 1, 0)
    assert (said.data["items"][0]["rev"], said.data["items"][0]["state"]) == (2, "queued")
    assert agent.sync().data["accepted"] == 1
    second, _ = body_at(office, third, 2)
    assert second["worker"] == first["worker"]
    [told] = second["questions"]
    assert (told["code"], told["answer"]) == ("guard.shared_phone", "family")
    assert set(told) == {"code", "asked_at", "answer", "answered_at"}
    assert agent.run("hari-ini").data["questions"] == 0
    counted = Cli.run(agent, "pusat", "pertanyaan", "--data", str(office.data)).data
    [mine] = [item for item in counted["items"] if item["agent"] == agent.name]
    assert mine == {
        "agent": agent.name, "code": "guard.shared_phone", "asked": 1, "answered": 1,
    }  # fmt: skip
    assert counted["records"][agent.name] == 3


def test_a_record_without_questions_has_the_body_that_it_always_had(
    an_agent: Callable[[str], Agent], office: Office
) -> None:
    agent = an_agent(office.url)
    [record] = enrol(agent, a_worker(phone=phone()))
    assert agent.sync().code == 0
    body, digest = body_at(office, record, 1)
    assert set(body) == {"worker", "quote", "captured"}
    assert set(body["worker"]["attestation"]) == {"working", "critically_ill", "text", "at"}
    assert digest == body_hash(body)


def test_answers_that_cannot_be_kept_leave_everything_as_it_was(agent: Cli) -> None:
    third = asked_thrice(agent)
    for answers, code in (
        ({"guard__burst": "family"}, "answer.not_asked"),
        ({"guard__shared_phone": "NIK 5171 0157 0890 0001"}, "answer.digits"),
        ({"guard__shared_phone": "  "}, "answer.missing"),
        ({"guard__shared_phone": 1}, "answer.format"),
        ({"guard__shared_phone": "x" * 201}, "answer.length"),
        ({}, "answer.missing"),
        ({"guard__shared_phone": "family", "guard__night": "no_signal"}, "answer.not_asked"),
    ):
        said = answer(agent, third, **answers)
        assert (said.code, said.codes) == (2, [code])
    [item] = agent.run("pekerja", "pertanyaan").data["items"]
    assert (item["rev"], item["questions"][0]["answer"]) == (1, None)
    assert agent.run("pekerja", "jawab").errors[0]["code"] == "usage.missing"
    assert agent.run("pekerja", "jawab", "--berkas", "-").errors[0]["code"] == "usage.missing"


def test_an_answer_to_a_refused_record_goes_with_its_correction(
    an_agent: Callable[[str], Agent], office: Office
) -> None:
    agent = an_agent(office.url)
    other = an_agent(office.url)
    enrol(agent, *family(2))
    nik_taken = family(1)[0]
    enrol(other, nik_taken | {"phone": phone()})
    assert other.sync().code == 0
    [record] = enrol(agent, nik_taken)
    assert agent.sync().data["duplicate"] == 1
    said = answer(agent, record, guard__shared_phone="satu rumah dengan kakaknya")
    assert (said.data["items"][0]["rev"], said.data["items"][0]["state"]) == (1, "duplicate")
    fresh = a_worker(phone=SHARED)
    change = json.dumps({"nik": fresh["nik"], "birth_date": fresh["birth_date"]})
    assert agent.run("antrean", "perbaiki", record, "--berkas", "-", stdin=change).code == 0
    assert agent.sync().data["accepted"] == 1
    body, _ = body_at(office, record, 2)
    [told] = body["questions"]
    assert told["answer"] == "satu rumah dengan kakaknya"


def test_an_answer_undoes_no_officer_s_decision(
    an_agent: Callable[[str], Agent], office: Office
) -> None:
    agent = an_agent(office.url)
    enrol(agent, *family(2))
    [record] = enrol(agent, ill(family(1)[0]))
    assert agent.sync().data["held"] == 1
    data = ("--data", str(office.data))
    waiting = agent.run("pusat", "menunggu", *data).data["items"]
    [mine] = [item for item in waiting if item["id"] == record]
    assert (mine["asked"], mine["unanswered"]) == (1, 1)
    assert "1" in agent.run("central", "waiting", *data, as_json=False).out
    assert agent.run("pusat", "putuskan", record, "accepted", *data).code == 0
    answer(agent, record, guard__shared_phone="family")
    said = agent.sync()
    assert (said.data["held"], said.data["accepted"]) == (0, 1)
    [(status,)] = rows(office, "SELECT status FROM items WHERE id = ?", record)
    assert status == "accepted"


def test_a_correction_of_an_accepted_ill_worker_is_looked_at_again(
    an_agent: Callable[[str], Agent], office: Office
) -> None:
    agent = an_agent(office.url)
    [record] = enrol(agent, ill(a_worker(phone=phone())))
    agent.sync()
    agent.run("pusat", "putuskan", record, "accepted", "--data", str(office.data))
    change = json.dumps({"name": "Nama Lain"})
    assert agent.run("antrean", "perbaiki", record, "--berkas", "-", stdin=change).code == 0
    assert agent.sync().data["held"] == 1


def test_a_list_of_thirty_is_asked_about_once(agent: Cli) -> None:
    said = agent.run(
        "daftar", "--berkas", "-", stdin=lines(*(a_worker(phone=phone()) for _ in range(30)))
    )
    assert (said.code, said.data["accepted"]) == (0, 30)
    asked = [
        question["code"]
        for item in said.data["items"]
        for question in item["questions"]
        if question["code"] != "guard.night"  # at night the hour is asked about as well
    ]
    assert asked == ["guard.burst"]


def test_an_association_s_own_number_is_asked_about_three_times_not_thirty(agent: Cli) -> None:
    said = agent.run("daftar", "--berkas", "-", stdin=lines(*family(30)))
    assert said.data["accepted"] == 30
    counts = [
        question["facts"]["count"]
        for item in said.data["items"]
        for question in item["questions"]
        if question["code"] == "guard.shared_phone"
    ]
    assert counts == [3, 9, 27]


def test_the_agent_s_own_number_is_known_only_here_and_asked_about(agent: Cli) -> None:
    mine = phone()
    said = agent.run("pekerja", "nomor-sendiri", "--berkas", "-", stdin=mine + "\n")
    assert (said.code, said.data) == (0, {"records": 0})
    assert mine[1:].encode() not in agent.store.read_bytes()
    said = agent.run("daftar", "--berkas", "-", stdin=json.dumps(a_worker(phone=mine)))
    assert [question["code"] for question in said.data["questions"]] == ["guard.own_phone"]
    assert agent.run("worker", "own-number", "--file", "-", stdin=mine).data == {"records": 1}
    wrong = agent.run("worker", "own-number", "--file", "-", stdin="08O1")
    assert (wrong.code, wrong.codes) == (2, ["phone.letter"])
    assert agent.run("worker", "own-number").codes == ["usage.missing"]


def test_an_heir_with_the_agent_s_name_and_one_of_many_are_asked_about(agent: Cli) -> None:
    of_agent = [{"name": "made  UJI", "relationship": "sibling"}]
    said = agent.run(
        "daftar", "--berkas", "-", stdin=json.dumps(a_worker(phone=phone(), heirs=of_agent))
    )
    assert [question["code"] for question in said.data["questions"]] == ["guard.agent_is_heir"]
    heirs = [{"name": "Ni Wayan Sama", "relationship": "parent"}]
    people = [a_worker(phone=phone(), heirs=heirs) for _ in range(4)]
    said = agent.run("daftar", "--berkas", "-", stdin=lines(*people))
    asked = [[question["code"] for question in item["questions"]] for item in said.data["items"]]
    assert asked == [[], [], [], ["guard.same_heir"]]


def test_a_corrected_phone_is_asked_about_and_an_old_question_stays(agent: Cli) -> None:
    third = asked_thrice(agent)
    answer(agent, third, guard__shared_phone="family")
    mine = phone()
    agent.run("pekerja", "nomor-sendiri", "--berkas", "-", stdin=mine)
    change = json.dumps({"phone": mine})
    assert agent.run("antrean", "perbaiki", third, "--berkas", "-", stdin=change).code == 0
    [item] = agent.run("pekerja", "pertanyaan", "--semua").data["items"]
    answers = {question["code"]: question["answer"] for question in item["questions"]}
    assert answers == {"guard.own_phone": None, "guard.shared_phone": "family"}
    # The number that was given up does not count any more: this is the third again.
    again = agent.run("daftar", "--berkas", "-", stdin=json.dumps(family(1)[0]))
    assert [question["facts"] for question in again.data["questions"]] == [{"count": 3}]


def test_a_withdrawn_record_asks_nothing_any_more(agent: Cli) -> None:
    third = asked_thrice(agent)
    assert agent.run("antrean", "tarik", third, "--yes").code == 0
    assert agent.run("hari-ini").data["questions"] == 0
    assert agent.run("pekerja", "pertanyaan", "--semua").data["items"] == []
    assert answer(agent, third, guard__shared_phone="family").codes == ["record.not_open"]


def test_erasing_takes_questions_and_answers_along(agent: Cli) -> None:
    third = asked_thrice(agent)
    answer(agent, third, guard__shared_phone="telepon milik kakak perempuannya")
    said = agent.run("pekerja", "hapus", third, "--alasan", "subject_asked", "--yes")
    assert (said.code, said.warned) == (0, [])
    with closing(sqlite3.connect(agent.store)) as hand:
        assert hand.execute("SELECT count(*) FROM questions").fetchone() == (0,)
    assert agent.run("pekerja", "pertanyaan", "--semua").data["items"] == []


def test_a_witness_is_written_down_and_read_by_the_office(
    an_agent: Callable[[str], Agent], office: Office
) -> None:
    agent = an_agent(office.url)
    witness = {"name": "  Ketut  Saksi ", "role": "ketua pasar"}
    declared = {"working": True, "critically_ill": True, "witness": witness}
    [record] = enrol(agent, a_worker(phone=phone(), attestation=declared))
    agent.sync()
    body, _ = body_at(office, record, 1)
    assert body["worker"]["attestation"]["witness"] == {
        "name": "Ketut Saksi", "role": "ketua pasar",
    }  # fmt: skip
    shown = agent.run("antrean", "lihat", record, as_json=False).out
    assert "Saksi" in shown
    wrong = {"working": True, "critically_ill": False, "witness": {"role": "x"}}
    said = agent.run("daftar", "--berkas", "-", stdin=json.dumps(a_worker(attestation=wrong)))
    assert said.faults == {("/attestation/witness/name", "witness.name.missing")}


@pytest.mark.parametrize(
    ("speak", "words", "reason"),
    [("id", "Nomor siapa ini?", "1  Sekeluarga"), ("en", "Whose number is it?", "1  One family")],
)
def test_on_a_terminal_the_open_questions_are_gone_through(
    agent: Cli, speak: str, words: str, reason: str
) -> None:
    workers = family(9)
    enrol(agent, *workers)
    with Terminal(agent, "--bahasa", speak, "pekerja", "jawab") as terminal:
        terminal.wait_for(words)
        terminal.wait_for(reason)
        prompt = "nanti)" if speak == "id" else "later)"
        terminal.answer(prompt, "9")
        terminal.answer(prompt, "1")
        terminal.wait_for(words)
        terminal.answer(prompt, "")
        assert terminal.end() == 0
    [item] = agent.run("pekerja", "pertanyaan").data["items"]
    assert item["questions"][0]["facts"]["count"] == 9
    with Terminal(agent, "pekerja", "jawab", item["id"][-8:]) as terminal:
        terminal.answer("nanti)", "milik 0812-3456-7890")
        terminal.wait_for("answer.digits")
        terminal.answer("nanti)", "ibunya yang punya")
        assert terminal.end() == 0
    assert agent.run("hari-ini").data["questions"] == 0
    listed = agent.run("worker", "questions", "--all", "--bahasa", speak, as_json=False).out
    assert "ibunya yang punya" in listed
    assert reason.partition("  ")[2] in listed
