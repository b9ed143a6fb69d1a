"""The world that the sync machine plays in: an office that can be put back, and agents' devices.

The central is the real one over real HTTP, the stores are real encrypted files; only clocks, crashes
and the link are in the test's hand. One office serves all schedules of a test process: each begins
by putting its empty database back.
"""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from faults_field import PASSPHRASE, Central, Home, cheapen, now

from perisai_cli.actions.app import App
from perisai_cli.actions.sync import SyncOptions, sync
from perisai_cli.central.decisions import decide
from perisai_cli.central.serve import open_central, running
from perisai_cli.storage.answers import counts, sums
from perisai_cli.storage.database import Connection, open_database
from perisai_cli.storage.store import Profile, Store, create_store
from perisai_cli.storage.vault import Vault


@dataclass
class Clock:
    """A clock that the test sets; it runs on from where it was set."""

    ahead: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return now() + self.ahead

    def step(self, years: int) -> None:
        self.ahead = timedelta(days=365 * years)


def no_time(_seconds: float) -> None:
    """Let a pause between two tries take no time."""


class Office(Central):
    """A running central whose database can be kept and put back while it runs."""

    def __init__(self, folder: Path, address: str, clock: Clock):
        super().__init__(folder, address)
        self.clock = clock
        self._database = open_central(folder)
        self._books = sqlite3.connect(folder / "central.db", isolation_level=None)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self._books.execute(sql).fetchall()

    def register(self, app: App) -> None:
        """Make a device known by its first sync."""
        assert sync(app, SyncOptions()).exit_code == 0

    def backup(self) -> sqlite3.Connection:
        """Return a copy of the database as it stands."""
        copy = sqlite3.connect(":memory:", check_same_thread=False)
        with contextlib.closing(sqlite3.connect(self.folder / "central.db")) as live:
            live.backup(copy)
        return copy

    def restore(self, copy: sqlite3.Connection) -> None:
        """Put a copy back in place of all that was committed since."""
        with contextlib.closing(sqlite3.connect(self.folder / "central.db")) as live:
            copy.backup(live)

    def waiting(self) -> list[str]:
        """Return the records that an officer must look at, in a fixed order."""
        sql = "SELECT id FROM items WHERE status IN ('held', 'duplicate') ORDER BY id"
        return [record for [record] in self.rows(sql)]

    def decide(self, record: str, verdict: str) -> None:
        decide(self._database, record, verdict, "other", self.clock)

    def kept_aside(self) -> set[tuple[str, int, str]]:
        """Return the revisions that came into conflict, with their hashes."""
        return set(self.rows("SELECT id, rev, hash FROM conflicts"))

    def close(self) -> None:
        self._books.close()
        self._database.close()


@contextlib.contextmanager
def an_office(folder: Path) -> Iterator[Office]:
    clock = Clock()
    with running(folder, clock=clock, check_seen=True) as address:
        office = Office(folder, address, clock)
        yield office
        office.close()


@dataclass(frozen=True)
class Seen:
    """One revision as its receipt stated it."""

    hash: str
    amount: int | None
    state: str
    kind: str = "enrolment"


class Look(NamedTuple):
    """An open store and its finalised records, each with the hash of its body."""

    store: Store
    rows: dict[str, dict[str, Any]]

    @property
    def pending(self) -> int:
        return sum(row["acked_rev"] < row["rev"] for row in self.rows.values())


@dataclass
class Template:
    """A store made once, whose copies one device of each schedule begins with."""

    file: Path
    key: bytes

    @classmethod
    def made(cls, folder: Path, number: int) -> Template:
        folder.mkdir()
        profile = Profile(f"A-{number}", f"Agen {number}", "W-UJI", "5171", "")
        key = create_store(folder, profile, PASSPHRASE, now())
        cheapen(folder / "perisai.db", key)
        return cls(folder / "perisai.db", key)


