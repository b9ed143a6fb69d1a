"""No order of edits, syncs, faults, crashes, clock steps and restores breaks a promise (I1-I6, I8-I11, I15).

The default run plays a few dozen schedules. The campaign is run by name and can be told how many,
and from which seed:

    PERISAI_SCHEDULES=20000 PERISAI_CAMPAIGN_SEED=1 python -m pytest -m slow tests/faults/test_sync_machine.py
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test
from proxy import Proxy
from sync_machine import DEVICES, SyncMachine, World
from world import Template, an_office
from zygote import Zygote

SCHEDULES = int(os.environ.get("PERISAI_SCHEDULES", "2000"))
SEED = int(os.environ.get("PERISAI_CAMPAIGN_SEED", "4"))
PARTS = max(1, min(40, SCHEDULES // 50))
MEMORY = Path("/dev/shm")


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """One office and one link for all schedules of this process, in memory where there is some."""
    under = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="perisai-", dir=under) as name:
        folder = Path(name)
        templates = [Template.made(folder / f"template-{n}", n) for n in range(DEVICES)]
        with (
            an_office(folder / "central") as office,
            Proxy(office.address) as link,
            Zygote() as zygote,
        ):
            yield World(office, link, templates, zygote, folder)


def profile(examples: int, steps: int) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )


def play(world: World, examples: int, steps: int, number: int, tell: Callable[..., None]) -> None:
    """Play schedules from one seed and tell what they held."""
    machine = seed(number)(type("Machine", (SyncMachine,), {"world": world}))
    world.counts.clear()
    run_state_machine_as_test(machine, settings=profile(examples, steps))
    for what, count in sorted(world.counts.items()):
        tell(what, count)


@pytest.mark.parametrize("part", range(2))
def test_no_schedule_of_a_few_steps_breaks_a_promise(
    world: World, part: int, record_property: Callable[..., None]
) -> None:
    play(world, 25, 12, part, record_property)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_no_schedule_of_the_campaign_breaks_a_promise(
    world: World, part: int, record_property: Callable[..., None]
) -> None:
    mine = SCHEDULES // PARTS + (part < SCHEDULES % PARTS)
    play(world, mine, 12, SEED * 1000 + part, record_property)
