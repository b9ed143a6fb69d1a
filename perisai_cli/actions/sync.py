"""Carries the queue to the central and its answers back; tells the truth about it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.domain import outbox
from perisai_cli.domain.addresses import checked_address
from perisai_cli.domain.errors import EXIT_PARTIAL, EXIT_TRY_LATER, InvalidInput, Problem
from perisai_cli.storage.answers import Answers, counts, state_value
from perisai_cli.storage.attachments import Photos, photo_counts
from perisai_cli.storage.store import Profile, Store, locked_store

RETRY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """How a sync is to be run.

    Attributes:
        max_seconds: Patience with a bad link for the whole run.
        code: One-time registration code, when the central asks for one.
        progress: Called with how many records wait (once, first), then with each batch's size.
        photos: Whether the photos that wait are sent as well.
    """

    max_seconds: float = RETRY_SECONDS
    code: str | None = None
    progress: Callable[[int, bool], None] = lambda _count, _first: None
    photos: bool = True


def sync(app: App, options: SyncOptions) -> Result:
    """Push, then pull.

    Exit 3 when a record now asks something of the agent, 5 when one stays without a verdict.

    Raises:
        InvalidInput: ``central.none``: no address of a central is known.
        TryLater: the network failed; everything answered before is settled, nothing is lost.
        SomethingInTheWay: TLS, or something else than the central answers.
        SignInAgain: the central does not take this device.
    """
    from perisai_cli.sync.blobs import send_photos
    from perisai_cli.sync.client import Client
    from perisai_cli.sync.pull import pull
    from perisai_cli.sync.push import Sender, push
    from perisai_cli.sync.session import Member, Session

    with app.store() as store:
        profile, device, answers = store.profile, store.device, Answers(store)
        address = _address(app, store)
        client = Client(address, options.max_seconds, app.version)
        with client.open():
            member = Member(
                profile.agent, profile.name, profile.office, profile.region, options.code
            )
            session = Session(client, address, answers, device, member)
            options.progress(answers.pending(), True)
            sender = Sender(device.id, profile.agent, app.version)
            pushed = push(
                answers, session, sender, app.clock, lambda size: options.progress(size, False)
            )
            pulled = pull(answers, session, app.clock)
            _remember(store, profile, address)
            photos_sent = send_photos(Photos(store), session, app.clock) if options.photos else 0
            if photos_sent:  # a record that waited for its photo alone is decided by now
                pulled += pull(answers, session, app.clock)
        standing, photos = counts(store.connection), photo_counts(store.connection)
    verdicts = pushed.verdicts
    data: dict[str, Any] = {"sent": pushed.sent}
    for name in ("accepted", "unchanged", "held", "duplicate"):
        data[name] = verdicts[name]
    data |= {"needs_fix": verdicts["rejected"], "conflict": verdicts["conflict"]}
    data |= {"pulled": pulled, "pending": standing["pending"]}
    data |= {"requests": client.traffic.requests, "bytes_up": client.traffic.bytes_up}
    data |= {"bytes_down": client.traffic.bytes_down}
    data |= {"photos_sent": photos_sent, "photos_pending": photos["waiting"]}
    asks = _attention(standing)
    return _result("sync", data | {"attention": asks}, asks, pushed.unanswered)


def _address(app: App, store: Store) -> str:
    address = app.address(store.profile)
    if not address:
        raise InvalidInput("central.none")
    return checked_address(address)


def _remember(store: Store, profile: Profile, address: str) -> None:
    """Keep the address of the first central that answered, where set-up was given none."""
    if not profile.central:
        with store.connection.transaction():
            store.seal("profile", asdict(profile) | {"central": address})


def _attention(standing: dict[str, int]) -> int:
    return sum(standing[state] for state in outbox.ATTENTION)


def _result(command: str, data: dict[str, Any], asks: int, unanswered: int) -> Result:
    """Return the result; what asks for a person goes before what the next run sends by itself."""
    if asks:
        return Result(command, data, status="partial", exit_code=EXIT_PARTIAL)
    if unanswered:
        failed = (Problem("internal"),)
        return Result(command, data, failed, status="partial", exit_code=EXIT_TRY_LATER)
    return Result(command, data)


def sync_plan(app: App) -> Result:
    """Return what a sync would send now, sending and marking nothing.

    Raises:
        InvalidInput: the address can't be used.
    """
    from perisai_cli.sync.push import Sender, plan

    with app.store() as store:
        profile, device = store.profile, store.device
        address = _address(app, store) if app.address(profile) else None
        sender = Sender(device.id, profile.agent, app.version)
        planned = plan(Answers(store), sender, app.clock())
        waiting = photo_counts(store.connection)
    data = {
        "dry_run": True,
        "central": address,
        "pending": planned.pending,
        "requests": planned.requests,
        "bytes_up": planned.bytes_up,
    }
    nothing = ("sent", "accepted", "unchanged", "held", "duplicate", "needs_fix", "conflict")
    data |= {"photos_sent": 0, "photos_pending": waiting["waiting"]}
    return Result("sync", data | dict.fromkeys((*nothing, "pulled", "bytes_down"), 0))


def sync_status(app: App) -> Result:
    """Return where the finalised records stand; counted from the rows, no passphrase needed.

    Raises:
        NoStore: there is no store.
    """
    with locked_store(app.home) as connection:
        data: dict[str, Any] = dict(counts(connection))
        data["last_success"] = state_value(connection, "last_success")
        photos = photo_counts(connection)
    if any(photos.values()):
        data["photos"] = photos
    return Result("sync status", data)
