"""The extract over HTTP: who is given what, in which order, and that a cut one is told from a whole."""

from __future__ import annotations

import gzip
import json
from typing import Any

import httpx
import pytest
from central_field import (
    NAME,
    NOW,
    TODAY,
    a_fix,
    a_withdrawal,
)
from office_field import code_of
from sqlalchemy import select
from two_offices import Scene

from perisai_cli.central import extract as extracting
from perisai_cli.central.agents import add_agent
from perisai_cli.central.database import Database
from perisai_cli.central.decisions import decide
from perisai_cli.central.officers import add_officer
from perisai_cli.central.tables import disclosures
from perisai_cli.domain.facts import Whose, member_of
from perisai_cli.protocol.bodies import erasure_body
from perisai_cli.protocol.extract import MEDIA_TYPE, Begin, End, Mark, fact_of

REASON = "audit of December"


class Reader:
    """Somebody with an officer's token who reads extracts."""

    def __init__(self, address: str, database: Database, role: str = "officer", office: str = ""):
        self.address = address
        self.id = f"{role}-{office}"
        self.token = add_officer(database, self.id, "Uji", role, lambda: NOW, office or None)
        self.headers = {"Perisai-Protocol": "1", "Authorization": f"Bearer {self.token}"}

    def ask(self, seen: str | None = None, path: str = "extract", **query: Any) -> httpx.Response:
        headers = self.headers | ({"Perisai-Seen": seen} if seen else {})
        with httpx.Client(timeout=20, trust_env=False) as http:
            return http.get(f"{self.address}/v1/office/{path}", params=query, headers=headers)

    def lines(self, **query: Any) -> list[Any]:
        answer = self.ask(**query)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Type"] == MEDIA_TYPE
        assert answer.text.endswith("\n")
        return [json.loads(line) for line in answer.text.splitlines()]


def records(lines: list[Any]) -> dict[str, Any]:
    """Return the lines of records by id."""
    found = {}
    for line in lines:
        if isinstance(line, list):
            found[line[1] if line[0] == "erased" else line[1][0]] = line
    return found


def end_of(lines: list[Any]) -> End:
    return End.model_validate(lines[-1])


@pytest.fixture
def address(scene: Scene) -> str:
    return scene.one.address


@pytest.fixture
def reader(scene: Scene, address: str) -> Reader:
    return Reader(address, scene.database)


def test_every_record_comes_once_with_how_it_stands(scene: Scene, reader: Reader) -> None:
    lines = reader.lines()
    begin = Begin.model_validate(lines[0])
    assert (begin.office, begin.persons) == (None, False)
    found = records(lines)
    assert {name: found[item["id"]][1][2] for name, item in scene.items.items() if name != "erased"} == {
        "member": "accepted", "twin": "duplicate", "held": "held", "formless": "needs_fix",
        "gone": "withdrawn", "event": "accepted", "paid": "accepted", "promised": "accepted",
        "lost": "accepted", "elsewhere": "accepted", "back": "accepted",
    }  # fmt: skip
    assert found[scene.items["erased"]["id"]] == ["erased", scene.items["erased"]["id"]]
    assert len(found) == len(scene.items)
    assert found[scene.items["twin"]["id"]][2] == {"codes": ["nik.duplicate"]}
    end = end_of(lines)
    assert (end.more, end.agents, end.as_of) == (False, None, "2026-11-22T02:00:00Z")


def test_a_line_is_the_fact_that_a_body_tells(scene: Scene, reader: Reader) -> None:
    item = scene.items["member"]
    kind, facts = records(reader.lines())[item["id"]][:2]
    whose = Whose(item["id"], 1, "accepted", "A-1", "W-01", "5171")
    assert fact_of(kind, facts) == member_of(whose, item["body"], TODAY)
    for kind, facts, *_more in (line for line in reader.lines() if isinstance(line, list)):
        if kind != "erased":
            assert list(fact_of(kind, facts)) == facts


def test_without_a_reason_nothing_names_a_person(scene: Scene, reader: Reader) -> None:
    told = json.dumps(reader.lines())
    niks = [item["body"]["worker"]["nik"] for item in scene.items.values()
            if isinstance(item["body"].get("worker"), dict)]  # fmt: skip
    assert len(niks) >= 6
    for planted in (*niks, NAME, "6281234567890", "1990-01-17", "99000000001"):
        assert planted not in told


def test_persons_come_for_a_reason_that_is_kept(scene: Scene, reader: Reader) -> None:
    lines = reader.lines(persons=True, reason=REASON)
    found = records(lines)
    told = found[scene.items["member"]["id"]][2]
    assert told["worker"] == scene.items["member"]["body"]["worker"]
    assert told["assigned"]["kpj"].startswith("99")
    assert len(found[scene.items["gone"]["id"]]) == 3  # its number alone; it has no body any more
    assert "worker" not in found[scene.items["gone"]["id"]][2]
    with scene.database.reading() as connection:
        [kept] = connection.execute(select(disclosures)).all()
    assert (kept.officer, kept.reason, kept.records) == (reader.id, REASON, len(found))


@pytest.mark.parametrize("reason", ["", "  ", "x" * 130, "5171 0157 0890 0001", "a\x00b"])
def test_persons_never_come_without_words(scene: Scene, reader: Reader, reason: str) -> None:
    assert code_of(reader.ask(persons=True, reason=reason)) == (422, "disclosure.reason")
    with scene.database.reading() as connection:
        assert connection.execute(select(disclosures)).all() == []


