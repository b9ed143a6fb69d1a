"""The whole main job in a throw-away home, with made-up people and a real central API.

Nothing here is played: the store is encrypted, the central listens on loopback and keeps a
database, and every record goes over HTTP. A neighbour's agent has enrolled one of the people
before, so that the central sends one record back.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.contribution import BpuOptions, contribution_bpu
from perisai_cli.actions.enroll import enroll_many
from perisai_cli.actions.lines import read_lines
from perisai_cli.actions.queue import queue_fix, queue_list
from perisai_cli.actions.report_wish import ENROLMENTS, Wish
from perisai_cli.actions.reporting import make_report
from perisai_cli.actions.setup import checked_profile, set_up
from perisai_cli.actions.sync import SyncOptions, sync, sync_status
from perisai_cli.domain.errors import InvalidInput, Problem

SAMPLES = Path(__file__).with_name("samples")
CORRECTED_NIK = "5171011107919982"
"""What the card of the person who came back really says, a day and a serial further."""

_NEIGHBOUR: dict[str, str | None] = {
    "agent": "A-COBA-2",
    "name": "Agen Tetangga",
    "office": "W-COBA",
    "region": "5171",
}
_AGENT: dict[str, str | None] = {
    "agent": "A-COBA-1",
    "name": "Agen Coba",
    "office": "W-COBA",
    "region": "5171",
}


class Stage(Protocol):
    """Tells what is being done, while it is done."""

    def step(self, key: str, **facts: Any) -> None:
        """Tell one step in the user's language."""

    def lines(self, data: dict[str, Any]) -> None:
        """Show a quote."""

    def refused(self, problem: Problem) -> None:
        """Show why a row was not recorded."""

    def sent_back(self, nik_masked: str, problem: Problem) -> None:
        """Show why a record came back."""


MakeApp = Callable[[Path, str, str], App]
"""Makes the world of a throw-away home: folder, passphrase, address of the central."""


@dataclass
class _Receipts:
    """Counts what was recorded and shows what was not."""

    stage: Stage
    items: list[dict[str, Any]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def accepted(self, item: dict[str, Any], warnings: tuple[Problem, ...]) -> None:  # noqa: ARG002
        """Keep a receipt; the sample's warnings are not the demonstration's subject."""
        self.items.append(item)

    def refused(self, problems: tuple[Problem, ...]) -> None:
        """Keep the faults of a row."""
        self.problems += problems


def demo(folder: Path, make_app: MakeApp, clock: Callable[[], datetime], stage: Stage) -> Result:
    """Do the main job once in *folder*, telling each step on *stage*.

    Raises:
        InvalidInput: ``central.extra``: the central's libraries are not installed.
    """
    try:
        from perisai_cli.central.serve import running
    except ModuleNotFoundError:
        raise InvalidInput("central.extra") from None

    begun = clock()
    passphrase = secrets.token_urlsafe(18)
    secret = folder / "passphrase.txt"
    folder.mkdir(parents=True, exist_ok=True)
    secret.touch(mode=0o600)
    secret.write_text(passphrase + "\n", encoding="utf-8")
    with running(folder / "central", clock=clock) as url:
        app = make_app(folder / "home", passphrase, url)
        stage.step("home", home=str(folder))
        stage.step("step_setup")
        set_up(app, checked_profile(_AGENT | {"central": url}), passphrase, None)
        stage.step("step_central", url=url)
        _enrol_at_the_neighbours(make_app(folder / "neighbour", passphrase, url), passphrase, url)
        enrolled = _enrol(app, stage)
        _quote(stage, clock())
        first = _sync(app, stage)
        second = _mend(app, stage)
    data: dict[str, Any] = {"enrolled": enrolled, "first_sync": first, "second_sync": second}
    data["report"] = _report(app, folder / "enrollments.csv", stage)
    data["status"] = sync_status(app).data
    data |= {"home": str(folder), "passphrase_file": str(secret)}
    seconds = round((clock() - begun).total_seconds())
    stage.step("done", seconds=seconds, **data["status"])
    return Result("demo", data)


class _Silent:
    """Takes the neighbour's receipts without a word."""

    def accepted(self, item: dict[str, Any], warnings: tuple[Problem, ...]) -> None:
        """Take a receipt."""

    def refused(self, problems: tuple[Problem, ...]) -> None:
        """Raise what the neighbour's one good row can't be refused for."""
        raise InvalidInput.of(problems)


def _enrol_at_the_neighbours(app: App, passphrase: str, url: str) -> None:
    """Let another agent have enrolled one of the people before."""
    set_up(app, checked_profile(_NEIGHBOUR | {"central": url}), passphrase, None)
    with (SAMPLES / "neighbour.jsonl").open("rb") as stream:
        _, lines = read_lines(stream)
        enroll_many(app, lines, {}, _Silent())
    sync(app, SyncOptions())


def _enrol(app: App, stage: Stage) -> dict[str, int]:
    with (SAMPLES / "workers.jsonl").open("rb") as stream:
        count = sum(1 for _ in stream)
    stage.step("step_enroll", count=count)
    receipts = _Receipts(stage)
    with (SAMPLES / "workers.jsonl").open("rb") as stream:
        _, lines = read_lines(stream)
        result = enroll_many(app, lines, {}, receipts)
    counts: dict[str, int] = result.data
    stage.step("enrolled", **counts)
    for problem in receipts.problems:
        stage.refused(problem)
    return counts


def _quote(stage: Stage, now: datetime) -> None:
    stage.step("step_quote")
    options = BpuOptions(tier="1", start="2026-12", months="3")
    stage.lines(contribution_bpu(options, now).data)


def _sync(app: App, stage: Stage) -> dict[str, Any]:
    stage.step("step_sync")
    data: dict[str, Any] = sync(app, SyncOptions()).data
    stage.step("synced", **data)
    stage.step("synced_bytes", **data)
    return data


def _mend(app: App, stage: Stage) -> dict[str, Any]:
    """Correct what came back, and sync again."""
    stage.step("step_back")
    back = queue_list(app, ("needs_fix", "duplicate", "conflict")).data["items"]
    for item in back:
        for problem in item["problems"]:
            stage.sent_back(item["nik_masked"], Problem(**problem))
    stage.step("step_fix")
    for item in back:
        queue_fix(app, item["id"], {"nik": CORRECTED_NIK, "birth_date": "1991-07-11"})
    data: dict[str, Any] = sync(app, SyncOptions()).data
    stage.step("synced", **data)
    return data


def _report(app: App, path: Path, stage: Stage) -> dict[str, Any]:
    stage.step("step_report")
    data: dict[str, Any] = make_report(app, Wish(ENROLMENTS, output=str(path))).result.data
    make_report(app, Wish("summary", output=str(path.with_name("summary.csv"))))
    pages = all(find_spec(library) for library in ("jinja2", "reportlab"))
    forms = "xlsx,pdf,html" if pages else "xlsx"  # the others come with the extra ``reports``
    weekly = Wish("weekly", output=str(path.with_name("weekly")), forms=forms)
    told = make_report(app, weekly).result.data
    data["weekly"] = told.get("paths", [told["path"]])
    stage.step("reported", **data)
    stage.step("weekly", path=", ".join(data["weekly"]))
    return data
