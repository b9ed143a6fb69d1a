"""The state machine: devices, officers, clocks and faults in any order, against the real central.

A schedule is a list of steps; after each the touched device and the office are asked whether the
promises hold, and at its end the faults stop, everyone syncs until nothing moves, and all must be
delivered. ``test_sync_machine`` runs it.
"""

from __future__ import annotations

import copy
import json
import shutil
import threading
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

from faults_field import Home, a_worker, an_event, is_sound
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from link_faults import FAULTS, LATE_SECONDS, StaleAnswers
from proxy import ANY, Exchange, Fault, Proxy, through
from world import (
    Device,
    Office,
    Template,
    receipts_stand,
    sent_is_there,
    the_books_add_up,
    the_office_is_sound,
)
from zygote import Zygote

from perisai_cli.actions.enroll import enroll_one
from perisai_cli.actions.outreach import outreach_correct, outreach_record
from perisai_cli.actions.queue import queue_fix, queue_withdraw
from perisai_cli.actions.sync import SyncOptions, sync
from perisai_cli.domain.errors import InvalidInput, PerisaiError
from perisai_cli.storage.journal import first_broken

DEVICES = 3
ROUNDS = 8
"""How often everyone may sync, once faults have stopped, until nothing moves any more."""

DONE = (0, 3)
IN_THE_WAY = (1, 5, 6, 7)
WAITED = 11
"""Another process of the same home held the lock of syncing."""

which = st.integers(0, DEVICES - 1)
nth = st.integers(0, 7)
million = st.integers(10, 40)
faults = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from([*FAULTS, "stale_answer"])), max_size=3
)


def noted(fault: Fault, name: str, met: list[str]) -> Fault:
    """Return a fault that writes its name down when it meets a request."""

    async def note(exchange: Exchange) -> None:
        met.append(name)
        await fault(exchange)

    return note


class World:
    """What outlives a schedule: the office, the link before it, templates, a process that forks."""

    def __init__(
        self, office: Office, link: Proxy, templates: list[Template], zygote: Zygote, folder: Path
    ):
        self.office, self.link, self.zygote = office, link, zygote
        self.folder = folder
        self.templates = templates
        self.schedules = 0
        self.counts: Counter[str] = Counter()
        self.empty = office.backup()
        registered = self.devices()
        for device, template in zip(registered, templates, strict=True):
            office.register(device.app)
            shutil.copy(device.home.file, template.file)
        self.begun = office.backup()
        worker = json.dumps(a_worker(1))
        (registered[0].home.folder / "worker.json").write_text(worker, encoding="utf-8")
        zygote.warm_up(registered[0].home, "enroll", "--file", "worker.json", "--json")
        zygote.warm_up(registered[0].home, "sync", "--json")

    def devices(self) -> list[Device]:
        """Return a new device for each agent, with a store of its own."""
        self.schedules += 1
        below = self.folder / f"schedule-{self.schedules}"
        return [self._device(below / str(n), each) for n, each in enumerate(self.templates)]

    def _device(self, folder: Path, template: Template) -> Device:
        home = Home(folder, self.link.address)
        home.path.mkdir(mode=0o700)
        shutil.copy(template.file, home.file)
        return Device(home, template.key)


