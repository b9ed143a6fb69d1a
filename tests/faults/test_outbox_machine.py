"""A state machine over the outbox: edits, lost, late, partial and repeated answers, in any order.

The store is a real encrypted one on disk; the central is a model of its rule: an unknown id is
stored, a known revision gets its verdict again, a newer one is a conflict only where the current
one is newer than its base (sync.md, rule 2).
"""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from faults_field import a_worker, is_sound, now
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from perisai_cli.domain.outbox import Claimed, Outcome
from perisai_cli.protocol.bodies import withdrawal_body
from perisai_cli.protocol.canonical import body_hash
from perisai_cli.storage.answers import Answers, counts, sums
from perisai_cli.storage.database import open_database
from perisai_cli.storage.entries import Entry
from perisai_cli.storage.journal import first_broken
from perisai_cli.storage.records import Finished, Records
from perisai_cli.storage.store import Store
from perisai_cli.storage.vault import Vault

FINAL = ("accepted", "held", "duplicate", "rejected")
VERDICTS = (*FINAL, "retry")


@dataclass
class ModelCentral:
    """What a central would hold, and what it would say."""

    versions: dict[str, dict[int, tuple[str, str, int]]] = field(default_factory=dict)
    seq: int = 0
    conflicts: list[Claimed] = field(default_factory=list)

    def take(self, item: Claimed, verdict: str) -> Outcome:
        """Take one revision; *verdict* is what it deserves if it becomes the current one."""
        held = self.versions.setdefault(item.id, {})
        current = max(held, default=0)
        if item.rev in held:
            digest, status, seq = held[item.rev]
            if digest != item.hash:
                return self._conflict(item)
            return Outcome(item.id, item.rev, {"accepted": "unchanged"}.get(status, status), seq)
        if verdict == "retry":
            return Outcome(item.id, item.rev, "retry")
        if current > item.rev:
            return self._keep(item, "accepted", "unchanged")
        if current > item.base_rev:
            return self._conflict(item)
        return self._keep(item, verdict, verdict)

    def _keep(self, item: Claimed, status: str, told: str) -> Outcome:
        self.seq += 1
        self.versions[item.id][item.rev] = (item.hash, status, self.seq)
        return Outcome(item.id, item.rev, told, self.seq)

    def _conflict(self, item: Claimed) -> Outcome:
        self.conflicts.append(item)
        return Outcome(item.id, item.rev, "conflict", self.seq)


@dataclass
class Batch:
    """What was claimed together, and the answers of the central once it had it."""

    items: list[Claimed]
    outcomes: list[Outcome] = field(default_factory=list)


def an_entry(record_id: str, number: int) -> Entry:
    """Return an event; the store does not look into the bodies of other kinds."""
    body = {"event": {"place": "Pasar Uji", "present": number}}
    return Entry(record_id, "outreach", body, {"region": "5171"})


