"""Whatever the link does to an exchange, nothing counts as sent without its receipt (I1, I3, I4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import proxy
import pytest
from faults_field import (
    Central,
    Home,
    HomeMaker,
    local_hashes,
    niks,
    sent_and_not_there,
    standing,
)
from proxy import Fault, Proxy

from perisai_cli.actions.queue import queue_fix, queue_withdraw
from perisai_cli.actions.sync import SyncOptions, sync, sync_status
from perisai_cli.domain.errors import PerisaiError
from perisai_cli.protocol.canonical import receipt_digest
from perisai_cli.storage.journal import first_broken

Change = Callable[[dict[str, Any]], Any]

PUSH, PULL = "/v1/sync/push", "/v1/sync/pull"
REGISTER, TOKEN = "/v1/agents/register", "/v1/token"

WORKERS = range(1, 61)  # two batches

FAULTS: dict[Fault, tuple[int, ...]] = {
    proxy.refused: (0,),
    proxy.cut_request: (0,),
    proxy.lost_answer: (0,),
    proxy.truncated_answer: (0, 5),
    proxy.shortened_answer: (7,),
    proxy.error_after_commit: (0,),
    proxy.busy: (0,),
    proxy.doubled: (0,),
    proxy.drip: (0,),
    proxy.login_page: (7,),
    proxy.login_page_after_commit: (7,),
    proxy.redirect: (7,),
}
"""Each fault, and how a sync may end that meets it once and has time to try again."""

HARMLESS = (proxy.doubled, proxy.drip)
"""Faults that a sync does not even notice."""

each_fault = pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)


@pytest.fixture
def link(central: Central) -> Iterator[Proxy]:
    with Proxy(central.address) as between:
        yield between


@pytest.fixture
def agent(a_home: HomeMaker, link: Proxy) -> Home:
    home = a_home(link.address)
    home.enroll(WORKERS)
    return home


def synced(home: Home, seconds: float = 30) -> tuple[int, Any]:
    """Sync; return the exit code that it amounts to, and its data or the code of its error."""
    try:
        result = sync(home.app, SyncOptions(max_seconds=seconds))
    except PerisaiError as error:
        return error.exit_code, error.code
    return result.exit_code, result.data


def nothing_is_claimed(home: Home, central: Central) -> None:
    """Nothing counts as sent that the central does not hold, and the status adds up."""
    with home.store() as store:
        assert sent_and_not_there(store, central) == []
        assert first_broken(store.connection, store.vault) is None
    assert sum(standing(sync_status(home.app).data).values()) == len(WORKERS)
    held = central.niks()
    assert len(held) == len(set(held))


def the_next_clean_sync_delivers(home: Home, central: Central) -> None:
    home.central = central.address
    assert sync(home.app, SyncOptions()).data["pending"] == 0
    nothing_is_claimed(home, central)
    assert central.niks() == niks(WORKERS)
    assert central.conflicts() == 0
    assert standing(sync_status(home.app).data) == {"accepted": len(WORKERS)}


@each_fault
@pytest.mark.parametrize("path", [PUSH, PULL, REGISTER, TOKEN], ids=lambda path: path[4:])
def test_one_fault_costs_at_most_a_second_try(
    agent: Home, link: Proxy, central: Central, fault: Fault, path: str
) -> None:
    link.next(path, fault)
    code, told = synced(agent)
    assert link.waiting == 0
    assert code in FAULTS[fault], told
    nothing_is_claimed(agent, central)
    the_next_clean_sync_delivers(agent, central)


@each_fault
def test_a_fault_that_does_not_end_leaves_the_queue_as_it_was(
    agent: Home, link: Proxy, central: Central, fault: Fault
) -> None:
    link.next(PUSH, *[fault] * 40)
    worked = fault in HARMLESS
    code, told = synced(agent, 30 if worked else 1)
    assert code == 0 if worked else code in (5, 7), told
    status = standing(sync_status(agent.app).data)
    assert status == {"accepted": 60} if worked else status == {"pending": 60}
    nothing_is_claimed(agent, central)
    the_next_clean_sync_delivers(agent, central)


@each_fault
def test_a_fault_in_the_second_batch_keeps_the_first(
    agent: Home, link: Proxy, central: Central, fault: Fault
) -> None:
    link.next(PUSH, proxy.through, *[fault] * 40)
    worked = fault in HARMLESS
    code, told = synced(agent, 30 if worked else 3)
    assert code == 0 if worked else code in (5, 7), told
    status = standing(sync_status(agent.app).data)
    assert status == ({"accepted": 60} if worked else {"accepted": 50, "pending": 10})
    nothing_is_claimed(agent, central)
    the_next_clean_sync_delivers(agent, central)


def test_a_correction_after_a_lost_answer_is_no_conflict(
    agent: Home, link: Proxy, central: Central
) -> None:
    with agent.store() as store:
        row = store.connection.row("SELECT min(id) FROM records")
        assert row is not None
        record = row[0]
    link.next(PUSH, *[proxy.lost_answer] * 40)
    assert synced(agent, 1)[0] == 5
    assert central.statuses()[record] == (1, "accepted")
    queue_fix(agent.app, record, {"income": 5000000})
    the_next_clean_sync_delivers(agent, central)
    assert central.statuses()[record] == (2, "accepted")


def test_a_withdrawal_after_a_lost_answer_reaches_the_central(
    agent: Home, link: Proxy, central: Central
) -> None:
    with agent.store() as store:
        row = store.connection.row("SELECT min(id) FROM records")
        assert row is not None
        record = row[0]
    link.next(PUSH, *[proxy.lost_answer] * 40)
    assert synced(agent, 1)[0] == 5
    queue_withdraw(agent.app, record, "other")
    agent.central = central.address
    assert synced(agent)[0] == 0
    assert central.statuses()[record] == (2, "withdrawn")
    assert standing(sync_status(agent.app).data) == {"accepted": 59, "withdrawn": 1}
    nothing_is_claimed(agent, central)


def test_an_answer_that_comes_late_to_a_second_try_counts(
    agent: Home, link: Proxy, central: Central
) -> None:
    kept: list[bytes] = []

    async def keep(exchange: proxy.Exchange) -> None:
        kept.append(await exchange.forward())
        exchange.hang_up()

    async def replay(exchange: proxy.Exchange) -> None:
        await exchange.answer(kept[0])

    link.next(PUSH, keep, replay)
    assert synced(agent)[0] == 0
    the_next_clean_sync_delivers(agent, central)


def test_an_answer_to_another_batch_is_not_believed(
    agent: Home, link: Proxy, central: Central
) -> None:
    kept: list[bytes] = []

    async def keep(exchange: proxy.Exchange) -> None:
        kept.append(await exchange.forward())
        await exchange.answer(kept[0])

    async def replay(exchange: proxy.Exchange) -> None:
        await exchange.answer(kept[0])

    link.next(PUSH, keep, replay)
    assert synced(agent) == (7, "network.bad_receipt")
    assert standing(sync_status(agent.app).data) == {"accepted": 50, "pending": 10}
    nothing_is_claimed(agent, central)
    the_next_clean_sync_delivers(agent, central)


def _digest_of(items: list[tuple[str, int, str]]) -> Change:
    return lambda answer: answer.update(digest=receipt_digest(items))


UNBELIEVED: dict[str, Change] = {
    "another batch's key": lambda answer: answer.update(batch="0" * 36),
    "no key": lambda answer: answer.pop("batch"),
    "another digest": lambda answer: answer.update(digest="0" * 64),
    "the digest of nothing": _digest_of([]),
    "one result left out": lambda answer: answer["results"].pop(),
    "one result twice": lambda answer: answer["results"].append(answer["results"][0]),
    "a result of no item": lambda answer: answer["results"][0].update(n=50),
    "a result before the first": lambda answer: answer["results"][0].update(n=-1),
    "results in another order": lambda answer: answer["results"].reverse(),
    "an unknown verdict": lambda answer: answer["results"][0].update(status="fine"),
    "a member too many": lambda answer: answer.update(more=True),
    "no results at all": lambda answer: answer.update(results=[]),
}


@pytest.mark.parametrize("name", UNBELIEVED)
def test_a_receipt_with_one_fault_is_not_believed_at_all(
    agent: Home, link: Proxy, central: Central, name: str
) -> None:
    link.next(PUSH, proxy.altered(UNBELIEVED[name]))
    assert synced(agent) == (7, "network.bad_receipt")
    assert standing(sync_status(agent.app).data) == {"pending": 60}
    the_next_clean_sync_delivers(agent, central)


def test_a_result_that_is_missing_from_a_sound_receipt_is_unknown(
    agent: Home, link: Proxy, central: Central
) -> None:
    with agent.store() as store:
        hashes = local_hashes(store)
    first = sorted((record, rev, digest) for record, (rev, _acked, digest) in hashes.items())[:50]

    def last_is_missing(answer: dict[str, Any]) -> None:
        answer["results"].pop()
        _digest_of(first[:49])(answer)

    link.next(PUSH, proxy.altered(last_is_missing))
    code, told = synced(agent)
    assert (code, told["pending"]) == (5, 1)
    assert standing(sync_status(agent.app).data) == {"accepted": 59, "pending": 1}
    nothing_is_claimed(agent, central)
    the_next_clean_sync_delivers(agent, central)


@pytest.mark.parametrize(
    ("fault", "code", "told"),
    [
        (proxy.lost_answer, 5, "network.unavailable"),
        (proxy.login_page, 7, "network.not_central"),
        (proxy.redirect, 7, "network.not_central"),
        (proxy.busy, 5, "central.busy"),
    ],
)
def test_the_command_tells_what_stands_in_the_way(
    agent: Home, link: Proxy, fault: Fault, code: int, told: str
) -> None:
    link.next(PUSH, *[fault] * 40)
    ran = agent.run("sync", "--max-time", "1", "--json")
    assert (ran.code, ran.codes) == (code, [told]), ran


def test_no_central_at_all_is_temporary(a_home: HomeMaker, central: Central) -> None:
    home = a_home("http://127.0.0.1:9")
    home.enroll(WORKERS)
    ran = home.run("sync", "--max-time", "1", "--json")
    assert (ran.code, ran.codes) == (5, ["network.unavailable"]), ran
    assert standing(sync_status(home.app).data) == {"pending": 60}
    the_next_clean_sync_delivers(home, central)
