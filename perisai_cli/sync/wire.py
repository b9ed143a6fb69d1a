"""What is beneath the client: counted octets, trust, and how long a link is put up with.

With ``client``, the only modules that see httpx.
"""

from __future__ import annotations

import gzip
import json
import math
import socket
import ssl
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from perisai_cli.domain.errors import InvalidInput, SomethingInTheWay

# httpx's command-line half costs a third of its import and is never used here; nor is trio, which
# httpcore takes wherever it happens to be installed.
for _unused in ("httpx._main", "trio"):
    sys.modules.setdefault(_unused, None)  # type: ignore[arg-type]

import httpx  # noqa: E402
import httpx_retries  # noqa: E402

__all__ = [
    "RETRIED_STATUSES",
    "Budget",
    "Counting",
    "Patience",
    "Traffic",
    "encoded",
    "httpx",
    "httpx_retries",
    "trust",
]

RETRIED_STATUSES = (408, 425, 429, 500, 502, 503, 504)
MAX_PAUSE_SECONDS = 20.0
"""Longest pause between two tries, whatever a central asks for."""

_MAX_TRIES = 8
# What the system holds back for sending hides whether the link still moves; at 64 kbit/s this much
# is gone within the silence that a request is allowed.
_SEND_BUFFER = 32 * 1024


@dataclass
class Traffic:
    """What went over the wire: requests, and bytes with their headers."""

    requests: int = 0
    bytes_up: int = 0
    bytes_down: int = 0

    @property
    def octets(self) -> int:
        """All octets, both ways."""
        return self.bytes_up + self.bytes_down


class Patience:
    """How long a run puts up with a link that brings nothing; every answer renews it.

    Args:
        seconds: The whole patience.
        told: Called with the seconds of each longer pause, before it.
        sleep: Waits for so many seconds.
    """

    def __init__(self, seconds: float, told: Callable[[int], None], sleep: Callable[[float], None]):
        self._seconds = seconds
        self._told = told
        self._sleep = sleep
        self._ends = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self._ends - time.monotonic()

    def renew(self) -> None:
        """Begin anew: a central has answered."""
        self._ends = time.monotonic() + self._seconds

    def pause(self, seconds: float) -> None:
        """Wait, but never beyond the longest pause and what is left."""
        bounded = max(0.0, min(seconds, MAX_PAUSE_SECONDS, self.left))
        if bounded >= 1:
            self._told(math.ceil(bounded))
        self._sleep(bounded)


class Budget(httpx_retries.Retry):
    """Exponential back-off with full jitter, bounded by tries and by the run's patience."""

    def __init__(self, patience: Patience, **settings: Any):
        self._patience = patience
        usual: dict[str, Any] = {
            "total": _MAX_TRIES,
            "allowed_methods": ["GET", "POST", "PUT", "HEAD"],  # ids make repeating safe
            "status_forcelist": RETRIED_STATUSES,
            "backoff_factor": 0.25,
            "max_backoff_wait": MAX_PAUSE_SECONDS,
        }
        super().__init__(**usual | settings)

    def increment(self) -> Budget:
        """Return the budget after one more try."""
        made = self.attempts_made + 1
        return Budget(self._patience, total=self.total, attempts_made=made)

    def is_exhausted(self) -> bool:
        """Tell whether there is nothing left to try with."""
        return super().is_exhausted() or self._patience.left <= 0

    def sleep(self, response: httpx.Response | Exception) -> None:
        """Wait as long as the central asks, or back off; never beyond the patience."""
        headers = response.headers if isinstance(response, httpx.Response) else None
        asked = self.asked_by(headers)
        self._patience.pause(self.backoff_strategy() if asked is None else asked)

    def asked_by(self, headers: Mapping[str, str] | None) -> float | None:
        """Return the seconds that ``Retry-After`` asks for, as a number or as a date."""
        said = (headers or {}).get("Retry-After", "")
        try:
            return self.parse_retry_after(said) or None
        except ValueError:  # nothing, or nothing that means a time: back off as usual
            return None


class Counting(httpx.HTTPTransport):
    """Counts each attempt's octets, and takes TLS failures out of what is retried."""

    def __init__(self, traffic: Traffic, verify: ssl.SSLContext, moment: Callable[[], str]):
        options = [(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)]
        super().__init__(verify=verify, socket_options=options)
        self._traffic = traffic
        self._moment = moment

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request and count it."""
        self._traffic.requests += 1
        line = len(request.method) + len(request.url.raw_path) + len("  HTTP/1.1\r\n\r\n")
        self._traffic.bytes_up += line + _octets(request.headers) + len(request.content)
        try:
            response = super().handle_request(request)
        except httpx.ConnectError as error:
            if _is_tls(error):
                raise SomethingInTheWay("network.tls", now=self._moment()) from None
            raise
        self._traffic.bytes_down += len("HTTP/1.1 200 OK\r\n\r\n") + _octets(response.headers)
        return response


def _octets(headers: httpx.Headers) -> int:
    return sum(len(name) + len(value) + 4 for name, value in headers.raw)


def _is_tls(error: BaseException) -> bool:
    """Tell whether a certificate, and with it perhaps the clock, is behind a failure to connect."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, ssl.SSLError) or "certificate" in str(seen).lower():
            return True
        seen = seen.__cause__ or seen.__context__
    return False


def encoded(message: Mapping[str, Any]) -> bytes:
    """Return *message* as it goes over the wire: compact JSON, gzip without a time stamp."""
    plain = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return gzip.compress(plain, compresslevel=9, mtime=0)


def trust(pinned: Path | None) -> ssl.SSLContext:
    """Return what is trusted: one pinned authority and no other, or what the system trusts.

    Offices extend the system's trust with their own.

    Raises:
        InvalidInput: ``central.ca``: the pinned file holds no certificate.
    """
    if pinned is None:
        import truststore

        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=str(pinned.expanduser()))
    except (OSError, RuntimeError):  # ssl.SSLError is an OSError
        raise InvalidInput("central.ca", field="--ca") from None
    return context
