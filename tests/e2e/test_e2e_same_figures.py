"""The central's own figures, those of its copy and those of the agents' books merged are the same."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from command_line import Cli
from field_work import Agent, Office, a_nik, a_worker, enrol, ill
from test_e2e_extract import a_token, now, world_of
from test_e2e_merge import Supervisor, book_of

from perisai_cli.actions.central_remote import Office as AsOfficer
from perisai_cli.actions.central_report import CentralSource
from perisai_cli.actions.desk import open_desk
from perisai_cli.actions.extract import fetch_central
from perisai_cli.actions.report_sources import DatasetSource, own_dataset, report_source
from perisai_cli.central.decisions import decide
from perisai_cli.central.reporting import CentralFacts
from perisai_cli.central.serve import open_central, running
from perisai_cli.domain.coverage import packaged
from perisai_cli.reports.asked import Asked
from perisai_cli.reports.catalogue import NAMES, build
from perisai_cli.reports.model import Origin, Report, Source
from perisai_cli.rules.law import load_law
from perisai_cli.storage.dataset_tables import DERIVED, TABLES

ANEW = {
    "attestation": {"working": True, "critically_ill": False},
    "consent": {"given": True, "method": "thumbprint"},
}
ONLY_DEVICES_KNOW = ("enrolled", "paid")
"""Columns, and sums of a funnel, that rest on who came to which event: no central is told."""

FACTS = {
    table: [each for each in (*fact._fields, *DERIVED.get(table, ())) if each not in ONLY_DEVICES_KNOW]
    for fact, table in TABLES.items()
}  # fmt: skip

FUNNEL = "funnel"
UNTOLD = {"withdrawn": {"quality": None, "moved": None, "owner": None, "member": None}}
"""What a device forgets of what is withdrawn, and no report tells of it."""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    """Return a central of this test's own."""
    with running(tmp_path / "central", clock=now) as address:
        yield Office(address, tmp_path / "central")


def good(cli: Cli, *words: str, stdin: Any = None) -> Any:
    said = cli.run(*words, stdin=None if stdin is None else json.dumps(stdin))
    assert said.code == 0, said
    return said.data


def pay(agent: Cli, member: str, money: str, *more: str) -> str:
    channel = {"received": "cash", "remitted": "pos", "confirmed": "pos"}.get(money)
    words = ("--kanal", channel) if channel else ()
    proof = ("--berkas", "-") if money == "confirmed" else ()
    stdin = {"reference": "STRUK-0017"} if proof else None
    asked = ("bayar", "catat", member, "--uang", money, *words, *more, *proof)
    return str(good(agent, *asked, stdin=stdin)["id"])


def withdraw(agent: Cli, record: str) -> None:
    good(agent, "antrean", "tarik", record, "--alasan", "entered_twice", "--yes")


def erase(agent: Cli, record: str) -> None:
    good(agent, "pekerja", "hapus", record, "--alasan", "subject_asked", "--yes")


def come_back(agent: Cli, member: str, start: str) -> str:
    asked = ("pekerja", "aktifkan", member, "--mulai", start, "--berkas", "-")
    return str(good(agent, *asked, stdin=ANEW)["id"])


def sync(*agents: Agent) -> None:
    for agent in agents:
        assert agent.sync().code in (0, 3)


def work(here: Office, agents: list[Agent]) -> None:
    """Let three agents record everything that there is, and tell the central of it."""
    nik = a_nik()
    one, two, three = agents
    members = enrol(
        one,
        a_worker(nik),
        *(a_worker(months=3) for _ in range(7)),
        ill(a_worker()),
        ill(a_worker()),
    )
    for member, money in zip(
        members, ("promised", "received", "remitted", "confirmed"), strict=False
    ):
        pay(one, member, money)
    back = come_back(one, members[5], "2027-06")
    come_back(one, members[6], "2027-06")
    event = {"type": "market_visit", "place": "Pasar Uji", "region": "5171", "present": 4}
    good(one, "sosialisasi", "catat", "--berkas", "-", stdin=event)
    sync(one)
    enrol(two, a_worker(nik), a_worker(income=1900000), ill(a_worker()))
    other = enrol(three, a_worker(), a_worker(), a_worker(), a_worker())
    erase(three, other[1])  # before the central ever heard of it
    taken = pay(three, other[2], "received")
    sync(three)
    withdraw(three, other[0])
    withdraw(three, taken)
    pay(three, other[2], "confirmed")
    pay(three, other[3], "confirmed", "--bulan", "2")
    spare = pay(three, other[3], "promised")
    sync(two, three)
    database = open_central(here.data)
    decide(database, members[8], "rejected", "other", now)
    decide(database, members[9], "accepted", None, now)
    database.close()
    good(one, "antrean", "perbaiki", members[1], "--berkas", "-", stdin={"months": 6})
    erase(one, members[3])  # whose money is confirmed
    erase(one, members[6])
    withdraw(one, back)
    withdraw(one, members[7])
    withdraw(three, spare)
    good(three, "bayar", "catat", other[2], "--uang", "promised")
    sync(*agents, *agents)


