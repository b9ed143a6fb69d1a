"""Erasing a member takes the reactivations along, which repeat who she is; the money's sums stay."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing

from field_work import Agent, Office, a_nik, a_worker, enrol, item_of

from perisai_cli.central.serve import FILE_NAME

ANEW = {
    "attestation": {"working": True, "critically_ill": False},
    "consent": {"given": True, "method": "thumbprint"},
}


def test_whoever_is_erased_is_erased_from_her_reactivations_too_here_and_at_the_central(
    an_agent: Callable[[str], Agent], office: Office
) -> None:
    agent = an_agent(office.url)
    nik = a_nik()
    [member] = enrol(agent, a_worker(nik, months=1))
    back = [
        agent.run(
            "pekerja", "aktifkan", member, "--mulai", start, "--berkas", "-", stdin=json.dumps(ANEW)
        ).data["id"]
        for start in ("2027-06", "2028-06")
    ]
    payment = agent.run("bayar", "catat", member).data
    assert agent.sync().code == 0
    # One of them was erased by itself before: it is not erased twice.
    assert agent.run("pekerja", "hapus", back[0], "--alasan", "not_needed", "--yes").code == 0
    assert agent.run("pekerja", "hapus", member, "--alasan", "subject_asked", "--yes").code == 0
    revs = {each: item_of(agent, each)["rev"] for each in (member, *back, payment["id"])}
    assert revs == {member: 2, back[0]: 2, back[1]: 2, payment["id"]: 1}
    for each in (member, *back):
        shown = agent.run("antrean", "lihat", each).data
        assert (shown["state"], shown["worker"]) == ("withdrawn", {})
        assert shown["erased"] is not None
    assert agent.run("bayar", "daftar").data["sums"]["promised"]["amount"] == payment["amount"]
    assert agent.sync().code == 0
    with closing(sqlite3.connect(office.data / FILE_NAME)) as hand:
        bodies = [body for (body,) in hand.execute("SELECT body FROM item_versions")]
    assert any('"payment"' in body for body in bodies)
    assert not [body for body in bodies if nik in body]
