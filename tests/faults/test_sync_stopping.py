"""Ctrl-C and SIGTERM in the middle of a sync: what is safe is said, and nothing is lost."""

from __future__ import annotations

import signal

import proxy
import pytest
from faults_field import Central, HomeMaker, ended, is_sound, niks, sent_and_not_there
from proxy import Proxy

from perisai_cli.actions.sync import SyncOptions, sync


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_tells_what_was_answered_and_what_waits(
    a_home: HomeMaker, central: Central, asked: signal.Signals
) -> None:
    with Proxy(central.address) as link:
        home = a_home(link.address)
        home.enroll(range(1, 61))
        gate = link.next("/v1/sync/push", proxy.through, proxy.hold)
        process = home.start("sync", "--json")
        assert gate.reached.wait(60)
        process.send_signal(asked)
        said = ended(process)
        gate.go.set()
        assert (said.code, said.codes) == (130, ["sync.stopped"]), said
        assert said.document["status"] == "partial"
        assert (said.data["accepted"], said.data["pending"]) == (50, 10)
        assert "50" in said.document["errors"][0]["message"]
        with home.store() as store:
            assert is_sound(store.connection)
            assert sent_and_not_there(store, central) == []
        assert sync(home.app, SyncOptions()).data["pending"] == 0
        assert central.niks() == niks(range(1, 61))


def test_a_stop_while_waiting_for_the_network_ends_at_once(a_home: HomeMaker) -> None:
    home = a_home("http://127.0.0.1:9")
    home.enroll(range(1, 3))
    process = home.start("sync", "--wait", "--max-time", "120")
    assert process.stderr is not None
    told = process.stderr.readline() + process.stderr.readline()
    process.send_signal(signal.SIGINT)
    said = ended(process)
    assert said.code == 130
    assert "next try in" in told
    assert "2 still wait" in said.err


def test_a_wait_delivers_as_soon_as_the_network_is_there(
    a_home: HomeMaker, central: Central
) -> None:
    with Proxy(central.address) as link:
        home = a_home(link.address)
        home.enroll(range(1, 4))
        link.next("/v1/agents/register", proxy.login_page)
        said = home.run("sync", "--wait", "--max-time", "60", "--json")
        assert (said.code, said.data["accepted"], said.data["pending"]) == (0, 3, 0)
        assert "Next try in" in said.err
