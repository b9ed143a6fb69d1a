"""The reference data that the central publishes: numbered sets, signed once, kept for ever.

The package's own data are published with the first start; an office adds later sets. The newest
that is in force is served to devices and judges what they send; older rules stay at hand, so that
an amount quoted under them is computed again under them.
"""

from __future__ import annotations

import gzip
import json
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import IntegrityError

from perisai_cli.central.database import Database
from perisai_cli.central.judging import Laws
from perisai_cli.central.keys import signing_key
from perisai_cli.central.tables import reference_data
from perisai_cli.domain.errors import InvalidInput, TryLater
from perisai_cli.domain.period import local_day, timestamp
from perisai_cli.protocol.canonical import body_hash, canonical
from perisai_cli.protocol.reference import NAMES, Name, ReferenceSet, key_text, signed_set
from perisai_cli.protocol.reference_content import (
    BadContent,
    check_content,
    law_of,
    packaged_content,
)
from perisai_cli.rules.guard import missing_parameter
from perisai_cli.rules.law import PACKAGED, Edition, Law, packaged_law

KEPT_LAWS = 8
"""Laws of older versions held in memory; a further one takes the place of the one idle longest."""

_OFFICE_REGION = "51"  # whose calendar decides from when a set is in use
_COLUMNS = reference_data.c
_HEADS = (_COLUMNS.name, _COLUMNS.version, _COLUMNS.hash, _COLUMNS.valid_from)


@dataclass(frozen=True, slots=True)
class Listed:
    """A published set as it is listed: kind, number, hash, first day, moment, whether in use."""

    name: str
    version: int
    hash: str
    valid_from: str
    published_at: str
    in_force: bool


class Head(NamedTuple):
    """What is known of a published set without its content."""

    name: str
    version: int
    hash: str
    valid_from: str


def office_day(now: datetime) -> date:
    """Return the calendar day of the office."""
    return local_day(now, _OFFICE_REGION)


def keep_packaged(database: Database, now: datetime) -> None:
    """Publish the package's own data of every kind that is newer than what is published."""
    with database.reading() as connection:
        wanting = [name for name in NAMES if _is_wanting(connection, name)]
    if not wanting:
        return
    try:
        with database.writing() as connection:
            for name in filter(lambda each: _is_wanting(connection, each), wanting):
                content = packaged_content(name)
                _store(connection, name, PACKAGED.version, PACKAGED.valid_from, content, now)
    except IntegrityError:  # another process of the same central has just done it
        return


def _is_wanting(connection: Connection, name: Name) -> bool:
    """Tell whether the package's data of one kind are newer than, and not the same as, the last."""
    last = _last(connection, name)
    if last is None:
        return True
    return bool(last.version < PACKAGED.version and last.hash != body_hash(packaged_content(name)))


def _heads(connection: Connection, name: str) -> list[Head]:
    """Return the published sets of one kind, newest first."""
    wanted = select(*_HEADS).where(_COLUMNS.name == name).order_by(_COLUMNS.version.desc())
    return [Head(*row) for row in connection.execute(wanted)]


def _last(connection: Connection, name: str) -> Head | None:
    return next(iter(_heads(connection, name)), None)


def _store(
    connection: Connection,
    name: Name,
    version: int,
    valid_from: str,
    content: dict[str, Any],
    now: datetime,
) -> ReferenceSet:
    """Sign a set and keep it, inside the caller's transaction."""
    key = signing_key(connection)
    signer = key_text(key.public_key().public_bytes_raw())
    made = signed_set(name, version, valid_from, content, signer, key.sign)
    row = {
        "name": name,
        "version": version,
        "hash": made.hash,
        "valid_from": valid_from,
        "content": canonical(content),
        "signature": made.signature,
        "published_at": timestamp(now),
    }
    connection.execute(insert(reference_data), row)
    return made


def publish(
    database: Database,
    name: Name,
    content: dict[str, Any],
    valid_from: date | None,
    clock: Callable[[], datetime],
) -> ReferenceSet:
    """Check *content*, sign it as the next version, and return the set that is kept from now on.

    Raises:
        InvalidInput: ``reference.content`` with what is wrong, or ``reference.same`` when it is
            what was published last.
        TryLater: another publication took the number in that moment.
    """
    try:
        check_content(name, content)
        content_hash = body_hash(content)
    except BadContent as error:
        facts = {"part": str(error.args[0]), "why": ", ".join(map(str, error.args[1:]))}
        raise InvalidInput("reference.content", **facts) from None
    except ValueError:  # a number or a name that canonical JSON has no form for
        raise InvalidInput("reference.content", part=name, why="no canonical form") from None
    now = clock()
    keep_packaged(database, now)
    since = (valid_from or office_day(now)).isoformat()
    try:
        with database.writing() as connection:
            last = _last(connection, name)
            assert last is not None  # the package's own is there by now
            if last.hash == content_hash:
                raise InvalidInput("reference.same", version=last.version)
            version = max(last.version + 1, first_of_day(office_day(now)))
            return _store(connection, name, version, since, content, now)
    except IntegrityError:  # somebody else has just published under that number
        raise TryLater("central.busy", status="–") from None


