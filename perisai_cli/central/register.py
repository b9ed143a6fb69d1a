"""The central's extract of its members as keyed, cut-down hashes; only the newest is kept.

The key stays the same from extract to extract: those who are taken for members by chance stay the
same people, so that two extracts side by side tell no more than one.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from perisai_cli.central.database import Database
from perisai_cli.central.keys import put_setting, signing_key
from perisai_cli.central.reference import first_of_day, office_day
from perisai_cli.central.tables import item_versions, items, reference_data, server_settings
from perisai_cli.domain.errors import InvalidInput, TryLater
from perisai_cli.domain.identity import NIK_LENGTH, clean_nik
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.reference import key_text
from perisai_cli.protocol.register import (
    KEY_BYTES,
    MAX_BYTES,
    MAX_HEADER,
    Gathering,
    Header,
    Register,
    RegisterKey,
    key_id,
    signed_register,
)

NAME = "register"
"""Under which the extract stands beside the reference data; it is given to devices alone."""

_KEY = "register_key"
_PAGE = 1000
_COLUMNS = reference_data.c


class Published(NamedTuple):
    """What came of an extract: its header, octets, and how many lines held no NIK."""

    header: Header
    octets: int
    skipped: int


class Lines:
    """The NIKs in the lines of a branch's own list; what is none is counted and passed over."""

    def __init__(self, lines: Iterable[str]):
        self._lines = lines
        self.skipped = 0

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            nik = _first_cell(line)
            if nik:
                yield nik
            elif line.strip():
                self.skipped += 1


def _first_cell(line: str) -> str | None:
    """Return the NIK in the first cell of a line, or None where it holds none."""
    for sign in ";\t":
        line = line.replace(sign, ",")
    nik = clean_nik(line.partition(",")[0].strip().strip("'\""))
    return nik if len(nik) == NIK_LENGTH and nik.isascii() and nik.isdigit() else None


def publish(
    database: Database,
    lines: Iterable[str],
    clock: Callable[[], datetime],
    made: date | None = None,
    *,
    new_key: bool = False,
) -> Published:
    """Make an extract of the accepted members and of *lines*; it takes the last one's place.

    Args:
        database: The central's.
        lines: A branch's own members, a NIK in the first cell of each line.
        clock: Returns the present moment.
        made: Day that the branch's list is of; the present day when left out.
        new_key: Whether the key is changed, as after a device was lost.

    Raises:
        InvalidInput: ``register.nobody``: there is no member at all; ``register.too_many``.
        TryLater: another extract took the number in that moment.
    """
    given = Lines(lines)
    key = _key_of(database, new=new_key)
    gathering = Gathering(key)
    for niks in (_accepted(database), given):
        for nik in niks:
            gathering.add(nik)
    members, bits, body = gathering.packed()
    if not members:
        raise InvalidInput("register.nobody", skipped=given.skipped)
    if len(body) > MAX_BYTES - MAX_HEADER:
        raise InvalidInput("register.too_many", members=members)
    now = clock()
    day = office_day(now)
    facts = {"made": (made or day).isoformat(), "members": members, "bits": bits}
    facts |= {"key_id": key_id(key), "sha256": hashlib.sha256(body).hexdigest()}
    try:
        with database.writing() as connection:
            header, octets = _stored(connection, facts, first_of_day(day), body, now)
            put_setting(connection, _KEY, key.hex())
    except IntegrityError:
        raise TryLater("central.busy", status="–") from None
    return Published(header, octets, given.skipped)


def _stored(
    connection: Connection, facts: dict[str, object], first: int, body: bytes, now: datetime
) -> tuple[Header, int]:
    """Sign an extract and keep it in place of the one before, inside the caller's transaction."""
    last = connection.scalar(select(_COLUMNS.version).where(_COLUMNS.name == NAME))
    private = signing_key(connection)
    facts |= {"signer": key_text(private.public_key().public_bytes_raw())}
    facts |= {"version": max(first, (last or 0) + 1)}

    def sign(octets: bytes) -> str:
        return base64.b64encode(private.sign(octets)).decode("ascii")

    octets = signed_register(Header.model_validate(facts), body, sign)
    header = Register(octets).header
    row = {
        "name": NAME,
        "version": header.version,
        "hash": header.sha256,
        "valid_from": header.made,
        "content": octets,
        "signature": header.signature,
        "published_at": timestamp(now),
    }
    connection.execute(delete(reference_data).where(_COLUMNS.name == NAME))
    connection.execute(insert(reference_data), row)
    return header, len(octets)


def _accepted(database: Database) -> Iterator[str]:
    """Yield the NIK of every accepted enrolment, a page at a time."""
    versions = item_versions.c
    same = (versions.id == items.c.id) & (versions.rev == items.c.rev)
    wanted = select(items.c.id, versions.body).join(item_versions, same)
    wanted = wanted.where(items.c.status == "accepted", items.c.kind == "enrolment")
    wanted = wanted.order_by(items.c.id).limit(_PAGE)
    after = ""
    while True:
        with database.reading() as connection:
            rows = connection.execute(wanted.where(items.c.id > after)).all()
        for row in rows:
            nik = clean_nik(str(row.body.get("worker", {}).get("nik", "")))
            if len(nik) == NIK_LENGTH:
                yield nik
        if len(rows) < _PAGE:
            return
        after = rows[-1].id


def _key_of(database: Database, *, new: bool) -> bytes:
    """Return the key to hash with: the present one, or a fresh one."""
    with database.reading() as connection:
        held = _held_key(connection)
    return secrets.token_bytes(KEY_BYTES) if new or held is None else held


def _held_key(connection: Connection) -> bytes | None:
    known = server_settings.c
    value = connection.scalar(select(known.value).where(known.name == _KEY))
    return None if value is None else bytes.fromhex(value)


def key_message(database: Database) -> RegisterKey | None:
    """Return the key of the present extract, or None where there is none."""
    with database.reading() as connection:
        key = _held_key(connection)
    return None if key is None else RegisterKey(key_id=key_id(key), key=key.hex())


def newest(database: Database) -> tuple[int, str] | None:
    """Return version and SHA-256 of the extract that devices are given, or None without one."""
    wanted = select(_COLUMNS.version, _COLUMNS.hash).where(_COLUMNS.name == NAME)
    with database.reading() as connection:
        row = connection.execute(wanted).one_or_none()
    return None if row is None else (int(row.version), str(row.hash))


def extract(database: Database) -> bytes | None:
    """Return the extract that devices are given, or None where none was made."""
    with database.reading() as connection:
        held = connection.scalar(select(_COLUMNS.content).where(_COLUMNS.name == NAME))
    return None if held is None else bytes(held)
