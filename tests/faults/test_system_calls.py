"""kill -9, a full disk and I/O errors at the system calls of a command (I2, I14).

Each command is first run to its end to write its calls down; then once for each of them, in a home
and against a central of its own, with that call turned into a death or an error. ``slow`` does so
for every call; the default run for every few, and for what is around an ``fdatasync``.
"""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from deaths import COMMANDS, Command, Field, check_after_death
from faults_field import HomeMaker, is_sound, sent_and_not_there
from system_calls import Call, calls_of, can_trace, compile_for, failing_from, killed_at

from perisai_cli.actions.queue import queue_list
from perisai_cli.storage.journal import first_broken

EVERY = 30
"""In the default run, how many calls that are in no way special share one execution."""

DONE = (0, 3)


@pytest.fixture(autouse=True)
def _traced() -> None:
    if reason := can_trace():
        assert "CI" not in os.environ, reason
        pytest.skip(f"system calls can't be stopped here: {reason}")


@pytest.fixture
def field(a_home: HomeMaker, tmp_path: Path) -> Field:
    return Field(a_home, tmp_path)


def of(field: Field, command: Command) -> list[Call]:
    for home, _central in field.fresh():
        compile_for(home, command.prepare(home))
    for home, _central in field.fresh():
        calls = calls_of(home, command.prepare(home))
    return calls


def sample(calls: list[Call], *, everything: bool) -> list[Call]:
    if everything:
        return calls
    near = {
        index + step
        for index, call in enumerate(calls)
        for step in (0, 1)
        if call.name in ("fdatasync", "sendto")
    }
    chosen = near | set(range(0, len(calls), EVERY)) | {len(calls) - 1}
    return [calls[index] for index in sorted(chosen) if index < len(calls)]


def table(what: str, counted: list[Call], executed: Counter[str]) -> str:
    """Return how many calls of each name there were and at how many the command was stopped."""
    names = Counter(call.name for call in counted)
    rows = [f"  {name:<12}{count:>6}{executed[name]:>10}" for name, count in sorted(names.items())]
    total = f"  {'all':<12}{names.total():>6}{executed.total():>10}"
    return "\n".join([what, f"  {'call':<12}{'calls':>6}{'executed':>10}", *rows, total])


def kill_campaign(field: Field, command: Command, *, everything: bool) -> str:
    counted = of(field, command)
    chosen = sample(counted, everything=everything)
    executed: Counter[str] = Counter()
    for call in chosen:
        for home, central in field.fresh():
            ran = killed_at(home, command.prepare(home), call)
            assert ran.code == -signal.SIGKILL, (call, ran)
            executed[call.name] += 1
            check_after_death(home, central, ran, command)
    assert executed.total() == len(chosen)
    return table(f"kill -9 at the system calls of {command.name}", counted, executed)


def error_campaign(field: Field, command: Command, error: str, *, everything: bool) -> str:
    """Let writes fail from each of them on: a clear error, the last commit intact, the next goes on."""
    counted = [call for call in of(field, command) if call.writes]
    chosen = counted if everything else counted[:: EVERY // 3]
    executed: Counter[str] = Counter()
    codes: Counter[int] = Counter()
    for call in chosen:
        for home, central in field.fresh():
            ran = failing_from(home, command.prepare(home), call, error)
            executed[call.name] += 1
            codes[ran.code] += 1
            # After the last commit only the folding in of the log fails, which can wait.
            assert ran.code in (0, 8), (call, ran)
            assert ran.code == 0 or ran.codes[0].startswith("disk."), (call, ran)
            with home.store() as store:
                assert is_sound(store.connection)
                assert first_broken(store.connection, store.vault) is None
                assert sent_and_not_there(store, central) == []
            listed = {item["id"] for item in queue_list(home.app, ()).data["items"]}
            assert set(ran.receipts) <= listed
            check_after_death(home, central, ran, command)
    assert codes[8]
    return table(f"{error} at the writes of {command.name}", counted, executed)


names = pytest.mark.parametrize("name", ["enroll", "enroll-lines", "fix", "sync"])
errors = pytest.mark.parametrize("error", ["ENOSPC", "EIO"])
Tell = Callable[[str, object], None]


@pytest.mark.parametrize("name", ["enroll", "sync"])
def test_a_command_killed_at_some_system_calls_leaves_a_sound_store(
    field: Field, name: str, record_property: Tell
) -> None:
    record_property("table", kill_campaign(field, COMMANDS[name], everything=False))


@pytest.mark.slow
@names
def test_a_command_killed_at_any_system_call_leaves_a_sound_store(
    field: Field, name: str, record_property: Tell
) -> None:
    record_property("table", kill_campaign(field, COMMANDS[name], everything=True))


@pytest.mark.parametrize("name", ["enroll", "sync"])
@errors
def test_a_command_whose_writes_fail_from_some_on_says_so_and_keeps_the_last_commit(
    field: Field, name: str, error: str, record_property: Tell
) -> None:
    record_property("table", error_campaign(field, COMMANDS[name], error, everything=False))


@pytest.mark.slow
@names
@errors
def test_a_command_whose_writes_fail_from_any_on_says_so_and_keeps_the_last_commit(
    field: Field, name: str, error: str, record_property: Tell
) -> None:
    record_property("table", error_campaign(field, COMMANDS[name], error, everything=True))
