"""Schedules that once broke a promise, as the sync machine shortened them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from sync_machine import SyncMachine, World
from test_sync_machine import world

__all__ = ["world"]

Play = Callable[[SyncMachine], None]


def refused_for_ever(machine: SyncMachine) -> None:
    """The central went back; a device with something to send was told so at every sync."""
    machine.begin(workers=[0, 0, 1], sent=True)
    machine.central_goes_back(back=0, keep=False)
    machine.work(device=2, deed="correct", number=0, income=10, flag=False)


def all_sent_and_nothing_there(machine: SyncMachine) -> None:
    """The central went back; a device with nothing to send never heard of it."""
    machine.begin(workers=[0, 0, 1], sent=True)
    machine.central_goes_back(back=0, keep=False)


def another_goes_on_meanwhile(machine: SyncMachine) -> None:
    """The central went back, and the work of others took the lost numbers of its commits."""
    machine.begin(workers=[2, 2, 2], sent=True)
    machine.central_goes_back(back=0, keep=False)
    machine.sync_under_faults(device=1, drawn=[(0, "doubled")], income=20)
    machine.sync_under_faults(device=0, drawn=[(0, "lost_answer")], income=30)


@pytest.fixture
def machine(world: World) -> Iterator[SyncMachine]:
    playing = type("Machine", (SyncMachine,), {"world": world})()
    yield playing
    playing.teardown()


@pytest.mark.parametrize(
    "play", [refused_for_ever, all_sent_and_nothing_there, another_goes_on_meanwhile]
)
def test_a_schedule_that_once_broke_a_promise_keeps_it_now(
    machine: SyncMachine, play: Play
) -> None:
    play(machine)
