"""One run of the sync over one store: sign in, push, pull, and begin anew where that helps."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from perisai_cli.actions.app import App
from perisai_cli.actions.sync_tally import Tally
from perisai_cli.domain.addresses import checked_address
from perisai_cli.domain.errors import (
    InvalidInput,
    PerisaiError,
    Problem,
    SomethingInTheWay,
    TryLater,
)
from perisai_cli.domain.period import timestamp
from perisai_cli.storage.answers import Answers
from perisai_cli.storage.attachments import Photos
from perisai_cli.storage.store import Profile, Store

if TYPE_CHECKING:
    from perisai_cli.sync.client import Client, Link
    from perisai_cli.sync.planning import Plan
    from perisai_cli.sync.session import Session

RETRY_SECONDS = 30.0
KILOBITS = 64
"""Speed of the poorest link that must hold, which estimates are made for."""

_MAX_REWINDS = 3
_FIRST_PAUSE = 5.0
_LONGEST_PAUSE = 300.0
_CLOCKS_AGREE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """How a sync is to be run.

    Attributes:
        max_seconds: Patience with a link that brings nothing.
        code: One-time registration code, when the central asks for one.
        progress: Called with how many records wait (once, first), then with each batch's size.
        wait: Seconds to go on trying while there is no network, or while another sync runs.
        max_bytes: Octets both ways after which no further batch is begun; None for no bound.
        small_only: Send records and nothing larger.
        photos: Whether the photos that wait are sent as well.
        shield: Held around each transaction that takes answers in.
        estimated: Called with what is about to be sent, before anything is.
        pausing: Called with the seconds of each longer pause between two tries.
        trying_again: Called with the seconds until the next run, and why this one failed.
    """

    max_seconds: float = RETRY_SECONDS
    code: str | None = None
    progress: Callable[[int, bool], None] = lambda _count, _first: None
    wait: float = 0.0
    max_bytes: int | None = None
    small_only: bool = False
    photos: bool = True
    shield: Callable[[], AbstractContextManager[None]] = nullcontext
    estimated: Callable[[Plan], None] | None = None
    pausing: Callable[[int], None] = lambda _seconds: None
    trying_again: Callable[[int, Problem], None] = lambda _seconds, _problem: None


class Run:
    """Carries one store's queue to the central and its answers back."""

    def __init__(self, app: App, store: Store, options: SyncOptions, tally: Tally):
        from perisai_cli.sync.delivery import Pushed

        self._app = app
        self._store = store
        self._options = options
        self._tally = tally
        self._profile = store.profile
        self._pushed = tally.pushed = Pushed()
        self._outbox = Answers(store, options.shield)
        self._address = central_address(app, self._profile)

    def to_the_end(self) -> None:
        """Run once; with a wait, until all is delivered or its time is over.

        Raises:
            TryLater: the network failed; everything answered before is settled, nothing is lost.
            SomethingInTheWay: TLS, or something else than the central answers.
            SignInAgain: the central does not take this device.
        """
        self._estimate()
        ends, pause = time.monotonic() + self._options.wait, _FIRST_PAUSE
        while True:
            missing = self._missing()
            if missing is None:
                return
            left = ends - time.monotonic()
            if left <= 0:
                if isinstance(missing, PerisaiError):
                    raise missing
                return
            seconds = min(pause, left)
            problem = missing.problems[0] if isinstance(missing, PerisaiError) else missing
            self._options.trying_again(round(seconds) or 1, problem)
            self._app.sleep(seconds)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _missing(self) -> PerisaiError | Problem | None:
        """Run once; return why another run may help, or None when all was answered."""
        self._pushed.unanswered = 0
        try:
            self._once()
        except (TryLater, SomethingInTheWay) as error:
            if error.code == "central.key_changed":
                raise
            return error
        return Problem("internal") if self._pushed.unanswered else None

    def _estimate(self) -> None:
        from perisai_cli.sync.planning import estimate
        from perisai_cli.sync.push import BATCH

        self._outbox.peek("", BATCH)  # a damaged row is told before anything is written or sent
        self._options.progress(self._outbox.pending(), True)
        if self._options.estimated is not None:
            sender = sender_of(self._app, self._store)
            planned = estimate(self._outbox, sender, self._app.clock(), KILOBITS)
            self._options.estimated(planned)

    def _once(self) -> None:
        from perisai_cli.sync.client import Client

        client = Client(self._address, link_of(self._app, self._options), self._app.version)
        try:
            with client.open():
                self._carry(session_of(self._store, self._outbox, client, self._address,
                                       self._options.code))  # fmt: skip
        finally:
            self._tally.add(client)
            self._compare_clocks(client.offset)
        self._remember()

    def _carry(self, session: Session) -> None:
        """Push, then pull; where the central was put back, ask what it holds and begin anew."""
        from perisai_cli.sync.pull import pull

        for _ in range(_MAX_REWINDS):
            session.authorised(self._app.clock())
            if doubted := self._outbox.state("doubted"):
                self._send_again(session, doubted)
            try:
                self._push(session)
                if not self._pushed.full:
                    self._tally.pulled += pull(self._outbox, session, self._app.clock)
                    self._send_photos(session)
                    self._refresh_register(session)
            except PerisaiError as error:
                self._deposit_if_suspended(error, session)
                if error.code != "central.rewound":
                    raise
                self._outbox.settle([], self._app.clock(), {"doubted": "rewound"})
            else:
                return
        raise TryLater("central.rewound")

    def _deposit_if_suspended(self, error: PerisaiError, session: Session) -> None:
        """Hand the queue over where the office has suspended this device; its work stays safe."""
        from perisai_cli.actions import deposit

        if error.code == deposit.SUSPENDED:
            deposit.hand_over(self._app, self._store, session)

    def _push(self, session: Session) -> None:
        from perisai_cli.sync.delivery import Delivery

        Delivery(
            self._outbox,
            session,
            sender_of(self._app, self._store),
            self._app.clock,
            self._pushed,
            self._allowance(),
            lambda size: self._options.progress(size, False),
        ).run()

    def _send_photos(self, session: Session) -> None:
        """Send the photos that wait; a record that only waited for its photo is decided by then."""
        from perisai_cli.sync.blobs import send_photos
        from perisai_cli.sync.pull import pull

        if self._options.small_only or not self._options.photos:
            return
        sent = send_photos(Photos(self._store), session, self._app.clock)
        self._tally.photos_sent += sent
        if sent:
            self._tally.pulled += pull(self._outbox, session, self._app.clock)

    def _refresh_register(self, session: Session) -> None:
        """Fetch the office's newer extract of members, where every octet is not dear."""
        from perisai_cli.actions.register import refresh_daily

        bounded = self._options.small_only or self._options.max_bytes is not None
        if not bounded and not self._app.metered:
            self._tally.warnings += refresh_daily(self._app, self._store, session)

    def _allowance(self) -> int | None:
        """Return the octets that are left of what the whole sync may carry."""
        bound = self._options.max_bytes
        return None if bound is None else bound - self._tally.bytes_up - self._tally.bytes_down

    def _send_again(self, session: Session, doubted: str) -> None:
        from perisai_cli.sync.comparing import send_again

        Photos(self._store).ask_again()  # before the doubt is over, so that a death repeats it
        again = send_again(self._outbox, session, self._app.clock)
        self._tally.again += again
        code = "central.another" if doubted == "another" else "central.put_back"
        self._tally.warnings.append(Problem(code, None, {"count": self._tally.again}))

    def _compare_clocks(self, offset: timedelta | None) -> None:
        if offset is None or abs(offset) <= _CLOCKS_AGREE:
            return
        now = self._app.clock()
        facts: dict[str, str | int] = {
            "device": timestamp(now),
            "central": timestamp(now + offset),
            "minutes": abs(offset) // timedelta(minutes=1),
        }
        told = [warning.code for warning in self._tally.warnings]
        if "clock.offset" not in told:
            self._tally.warnings.append(Problem("clock.offset", None, facts))

    def _remember(self) -> None:
        """Keep the address of the first central that answered, where set-up was given none."""
        if not self._profile.central:
            kept = asdict(self._profile) | {"central": self._address}
            with self._store.connection.transaction():
                self._store.seal("profile", kept)


def central_address(app: App, profile: Profile) -> str:
    """Return the address of the central to talk to.

    Raises:
        InvalidInput: ``central.none``, or the address can't be used.
    """
    address = app.address(profile)
    if not address:
        raise InvalidInput("central.none")
    return checked_address(address)


def sender_of(app: App, store: Store) -> Any:
    """Return who sends: the device, the agent, and this version of the tool."""
    from perisai_cli.sync.push import Sender

    return Sender(store.device.id, store.profile.agent, app.version)


def link_of(app: App, options: SyncOptions) -> Link:
    """Return how a run goes about its link."""
    from perisai_cli.sync.client import Link

    return Link(options.max_seconds, app.clock, app.authority, options.pausing, app.sleep)


def session_of(
    store: Store, answers: Answers, client: Client, address: str, code: str | None
) -> Session:
    """Return the store's session with a central."""
    from perisai_cli.sync.session import Member, Session

    profile = store.profile
    member = Member(profile.agent, profile.name, profile.office, profile.region, code)
    return Session(client, address, answers, store.device, member)