def told(report: Report) -> list[Any]:
    """Return all figures of a report but those that only devices know.

    Notes are left out: how old a book is, is said of books alone.
    """
    return [
        (section.key, list(section.rows), section.total, section.facts)
        for section in (*report.sections, *([report.flat] if report.flat else []))
        if section.key != FUNNEL
    ]


def rows(source: Source, table: str) -> dict[str, dict[str, Any]]:
    """Return what a source knows of the records of a kind."""
    columns = FACTS[table]
    asked = source.rows(f"SELECT {', '.join(columns)} FROM {table} ORDER BY id")
    found = [dict(zip(columns, row, strict=True)) for row in asked]
    return {str(row["id"]): row | UNTOLD.get(row["standing"], {}) for row in found}


def differing(one: dict[str, dict[str, Any]], other: dict[str, dict[str, Any]]) -> list[Any]:
    """Return in what two sources differ: a record, a column, and what each says."""
    none: dict[str, Any] = {}
    return [
        (record, column, one.get(record, none).get(column), other.get(record, none).get(column))
        for record in sorted({*one, *other})
        for column in sorted({*one.get(record, none), *other.get(record, none)})
        if one.get(record, none).get(column) != other.get(record, none).get(column)
    ]


def test_three_agents_their_central_and_their_supervisor_come_to_the_same_rupiah(
    here: Office, tmp_path: Path, ready_home: Cli
) -> None:
    agents = [Agent(tmp_path / name, here.url, name) for name in ("A-501", "A-502", "A-503")]
    work(here, agents)
    supervisor = Supervisor(tmp_path / "supervisor", "", "S-1")
    for agent in agents:
        book_of(agent, supervisor)
    supervisor.merge(supervisor.folder / "buku")
    fetch_central(world_of(supervisor), AsOfficer(here.url, a_token(here), now))
    day = now().date()
    database = open_central(here.data)
    with ExitStack() as opened:
        opened.callback(database.close)
        desk = opened.enter_context(open_desk(world_of(supervisor)))
        central = CentralSource(opened.enter_context(CentralFacts(database)), None)
        copy = opened.enter_context(report_source(desk, "central"))
        merged = opened.enter_context(report_source(desk, "merged"))
        for table in FACTS:
            there = rows(central, table)
            assert there
            assert differing(there, rows(copy, table)) == []
            assert differing(there, rows(merged, table)) == []
        for asked_day in (day, day + timedelta(days=60)):
            asked = Asked(asked_day, date(1, 1, 1), asked_day, load_law(), packaged(), None)
            for name in NAMES:
                whole = told(build(name, central, asked))
                for other in (copy, merged):
                    pairs = zip(whole, told(build(name, other, asked)), strict=True)
                    for one, same in pairs:
                        assert one == same, name
        standings = {row["standing"] for row in rows(central, "members").values()}
        assert standings == {"accepted", "held", "duplicate", "needs_fix", "withdrawn"}
        money = {row["money"] for row in rows(central, "payments").values()}
        assert money == {"promised", "received", "remitted", "confirmed"}
    for agent in agents:
        own_figures(agent, here)


def own_figures(agent: Agent, here: Office) -> None:
    """Compare what an agent's own store tells with what the central does of the agent."""
    database = open_central(here.data)
    with open_desk(world_of(agent)) as desk, CentralFacts(database) as facts:
        own = own_dataset(desk)
        central, store = CentralSource(facts, None), DatasetSource(own, Origin("own", "", ""))
        for table in FACTS:
            theirs = rows(central, table).values()
            there = {str(row["id"]): row for row in theirs if row["author"] == agent.name}
            assert differing(there, rows(store, table)) == []
        own.close()
    database.close()
