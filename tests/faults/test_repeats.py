"""What a fault costs on the wire: at most one batch is repeated, and one bad item delays no other.

I16 in octets and I7 in requests, counted at the proxy.
"""

from __future__ import annotations

import gzip
import json
import math
from collections import Counter
from collections.abc import Iterator
from typing import Any

import proxy
import pytest
from faults_field import Central, Home, HomeMaker, a_worker, niks, standing
from link_faults import BEFORE, LOST, late_answer, late_commit, refusal
from proxy import Exchange, Fault, Proxy

from perisai_cli.actions.sync import SyncOptions, sync, sync_status, synced

PUSH = "/v1/sync/push"
MANY = range(1, 121)
ENDINGS = (5, 7)
"""How a sync may end that a fault stopped; the next one takes up where it was."""

one_fault = pytest.mark.parametrize(
    "fault",
    [each for each in (*LOST, *BEFORE) if each not in (late_answer, late_commit)],
    ids=lambda fault: fault.__name__,
)


@pytest.fixture
def link(central: Central) -> Iterator[Proxy]:
    with Proxy(central.address) as between:
        yield between


@pytest.fixture
def agent(a_home: HomeMaker, link: Proxy) -> Home:
    home = a_home(link.address)
    sync(home.app, SyncOptions())
    home.enroll(MANY)
    link.requests.clear()
    return home


def body_of(request: bytes) -> dict[str, Any]:
    _head, _, content = request.partition(b"\r\n\r\n")
    return dict(json.loads(gzip.decompress(content)))


def pushes(link: Proxy) -> list[bytes]:
    return [each for each in link.requests if each.startswith(f"POST {PUSH} ".encode())]


def until_done(home: Home) -> None:
    """Sync as an agent does, once more whenever a run was stopped."""
    for _run in range(3):
        result = synced(home.app._replace(sleep=lambda _seconds: None), SyncOptions(max_seconds=30))
        assert result.exit_code in (*ENDINGS, 0, 3), result
        if result.exit_code not in ENDINGS:
            return


@one_fault
@pytest.mark.parametrize("batch", [2])
def test_after_one_fault_at_most_one_batch_is_repeated(
    agent: Home, link: Proxy, central: Central, fault: Fault, batch: int
) -> None:
    link.next(PUSH, *[proxy.through] * (batch - 1), fault)
    until_done(agent)
    assert central.niks() == niks(MANY)
    sent = pushes(link)
    batches = [[(item["id"], item["rev"]) for item in body_of(each)["items"]] for each in sent]
    times = Counter(item for each in batches for item in each)
    assert set(times) == {item for each in batches for item in each}
    assert max(times.values()) <= 2, "something went out three times for one fault"
    again = {item for item, count in times.items() if count > 1}
    assert again <= set(batches[batch - 1])
    seen: set[tuple[str, int]] = set()
    repeated = 0
    for request, items in zip(sent, batches, strict=True):
        repeated += len(request) * len(seen & set(items)) // max(1, len(items))
        seen |= set(items)
    # Smaller batches compress a little worse, and each has its own headers.
    assert repeated <= 1.5 * len(sent[batch - 1])


def nik_of(item: dict[str, Any]) -> str:
    return str(item["body"].get("worker", {}).get("nik"))


def poisonous(nik: str, answer: Fault) -> Fault:
    """Return the fault that a batch meets with as long as it holds one certain worker."""

    async def meet(exchange: Exchange) -> None:
        items = body_of(exchange.request)["items"]
        poisoned = any(nik_of(item) == nik for item in items)
        await (answer if poisoned else proxy.through)(exchange)

    return meet


def test_an_item_that_the_central_refuses_delays_no_other(
    agent: Home, link: Proxy, central: Central
) -> None:
    """The ordinary way: a verdict for each item, so that a bad one costs no request at all."""
    before = len(pushes(link))
    agent.enroll(range(500, 501), attestation={"working": True, "critically_ill": True})
    until_done(agent)
    told = standing(sync_status(agent.app).data)
    assert told == {"accepted": len(MANY), "held": 1}
    clean = math.ceil((len(MANY) + 1) / 50)
    assert len(pushes(link)) - before <= clean


@pytest.mark.parametrize("status", [413, 422, 500])
def test_an_item_that_breaks_every_batch_delays_no_other_for_long(
    agent: Home, link: Proxy, central: Central, status: int
) -> None:
    """I7: it is closed in on by halves, so that others wait for a logarithm of requests."""
    bad = a_worker(117)["nik"]
    codes = {413: "batch.too_large", 422: "request.invalid", 500: "internal"}
    answer = refusal(status, codes[status], retryable=status == 500)
    link.next(PUSH, *[poisonous(bad, answer)] * 400)
    assert sync(agent.app._replace(sleep=lambda _seconds: None), SyncOptions()).exit_code == 3
    assert central.niks() == [nik for nik in niks(MANY) if nik != bad]
    batches = [body_of(each)["items"] for each in pushes(link)]
    refused = [batch for batch in batches if any(nik_of(item) == bad for item in batch)]
    tries_before_doubt = 2 if status == 500 else 0
    halvings = math.ceil(math.log2(max(len(batch) for batch in refused)))
    assert len(refused) <= halvings + 1 + tries_before_doubt
