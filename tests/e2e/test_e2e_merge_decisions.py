"""What a supervisor decides about merged books, when somebody else decides or kills it meanwhile."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from field_work import Agent, a_nik, a_worker, enrol
from supervision import Supervisor, book_of

NewAgent = Callable[[str], Agent]
KILL_AT = Path(__file__).parents[1] / "faults" / "kill_at.py"
DECIDED = "SELECT (SELECT count(*) FROM answers), (SELECT count(*) FROM handovers)"
SAME = ("--alasan", "orang yang sama")


class Asked(Supervisor):
    """A supervisor who was asked whether two agents' records are one person's."""

    def ask(self, an_agent: NewAgent) -> None:
        self.agents, nik = [an_agent(""), an_agent("")], a_nik()
        for agent in self.agents:
            enrol(agent, a_worker(nik))
        self.merge(*(book_of(agent, self) for agent in self.agents))
        [question] = self.run("gabung", "pertanyaan").data["items"]
        self.question = str(question["id"])

    def decision(self, what: str) -> tuple[str, ...]:
        if what == "serahkan":
            giver, taker = (agent.name for agent in self.agents)
            given = ("--dari", giver, "--ke", taker, "--semua", "--alasan", "berhenti", "--yes")
            return ("gabung", "serahkan", *given)
        chosen = ("--batal",) if what == "batal" else ("--pilih", "1")
        return ("gabung", "jawab", self.question, *chosen, *SAME)

    def decided(self) -> tuple[int, int]:
        with closing(sqlite3.connect(self.dataset)) as hand:
            answers, handovers = hand.execute(DECIDED).fetchone()
        return answers, handovers

    def told(self) -> list[str]:
        with closing(sqlite3.connect(self.store)) as hand:
            return [row[0] for row in hand.execute("SELECT action FROM journal ORDER BY seq")]


@pytest.fixture
def asked(an_agent: NewAgent, tmp_path: Path) -> Asked:
    supervisor = Asked(tmp_path / "supervisor", "", "S-1")
    supervisor.ask(an_agent)
    return supervisor


@pytest.mark.parametrize(
    ("what", "action"),
    [
        ("jawab", "merge.answered"),
        ("batal", "merge.answer_taken_back"),
        ("serahkan", "merge.handed_over"),
    ],
)
def test_nothing_is_decided_that_the_journal_does_not_tell_of_whoever_kills_it(
    asked: Asked, what: str, action: str
) -> None:
    if what == "batal":
        assert asked.run(*asked.decision("jawab")).code == 0
    before, backup = asked.decided(), asked.folder / "backup"
    shutil.copytree(asked.home, backup)

    def ran(at: int) -> int:
        shutil.rmtree(asked.home)
        shutil.copytree(backup, asked.home)
        command = [sys.executable, str(KILL_AT), str(at), "points", *asked.decision(what)]
        return subprocess.run(command, env=asked.environment, cwd=asked.folder,
                              capture_output=True, check=False).returncode  # fmt: skip

    assert ran(0) == 0
    assert asked.decided() != before
    points = (asked.folder / "points").read_text(encoding="utf-8").splitlines()
    commits = [number for number, point in enumerate(points, 1) if point == "COMMIT"]
    later = {commits[-2], commits[-2] + 1, commits[-1], commits[-1] + 1} & set(
        range(1, len(points) + 1)
    )
    for at in sorted(later):
        assert ran(at) == -signal.SIGKILL
        assert asked.decided() == before or action in asked.told(), points[at - 1]
        assert asked.run("gabung", "status").code == 0


@pytest.mark.parametrize(
    ("what", "meanwhile", "code"),
    [
        ("jawab", "DELETE FROM questions", "merge.no_question"),
        ("serahkan", "UPDATE members SET agent = 'A-777'", "merge.no_members"),
    ],
)
def test_what_changes_while_a_decision_waits_is_what_it_is_about(
    asked: Asked, what: str, meanwhile: str, code: str
) -> None:
    line = [sys.executable, "-m", "perisai_cli", *asked.decision(what), "--json"]
    with closing(sqlite3.connect(asked.dataset, isolation_level=None)) as hand:
        hand.execute("BEGIN IMMEDIATE")
        hand.execute(meanwhile)
        with subprocess.Popen(
            line, env=asked.environment, cwd=asked.folder, stdout=subprocess.PIPE
        ) as waiting:
            _has_open(waiting.pid, asked.dataset)
            time.sleep(1)  # all that it does before it waits for the lock
            hand.execute("COMMIT")
            said, _ = waiting.communicate()
    assert (waiting.returncode, code in said.decode()) == (2, True), said
    assert asked.decided() == (0, 0)


def _has_open(process: int, file: Path) -> None:
    """Return once a process has opened a file, or after a while where the system does not tell."""
    if not Path("/proc").exists():
        time.sleep(2)
        return
    until = time.monotonic() + 60
    while time.monotonic() < until:
        opened = []
        for each in Path(f"/proc/{process}/fd").iterdir():
            with suppress(OSError):  # closed meanwhile
                opened.append(each.readlink())
        if file.resolve() in opened:
            return
        time.sleep(0.05)
    raise AssertionError(file)
