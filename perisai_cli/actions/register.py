"""The office's extract of its members on this device: taken in, told of, and asked about a NIK."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perisai_cli.actions.app import App, Result
from perisai_cli.domain.errors import (
    InvalidInput,
    PerisaiError,
    Problem,
    SomethingInTheWay,
    StoreUnusable,
)
from perisai_cli.domain.period import parse_day
from perisai_cli.protocol.register import Header, Register
from perisai_cli.storage.answers import Answers, state_value
from perisai_cli.storage.lock import sync_lock
from perisai_cli.storage.register import (
    FILE_NAME,
    KEY_STATE,
    install_register,
    keep_register_key,
    open_register,
    register_key,
)
from perisai_cli.storage.store import Store, locked_store

if TYPE_CHECKING:
    from perisai_cli.sync.session import Session

OLD_DAYS = 90
"""Age from which an extract says little of who joined lately."""

_HOME_REGION = "51"
_CHECKED = "register_checked"


@dataclass(frozen=True, slots=True)
class RegisterOptions:
    """How an extract is to be taken in.

    Attributes:
        octets: A file, in place of asking the central.
        max_seconds: Patience with a bad link.
    """

    octets: bytes | None = None
    max_seconds: float = 30.0


class OfficeList:
    """The extract of one home, opened when the first NIK is asked about."""

    def __init__(self, home: Path, store: Store):
        self._home, self._store = home, store
        self._opened = False
        self._register: Register | None = None
        self._key: bytes | None = None
        self._trouble: tuple[Problem, ...] = ()

    def doubts(self, nik: str) -> tuple[Problem, ...]:
        """Return ``member.perhaps`` where a NIK may be a member's, or why nobody can tell.

        Never a verdict: of 128 to 256 people who are no members, one is taken for one.
        """
        if not self._opened:
            self._open()
        if self._register is None or self._key is None:
            return self._trouble
        if not self._register.perhaps(self._key, nik):
            return ()
        return (Problem("member.perhaps", "/nik", {"made": self._register.header.made}),)

    def _open(self) -> None:
        self._opened = True
        try:
            self._register = open_register(self._home)
        except PerisaiError as error:  # enrolling goes on; the agent hears that it goes unchecked
            self._trouble = (Problem(error.code, "/nik"),)
            return
        if self._register is None:
            return
        self._key = register_key(self._store, self._register.header.key_id)
        if self._key is None:
            self._trouble = (Problem("register.no_key", "/nik"),)


def register_update(app: App, options: RegisterOptions) -> Result:
    """Take in the office's newest extract, from its central or from a file.

    Raises:
        InvalidInput: ``central.none``; or ``register.no_central``: a file, and no sync yet that
            made the office's signing key known.
        SomethingInTheWay: what came is not the office's, not whole, or older than what is here.
        PerisaiError: ``register.none``: the office has made no extract.
        TryLater: the network failed; what was here before is still in use.
    """
    with app.store() as store, sync_lock(app.home, 0):
        if options.octets is None:
            updated = _from_central(app, store, options)
        else:
            updated = take_in(app.home, store, options.octets)
        opened = open_register(app.home)
        assert opened is not None  # it has just been put there, or was found to be the newest
        header = opened.header
        has_key = register_key(store, header.key_id) is not None
    data = {"updated": updated} | _told(app, header, has_key=has_key)
    return Result("register update", data, warnings=_warnings(data))


def _from_central(app: App, store: Store, options: RegisterOptions) -> bool:
    from perisai_cli.actions.sync_run import SyncOptions, central_address, link_of, session_of
    from perisai_cli.sync.client import Client

    link = link_of(app, SyncOptions(max_seconds=options.max_seconds))
    address = central_address(app, store.profile)
    client = Client(address, link, app.version)
    with client.open():
        session = session_of(store, Answers(store), client, address, None)
        return refresh(app, store, session)


def refresh(app: App, store: Store, session: Session) -> bool:
    """Fetch the key, and the extract if there is a newer one; return whether there was.

    Raises:
        PerisaiError: as ``register_update``.
    """
    from perisai_cli.sync.register import fetch_key, fetch_register

    present = _sound(app.home)
    key = fetch_key(session, app.clock())
    keep_register_key(store, key, present.key_id if present else None)
    signer = Answers(store).central().get("signing_key")
    etag = present.etag if present is not None and present.signer == signer else None
    octets = fetch_register(session, etag, app.clock())
    return octets is not None and take_in(app.home, store, octets)


def take_in(home: Path, store: Store, octets: bytes) -> bool:
    """Prove an extract and put it in use; return False where it is in use already.

    Raises:
        InvalidInput: ``register.no_central``.
        SomethingInTheWay: ``register.malformed``, ``register.damaged``, ``register.other_key``,
            ``register.signature`` or ``register.older``.
    """
    signer = Answers(store).central().get("signing_key")
    if signer is None:
        raise InvalidInput("register.no_central")
    found = Register(octets)
    found.check_signature(signer)
    present = _sound(home)
    if present is not None and present.signer == signer:
        if present.sha256 == found.header.sha256 and present.version == found.header.version:
            return False
        if found.header.version <= present.version:
            raise SomethingInTheWay("register.older", made=found.header.made, used=present.made)
    install_register(home, octets)
    return True


def _sound(home: Path) -> Header | None:
    """Return the header of the extract in use; a damaged one is as good as none."""
    try:
        opened = open_register(home)
    except StoreUnusable:
        return None
    return None if opened is None else opened.header


def register_status(app: App) -> Result:
    """Return what is known of the extract on this device, every octet of it checked.

    No passphrase is needed.

    Raises:
        NoStore: there is no store.
        StoreUnusable: ``register.damaged``.
    """
    with locked_store(app.home) as connection:
        key = state_value(connection, KEY_STATE)
    opened = open_register(app.home)
    if opened is None:
        return Result("register status", {"here": False}, warnings=())
    data = {"here": True} | _told(app, opened.header, has_key=key == opened.header.key_id)
    return Result("register status", data, warnings=_warnings(data))


def is_here(home: Path) -> bool:
    """Tell whether this device carries an extract at all."""
    return (home / FILE_NAME).exists()


def _told(app: App, header: Header, *, has_key: bool) -> dict[str, Any]:
    return {
        "made": header.made,
        "age_days": (app.today(_HOME_REGION) - _day(header)).days,
        "version": header.version,
        "members": header.members,
        "one_in": max(2**header.bits // header.members, 1),
        "key": has_key,
    }


def _day(header: Header) -> date:
    return parse_day(header.made)


def _warnings(data: dict[str, Any]) -> tuple[Problem, ...]:
    found = [] if data["key"] else [Problem("register.no_key")]
    if data["age_days"] > OLD_DAYS:
        found.append(
            Problem("register.old", None, {"made": data["made"], "days": data["age_days"]})
        )
    return tuple(found)


def refresh_daily(app: App, store: Store, session: Session) -> tuple[Problem, ...]:
    """Once a day, fetch a newer extract where this device carries one; return what went wrong.

    What goes wrong here is told and nothing more: the sync itself is done by then.
    """
    answers = Answers(store)
    day = app.today(_HOME_REGION).isoformat()
    if not is_here(app.home) or answers.state(_CHECKED) == day:
        return ()
    try:
        refresh(app, store, session)
    except PerisaiError as error:
        return (Problem("register.not_refreshed", None, {"why": error.code}),)
    answers.settle([], app.clock(), {_CHECKED: day})
    return ()
