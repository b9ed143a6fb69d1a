"""Carries the queue to the central and its answers back; tells the truth about it."""

from __future__ import annotations

from typing import Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.sync_run import (
    KILOBITS,
    RETRY_SECONDS,
    Run,
    SyncOptions,
    Tally,
    central_address,
    sender_of,
)
from perisai_cli.domain.errors import (
    EXIT_INTERRUPTED,
    EXIT_PARTIAL,
    EXIT_TRY_LATER,
    PerisaiError,
    Problem,
)
from perisai_cli.storage.answers import Answers, counts, state_value
from perisai_cli.storage.lock import sync_lock
from perisai_cli.storage.store import locked_store

__all__ = ["KILOBITS", "RETRY_SECONDS", "SyncOptions", "sync", "sync_plan", "sync_status", "synced"]


def sync(app: App, options: SyncOptions, tally: Tally | None = None) -> Result:
    """Push, then pull; *tally* keeps what was done, whatever ends it.

    Exit 3 when a record now asks something of the agent, 5 when one stays without a verdict or
    the octets that were allowed are used up.

    Raises:
        InvalidInput: ``central.none``: no address of a central is known.
        StoreLocked: ``sync.locked``: another sync runs.
        TryLater: the network failed; everything answered before is settled, nothing is lost.
        SomethingInTheWay: TLS, or something else than the central answers.
        SignInAgain: the central does not take this device.
    """
    tally = tally or Tally()
    with app.store() as store:
        run = Run(app, store, options, tally)
        with sync_lock(app.home, options.wait):
            try:
                run.to_the_end()
            finally:
                tally.standing = counts(store.connection)
    return _result(tally)


def synced(app: App, options: SyncOptions) -> Result:
    """Sync; return what was done also when it was cut short by an error or by the person.

    Raises:
        PerisaiError: the sync could not even begin.
    """
    tally = Tally()
    try:
        return sync(app, options, tally)
    except PerisaiError as error:
        if tally.standing is None:
            raise
        return _cut_short(tally, error.problems, error.exit_code)
    except KeyboardInterrupt:
        if tally.standing is None:
            raise
        facts: dict[str, str | int] = {
            "sent": tally.sent,
            "pending": tally.standing["pending"],
        }
        return _cut_short(tally, (Problem("sync.stopped", None, facts),), EXIT_INTERRUPTED)


def _cut_short(tally: Tally, problems: tuple[Problem, ...], code: int) -> Result:
    status = "partial" if tally.sent or tally.pulled else "error"
    return Result("sync", tally.data(), problems, tuple(tally.warnings), status, code)


def _result(tally: Tally) -> Result:
    """Return the result; what asks for a person goes before what the next run sends by itself."""
    data, warnings = tally.data(), tuple(tally.warnings)
    pushed = tally.pushed
    assert pushed is not None  # made before the run begins
    aside = tuple(pushed.aside)
    if tally.asks or aside:
        return Result("sync", data, aside, warnings, "partial", EXIT_PARTIAL)
    if pushed.full:
        bounded = (Problem("sync.max_bytes", None, {"pending": data["pending"]}),)
        return Result("sync", data, bounded, warnings, "partial", EXIT_TRY_LATER)
    if pushed.unanswered:
        failed = (Problem("internal"),)
        return Result("sync", data, failed, warnings, "partial", EXIT_TRY_LATER)
    return Result("sync", data, warnings=warnings)


def sync_plan(app: App, kilobits: int = KILOBITS) -> Result:
    """Return what a sync would send now over such a link, sending and marking nothing.

    Raises:
        InvalidInput: the address can't be used.
    """
    from perisai_cli.sync.planning import plan

    with app.store() as store:
        address = central_address(app, store.profile) if app.address(store.profile) else None
        planned = plan(Answers(store), sender_of(app, store), app.clock(), kilobits)
    data = {
        "dry_run": True,
        "central": address,
        "pending": planned.pending,
        "requests": planned.requests,
        "bytes_up": planned.bytes_up,
        "seconds": planned.seconds,
        "kilobits": kilobits,
    }
    nothing = ("sent", "accepted", "unchanged", "held", "duplicate", "needs_fix", "conflict")
    return Result("sync", data | dict.fromkeys((*nothing, "pulled", "bytes_down"), 0))


def sync_status(app: App) -> Result:
    """Return where the finalised records stand; counted from the rows, no passphrase needed.

    Raises:
        NoStore: there is no store.
    """
    with locked_store(app.home) as connection:
        data: dict[str, Any] = dict(counts(connection))
        data["last_success"] = state_value(connection, "last_success")
    return Result("sync status", data)
