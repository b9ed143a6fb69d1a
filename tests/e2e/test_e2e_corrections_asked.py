"""Whoever corrects a record, and by whatever command, passes the guard; what was asked before stays."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing

import pytest
from cards import card, jpeg
from command_line import Cli
from field_work import Agent, Office, a_worker, enrol

from perisai_cli.central.serve import FILE_NAME

SHARED = "081298765499"


def shared_and_one(agent: Cli) -> str:
    """Enrol two who share a number and one who does not; return the id of that one."""
    people = [a_worker(phone=SHARED), a_worker(phone=SHARED), a_worker(phone="085700000001")]
    return [enrol(agent, worker)[0] for worker in people][-1]


def codes(agent: Cli, record: str) -> dict[str, str | None]:
    items = agent.run("pekerja", "pertanyaan", "--semua").data["items"]
    return {
        asked["code"]: asked["answer"]
        for item in items
        if item["id"] == record
        for asked in item["questions"]
    }


@pytest.mark.parametrize("way", [("antrean", "perbaiki"), ("pekerja", "ubah")])
def test_a_number_that_a_correction_makes_the_third_is_asked_about(
    agent: Cli, way: tuple[str, str]
) -> None:
    record = shared_and_one(agent)
    assert codes(agent, record) == {}
    change = json.dumps({"phone": SHARED})
    assert agent.run(*way, record, "--berkas", "-", stdin=change).code == 0
    assert codes(agent, record) == {"guard.shared_phone": None}
    # Corrected once more, to the same number: it is not asked a second time.
    assert agent.run(*way, record, "--berkas", "-", stdin='{"months": 2}').code == 0
    assert codes(agent, record) == {"guard.shared_phone": None}


def test_questions_answers_and_the_photo_go_on_with_every_revision(
    an_agent: Callable[[str], Agent], office: Office
) -> None:
    agent = an_agent(office.url)
    record = shared_and_one(agent)
    photo = agent.folder / "card.jpg"
    photo.write_bytes(jpeg(card()))

    def change(said: dict[str, object]) -> int:
        line = json.dumps(said)
        return agent.run("pekerja", "ubah", record, "--berkas", "-", stdin=line).code

    assert change({"phone": SHARED}) == 0
    assert agent.run("pekerja", "foto", record, str(photo)).code == 0
    said = json.dumps({"guard.shared_phone": "family"})
    assert agent.run("pekerja", "jawab", record, "--berkas", "-", stdin=said).code == 0
    assert change({"months": 2}) == 0
    assert agent.sync().code == 0
    with closing(sqlite3.connect(office.data / FILE_NAME)) as hand:
        sql = "SELECT body FROM item_versions WHERE id = ? ORDER BY rev DESC"
        body = json.loads(hand.execute(sql, (record,)).fetchone()[0])
    assert body["worker"]["months"] == 2
    assert [(each["code"], each["answer"]) for each in body["questions"]] == [
        ("guard.shared_phone", "family")
    ]
    assert [each["kind"] for each in body["attachments"]] == ["card"]
