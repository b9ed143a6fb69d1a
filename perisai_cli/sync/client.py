"""One connection to the central: retries under one deadline, counted bytes, failures told apart.

httpx stays behind this module; no other one sees it.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import ssl
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from perisai_cli.domain.addresses import checked_address
from perisai_cli.domain.errors import (
    InvalidInput,
    PerisaiError,
    SignInAgain,
    SomethingInTheWay,
    TryLater,
)
from perisai_cli.protocol.canonical import content_digest
from perisai_cli.protocol.messages import PROTOCOL, PROTOCOL_HEADER, ProblemDetails

# httpx's command-line half costs a third of its import and is never used here.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]

import httpx  # noqa: E402
import httpx_retries  # noqa: E402

_RETRIED_STATUSES = (408, 425, 429, 500, 502, 503, 504)
_CONNECT_SECONDS = 10.0
_SILENCE_SECONDS = 20.0
_MAX_WAIT_SECONDS = 20.0
_MAX_TRIES = 8


@dataclass
class Traffic:
    """What went over the wire: requests, and bytes with their headers."""

    requests: int = 0
    bytes_up: int = 0
    bytes_down: int = 0


class _Budget(httpx_retries.Retry):
    """Exponential back-off with full jitter, bounded by tries and by the run's deadline."""

    deadline: float = 0.0

    def is_exhausted(self) -> bool:
        return super().is_exhausted() or time.monotonic() >= self.deadline

    def increment(self) -> _Budget:
        later = super().increment()
        assert isinstance(later, _Budget)
        later.deadline = self.deadline
        return later


class _Counting(httpx.HTTPTransport):
    """Counts each attempt's octets, and takes TLS failures out of what is retried."""

    def __init__(self, traffic: Traffic, verify: ssl.SSLContext):
        super().__init__(verify=verify)
        self._traffic = traffic

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._traffic.requests += 1
        line = len(request.method) + len(request.url.raw_path) + len("  HTTP/1.1\r\n\r\n")
        self._traffic.bytes_up += line + _octets(request.headers) + len(request.content)
        try:
            response = super().handle_request(request)
        except httpx.ConnectError as error:
            if _is_tls(error):
                raise SomethingInTheWay("network.tls") from None
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


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that came from a central: its status and JSON."""

    status: int
    content: Any = None
    problem: ProblemDetails | None = None
    etag: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class Client:
    """Talks to one central for one run."""

    def __init__(self, address: str, max_seconds: float, app: str):
        self.traffic = Traffic()
        self._deadline = time.monotonic() + max_seconds
        retry = _Budget(
            total=_MAX_TRIES,
            allowed_methods=["GET", "HEAD", "POST", "PUT"],  # ids make every request safe to repeat
            status_forcelist=_RETRIED_STATUSES,
            backoff_factor=0.25,
            max_backoff_wait=_MAX_WAIT_SECONDS,
            total_timeout=max_seconds,
        )
        retry.deadline = self._deadline
        transport = httpx_retries.RetryTransport(
            transport=_Counting(self.traffic, _trust()), retry=retry
        )
        self._http = httpx.Client(
            base_url=checked_address(address),
            transport=transport,
            timeout=httpx.Timeout(
                min(_SILENCE_SECONDS, max_seconds), connect=min(_CONNECT_SECONDS, max_seconds)
            ),
            headers={PROTOCOL_HEADER: PROTOCOL, "User-Agent": app, "Accept-Encoding": "gzip"},
            trust_env=False,
        )

    def post(self, path: str, message: Mapping[str, Any], headers: dict[str, str]) -> Answer:
        """Send a message compressed, with its digest; return the central's answer.

        Raises:
            TryLater: no answer within the deadline, or the central asks to wait.
            SomethingInTheWay: TLS fails, or something else than a central answers.
        """
        content = encoded(message)
        wire = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        wire["Content-Digest"] = content_digest(content)
        return self._send("POST", path, content=content, headers=wire | headers)

    def get(self, path: str, headers: dict[str, str]) -> Answer:
        """Ask for *path*; a status of 304 comes back as such, without content."""
        return self._send("GET", path, headers=headers)

    def put(self, path: str, content: bytes, headers: dict[str, str]) -> Answer:
        """Hand in octets as they are, with their digest."""
        wire = {"Content-Type": "application/octet-stream"}
        wire["Content-Digest"] = content_digest(content)
        return self._send("PUT", path, content=content, headers=wire | headers)

    def head(self, path: str, headers: dict[str, str]) -> Answer:
        """Ask for the headers of *path*; the answer has no content, whatever its status."""
        return self._send("HEAD", path, headers=headers)

    def _send(self, method: str, path: str, **request: Any) -> Answer:
        with _translated():
            response = self._http.request(method, path, **request)
        self.traffic.bytes_down += response.num_bytes_downloaded
        return _read(response)

    @contextlib.contextmanager
    def open(self) -> Iterator[Client]:
        """Yield this client and close its connection afterwards."""
        with self._http:
            yield self


def encoded(message: Mapping[str, Any]) -> bytes:
    """Return *message* as it goes over the wire: compact JSON, gzip without a time stamp."""
    plain = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    return gzip.compress(plain, compresslevel=9, mtime=0)


def _trust() -> ssl.SSLContext:
    """Return the trust that the operating system has, which offices extend with their own."""
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@contextlib.contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except httpx.TimeoutException:
        raise TryLater("network.timeout") from None
    except httpx.HTTPError:
        raise TryLater("network.unavailable") from None
    except httpx.InvalidURL:
        raise InvalidInput("central.address") from None


def _read(response: httpx.Response) -> Answer:
    """Return the answer if a central gave it; a login page or a proxy's is never taken for one.

    Raises:
        SomethingInTheWay: ``network.not_central``: no protocol header, not JSON, a redirect.
        TryLater: a gateway's 5xx without the central's own words.
    """
    if response.headers.get(PROTOCOL_HEADER) != PROTOCOL:
        if response.status_code in _RETRIED_STATUSES:
            raise TryLater("central.busy", status=response.status_code)
        raise SomethingInTheWay("network.not_central", status=response.status_code)
    if response.status_code == 304:
        return Answer(304)
    if response.request.method == "HEAD":
        return Answer(response.status_code, headers=response.headers)
    try:
        content = response.json()
    except ValueError:
        raise SomethingInTheWay("network.not_central", status=response.status_code) from None
    if response.status_code == 200:
        return Answer(200, content, etag=response.headers.get("ETag"))
    return Answer(response.status_code, content, _problem(content, response.status_code))


def _problem(content: Any, status: int) -> ProblemDetails:
    from pydantic import ValidationError

    try:
        return ProblemDetails.model_validate(content)
    except ValidationError:
        raise SomethingInTheWay("network.not_central", status=status) from None


def failure(answer: Answer) -> PerisaiError:
    """Return the error that a whole-request failure amounts to, under the central's own code."""
    problem = answer.problem
    if problem is None:
        return SomethingInTheWay("network.not_central", status=answer.status)
    if problem.code.startswith("auth."):
        return SignInAgain(problem.code)
    if problem.retryable:
        return TryLater("central.busy", status=answer.status)
    return PerisaiError(problem.code, status=answer.status, reason=problem.code)