def test_a_supervisor_sees_the_agents_of_one_office(scene: Scene, address: str) -> None:
    supervisor = Reader(address, scene.database, "supervisor", "W-02")
    lines = supervisor.lines()
    assert set(records(lines)) == {scene.items["elsewhere"]["id"], scene.items["back"]["id"]}
    assert (lines[0]["office"], end_of(lines).agents) == ("W-02", ["A-2"])


def test_a_supervisor_neither_decides_nor_suspends(scene: Scene, address: str) -> None:
    supervisor = Reader(address, scene.database, "supervisor", "W-02")
    for path in (
        "waiting",
        f"records/{scene.items['held']['id']}",
        "agents",
        "devices",
        "questions",
    ):
        assert code_of(supervisor.ask(path=path)) == (403, "auth.role")
    for path, message in (
        ("decide", {"id": scene.items["held"]["id"], "verdict": "accepted"}),
        ("devices/suspend", {"device": scene.one.id, "reason": "lost"}),
        ("devices/restore", {"device": scene.one.id}),
    ):
        answer = httpx.post(f"{address}/v1/office/{path}", json=message, headers=supervisor.headers)
        assert code_of(answer) == (403, "auth.role")


def test_a_device_is_no_officer(scene: Scene, address: str, reader: Reader) -> None:
    reader.headers["Authorization"] = f"Bearer {scene.one.token}"
    assert code_of(reader.ask()) == (403, "auth.role")
    del reader.headers["Authorization"]
    assert code_of(reader.ask()) == (401, "auth.refused")


def test_after_the_last_line_only_what_changed_comes(scene: Scene, reader: Reader) -> None:
    end = end_of(reader.lines())
    assert reader.lines(after=end.cursor)[1:] == [end.model_dump(exclude_none=True)]
    decide(scene.database, scene.items["held"]["id"], "accepted", None, lambda: NOW)
    scene.one.push(a_withdrawal(scene.items["twin"]))
    scene.one.push(a_fix(scene.items["lost"], erasure_body("asked", NOW)))
    later = reader.lines(after=end.cursor)
    assert {record: line[0] if line[0] == "erased" else line[1][2]
            for record, line in records(later).items()} == {
        scene.items["held"]["id"]: "accepted",
        scene.items["twin"]["id"]: "withdrawn",
        scene.items["lost"]["id"]: "erased",
    }  # fmt: skip


def test_marks_lead_through_the_whole_in_pages(
    scene: Scene,
    reader: Reader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = reader.lines()
    monkeypatch.setattr(extracting, "PAGE", 2)
    paged = reader.lines()
    assert records(paged) == records(whole)
    marks = [Mark.model_validate(line) for line in paged[1:-1] if isinstance(line, dict)]
    assert len(marks) == (len(records(whole)) - 1) // 2
    for mark in (marks[0], marks[-1]):
        rest = records(reader.lines(after=mark.cursor))
        place = list(paged).index(mark.model_dump())
        assert rest == records(paged[place:])
    limited: list[Any] = []
    cursor, more = "", True
    while more:
        answer = reader.lines(after=cursor, limit=3)
        assert len(records(answer)) <= 3
        limited += answer[1:-1]
        cursor, more = end_of(answer).cursor, end_of(answer).more
    assert records(limited) == records(whole)


def test_an_agent_who_moves_takes_the_records_along(
    scene: Scene, address: str, reader: Reader
) -> None:
    old, new = (Reader(address, scene.database, "supervisor", f"W-0{number}") for number in (2, 1))
    ends = {each: end_of(each.lines()) for each in (old, new, reader)}
    add_agent(scene.database, "A-2", "A-2", "W-01", lambda: NOW)
    moved = {scene.items["elsewhere"]["id"], scene.items["back"]["id"]}
    for each in (new, reader):
        found = records(each.lines(after=ends[each].cursor))
        assert set(found) == moved
        assert {line[1][5] for line in found.values()} == {"W-01"}
    left = old.lines(after=ends[old].cursor)
    assert (records(left), end_of(left).agents) == ({}, [])


def test_a_central_that_went_back_says_so(scene: Scene, reader: Reader) -> None:
    end = end_of(reader.lines())
    assert reader.ask(f"{end.seq}-{end.token}", after=end.cursor).status_code == 200
    assert code_of(reader.ask(f"{end.seq}-0123")) == (409, "central.rewound")
    assert code_of(reader.ask(f"{end.seq + 9}-{end.token}")) == (409, "central.rewound")
    assert code_of(reader.ask("what")) == (422, "request.invalid")


@pytest.mark.parametrize("after", ["1", "x/y", "1/", "-1/00000000-0000-7000-8000-000000000000"])
def test_a_cursor_is_one_of_ours(scene: Scene, reader: Reader, after: str) -> None:
    assert code_of(reader.ask(after=after)) == (422, "request.invalid")


def test_each_page_can_be_unpacked_as_soon_as_it_is_there(
    scene: Scene,
    reader: Reader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(extracting, "PAGE", 3)
    headers = reader.headers | {"Accept-Encoding": "gzip"}
    at = f"{reader.address}/v1/office/extract"
    with httpx.stream("GET", at, headers=headers) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        raw = b"".join(answer.iter_raw())
    assert gzip.decompress(raw).decode().splitlines() == [
        json.dumps(line, separators=(",", ":"), ensure_ascii=False) if isinstance(line, list) and line[0] != "erased"
        else json.dumps(line) if isinstance(line, list) else json.dumps(line, separators=(",", ":"))
        for line in reader.lines()
    ]  # fmt: skip
    headers["Accept-Encoding"] = "identity"
    with httpx.stream("GET", at, headers=headers) as answer:
        assert "Content-Encoding" not in answer.headers
        assert b"".join(answer.iter_raw()).startswith(b'{"extract":1')
