"""A record and its questions stand together or not at all, and asking stays cheap."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from deaths import input_file
from faults_field import Central, Home, HomeMaker, a_worker, is_sound
from test_kill_points import killed_at, points_of, special
from test_store_formats import STORES, an_old_home

from perisai_cli.actions.desk import open_desk
from perisai_cli.actions.questions import worker_answer, worker_questions
from perisai_cli.actions.queue import queue_list
from perisai_cli.actions.sync import SyncOptions, sync
from perisai_cli.storage.journal import first_broken
from perisai_cli.storage.store import Store

KIN = "ibu pemilik telepon adalah tetangga"
"""An answer in words that stand nowhere else."""


def asked_of(home: Home) -> dict[str, dict[str, str | None]]:
    """Return the answers by code of every record that was asked about."""
    items = worker_questions(home.app, answered_too=True).data["items"]
    return {
        item["id"]: {asked["code"]: asked["answer"] for asked in item["questions"]}
        for item in items
    }


def told_by(store: Store) -> dict[str, set[str]]:
    """Return the codes that the bodies tell, of the records that tell any."""
    found = {}
    for row in store.connection.rows("SELECT * FROM records WHERE state <> 'draft'"):
        content = store.vault.open("records", row["id"], row["schema"], row["envelope"])
        codes = {each["code"] for each in content["body"].get("questions", [])}
        if codes:
            found[row["id"]] = codes
    return found


def agreeing(home: Home) -> None:
    """Fail where a body tells other questions than are kept beside it, or the store is unsound."""
    with home.store() as store:
        assert is_sound(store.connection)
        assert first_broken(store.connection, store.vault) is None
        told = told_by(store)
    assert told == {record: set(asked) for record, asked in asked_of(home).items()}


def test_a_death_while_enrolling_leaves_record_and_question_together(a_home: HomeMaker) -> None:
    def prepare(home: Home) -> list[str]:
        home.enroll(range(1, 3))
        return ["enroll", "--file", input_file(home, json.dumps(a_worker(3))), "--json"]

    whole = a_home()
    points = points_of(whole, prepare(whole))
    assert len(asked_of(whole)) == 1
    for number in special(points):
        home = a_home()
        ran = killed_at(home, number, prepare(home))
        assert ran.code == -signal.SIGKILL
        agreeing(home)
        recorded = len(queue_list(home.app, ()).data["items"]) == 3
        assert len(asked_of(home)) == recorded
        if not recorded:
            home.enroll(range(3, 4))
        assert [list(asked) for asked in asked_of(home).values()] == [["guard.shared_phone"]]


def test_a_death_while_answering_keeps_the_answer_whole_or_not_at_all(a_home: HomeMaker) -> None:
    def prepare(home: Home) -> list[str]:
        record = home.enroll(range(1, 4))[-1]
        answers = input_file(home, json.dumps({"guard.shared_phone": KIN}))
        return ["worker", "answer", record, "--file", answers, "--json"]

    whole = a_home()
    for number in special(points_of(whole, prepare(whole))):
        home = a_home()
        ran = killed_at(home, number, prepare(home))
        assert ran.code == -signal.SIGKILL
        agreeing(home)
        [(record, asked)] = asked_of(home).items()
        with home.store() as store:
            row = store.connection.row("SELECT rev FROM records WHERE id = ?", record)
        assert row is not None
        assert (row["rev"], asked["guard.shared_phone"]) in ((1, None), (2, KIN))
        worker_answer(home.app, record, {"guard.shared_phone": "family"})
        assert asked_of(home) == {record: {"guard.shared_phone": "family"}}


def test_what_was_only_shown_and_never_recorded_is_asked_again(home: Home) -> None:
    home.enroll(range(1, 3))
    for _ in range(2):  # the first one dies between the question and the record
        with open_desk(home.app) as desk:
            ready = desk.examine(a_worker(3))
            shown = [question.code for question in desk.questions(ready)]
            assert shown == ["guard.shared_phone"]
    assert asked_of(home) == {}
    assert home.enroll(range(3, 4))
    assert len(asked_of(home)) == 1


@pytest.mark.parametrize("script", STORES, ids=lambda path: path.stem)
def test_the_numbers_of_an_older_store_are_counted(script: Path, tmp_path: Path) -> None:
    home = an_old_home(tmp_path / "old", script)
    [first] = home.enroll(range(20, 21))
    with home.store() as store:
        filled = store.connection.row(
            "SELECT count(*) AS n, count(phone_index) AS filled FROM records"
            " WHERE state NOT IN ('draft', 'withdrawn')"
        )
        marker = store.connection.row("SELECT value FROM meta WHERE key = 'phones_indexed'")
    assert filled is not None
    assert filled["n"] == filled["filled"] == 5
    assert marker is not None
    # Four of the old records hold the number: the fifth is no step, the ninth is.
    assert asked_of(home) == {}
    later = home.enroll(range(21, 25))
    assert [list(asked) for asked in asked_of(home).values()] == [["guard.shared_phone"]]
    assert list(asked_of(home)) == [later[-1]]
    assert first not in asked_of(home)


def test_a_death_while_older_numbers_are_counted_leaves_them_to_the_next(tmp_path: Path) -> None:
    def prepare(home: Home) -> list[str]:
        return ["enroll", "--file", input_file(home, json.dumps(a_worker(20))), "--json"]

    whole = an_old_home(tmp_path / "whole", STORES[-1])
    points = points_of(whole, prepare(whole))
    fills = [at for at, what in enumerate(points, 1) if "phone_index =" in what or "meta" in what]
    assert len(fills) > 3
    for number in (fills[0], fills[len(fills) // 2], fills[-1]):
        home = an_old_home(tmp_path / f"dies-{number}", STORES[-1])
        ran = killed_at(home, number, prepare(home))
        assert ran.code == -signal.SIGKILL
        agreeing(home)
        home.enroll(range(20, 21))
        with home.store() as store:
            row = store.connection.row(
                "SELECT count(*) AS n FROM records WHERE phone_index IS NULL"
                " AND state NOT IN ('draft', 'withdrawn')"
            )
        assert row is not None
        assert row["n"] == 0


def test_neither_answers_nor_what_the_guard_remembers_can_be_read_in_the_file(home: Home) -> None:
    heirs = [{"name": "Wayan Pewaris Tunggal", "relationship": "spouse"}]
    record = home.enroll(range(1, 4), heirs=heirs)[-1]
    worker_answer(home.app, record, {"guard.shared_phone": KIN})
    ran = home.run("worker", "own-number", "--file", "-", "--json", given="081298760000\n")
    assert ran.code == 0
    for name, content in home.files().items():
        for secret in (KIN, "Pewaris", "81298760000", "81234567890"):
            assert secret.encode() not in content, (name, secret)


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """Yield the list of what SQLite is told meanwhile."""
    told: list[str] = []
    store.connection.raw.set_trace_callback(told.append)
    yield told
    store.connection.raw.set_trace_callback(None)


def cost(home: Home, numbers: range) -> list[int]:
    """Return how many statements each enrolment of its own takes."""
    found = []
    with open_desk(home.app) as desk:
        for number in numbers:
            ready = desk.examine(a_worker(number))
            with statements(desk.store) as told, desk.guard.recording():
                desk.record(ready, desk.app.clock(), {})
            found.append(len(told))
    return found


def test_enrolling_costs_the_same_however_many_there_are(home: Home) -> None:
    few = cost(home, range(1, 3))
    home.enroll(range(10, 310))
    many = cost(home, range(400, 403))
    assert max(many) <= max(few)
    assert max(many) <= 16


def test_one_group_reads_and_writes_the_memory_once(home: Home) -> None:
    with open_desk(home.app) as desk:
        readies = [desk.examine(a_worker(number)) for number in range(1, 101)]
        with statements(desk.store) as told, desk.guard.recording():
            now = desk.app.clock()
            for ready in readies:
                desk.record(ready, now, {})
    memory = [what for what in told if "'guard'" in what]
    assert len(memory) == 2
    assert len(told) < 100 * 9


def test_counting_a_number_looks_at_the_index_alone_and_no_further_than_it_must(home: Home) -> None:
    home.enroll(range(1, 4))
    with home.store() as store:
        plan = list(
            store.connection.rows(
                "EXPLAIN QUERY PLAN SELECT count(*) AS n"
                " FROM (SELECT 1 FROM records WHERE phone_index = ? LIMIT ?)",
                b"", 9,
            )
        )  # fmt: skip
    assert any("COVERING INDEX records_phone" in row["detail"] for row in plan)


def test_questions_and_answers_leave_no_record_behind(linked: Home, central: Central) -> None:
    linked.enroll(range(1, 4))
    [(record, _)] = asked_of(linked).items()
    assert sync(linked.app, SyncOptions()).data["accepted"] == 3
    worker_answer(linked.app, record, {"guard.shared_phone": "family"})
    assert sync(linked.app, SyncOptions()).data["accepted"] == 1
    assert central.statuses()[record] == (2, "accepted")
    assert central.conflicts() == 0
