"""A NIK or a phone number is no name and no place: refused at the question, in files, in imports."""

from __future__ import annotations

import json

from command_line import Cli
from field_work import a_nik, a_worker, enrol
from market import CONFIRM, NAMES, first
from screen import Screen, answered


def test_the_wizard_asks_again_and_repeats_nothing(agent: Cli) -> None:
    nik, number = a_nik(), a_nik()
    talk = first(nik)
    with Screen(agent, "daftar") as screen:
        answered(screen, *talk[:2])
        for typed, code in (
            (number, "name.no_letters"), ("!!!", "name.no_letters"),
            ("08123450O905", "name.digits"), (f"Sari {number}", "name.digits"),
        ):  # fmt: skip
            screen.answer("ask.name", typed)
            screen.wait_for(f"[{code}]")
        answered(screen, ("ask.name", NAMES[0]), talk[3], ("ask.address", f"Rumah {number}"))
        screen.wait_for("[address.text.digits]")
        answered(screen, *talk[4:8], ("ask.place", "HP 0812-3450-9050"))
        screen.wait_for("[occupation.place.digits]")
        answered(screen, *talk[8:13], ("ask.heir", "1"))
        screen.wait_for("[heir.name.no_letters]")
        screen.answer("ask.heir", "y")
        screen.wait_for("[heir.name.yes_or_no]")
        answered(screen, ("ask.heir", f"{number} 2"))
        screen.wait_for("[heir.name.no_letters]")
        answered(screen, *talk[13:], CONFIRM)
        assert screen.end() == 0
    (item,) = agent.run("antrean", "daftar").data["items"]
    worker = agent.run("antrean", "lihat", item["id"]).data["worker"]
    assert (worker["name"], worker["heirs"][0]["name"]) == (NAMES[0], "Made Ardi")


def test_who_is_called_like_an_answer_is_typed_twice(agent: Cli) -> None:
    with Screen(agent, "daftar") as screen:
        answered(screen, *first(a_nik())[:2], ("ask.name", "No"))
        screen.wait_for("[name.yes_or_no]")
        answered(screen, ("ask.name", "No"), *first("")[3:], CONFIRM)
        assert screen.end() == 0
    (item,) = agent.run("antrean", "daftar").data["items"]
    assert agent.run("antrean", "lihat", item["id"]).data["worker"]["name"] == "No"


def test_a_file_says_each_fault_and_a_correction_too(agent: Cli) -> None:
    number = a_nik()
    worker = a_worker(
        name=number, birth_place=number, heirs=[{"name": "1", "relationship": "child"}],
        children=[{"name": number, "birth_date": "2015-02-01"}],
        occupations=[{"code": "trader", "place": number}],
    )  # fmt: skip
    said = agent.run("daftar", "--berkas", "-", stdin=json.dumps(worker))
    assert said.code == 2
    assert {(each["code"], each["field"]) for each in said.errors} == {
        ("name.no_letters", "/name"), ("birth_place.digits", "/birth_place"),
        ("heir.name.no_letters", "/heirs/0/name"),
        ("child.name.no_letters", "/children/0/name"),
        ("occupation.place.digits", "/occupations/0/place"),
    }  # fmt: skip
    assert number not in said.out + said.err
    (record_id,) = enrol(agent, a_worker())
    change = json.dumps({"address": {"text": f"Jl. {number}"}})
    said = agent.run("antrean", "perbaiki", record_id, "--berkas", "-", stdin=change)
    assert (said.code, said.errors[0]["code"]) == (2, "address.text.digits")
    assert number not in said.out + said.err