@dataclass
class Device:
    """One agent's device, and what a witness beside it knows: every receipt that was given."""

    home: Home
    key: bytes
    clock: Clock = field(default_factory=Clock)
    receipts: dict[str, dict[int, Seen]] = field(default_factory=dict)
    behind: bool = False
    """The central was put back, and this device has not finished a sync since."""
    turned_back: bool = False
    """Its own store was once put back from an older copy."""

    @property
    def app(self) -> App:
        return App(
            self.home.path, self.clock, self.open, self.home.central, "perisai/test", sleep=no_time
        )

    def open(self) -> Store:
        return Store(open_database(self.home.path), Vault(self.key))

    @contextlib.contextmanager
    def look(self) -> Iterator[Look]:
        """Yield what the store holds at this moment."""
        with contextlib.closing(Store(Connection(self.home.file), Vault(self.key))) as store:
            found = store.connection.rows("SELECT * FROM records WHERE state <> 'draft'")
            rows = {row["id"]: dict(row) | {"hash": _hash(store, row)} for row in found}
            yield Look(store, rows)

    def learn(self, look: Look) -> int:
        """Take what the store holds for given; return how many revisions no receipt told of."""
        new = 0
        for record, row in look.rows.items():
            revisions = self.receipts.setdefault(record, {})
            if row["rev"] not in revisions:
                state = "withdrawn" if row["state"] == "withdrawn" else "queued"
                revisions[row["rev"]] = Seen(row["hash"], row["amount"], state, row["kind"])
                new += 1
        return new

    def made(self) -> Iterator[tuple[str, int, str]]:
        """Yield every revision that gave a receipt, with its hash."""
        for record, revisions in self.receipts.items():
            for rev, seen in revisions.items():
                yield record, rev, seen.hash

    def put_back(self, files: dict[str, bytes]) -> None:
        shutil.rmtree(self.home.path)
        self.home.path.mkdir(mode=0o700)
        for name, content in files.items():
            path = self.home.path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        self.turned_back = True


def _hash(store: Store, row: Any) -> str:
    opened = store.vault.open("records", row["id"], row["schema"], row["envelope"])
    return str(opened["hash"])


def settled_withdrawal(row: Any) -> bool:
    """Tell whether a record is withdrawn and the central knows of it: its money is owed by nobody."""
    return bool(row["state"] == "withdrawn" and row["acked_rev"] == row["rev"])


def the_books_add_up(look: Look) -> None:
    """I6: every finalised record stands in exactly one count; enrolments also do in rupiah."""
    connection = look.store.connection
    enrolments = [row for row in look.rows.values() if row["kind"] == "enrolment"]
    rupiah = sum(row["amount"] for row in enrolments)
    assert sum(counts(connection).values()) == len(look.rows)
    waiting = [row for row in enrolments if row["acked_rev"] < row["rev"]]
    answered = sums(connection).get("enrolment", {})
    assert sum(records for records, _ in answered.values()) + len(waiting) == len(enrolments)
    owed = sum(amount for _, amount in answered.values()) + sum(row["amount"] for row in waiting)
    owed += sum(row["amount"] for row in enrolments if settled_withdrawal(row))
    assert owed == rupiah


def receipts_stand(device: Device, look: Look) -> None:
    """I2 and I15: what gave a receipt is there as its newest receipt states it, amount unchanged."""
    for record, revisions in device.receipts.items():
        row, newest = look.rows[record], max(revisions)
        assert row["rev"] == newest, "a receipt's revision is gone"
        assert (row["hash"], row["amount"]) == (revisions[newest].hash, revisions[newest].amount)
        assert row["state"] != "withdrawn" or revisions[newest].state == "withdrawn"


def sent_is_there(device: Device, look: Look, office: Office) -> None:
    """I4 and I5: what counts as answered is at the central with that very hash."""
    if device.behind:
        return
    held, aside = office.versions(), office.kept_aside()
    for record, row in look.rows.items():
        rev = row["acked_rev"]
        assert rev <= row["rev"]
        seen = device.receipts[record].get(rev)
        if rev and seen is None:  # a revision that only the lost part of a store knew
            assert device.turned_back
        elif rev and seen is not None:
            assert held.get((record, rev)) == seen.hash or (record, rev, seen.hash) in aside


def the_office_is_sound(devices: list[Device], office: Office, given_up: set[Any]) -> None:
    """I1: the central holds only what a device made, each revision once, each NIK and number once."""
    made = {revision for device in devices for revision in device.made()} | given_up
    held = office.rows("SELECT id, rev, hash FROM item_versions")
    assert set(held) <= made, sorted(set(held) - made)
    assert office.kept_aside() <= made, sorted(office.kept_aside() - made)
    assert len(held) == len({(record, rev) for record, rev, _hash in held})
    if not any(device.turned_back for device in devices):
        assert office.conflicts() == 0
    taken = office.rows(
        "SELECT items.id, items.rev, items.status, items.kpj, item_versions.body FROM items"
        " JOIN item_versions USING (id, rev)"
        " WHERE items.status = 'accepted' AND items.kind = 'enrolment'"
    )
    assert office.rows("SELECT id FROM items WHERE kind <> 'enrolment' AND kpj IS NOT NULL") == []
    niks = [json.loads(body)["worker"]["nik"] for *_, body in taken]
    assert len(niks) == len(set(niks))
    numbers = [row[3] for row in taken]
    assert all(numbers)
    assert len(numbers) == len(set(numbers))
