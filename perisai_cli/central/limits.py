"""How many requests one device or one address may send: token buckets in this process's memory.

A bucket holds a minute's worth of requests and fills evenly. Only the least recently used buckets
are forgotten when there are very many, and a forgotten bucket is a full one.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address

from perisai_cli.central.problems import Refusal

DEVICE_A_MINUTE = 1_200
"""Six times what sends 10,000 records in batches of 50, pulls and photos left room."""

ADDRESS_A_MINUTE = 12_000
"""A town behind one address: 10,000 devices may sign in within the same minute."""

KEPT = 100_000
_MINUTE = 60_000_000_000
_SECOND = 1_000_000_000


class Buckets:
    """Token buckets by name; with *a_minute* 0 nothing is counted."""

    def __init__(
        self,
        a_minute: int,
        kept: int = KEPT,
        nanoseconds: Callable[[], int] = time.monotonic_ns,
    ):
        self._step = _MINUTE // a_minute if a_minute else 0
        self._kept = kept
        self._nanoseconds = nanoseconds
        self._full_at: OrderedDict[str, int] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, name: str) -> None:
        """Take one request out of the bucket of *name*.

        Raises:
            Refusal: ``rate.limited``, with the whole seconds after which there is one again.
        """
        if not self._step:
            return
        with self._lock:
            now = self._nanoseconds()
            full_at = max(self._full_at.get(name, 0), now) + self._step
            over = full_at - now - _MINUTE
            if over > 0:
                raise Refusal("rate.limited", retry_after=-(-over // _SECOND))
            self._full_at[name] = full_at
            self._full_at.move_to_end(name)
            if len(self._full_at) > self._kept:
                self._full_at.popitem(last=False)

    def __len__(self) -> int:
        """Return how many buckets are remembered."""
        return len(self._full_at)


class Limits:
    """What a central counts: requests of signed-in devices, and sign-ins of addresses."""

    def __init__(self, device_a_minute: int = 0, address_a_minute: int = 0):
        self.devices = Buckets(device_a_minute)
        self.addresses = Buckets(address_a_minute)


def network_of(host: str) -> str:
    """Return what stands for an address: itself, or of IPv6 the network that one customer has."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped.exploded if address.ipv4_mapped else address.exploded[:19]
    return host
