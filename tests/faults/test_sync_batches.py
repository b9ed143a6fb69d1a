"""Batches follow the link, and one item that is refused delays no other for long (rule 7, I7)."""

from __future__ import annotations

import gzip
import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import proxy
import pytest
from faults_field import Central, Home, HomeMaker, niks, sent_and_not_there, standing
from proxy import Exchange, Fault, Proxy

from perisai_cli.actions.queue import queue_fix, queue_list
from perisai_cli.actions.sync import SyncOptions, sync, sync_status, synced

PUSH = "/v1/sync/push"


@pytest.fixture
def link(central: Central) -> Iterator[Proxy]:
    with Proxy(central.address) as between:
        yield between


def ids_of(request: bytes) -> list[str]:
    """Return the ids of a push."""
    body = json.loads(gzip.decompress(request.partition(b"\r\n\r\n")[2]))
    return [item["id"] for item in body["items"]]


class Watched:
    """A link that notes the batches, and lets *refuse* answer in the central's place."""

    def __init__(self, refuse: Callable[[list[str]], bytes | None]):
        self.batches: list[list[str]] = []
        self.passed: list[str] = []
        self._refuse = refuse

    async def __call__(self, exchange: Exchange) -> None:
        ids = ids_of(exchange.request)
        self.batches.append(ids)
        refusal = self._refuse(ids)
        if refusal is None:
            self.passed += ids
            await proxy.through(exchange)
        else:
            await exchange.answer(refusal)


def problem(status: int, code: str, scope: str = "batch") -> bytes:
    details: dict[str, Any] = {"type": "urn:x", "title": "No.", "status": status, "code": code}
    details |= {"retryable": status >= 500, "scope": scope}
    headers = ("Perisai-Protocol: 1", "Content-Type: application/problem+json")
    return proxy.response(f"{status} No", json.dumps(details).encode(), *headers)


REFUSALS = [(422, "request.invalid"), (413, "batch.too_large"), (400, "encoding.broken"),
            (500, "internal")]  # fmt: skip


@pytest.mark.parametrize(("status", "code"), REFUSALS)
@pytest.mark.parametrize("place", [0, 31, 59])
def test_one_poison_item_is_set_aside_and_delays_no_other_for_long(
    a_home: HomeMaker, link: Proxy, central: Central, status: int, code: str, place: int
) -> None:
    home = a_home(link.address)
    ids = home.enroll(range(1, 61))
    poison = ids[place]
    watched = Watched(lambda batch: problem(status, code) if poison in batch else None)
    link.next(PUSH, *[watched] * 60)
    result = synced(home.app, SyncOptions())
    assert (result.exit_code, result.status) == (3, "partial")
    assert [(each.code, each.id) for each in result.problems] == [("item.refused_alone", poison)]
    assert standing(sync_status(home.app).data) == {"accepted": 59, "pending": 1}
    assert sorted(watched.passed) == sorted(set(ids) - {poison}), "each went once"
    [item] = [each for each in queue_list(home.app, ()).data["items"] if each["id"] == poison]
    assert (item["state"], item["pending"]) == ("queued", True)
    assert [each["code"] for each in item["problems"]] == ["item.refused_alone"]
    # Two batches without the poison; the refusal of the whole one, then a halving each time. A
    # central that fails is asked twice more before an item is blamed.
    patience = 2 if status == 500 else 0
    assert len(watched.batches) <= 2 + 1 + math.ceil(math.log2(50)) + patience
    with home.store() as store:
        assert sent_and_not_there(store, central) == []
    home.central = central.address
    cured = sync(home.app, SyncOptions())
    assert (cured.exit_code, cured.data["accepted"]) == (0, 1)
    assert central.niks() == niks(range(1, 61))


def test_what_was_refused_alone_goes_last_and_by_itself_the_next_time(
    a_home: HomeMaker, link: Proxy, central: Central
) -> None:
    home = a_home(link.address)
    [poison, *_rest] = home.enroll(range(1, 11))
    watched = Watched(lambda batch: problem(422, "request.invalid") if poison in batch else None)
    link.next(PUSH, *[watched] * 30)
    assert synced(home.app, SyncOptions()).exit_code == 3
    new = home.enroll(range(11, 16))
    watched.batches.clear()
    assert synced(home.app, SyncOptions()).exit_code == 3
    assert watched.batches == [new, [poison]]
    watched.batches.clear()
    queue_fix(home.app, poison, {"months": 6})
    later = home.enroll(range(16, 18))
    assert synced(home.app, SyncOptions()).exit_code == 3, "it is poison as before"
    assert watched.batches[0] == [poison, *later], "corrected, it stands in line again"
    home.central = central.address
    assert sync(home.app, SyncOptions()).data["pending"] == 0


def test_a_central_that_refuses_everything_is_not_asked_item_by_item(
    a_home: HomeMaker, link: Proxy
) -> None:
    home = a_home(link.address)
    home.enroll(range(1, 61))
    watched = Watched(lambda _batch: problem(422, "request.invalid"))
    link.next(PUSH, *[watched] * 200)
    result = synced(home.app, SyncOptions())
    assert (result.exit_code, [each.code for each in result.problems]) == (1, ["request.invalid"])
    assert len(watched.batches) < 60
    assert standing(sync_status(home.app).data) == {"pending": 60}


