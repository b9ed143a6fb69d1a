"""Reports about enrolments say the same whatever other kinds of record a store holds."""

from __future__ import annotations

import json
from typing import Any

from command_line import Cli
from field_work import a_worker, enrol

from perisai_cli.domain.outbox import KINDS

VOLATILE = {"as_of", "last_success", "path"}


def told(agent: Cli) -> dict[str, Any]:
    """Return what each report says, without its moment."""
    reports: dict[str, Any] = {}
    for name in ("pendaftaran", "ringkasan"):
        said = agent.run("laporan", name)
        assert said.code == 0, said
        reports[name] = {key: held for key, held in said.data.items() if key not in VOLATILE}
    return reports


def test_payments_reactivations_and_events_change_no_report_of_enrolments(agent: Cli) -> None:
    member, *_ = enrol(agent, a_worker(), a_worker())
    before = told(agent)
    assert agent.run("bayar", "catat", member).code == 0
    anew = {
        "attestation": {"working": True, "critically_ill": False},
        "consent": {"given": True, "method": "spoken"},
    }
    back = ("pekerja", "aktifkan", member, "--mulai", "2027-09", "--berkas", "-")
    assert agent.run(*back, stdin=json.dumps(anew)).code == 0
    event = {"type": "market_visit", "place": "Pasar Sindhu", "present": 9}
    assert agent.run("sosialisasi", "catat", "--berkas", "-", stdin=json.dumps(event)).code == 0
    listed = agent.run("antrean", "daftar").data["items"]
    assert {item["kind"] for item in listed} == set(KINDS)  # one of each kind that there is
    assert told(agent) == before
    assert agent.run("pekerja", "daftar").data["count"] == 2
