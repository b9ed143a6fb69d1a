"""Hands the waiting queue over to the office, on purpose or because the device is suspended."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.bundle import carrier_for
from perisai_cli.actions.sync_run import SyncOptions, central_address, link_of, session_of
from perisai_cli.domain.errors import SignInAgain
from perisai_cli.storage.answers import Answers
from perisai_cli.storage.lock import sync_lock
from perisai_cli.storage.register import forget_register
from perisai_cli.storage.store import Store

if TYPE_CHECKING:
    from perisai_cli.sync.escrow import Deposited
    from perisai_cli.sync.session import Session

SUSPENDED = "auth.suspended"


def deposit_queue(app: App, options: SyncOptions) -> Result:
    """Bring everything that waits to the office, sealed; the records stay queued here.

    Raises:
        InvalidInput: ``central.none``: no address of a central is known.
        TryLater: the network or the central failed; nothing is lost.
        SignInAgain: the central does not know this device.
    """
    from perisai_cli.sync.client import Client

    with app.store() as store, sync_lock(app.home, options.wait):
        address = central_address(app, store.profile)
        client = Client(address, link_of(app, options), app.version)
        with client.open():
            session = session_of(store, Answers(store), client, address, options.code)
            deposited = _deposited(app, store, session)
    traffic = client.traffic
    data = {"records": deposited.records, "deposits": deposited.deposits}
    data |= {"requests": traffic.requests, "bytes_up": traffic.bytes_up}
    return Result("sync deposit", data | {"bytes_down": traffic.bytes_down})


def _deposited(app: App, store: Store, session: Session) -> Deposited:
    from perisai_cli.sync.bundle import known_office
    from perisai_cli.sync.escrow import deposit

    outbox = Answers(store)
    session.authorised(app.clock())  # makes the central known where it is not yet
    office = known_office(outbox)
    assert office is not None  # who the central is was kept when the device registered
    return deposit(carrier_for(app, store, office), session)


def hand_over(app: App, store: Store, session: Session) -> NoReturn:
    """Bring a suspended device's queue to the office, and say that the work is there.

    Raises:
        SignInAgain: ``auth.suspended_deposited``, with the number of records that lie at the
            office; ``auth.suspended_empty`` when none wait.
        TryLater: the network or the central failed meanwhile; nothing is lost.
    """
    forget_register(app.home, store)  # what the office lends to its devices, this one has no longer
    deposited = _deposited(app, store, session)
    if not deposited.records:
        raise SignInAgain("auth.suspended_empty")
    raise SignInAgain("auth.suspended_deposited", count=deposited.records)
