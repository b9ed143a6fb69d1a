"""An agent's book: all records of the store as one sealed file for the agent's supervisor."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.bundle import octets_of
from perisai_cli.actions.funnel import by_event
from perisai_cli.actions.whole_file import whole_octets
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.ids import new_id
from perisai_cli.domain.period import timestamp
from perisai_cli.storage import book_records
from perisai_cli.storage.answers import state_value
from perisai_cli.storage.attendees import Attendees
from perisai_cli.storage.lock import book_lock
from perisai_cli.storage.store import Store

if TYPE_CHECKING:
    from perisai_cli.protocol.book import BookManifest, SupervisorKey

_SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True)
class BookWish:
    """How a book is to be made.

    Attributes:
        output: The file to write; None only for a plan.
        key: Content of the supervisor's key file, where one is given.
        new_key: The thirty digits of a supervisor who takes the place of the one that is known.
        persons: Whether the book says who the members are.
    """

    output: Path | None
    key: bytes | None = None
    new_key: str | None = None
    persons: bool = True


def book_plan(app: App, wish: BookWish) -> Result:
    """Return what a book would hold now, writing and keeping nothing."""
    with app.store() as store:
        supervisor, first = _supervisor(store, wish)
        data = _told(store, wish, supervisor, first_use=first)
    return Result("report book", {"dry_run": True} | data)


def make_book(app: App, wish: BookWish, agreed: Callable[[dict[str, Any]], bool]) -> Result:
    """Write all final records of the store as one book, as they are at one moment.

    *agreed* is told what the book will hold, and says whether it may be written. Only once it is,
    it counts, and its supervisor's key is remembered: whoever kills it before finds the key as new
    as it was, and is told so again. The next book has the same number then, which the supervisor is
    warned of where both come.

    Raises:
        InvalidInput: ``book.no_supervisor``, ``book.supervisor_key``, ``book.new_supervisor``,
            ``book.new_digits``: there is no supervisor to seal it to; ``confirm.no``: it was not
            agreed to.
        StoreLocked: ``book.locked``: another book is being written; nothing was changed.
        DiskTrouble: the file can't be written; no half file is left under its name, and nothing
            was changed.
    """
    assert wish.output is not None  # only a plan has none
    with app.store() as store:
        supervisor, first = asked = _supervisor(store, wish)
        if not agreed(_told(store, wish, supervisor, first_use=first)):
            raise InvalidInput("confirm.no")
        with book_lock(app.home):
            # Another book may have been made by now, and for another supervisor.
            supervisor, first = found = _supervisor(store, wish)
            if found != asked and not agreed(_told(store, wish, supervisor, first_use=first)):
                raise InvalidInput("confirm.no")
            with book_records.one_moment(store):
                data = _told(store, wish, supervisor, first_use=first)
                manifest = _manifest(app, store, data)
                octets = _write(store, manifest, supervisor, wish.output)
            _count(app, store, supervisor, first=first)
    data |= {"bundle": manifest.bundle, "number": manifest.number, "made_at": manifest.made_at}
    return Result("report book", data | {"octets": octets})


def _count(app: App, store: Store, supervisor: SupervisorKey, *, first: bool) -> None:
    """Keep that a book was made, for whom, and the supervisor's key where it is a new one."""
    with store.connection.transaction():
        number = book_records.next_number(store)
        if first:
            store.seal(_SUPERVISOR, supervisor.model_dump())
        facts = {"number": number, "supervisor": supervisor.fingerprint}
        store.journal(app.clock(), "book.made", **facts)


def _manifest(app: App, store: Store, data: dict[str, Any]) -> BookManifest:
    from perisai_cli.protocol.book import BookManifest

    profile, device = store.profile, store.device
    return BookManifest(
        bundle=new_id(app.clock()),
        agent=profile.agent,
        name=profile.name,
        office=profile.office,
        region=profile.region,
        device=device.id,
        public_key=device.public_key,
        supervisor=data["supervisor"],
        made_at=timestamp(app.clock()),
        number=book_records.books_made(store) + 1,
        records=data["records"],
        persons=data["persons"],
        last_success=data["last_success"],
        app=app.version,
    )


def _write(
    store: Store, manifest: BookManifest, supervisor: SupervisorKey, output: Path
) -> int | None:
    from perisai_cli.sync.book import write_book

    device = store.device
    reached, unpaid = by_event(Attendees(store))
    lines = book_records.book_lines(store, reached, (0, unpaid))
    with whole_octets(output) as file:
        write_book(
            manifest, lines, supervisor, file, lambda digest: base64.b64decode(device.sign(digest))
        )
        return file.tell() if file.seekable() else None


def _told(
    store: Store, wish: BookWish, supervisor: SupervisorKey, *, first_use: bool
) -> dict[str, Any]:
    """Return what a book would hold, and whom it is for."""
    from perisai_cli.protocol.book import device_fingerprint

    kinds = book_records.final_records(store)
    return {
        "supervisor": supervisor.fingerprint,
        "supervisor_id": supervisor.supervisor,
        "first_use": first_use,
        "agent": store.profile.agent,
        "device": store.device.id,
        "device_fingerprint": device_fingerprint(store.device.public_key),
        "records": sum(kinds.values()),
        "kinds": kinds,
        "persons": wish.persons,
        "last_success": state_value(store.connection, "last_success"),
        "path": None if wish.output is None else str(wish.output),
    }


def _supervisor(store: Store, wish: BookWish) -> tuple[SupervisorKey, bool]:
    """Return whom the book is for, and whether that is new here.

    The first key that a device is given stays its supervisor's. Another one takes its place only
    where the agent gives its thirty digits, as the supervisor reads them out. No error tells them:
    whoever copied them from here would have compared nothing.
    """
    from perisai_cli.protocol.book import SupervisorKey, read_supervisor_file

    kept = store.sealed(_SUPERVISOR)
    known = None if kept is None else SupervisorKey(**kept)
    if wish.key is None:
        if known is None:
            raise InvalidInput("book.no_supervisor", field="--supervisor-key")
        return known, False
    given = read_supervisor_file(octets_of(wish.key, "book.supervisor_key"))
    if wish.new_key is not None:
        typed = "".join(sign for sign in wish.new_key if sign not in " .-")
        if typed != given.fingerprint.replace(" ", ""):
            raise InvalidInput("book.new_digits", field="--new-key")
    elif known is not None and known != given:
        raise InvalidInput("book.new_supervisor", field="--new-key", known=known.fingerprint)
    return given, known != given
