"""What merging asks is shown so that a supervisor can decide it, and nobody is named without a reason."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from command_line import Cli
from field_work import Agent, a_nik, a_worker, enrol
from supervision import Supervisor, book_of

from perisai_cli.i18n.catalogue import sentence

NewAgent = Callable[[str], Agent]
ONE, OTHER = "Ni Made Sumiati", "Ni Made Sulastri"


@pytest.fixture
def supervisor(tmp_path: Path) -> Supervisor:
    return Supervisor(tmp_path / "supervisor", "", "S-1")


def change(device: Cli, record: str, **fields: Any) -> None:
    said = device.run("pekerja", "ubah", record, "--berkas", "-", stdin=json.dumps(fields))
    assert said.code == 0, said


def copied(agent: Agent, folder: Path) -> Cli:
    folder.mkdir()
    copy = Cli(folder)
    shutil.copytree(agent.home, copy.home)
    return copy


def asked(supervisor: Supervisor, *more: str) -> dict[str, Any]:
    [item] = supervisor.run("gabung", "pertanyaan", *more).data["items"]
    return dict(item)


def reasons(supervisor: Supervisor) -> list[Any]:
    with closing(sqlite3.connect(supervisor.store)) as hand:
        sql = "SELECT facts FROM journal WHERE action = 'merge.questions_unmasked'"
        return [json.loads(row[0]) for row in hand.execute(sql)]


def test_two_contents_are_told_apart_without_naming_anybody_and_in_full_for_a_reason(
    an_agent: NewAgent, supervisor: Supervisor, tmp_path: Path
) -> None:
    agent, nik = an_agent(""), a_nik()
    [record] = enrol(agent, a_worker(nik, name=ONE))
    copy = copied(agent, tmp_path / "copy")
    change(agent, record, phone="081298765432")
    change(copy, record, name=OTHER, income=5500000, occupations=[{"code": "fisher"}])
    supervisor.merge(book_of(agent, supervisor, "one"), book_of(copy, supervisor, "two"))
    item = asked(supervisor)
    assert {"/worker/name", "/worker/income", "/quote/tier"} <= set(item["differs"])
    assert {"/worker/nik", "/worker/birth_date"} <= set(item["same"])
    assert [side["number"] for side in item["sides"]] == [1, 2]
    for side in item["sides"]:
        assert (side["agent"], side["rev"], side["gone"]) == (agent.name, 2, False)
        assert side["made_at"]
        assert side["device"]
        assert re.fullmatch(r"N\. M\. S\. \([AB]\)", side["masked"]["/worker/name"])
        assert re.fullmatch(r"\([AB]\)", side["masked"]["/worker/income"])
    assert {side["masked"]["/worker/name"][-2] for side in item["sides"]} == {"A", "B"}
    for language, words in (
        ("id", ("Nama: 1) N. M. S. (A)   2) N. M. S. (B)", "Lapisan", "revisi 2", "Yang sama: NIK",
                "--buka ALASAN", "nelayan")),
        ("en", ("Name: 1) N. M. S. (A)   2) N. M. S. (B)", "Tier", "revision 2",
                "What is the same: NIK", "--unmask REASON", "fisher")),
    ):  # fmt: skip
        shown = supervisor.run("merge", "questions", "--lang", language, as_json=False)
        plain = " ".join(shown.out.split())
        assert [each for each in words if " ".join(each.split()) not in plain] == []
        assert "/worker" not in plain
        assert "/quote" not in plain
        assert plain.count(item["sides"][0]["device"][-8:]) == 2
    masked = json.dumps(item) + shown.out
    hidden = (nik, "Sumiati", "Sulastri", "98765432", "5500000", "5.500.000", "1990-")
    assert [each for each in hidden if each in masked] == []

    naming = supervisor.run("gabung", "pertanyaan", "--buka", "kartu Sulastri dilihat")
    assert (naming.codes, naming.errors[0]["field"]) == (["merge.reason_names"], "/unmask")
    assert reasons(supervisor) == []
    full = supervisor.run("gabung", "pertanyaan", "--buka", "membandingkan kartu", unmasked=True)
    [said] = full.data["items"]
    assert {side["name"] for side in said["sides"]} == {ONE, OTHER}
    assert {side["nik"] for side in said["sides"]} == {nik}
    assert {side["values"]["/worker/income"] for side in said["sides"]} == {1000000, 5500000}
    assert reasons(supervisor) == [{"by": "S-1", "reason": "membandingkan kartu"}]
    shown = supervisor.run(
        "gabung", "pertanyaan", "--buka", "dengan kartu", as_json=False, unmasked=True
    )
    assert OTHER in shown.out
    assert "5.500.000" in shown.out
    assert "--buka" not in shown.out


def test_two_records_of_a_person_tell_their_books_and_what_is_the_same(
    an_agent: NewAgent, supervisor: Supervisor
) -> None:
    one, two, nik = an_agent(""), an_agent(""), a_nik()
    for agent, name in ((one, ONE), (two, OTHER)):
        [member] = enrol(agent, a_worker(nik, name=name))
        paid = ("--bulan", "1", "--uang", "received", "--kanal", "cash")
        assert agent.run("bayar", "catat", member, *paid).code == 0
    supervisor.merge(book_of(one, supervisor), book_of(two, supervisor))
    item = asked(supervisor)
    assert {"/nik", "/phone"} <= set(item["same"])
    assert item["differs"] == ["/name"]
    assert len({side["device"] for side in item["sides"]}) == 2
    shown = supervisor.run("gabung", "pertanyaan", as_json=False).out
    for side in item["sides"]:
        assert side["device"][-8:] in shown
        assert f"agen {side['agent']}" in shown

    same = ("--pilih", "1", "--alasan", "orang yang sama")
    assert supervisor.run("gabung", "jawab", item["id"], *same).data["open"] == 1
    twice = asked(supervisor)
    assert (twice["kind"], twice["differs"], twice["same"]) == ("month_twice", [], [])
    shown = supervisor.run("gabung", "pertanyaan", as_json=False).out
    assert "Rp8.400" in shown
    assert "Sisi 2: agen " in shown
    assert "N. M. S." in shown


def test_a_side_that_a_newer_book_took_away_keeps_its_number(
    an_agent: NewAgent, supervisor: Supervisor, tmp_path: Path
) -> None:
    agent = an_agent("")
    [record] = enrol(agent, a_worker())
    copy = copied(agent, tmp_path / "copy")
    change(agent, record, phone="081298765432")
    change(copy, record, months=2)
    supervisor.merge(book_of(agent, supervisor, "one"), book_of(copy, supervisor, "two"))
    item = asked(supervisor)
    by_months = {side["values"]["/worker/months"]: side["number"] for side in item["sides"]}
    chosen = str(by_months[2])
    answer = ("--pilih", chosen, "--alasan", "kartu dilihat")
    assert supervisor.run("gabung", "jawab", item["id"], *answer).code == 0
    change(agent, record, months=5)
    supervisor.merge(book_of(agent, supervisor, "three"))
    kept = asked(supervisor, "--dijawab")
    assert [side["number"] for side in kept["sides"]] == [1, 2]
    assert [side["gone"] for side in kept["sides"]] == [True, True]
    assert [side["agent"] for side in kept["sides"]] == [agent.name] * 2
    shown = supervisor.run("gabung", "pertanyaan", "--dijawab", as_json=False).out
    assert shown.count("tidak ada lagi di buku mana pun") == 2
    assert f"sisi {chosen}" in shown


def test_a_record_that_was_erased_stays_a_side_and_is_told_as_erased(
    an_agent: NewAgent, supervisor: Supervisor
) -> None:
    one, two, nik = an_agent(""), an_agent(""), a_nik()
    [first], [second] = enrol(one, a_worker(nik)), enrol(two, a_worker(nik))
    supervisor.merge(book_of(one, supervisor), book_of(two, supervisor))
    item = asked(supervisor)
    ids = [side["id"] for side in item["sides"]]
    answer = ("--pilih", "2", "--alasan", "orang yang sama")
    assert supervisor.run("gabung", "jawab", item["id"], *answer).code == 0
    erased = one.run("pekerja", "hapus", first, "--alasan", "subject_asked", "--yes")
    assert erased.code == 0, erased
    supervisor.merge(book_of(one, supervisor, "after"))
    kept = asked(supervisor, "--dijawab")
    assert [side["id"] for side in kept["sides"]] == ids == sorted((first, second))
    assert {side["id"]: side["gone"] for side in kept["sides"]} == {first: False, second: False}
    emptied = {side["id"]: side["emptied"] for side in kept["sides"]}
    assert emptied == {first: "erased", second: None}
    assert kept["answer"]["choice"] == 2
    shown = supervisor.run("gabung", "pertanyaan", "--dijawab", as_json=False).out
    assert sentence("id", "merge.side_erased") in " ".join(shown.split())
