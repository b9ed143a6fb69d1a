"""What another process did meanwhile is never overwritten, and a withdrawn NIK is free for good."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from faults_field import a_worker

from perisai_cli import wiring
from perisai_cli.actions.desk import Desk
from perisai_cli.actions.enroll import record_ready
from perisai_cli.actions.questions import answer
from perisai_cli.actions.queue import correct
from perisai_cli.actions.setup import checked_profile, set_up
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.domain.outbox import THEIRS, Outcome
from perisai_cli.domain.phones import normalise_phone
from perisai_cli.protocol.bodies import withdrawal_body
from perisai_cli.storage.answers import counts
from perisai_cli.storage.records import Record

PASSPHRASE = "kapal biru di pelabuhan"
PROFILE = {"agent": "A-1", "name": "Agen", "office": "W-1", "region": "5171"}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    app = wiring.throwaway_app(tmp_path / "home", PASSPHRASE, "http://127.0.0.1:1")
    set_up(app, checked_profile(dict(PROFILE)), PASSPHRASE, None)
    with app.store() as store:
        yield Desk(app, store)


def recorded(desk: Desk) -> Record:
    return desk.records.record(record_ready(desk, desk.examine(a_worker(1))).data["id"])


def withdrawn(desk: Desk, record: Record) -> int:
    now = desk.app.clock()
    with desk.store.connection.transaction():
        return desk.records.withdraw(record, withdrawal_body("other", now), now)


def test_a_withdrawal_of_a_revision_that_was_corrected_meanwhile_is_refused(desk: Desk) -> None:
    seen = recorded(desk)
    correct(desk, seen, {"name": "Nama Yang Betul"})
    with pytest.raises(InvalidInput, match=r"record\.changed"):
        withdrawn(desk, seen)
    assert desk.records.summary(seen.summary.id).rev == 2
    assert desk.records.summary(seen.summary.id).state == "queued"


def test_a_correction_of_a_record_that_was_withdrawn_meanwhile_is_refused(desk: Desk) -> None:
    seen = recorded(desk)
    assert withdrawn(desk, seen) == 2
    with pytest.raises(InvalidInput, match=r"record\.changed"):
        correct(desk, seen, {"name": "Nama Yang Betul"})
    assert desk.records.summary(seen.summary.id).state == "withdrawn"


def test_a_conflict_about_a_withdrawal_stops_nothing_when_its_nik_is_enrolled_anew(
    desk: Desk,
) -> None:
    first = recorded(desk)
    withdrawn(desk, first)
    again = recorded(desk)
    outcomes = [
        Outcome(first.summary.id, 2, "conflict", 1),
        Outcome(again.summary.id, 1, "accepted", 2),
    ]
    desk.answers.settle(outcomes, desk.app.clock(), {})
    standing = counts(desk.store.connection)
    assert (standing["conflict"], standing["accepted"], standing["pending"]) == (1, 1, 0)


def test_an_answer_about_a_record_in_conflict_waits_for_its_correction(desk: Desk) -> None:
    with desk.store.connection.transaction():
        desk.guard.kept.keep_own_phone(normalise_phone(a_worker(1)["phone"]))
    seen = recorded(desk)
    theirs = Problem(THEIRS, None, {"theirs": 3})
    outcome = Outcome(seen.summary.id, 1, "conflict", 1, problems=(theirs,))
    desk.answers.claim("", 1)
    desk.answers.settle([outcome], desk.app.clock(), {})
    seen = desk.records.record(seen.summary.id)
    answered = answer(desk, seen, {"guard.own_phone": "no_phone"})
    assert (answered.summary.rev, answered.summary.state) == (1, "conflict")
    assert counts(desk.store.connection)["pending"] == 0
    assert correct(desk, answered, {"name": "Nama Yang Betul"}).data["rev"] == 4
    [told] = desk.records.record(seen.summary.id).body["questions"]
    assert told["answer"] == "no_phone"
