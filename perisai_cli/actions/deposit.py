"""Hands the waiting queue over to the office, on purpose or because the device is suspended."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.bundle import carrier_for
from perisai_cli.domain.addresses import checked_address
from perisai_cli.domain.errors import InvalidInput, SignInAgain
from perisai_cli.storage.answers import Answers
from perisai_cli.storage.store import Store

if TYPE_CHECKING:
    from perisai_cli.sync.escrow import Deposited
    from perisai_cli.sync.session import Session

SUSPENDED = "auth.suspended"


def deposit_queue(app: App, max_seconds: float, code: str | None) -> Result:
    """Bring everything that waits to the office, sealed; the records stay queued here.

    Raises:
        InvalidInput: ``central.none``: no address of a central is known.
        TryLater: the network or the central failed; nothing is lost.
        SignInAgain: the central does not know this device.
    """
    from perisai_cli.sync.client import Client
    from perisai_cli.sync.session import Member, Session

    with app.store() as store:
        profile = store.profile
        address = app.address(profile)
        if not address:
            raise InvalidInput("central.none")
        client = Client(checked_address(address), max_seconds, app.version)
        member = Member(profile.agent, profile.name, profile.office, profile.region, code)
        with client.open():
            session = Session(
                client, checked_address(address), Answers(store), store.device, member
            )
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
    deposited = _deposited(app, store, session)
    if not deposited.records:
        raise SignInAgain("auth.suspended_empty")
    raise SignInAgain("auth.suspended_deposited", count=deposited.records)