def finished(record_id: str, number: int, income: int) -> Finished:
    worker = a_worker(number, income=income)
    body = {"worker": worker, "quote": {"total": income // 100}}
    return Finished(
        record_id, worker, body, "517101", ("jkk", "jkm"), 1, "2026-12", 1, "other", "self",
        income // 100, "rules",
    )  # fmt: skip


class OutboxMachine(RuleBasedStateMachine):
    """One agent's store against the model of a central."""

    template: Path
    key: bytes

    records = Bundle("records")
    batches = Bundle("batches")

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="outbox-"))
        shutil.copy(self.template, self.folder / "perisai.db")
        self.central = ModelCentral()
        self.clock = now()
        self.made: dict[str, int] = {}
        self.hashes: dict[tuple[str, int], str] = {}
        self.answered: dict[str, int] = {}
        self.incomes = 1000000
        self._open()

    def _open(self) -> None:
        self.store = Store(open_database(self.folder), Vault(self.key))
        self.desk = Records(self.store, "A-UJI", "device")
        self.answers = Answers(self.store)

    def _tick(self) -> None:
        self.clock += timedelta(seconds=1)

    def _body(self, number: int, record_id: str) -> Finished:
        self.incomes += 100
        return finished(record_id, number, self.incomes)

    # What the agent does

    @rule(target=records)
    def enroll(self) -> str:
        number = len(self.made) + 1
        record_id = f"0192f0c1-0000-7000-8000-{number:012d}"
        whole = self._body(number, record_id)
        with self.store.connection.transaction():
            self.desk.finalise(whole, self.clock)
        self.made[record_id] = number
        self.hashes[record_id, 1] = body_hash(whole.body)
        return record_id

    @rule(target=records)
    def record_event(self) -> str:
        """A record of another kind goes the same way."""
        number = len(self.made) + 1
        record_id = f"0192f0c1-0000-7000-8000-{number:012d}"
        entry = an_entry(record_id, number)
        with self.store.connection.transaction():
            self.desk.add(entry, self.clock)
        self.made[record_id] = number
        self.hashes[record_id, 1] = body_hash(entry.body)
        return record_id

    @rule(record=records)
    def correct(self, record: str) -> None:
        if self.desk.summary(record).state == "withdrawn":
            return
        seen = self.desk.summary(record)
        whole: Finished | Entry = self._body(self.made[record], record)
        with self.store.connection.transaction():
            if seen.kind == "outreach":
                self.incomes += 100
                whole = an_entry(record, self.incomes)
                rev = self.desk.replace(whole, seen.rev, self.clock)
            else:
                assert isinstance(whole, Finished)
                rev = self.desk.correct(whole, seen, self.clock)
        self.hashes[record, rev] = body_hash(whole.body)

    @rule(record=records)
    def withdraw(self, record: str) -> None:
        found = self.desk.record(record)
        if found.summary.state == "withdrawn":
            return
        body = withdrawal_body("other", self.clock)
        with self.store.connection.transaction():
            rev = self.desk.withdraw(found, body, self.clock)
        self.hashes[record, rev] = body_hash(body)

    @rule()
    def stop_and_start_again(self) -> None:
        self.store.close()
        self._open()
        self._tick()

    # What the sync and the link do

    @rule(target=batches, size=st.integers(1, 3), skip=st.integers(0, 2))
    def claim(self, size: int, skip: int) -> Any:
        """Claim a batch, perhaps not from the first record on; it may never be sent."""
        ids = sorted(self.made)
        after = ids[skip - 1] if 0 < skip <= len(ids) else ""
        items = self.answers.claim(after, size)
        for item in items:
            assert item.hash == self.hashes[item.id, item.rev]
            assert item.base_rev < item.rev
        return Batch(items) if items else multiple()

    @rule(batch=batches, verdicts=st.lists(st.sampled_from(VERDICTS), min_size=3, max_size=3))
    def deliver(self, batch: Batch, verdicts: list[str]) -> None:
        """The batch reaches the central, for the first time or once more, early or late."""
        self.deliver_to_central(batch, verdicts)

    def deliver_to_central(self, batch: Batch, verdicts: list[str]) -> None:
        takes = zip(batch.items, verdicts, strict=False)
        batch.outcomes += [self.central.take(item, verdict) for item, verdict in takes]

    @rule(target=batches, verdicts=st.lists(st.sampled_from(VERDICTS), min_size=3, max_size=3))
    def send(self, verdicts: list[str]) -> Any:
        """The ordinary way: claimed and delivered at once; the answer is under way."""
        batch = Batch(self.answers.claim("", 3))
        self.deliver_to_central(batch, verdicts)
        return batch if batch.items else multiple()

    @rule(batch=batches, choice=st.randoms(use_true_random=False))
    def answer(self, batch: Batch, choice: Any) -> None:
        """Some answers that the central gave to a batch arrive, in any order."""
        some = [outcome for outcome in batch.outcomes if choice.random() < 0.7]
        choice.shuffle(some)
        self._settle(some)

    def _settle(self, outcomes: list[Outcome]) -> None:
        self.answers.settle(outcomes, self.clock, {})
        for outcome in outcomes:
            if outcome.verdict != "retry":
                self.answered[outcome.id] = max(self.answered.get(outcome.id, 0), outcome.rev)

    # What holds at every moment

    @invariant()
    def nothing_conflicts(self) -> None:
        """One device's own corrections never look like another's (base_rev)."""
        assert self.central.conflicts == []

    @invariant()
    def what_says_sent_is_there_with_its_hash(self) -> None:
        """I4, and I5: an edit made in flight is never taken for sent."""
        for row in self.store.connection.rows("SELECT * FROM records"):
            acked = row["acked_rev"]
            assert acked == self.answered.get(row["id"], 0)
            if acked:
                held = self.central.versions[row["id"]][acked][0]
                assert held == self.hashes[row["id"], acked]
            assert row["acked_rev"] <= row["sent_rev"] <= row["rev"]

    @invariant()
    def the_counts_sum_to_what_was_finalised(self) -> None:
        """I6, in records and in rupiah."""
        connection = self.store.connection
        assert sum(counts(connection).values()) == len(self.made)
        in_states = sum(each for _, each in sums(connection).get("enrolment", {}).values())
        [total] = [
            row[0]
            for row in connection.rows(
                "SELECT sum(amount) FROM records WHERE acked_rev = rev AND state <> 'withdrawn'"
            )
        ]
        assert in_states == (total or 0)

    @invariant()
    def a_withdrawn_record_stays_so(self) -> None:
        for row in self.store.connection.rows("SELECT * FROM records WHERE state = 'withdrawn'"):
            held = self.central.versions.get(row["id"], {})
            assert row["acked_rev"] < row["rev"] or held[row["rev"]][1] in FINAL

    def deliver_everything(self) -> None:
        """I3: once faults stop, one clean pass leaves nothing pending."""
        after = ""
        while items := self.answers.claim(after, 2):
            after = items[-1].id
            self._settle([self.central.take(item, "accepted") for item in items])
        assert counts(self.store.connection)["pending"] == 0
        for record in self.made:
            summary = self.desk.summary(record)
            assert max(self.central.versions[record]) == summary.rev
            held = self.central.versions[record][summary.rev][0]
            assert held == self.desk.record(record).hash

    def teardown(self) -> None:
        if not hasattr(self, "store"):
            return
        self.deliver_everything()
        assert first_broken(self.store.connection, self.store.vault) is None
        assert is_sound(self.store.connection)
        self.store.close()
        shutil.rmtree(self.folder)


def _machine(template: Path) -> type[OutboxMachine]:
    key = (template.parent / "vault.key").read_bytes()
    return type("Machine", (OutboxMachine,), {"template": template, "key": key})


def _profile(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )


def test_no_order_of_edits_and_answers_breaks_a_promise(template: Path) -> None:
    run_state_machine_as_test(_machine(template), settings=_profile(80, 30))


@pytest.mark.slow
def test_no_long_order_of_edits_and_answers_breaks_a_promise(template: Path) -> None:
    run_state_machine_as_test(_machine(template), settings=_profile(800, 50))
