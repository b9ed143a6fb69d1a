"""The poorest link that must hold: 64 kbit/s, 800 ms, 5 % loss, and one that dies before answers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from faults_field import Central, Home, HomeMaker, niks, sent_and_not_there, standing
from shaping import POOREST, Shape, ShapedLink

from perisai_cli.actions.sync import SyncOptions, sync, sync_status
from perisai_cli.domain.errors import TryLater

WORKERS = range(1, 151)
FASTER = 20.0
"""Delays are so much shorter here than on the link itself; ``tests/bench/link.py`` waits them out."""


def delivered(home: Home, central: Central) -> None:
    assert standing(sync_status(home.app).data) == {"accepted": len(WORKERS)}
    assert central.niks() == niks(WORKERS)
    assert central.conflicts() == 0
    with home.store() as store:
        assert sent_and_not_there(store, central) == []


@pytest.mark.parametrize("seed", range(3))
def test_the_poorest_link_delivers_the_whole_queue(
    a_home: HomeMaker, central: Central, seed: int
) -> None:
    with ShapedLink(central.address, replace(POOREST, faster=FASTER, seed=seed)) as link:
        home = a_home(link.address)
        home.enroll(WORKERS)
        for _run in range(10):  # an agent tries again; each run keeps what the ones before brought
            try:
                result = sync(home.app, SyncOptions(max_seconds=20))
            except TryLater:
                continue
            if not result.data["pending"]:
                break
        assert sum(link.octets) > 10_000
    delivered(home, central)


def test_a_link_that_dies_between_request_and_answer_repeats_but_never_doubles(
    a_home: HomeMaker, central: Central
) -> None:
    dying = Shape(POOREST.bits, POOREST.round_trip, dies=3, faster=FASTER)
    with ShapedLink(central.address, dying) as link:
        home = a_home(link.address)
        home.enroll(WORKERS)
        assert sync(home.app, SyncOptions(max_seconds=30)).exit_code == 0
        assert link.connections > dying.dies
    delivered(home, central)