def first_of_day(day: date) -> int:
    """Return the first version number of a day, such as 2026112201."""
    return int(day.strftime("%Y%m%d")) * 100 + 1


def public_key(database: Database) -> str:
    """Return the key by which devices know what this central publishes (Ed25519, base64)."""
    with database.reading() as connection:
        return key_text(signing_key(connection).public_key().public_bytes_raw())


def list_sets(database: Database, now: datetime) -> list[Listed]:
    """Return every published set, by kind, newest first."""
    wanted = select(*_HEADS, _COLUMNS.published_at)
    wanted = wanted.order_by(_COLUMNS.name, _COLUMNS.version.desc())
    with database.reading() as connection:
        rows = connection.execute(wanted).all()
    names = {row.name for row in rows}
    used = {_in_force([Head(*row[:4]) for row in rows if row.name == name], now) for name in names}
    return [Listed(*row, in_force=Head(*row[:4]) in used) for row in rows]


def _in_force(heads: list[Head], now: datetime) -> Head | None:
    """Return the highest version whose day has come; before the first day of all, the lowest."""
    day = office_day(now).isoformat()
    begun = [head for head in heads if head.valid_from <= day]
    by_version = attrgetter("version")
    return max(begun, key=by_version) if begun else min(heads, key=by_version, default=None)


class Shelf:
    """The published sets of one database, with the few that are asked for again and again at hand.

    Another process may publish at any time: what is newest is asked of the database each time.
    """

    def __init__(self, database: Database):
        self._database = database
        self._lock = threading.Lock()
        self._learned: set[Head] = set()
        self._digests: dict[str, Head] = {}
        self._laws: OrderedDict[Head, Law | None] = OrderedDict()
        self.signed = lru_cache(maxsize=len(NAMES))(self._signed)

    def head(self, name: Name, now: datetime) -> Head | None:
        """Return the set in force."""
        with self._database.reading() as connection:
            return _in_force(_heads(connection, name), now)

    def _signed(self, head: Head) -> tuple[bytes, bytes]:
        """Return a set as it is sent, plain and compressed."""
        octets = signed_octets_of(self._database, head)
        return octets, gzip.compress(octets, mtime=0)

    def laws(self, now: datetime) -> Laws:
        """Return the law in force at the moment *now*, and the way to those of other versions."""
        with self._database.reading() as connection:
            heads = _heads(connection, "rules")
        current = _in_force(heads, now)
        with self._lock:
            for head in set(heads) - self._learned:
                self._learn(head)
            law = None if current is None else self._law(current)

        def find(digest: str) -> Law | None:
            with self._lock:
                head = self._digests.get(digest)
                return self._law(head) if head in heads else None

        return Laws(law or packaged_law(), find)

    def _learn(self, head: Head) -> None:
        """Note by which digest devices will name a version; the caller holds the lock."""
        law = self._law(head)
        if law is not None:
            self._digests[law.digest] = head
        self._learned.add(head)

    def _law(self, head: Head) -> Law | None:
        """Return the law of one version, from memory if it is there; the caller holds the lock.

        None where it was made for another version of the program, which finds not all in it.
        """
        if head in self._laws:
            self._laws.move_to_end(head)
            return self._laws[head]
        with self._database.reading() as connection:
            law = law_of(_content(connection, head), Edition(head.version, head.valid_from, None))
        self._laws[head] = law if missing_parameter(law) is None else None
        if len(self._laws) > KEPT_LAWS:
            self._laws.popitem(last=False)
        return self._laws[head]


def signed_octets_of(database: Database, head: Head) -> bytes:
    """Return a published set as it is sent and as it stands in a file."""
    wanted = select(_COLUMNS.signature).where(*_same(head))
    with database.reading() as connection:
        signature = connection.execute(wanted).scalar_one()
        content = _content(connection, head)
        key = signing_key(connection).public_key().public_bytes_raw()
    return ReferenceSet.model_validate(
        {**head._asdict(), "content": content, "key": key_text(key), "signature": signature}
    ).octets()


def _same(head: Head) -> tuple[Any, Any]:
    return _COLUMNS.name == head.name, _COLUMNS.version == head.version


def _content(connection: Connection, head: Head) -> dict[str, Any]:
    wanted = select(_COLUMNS.content).where(*_same(head))
    content: dict[str, Any] = json.loads(connection.execute(wanted).scalar_one())
    return content
