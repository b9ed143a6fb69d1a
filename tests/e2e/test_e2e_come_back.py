"""A member who comes back, as the queue shows the record: the NIK masked, as everywhere."""

from __future__ import annotations

import json

import pytest
from command_line import Cli
from field_work import a_nik, a_worker, enrol

ANEW = {
    "attestation": {"working": True, "critically_ill": False},
    "consent": {"given": True, "method": "thumbprint"},
}


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_queue_shows_who_came_back_without_the_nik(agent: Cli, language: str) -> None:
    nik = a_nik()
    [member] = enrol(agent, a_worker(nik))
    said = agent.run("pekerja", "aktifkan", member, "--berkas", "-", stdin=json.dumps(ANEW))
    assert said.code == 0, said
    shown = agent.run("antrean", "lihat", said.data["id"])
    assert shown.code == 0, shown
    assert shown.data["worker"]["name"]
    assert shown.data["content"]["member"] == member
    told = agent.run("queue", "show", said.data["id"], "--lang", language, as_json=False)
    assert told.code == 0, told
    assert nik not in told.out + told.err
