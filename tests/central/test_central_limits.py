"""Who sends too much is asked to wait, and nobody who works is ever one of those."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from central_field import PROTOCOL, Clock, Device
from hypothesis import given
from hypothesis import strategies as st
from office_field import Officer, code_of

from perisai_cli.central.core import Manner
from perisai_cli.central.limits import (
    ADDRESS_A_MINUTE,
    DEVICE_A_MINUTE,
    Buckets,
    network_of,
)
from perisai_cli.central.problems import Refusal
from perisai_cli.central.serve import open_central, running, usual_manner

SECOND = 1_000_000_000


class Ticks:
    """Nanoseconds that a test sets."""

    def __init__(self) -> None:
        self.now = 12_345 * SECOND

    def __call__(self) -> int:
        return self.now


def refused(buckets: Buckets, name: str = "one") -> int:
    """Return the seconds to wait before the next request, 0 if it is taken."""
    try:
        buckets.take(name)
    except Refusal as refusal:
        return int(refusal.headers["Retry-After"])
    return 0


def test_a_minute_s_worth_may_come_at_once_and_then_evenly() -> None:
    ticks = Ticks()
    buckets = Buckets(60, nanoseconds=ticks)
    assert [refused(buckets) for _ in range(61)] == [*[0] * 60, 1]
    ticks.now += SECOND
    assert [refused(buckets) for _ in range(2)] == [0, 1]
    ticks.now += 3600 * SECOND
    assert [refused(buckets) for _ in range(61)] == [*[0] * 60, 1]


def test_one_bucket_does_not_empty_another() -> None:
    buckets = Buckets(1, nanoseconds=Ticks())
    assert [refused(buckets, name) for name in "abca"] == [0, 0, 0, 60]


@given(st.integers(1, 200), st.lists(st.integers(0, 5 * SECOND), max_size=300))
def test_whoever_waits_as_told_is_taken_and_no_minute_holds_twice_its_worth(
    a_minute: int, steps: list[int]
) -> None:
    ticks = Ticks()
    buckets = Buckets(a_minute, nanoseconds=ticks)
    taken: list[int] = []
    for step in steps:
        ticks.now += step
        if wait := refused(buckets):
            ticks.now += wait * SECOND
            assert refused(buckets) == 0
        taken.append(ticks.now)
    for at in taken:
        assert sum(at <= each < at + 60 * SECOND for each in taken) <= 2 * a_minute + 1


def test_there_are_never_more_buckets_than_are_kept() -> None:
    buckets = Buckets(1, kept=10, nanoseconds=Ticks())
    for number in range(1000):
        assert refused(buckets, f"device {number}") == 0
    assert len(buckets) == 10
    assert refused(buckets, "device 999") == 60
    assert refused(buckets, "device 0") == 0


def test_the_usual_limits_let_every_real_agent_pass() -> None:
    # 10,000 records in 200 pushes within a minute, a pull after each, and two sign-ins.
    device = Buckets(DEVICE_A_MINUTE, nanoseconds=Ticks())
    assert sum(refused(device) for _ in range(402)) == 0
    # 10,000 devices behind one address in an hour, all of whom register and sign in.
    ticks = Ticks()
    address = Buckets(ADDRESS_A_MINUTE, nanoseconds=ticks)
    for _ in range(10_000):
        ticks.now += 3600 * SECOND // 10_000
        assert refused(address) == refused(address) == 0
    # The same devices sign in within one and the same second.
    at_once = Buckets(ADDRESS_A_MINUTE, nanoseconds=Ticks())
    assert sum(refused(at_once) for _ in range(10_000)) == 0


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("central", "central"),
    ],
)
def test_an_ipv6_customer_is_one_network(host: str, network: str) -> None:
    assert network_of(host) == network


def test_only_a_central_that_others_reach_counts_and_hides_its_figures() -> None:
    assert usual_manner(alone=True) == Manner()
    others = usual_manner(alone=False)
    assert (others.device_a_minute, others.address_a_minute) == (1200, 12000)
    assert not others.show_metrics


def test_a_device_that_asks_too_often_is_told_when_to_come_back(
    tmp_path: Path, http: httpx.Client
) -> None:
    with running(tmp_path, clock=Clock(), manner=Manner(device_a_minute=3)) as address:
        device, other = Device(http, address=address).sign_in(), Device(http, address=address)
        assert [device.pull().status_code for _ in range(3)] == [200, 200, 200]
        answer = device.pull()
        assert code_of(answer) == (429, "rate.limited")
        assert answer.json()["retryable"] is True
        assert 1 <= int(answer.headers["Retry-After"]) <= 20
        assert other.sign_in().pull().status_code == 200
        database = open_central(tmp_path)
        officer = Officer(http, address, database)
        database.close()
        statuses = [officer.get("waiting").status_code for _ in range(4)]
        assert statuses == [200, 200, 200, 429]


def test_strangers_are_counted_by_address_before_anything_is_read(
    tmp_path: Path, http: httpx.Client
) -> None:
    with running(tmp_path, clock=Clock(), manner=Manner(address_a_minute=4)) as address:
        device = Device(http, address=address).sign_in()
        assert device.post("/v1/token", b"nonsense").status_code == 422
        assert device.register().status_code == 200
        assert code_of(device.post("/v1/token", b"nonsense")) == (429, "rate.limited")
        assert code_of(device.register()) == (429, "rate.limited")
        assert device.pull().status_code == 200  # who has signed in goes on


@pytest.mark.parametrize(("proxies", "apart"), [("127.0.0.1", True), ("", False)])
def test_only_a_proxy_that_is_named_may_say_where_a_request_comes_from(
    proxies: str, apart: bool, tmp_path: Path, http: httpx.Client
) -> None:
    manner = Manner(address_a_minute=1, proxies=proxies)
    with running(tmp_path, clock=Clock(), manner=manner) as address:
        answers = [
            http.post(
                f"{address}/v1/token",
                content=b"{}",
                headers=PROTOCOL | {"X-Forwarded-For": origin},
            ).status_code
            for origin in ("192.0.2.1", "192.0.2.2", "192.0.2.1")
        ]
    assert answers == ([422, 422, 429] if apart else [422, 429, 429])