def test_a_batch_that_was_damaged_on_its_way_goes_again_whole(
    a_home: HomeMaker, link: Proxy
) -> None:
    home = a_home(link.address)
    home.enroll(range(1, 11))

    async def damaged(exchange: Exchange) -> None:
        head, _, body = exchange.request.partition(b"\r\n\r\n")
        exchange.request = head + b"\r\n\r\n" + body[:-1] + bytes([body[-1] ^ 1])
        await proxy.through(exchange)

    watched = Watched(lambda _batch: None)
    link.next(PUSH, damaged, watched)
    assert sync(home.app, SyncOptions()).data["accepted"] == 10
    assert [len(batch) for batch in watched.batches] == [10]


def test_an_outage_blames_no_item(a_home: HomeMaker, link: Proxy, central: Central) -> None:
    home = a_home(link.address)
    home.enroll(range(1, 21))

    async def down(exchange: Exchange) -> None:
        await exchange.answer(problem(500, "internal"))

    link.next(PUSH, *[down] * 60)
    link.next("/v1/sync/pull", *[down] * 60)
    result = synced(home.app, SyncOptions(max_seconds=1))
    assert (result.exit_code, [each.code for each in result.problems]) == (5, ["central.busy"])
    assert all(not each["problems"] for each in queue_list(home.app, ()).data["items"])
    home.central = central.address
    assert sync(home.app, SyncOptions()).data["accepted"] == 20


def test_batches_double_on_a_quick_link_and_a_hundred_records_take_two(
    a_home: HomeMaker, link: Proxy
) -> None:
    home = a_home(link.address)
    home.enroll(range(1, 101))
    watched = Watched(lambda _batch: None)
    link.next(PUSH, *[watched] * 20)
    assert sync(home.app, SyncOptions()).data["accepted"] == 100
    assert [len(batch) for batch in watched.batches] == [50, 50]
    home.enroll(range(101, 401))
    watched.batches.clear()
    assert sync(home.app, SyncOptions()).data["accepted"] == 300
    assert [len(batch) for batch in watched.batches] == [50, 100, 150]


def test_a_link_that_dies_again_gets_smaller_batches_and_repeats_one_at_most(
    a_home: HomeMaker, link: Proxy
) -> None:
    home = a_home(link.address)
    home.enroll(range(1, 61))
    watched = Watched(lambda _batch: None)
    faults: list[Fault] = [watched, proxy.lost_answer, proxy.lost_answer, watched, watched, watched]
    link.next(PUSH, *faults)
    assert sync(home.app, SyncOptions()).data["pending"] == 0
    assert [len(batch) for batch in watched.batches] == [50, 5, 5]


def test_the_central_s_own_limits_bound_the_batches(a_home: HomeMaker, link: Proxy) -> None:
    home = a_home(link.address)
    home.enroll(range(1, 101))
    sizes: list[int] = []

    async def narrow(exchange: Exchange) -> None:
        sizes.append(len(ids_of(exchange.request)))
        await proxy.altered(lambda told: told["limits"].update(max_items=20))(exchange)

    link.next(PUSH, *[narrow] * 10)
    assert sync(home.app, SyncOptions()).data["accepted"] == 100
    assert sizes == [50, 20, 20, 10]


def test_a_bound_on_octets_sends_what_fits_and_says_what_is_left(linked: Home) -> None:
    linked.enroll(range(1, 201))
    said = linked.run("sync", "--max-bytes", "12000", "--json")
    assert (said.code, said.codes) == (5, ["sync.max_bytes"]), said
    data = said.data
    assert 0 < data["sent"] < 200
    assert data["pending"] == 200 - data["sent"]
    assert data["bytes_up"] + data["bytes_down"] <= 12000
    assert linked.run("sync", "--max-bytes", "0", "--json").codes == ["option.whole"]
    assert linked.run("sync", "--json").data["pending"] == 0


def test_a_failure_midway_still_tells_what_was_done(a_home: HomeMaker, link: Proxy) -> None:
    home = a_home(link.address)
    home.enroll(range(1, 61))
    link.next(PUSH, proxy.through, *[proxy.refused] * 40)
    said = home.run("sync", "--max-time", "5", "--json")
    assert (said.code, said.document["status"]) == (5, "partial")
    assert (said.codes, said.data["accepted"]) == (["network.unavailable"], 50)
    assert (said.data["sent"], said.data["pending"]) == (50, 10)


def test_a_metered_link_carries_much_only_after_a_yes(linked: Home) -> None:
    linked.enroll(range(1, 3101))
    said = linked.run("sync", "--metered", "--json")
    assert (said.code, said.codes) == (2, ["confirm.missing"])
    assert (said.data["sent"], said.data["pending"]) == (0, 3100)
    assert linked.run("sync", "--metered", "--max-bytes", "9000", "--yes", "--json").data["sent"]
