"""One connection to the central: retries under one patience, counted bytes, failures told apart.

With ``wire``, the only modules that see httpx.
"""

from __future__ import annotations

import contextlib
import email.utils
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from perisai_cli.domain.addresses import checked_address
from perisai_cli.domain.errors import (
    InvalidInput,
    PerisaiError,
    SignInAgain,
    SomethingInTheWay,
    TryLater,
)
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.canonical import content_digest
from perisai_cli.protocol.messages import PROTOCOL, PROTOCOL_HEADER, ProblemDetails
from perisai_cli.sync.wire import (
    RETRIED_STATUSES,
    Budget,
    Counting,
    Patience,
    Traffic,
    encoded,
    httpx,
    httpx_retries,
    trust,
)

_CONNECT_SECONDS = 10.0
_SILENCE_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that came from a central: its status and JSON, and how long it took."""

    status: int
    content: Any = None
    problem: ProblemDetails | None = None
    etag: str | None = None
    seconds: float = 0.0
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """One attempt that brought no answer.

    Attributes:
        error: What to say of it when no further attempt is made.
        status: The HTTP status; 0 where the link itself failed.
        cut: The link failed after the request had begun to go out.
        asked: Seconds that the other end asks to wait.
    """

    error: TryLater
    status: int = 0
    cut: bool = False
    asked: float | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """How a run goes about its link.

    Attributes:
        max_seconds: Patience with a link that brings nothing.
        authority: PEM file of the one authority that is trusted; None for the system's.
        clock: Returns the present moment, to compare with the central's.
        pausing: Called with the seconds of each longer pause, before it.
        sleep: Waits for so many seconds.
    """

    max_seconds: float
    clock: Callable[[], datetime]
    authority: Path | None = None
    pausing: Callable[[int], None] = lambda _seconds: None
    sleep: Callable[[float], None] = time.sleep


class Client:
    """Talks to one central for one run."""

    def __init__(self, address: str, link: Link, app: str):
        self.traffic = Traffic()
        self.offset: timedelta | None = None
        """How far the central's clock is ahead of this device's, once it has answered."""
        self._clock = link.clock
        self._patience = Patience(link.max_seconds, link.pausing, link.sleep)
        self._budget = Budget(self._patience)
        counting = Counting(self.traffic, trust(link.authority), lambda: timestamp(link.clock()))
        self._http = httpx.Client(
            base_url=checked_address(address),
            transport=httpx_retries.RetryTransport(transport=counting, retry=self._budget),
            # Each is for one wait on the link, so that one which still moves is never cut.
            timeout=httpx.Timeout(
                min(_SILENCE_SECONDS, link.max_seconds),
                connect=min(_CONNECT_SECONDS, link.max_seconds),
            ),
            headers={PROTOCOL_HEADER: PROTOCOL, "User-Agent": app, "Accept-Encoding": "gzip"},
            trust_env=False,
        )

    def post(self, path: str, message: Mapping[str, Any], headers: dict[str, str]) -> Answer:
        """Send a message compressed, with its digest; return the central's answer.

        Raises:
            TryLater: no answer within the patience, or the central asks to wait.
            SomethingInTheWay: TLS fails, or something else than a central answers.
        """
        return self._send("POST", path, **_packed(encoded(message), headers))

    def post_octets(self, path: str, content: bytes, headers: dict[str, str]) -> Answer:
        """Send octets as they are, with their digest; return the central's answer."""
        wire = {"Content-Type": "application/octet-stream"}
        wire["Content-Digest"] = content_digest(content)
        return self._send("POST", path, content=content, headers=wire | headers)

    def get(self, path: str, headers: dict[str, str]) -> Answer:
        """Ask for *path*; a status of 304 comes back as such, without content."""
        return self._send("GET", path, headers=headers)

    def attempt(
        self, method: str, path: str, headers: dict[str, str], content: bytes | None = None
    ) -> Answer | Failure:
        """Send a request once, *content* packed already; what failed is returned, not repeated.

        Raises:
            SomethingInTheWay: TLS fails, or something else than a central answers.
        """
        request = {"headers": headers} if content is None else _packed(content, headers)
        once = {"retry": Budget(self._patience, total=0)}
        try:
            response, seconds = self._asked(method, path, extensions=once, **request)
        except httpx.TimeoutException as error:
            cut = not isinstance(error, httpx.ConnectTimeout)
            return Failure(TryLater("network.timeout"), cut=cut)
        except httpx.HTTPError as error:
            cut = not isinstance(error, httpx.ConnectError)
            return Failure(TryLater("network.unavailable"), cut=cut)
        if response.status_code in RETRIED_STATUSES:
            busy = TryLater("central.busy", status=response.status_code)
            asked = self._budget.asked_by(response.headers)
            return Failure(busy, response.status_code, asked=asked)
        return self._read(response, seconds)

    def renew(self) -> None:
        """Let the patience begin anew: a part of what was asked for has come."""
        self._patience.renew()

    def pause(self, failure: Failure, tries: int) -> None:
        """Wait before the next try, as long as the other end asks or the back-off says.

        Raises:
            TryLater: the patience is at its end.
        """
        asked = failure.asked
        if asked is None:
            asked = Budget(self._patience, attempts_made=tries).backoff_strategy()
        self._patience.pause(asked)
        if self._patience.left <= 0:
            raise failure.error

    @contextlib.contextmanager
    def streamed(self, path: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
        """Ask for *path* and yield the answer before its content is read, for who bounds it.

        Raises:
            TryLater: no answer within the deadline, or it breaks off.
            SomethingInTheWay: TLS fails.
        """
        with _translated(), self._http.stream("GET", path, headers=headers) as response:
            if response.status_code in RETRIED_STATUSES:
                raise TryLater("central.busy", status=response.status_code)
            yield response
            self.traffic.bytes_down += response.num_bytes_downloaded

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
            response, seconds = self._asked(method, path, **request)
        return self._read(response, seconds)

    def _asked(self, method: str, path: str, **request: Any) -> tuple[httpx.Response, float]:
        begun = time.monotonic()
        response = self._http.request(method, path, **request)
        self.traffic.bytes_down += response.num_bytes_downloaded
        return response, time.monotonic() - begun

    def _read(self, response: httpx.Response, seconds: float) -> Answer:
        """Return the answer if a central gave it, and note that it did."""
        answer = answer_in(response, seconds)
        if answer.status not in RETRIED_STATUSES:
            self._patience.renew()
        self._compare_clocks(response.headers.get("Date"))
        return answer

    def _compare_clocks(self, date: str | None) -> None:
        try:
            there = email.utils.parsedate_to_datetime(date or "")
            self.offset = there - self._clock()
        except (TypeError, ValueError):  # no date that can be compared: nothing is known
            self.offset = None

    @contextlib.contextmanager
    def open(self) -> Iterator[Client]:
        """Yield this client and close its connection afterwards."""
        with self._http:
            yield self


def _packed(content: bytes, headers: dict[str, str]) -> dict[str, Any]:
    wire = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    wire["Content-Digest"] = content_digest(content)
    return {"content": content, "headers": wire | headers}


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


def answer_in(response: httpx.Response, seconds: float = 0.0) -> Answer:
    """Return the answer if a central gave it; a login page or a proxy's is never taken for one.

    Raises:
        SomethingInTheWay: ``network.not_central``: no protocol header, not JSON, a redirect.
        TryLater: a gateway's 5xx without the central's own words.
    """
    if response.headers.get(PROTOCOL_HEADER) != PROTOCOL:
        if response.status_code in RETRIED_STATUSES:
            raise TryLater("central.busy", status=response.status_code)
        raise SomethingInTheWay("network.not_central", status=response.status_code)
    if response.status_code == 304:
        return Answer(304, seconds=seconds)
    if response.request.method == "HEAD":
        return Answer(response.status_code, seconds=seconds, headers=response.headers)
    try:
        content = response.json()
    except ValueError:
        raise SomethingInTheWay("network.not_central", status=response.status_code) from None
    if response.status_code == 200:
        return Answer(200, content, etag=response.headers.get("ETag"), seconds=seconds)
    problem = _problem(content, response.status_code)
    return Answer(response.status_code, content, problem, seconds=seconds)


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