class SyncMachine(RuleBasedStateMachine):
    """Agents, an office and a link, in any order of what can happen to them."""

    world: ClassVar[World]

    @initialize(
        workers=st.lists(st.integers(0, 2), min_size=DEVICES, max_size=DEVICES),
        sent=st.booleans(),
    )
    def begin(self, workers: list[int], sent: bool) -> None:
        self.count("schedules")
        self.office, self.link = self.world.office, self.world.link
        self.link.come_to_rest()  # what is late belongs to the schedule before
        self.office.restore(self.world.begun)
        self.office.clock.step(0)
        self.link.forget()
        self.link.requests.clear()
        self.stale = StaleAnswers()
        self.devices = self.world.devices()
        self.backups = [self.world.empty, self.world.begun]
        self.copies: list[tuple[int, dict[str, bytes], Any]] = []
        self.given_up: set[tuple[str, int, str]] = set()
        self.restored = False
        for device, many in enumerate(workers):
            for number in range(many):
                self.enrol(self.devices[device], 9 + number + 20 * device, number == 1)
            if sent and many:
                self.synced(self.devices[device])

    def count(self, what: str) -> None:
        self.world.counts[what] += 1

    # What agents do

    @rule(
        device=which,
        deed=st.sampled_from(
            ("enrol", "enrol", "enrol", "event", "correct", "correct", "withdraw")
        ),
        number=nth,
        income=million,
        flag=st.booleans(),
    )
    def work(self, device: int, deed: str, number: int, income: int, flag: bool) -> None:
        """Enrol a worker, who may be another agent's too; record an event; correct or withdraw."""
        agent = self.devices[device]
        record = self.pick(agent, number)
        if deed == "event":
            outreach_record(agent.app, an_event(number, day=self.day(agent)))
            self.step(agent, "events", new=1)
        elif deed == "enrol" or record is None:
            self.enrol(agent, number % 3 if flag else number + 20 * device, number == 7)
        elif deed == "correct":
            self.correct(agent, record, income)
            self.step(agent, "corrections", new=1)
        else:
            queue_withdraw(agent.app, record, "other")
            self.step(agent, "withdrawals", new=1)

    def enrol(self, agent: Device, number: int, ill: bool) -> None:
        declared = {"working": True, "critically_ill": ill}
        try:
            enroll_one(agent.app, a_worker(number, attestation=declared), {})
        except InvalidInput as error:  # the same NIK twice in one store
            if error.problems[0].code != "worker.already_here":
                raise
            self.step(agent, "enrolments refused", new=0)
        else:
            self.step(agent, "enrolments", new=1)

    def correct(self, agent: Device, record: str, income: int) -> None:
        """Correct a record in the way of its kind."""
        revisions = agent.receipts[record]
        if revisions[max(revisions)].kind == "outreach":
            outreach_correct(agent.app, record, {"present": income, "day": self.day(agent)})
        else:
            queue_fix(agent.app, record, {"income": income * 100_000})

    def day(self, agent: Device) -> str:
        """Return a device's day, which may be years from the central's."""
        return agent.app.today("5171").isoformat()

    def pick(self, agent: Device, nth: int) -> str | None:
        """Return the nth record of an agent that is not withdrawn, if there is any."""
        open_ones = [
            record
            for record, revisions in sorted(agent.receipts.items())
            if revisions[max(revisions)].state != "withdrawn"
        ]
        return open_ones[nth % len(open_ones)] if open_ones else None

    @rule(device=which, drawn=faults, income=million)
    def sync_under_faults(self, device: int, drawn: list[tuple[int, str]], income: int) -> None:
        """Sync something while up to three exchanges go wrong, each in its own way."""
        agent = self.devices[device]
        if drawn:
            self.work(device, "correct", 0, income, flag=False)
        met: list[str] = []
        for after, name in drawn:
            fault = self.stale.stale_answer if name == "stale_answer" else FAULTS[name]
            self.link.next(ANY, *[through] * after, noted(fault, name, met))
        late = any(name.startswith("late") for _after, name in drawn)
        code = self.synced(agent, LATE_SECONDS / 3 if late else 2.0)
        assert code in (*DONE, *IN_THE_WAY)
        self.link.forget()
        for name in met:
            self.count(f"fault: {name}")

    def synced(self, agent: Device, patience: float = 10.0, *, alone: bool = True) -> int:
        """Sync in this process over real HTTP, check all promises, and return the exit code."""
        try:
            code = sync(agent.app, SyncOptions(max_seconds=patience)).exit_code
        except PerisaiError as error:
            if error.code in ("store.locked", "store.damaged"):
                raise
            code = error.exit_code
        if code in DONE:
            agent.behind = False
        if alone:
            self.step(agent, "syncs", new=0)
        return code

    @rule(device=which, income=million, record=nth)
    def two_syncs_and_a_correction_at_once(self, device: int, record: int, income: int) -> None:
        """I10: whoever comes second waits or says so; a correction in between is never lost."""
        agent = self.devices[device]
        codes: list[int] = []
        threads = [
            threading.Thread(target=lambda: codes.append(self.synced(agent, alone=False)))
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        found = self.pick(agent, record)
        if found is not None:
            self.correct(agent, found, income)
        for thread in threads:
            thread.join()
        assert len(codes) == 2, "a sync ended in an error of ours"
        assert set(codes) <= {*DONE, *IN_THE_WAY, WAITED}
        self.step(agent, "two syncs at once", new=int(found is not None))

    # What happens to them

    @rule(device=which, enrolling=st.booleans(), number=nth, at=st.integers(1, 60))
    def kill(self, device: int, enrolling: bool, number: int, at: int) -> None:
        """I2: kill -9 at a statement of an enrolment or a sync, in a process of its own."""
        agent = self.devices[device]
        if enrolling:
            worker = json.dumps(a_worker(10 + number + 20 * device))
            asked = ("enroll", "--file", "-", "--json")
            ran = self.world.zygote.run(agent.home, *asked, kill_at=at % 25, given=worker)
            assert ran.code in (-9, 0, 2), ran
        else:
            asked = ("sync", "--max-time", "5", "--json")
            ran = self.world.zygote.run(agent.home, *asked, kill_at=at)
            assert ran.code in (-9, *DONE, *IN_THE_WAY), ran
            agent.behind = agent.behind and ran.code not in DONE
        what = f"kills of {asked[0]}" if ran.code == -9 else f"{asked[0]} as a process"
        self.step(agent, what, new=None if enrolling else 0)
        assert set(ran.receipts if enrolling else ()) <= set(agent.receipts)

    @rule(back=nth)
    def late_arrival(self, back: int) -> None:
        """I8: a request of long ago reaches the central now, once more or for the first time."""
        if self.link.requests:
            self.link.deliver(self.link.requests[back % len(self.link.requests)])
            self.count("requests delivered late")
            the_office_is_sound(self.devices, self.office, self.given_up)

    @rule(device=st.integers(-1, DEVICES - 1), years=st.sampled_from((-10, -1, 0, 1, 10)))
    def step_clock(self, device: int, years: int) -> None:
        """I9: a clock jumps by years, a device's or the central's."""
        clock = self.office.clock if device < 0 else self.devices[device].clock
        clock.step(years)
        self.count("clock steps")

    @rule(back=nth, keep=st.booleans())
    def central_goes_back(self, back: int, keep: bool) -> None:
        """I11: an older backup takes the central's place, or one is kept to do so later."""
        if keep:
            self.backups.append(self.office.backup())
            return
        self.office.restore(self.backups[-1 - back % len(self.backups)])
        self.restored = True
        for agent in self.devices:
            agent.behind = True
        self.count("central restored")

    @rule(device=which, back=nth, keep=st.booleans())
    def store_goes_back(self, device: int, back: int, keep: bool) -> None:
        """A device's store is put back from its own older copy; what came later is given up."""
        if keep or not self.copies:
            agent = self.devices[device]
            self.copies.append((device, agent.home.files(), copy.deepcopy(agent.receipts)))
            return
        device, files, receipts = self.copies[back % len(self.copies)]
        agent = self.devices[device]
        self.given_up |= set(agent.made())
        agent.put_back(files)
        agent.receipts = copy.deepcopy(receipts)
        self.step(agent, "stores restored", new=0)

    @rule(record=nth, verdict=st.sampled_from(("accepted", "rejected")))
    def decide(self, record: int, verdict: str) -> None:
        """An officer decides about a record that waits for one."""
        waiting = self.office.waiting()
        if not waiting:
            return
        try:
            self.office.decide(waiting[record % len(waiting)], verdict)
        except InvalidInput as error:
            if error.code != "decision.nik_taken":
                raise
        else:
            self.count("decisions")

    # What holds

    def step(self, agent: Device, what: str, *, new: int | None) -> None:
        """Check the device that a step touched, and the office.

        *new* is how many revisions gave a receipt in this step; None: a killed process may have
        recorded one without living to say so.
        """
        self.count("steps")
        self.count(what)
        with agent.look() as look:
            learned = agent.learn(look)
            assert learned == new or (new is None and learned < 2)
            receipts_stand(agent, look)
            the_books_add_up(look)
            sent_is_there(agent, look, self.office)
        the_office_is_sound(self.devices, self.office, self.given_up)

    def until_quiet(self) -> None:
        """I3: without faults, a few syncs deliver everything or show a verdict on it."""
        self.link.forget()
        for _round in range(ROUNDS):
            quiet = [self.is_quiet(agent) for agent in self.devices]
            if all(quiet):
                return
        raise AssertionError("it never became quiet")

    def is_quiet(self, agent: Device) -> bool:
        code = self.synced(agent)
        with agent.look() as look:
            return code in DONE and not look.pending

    def everything_is_delivered(self, agent: Device) -> None:
        """I3, I8 and I11: both sides hold the same revisions under the same verdicts."""
        held, aside = self.office.versions(), self.office.kept_aside()
        statuses = self.office.statuses()
        with agent.look() as look:
            for record, row in look.rows.items():
                there = held.get((record, row["rev"])) == row["hash"]
                assert there or (record, row["rev"], row["hash"]) in aside, "a revision is lost"
                if not (agent.turned_back or self.restored):
                    status = statuses[record][1]
                    assert row["state"] == {"rejected": "needs_fix"}.get(status, status)
                    assert row["rev"] == statuses[record][0]
            assert is_sound(look.store.connection)
            assert first_broken(look.store.connection, look.store.vault) is None

    def teardown(self) -> None:
        if not hasattr(self, "devices"):
            return
        self.until_quiet()
        for agent in self.devices:
            self.everything_is_delivered(agent)
        shutil.rmtree(self.devices[0].home.folder.parent)
