"""The people who decide: each holds a token of the office, of which only the SHA-256 is kept."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update

from perisai_cli.central.database import Database
from perisai_cli.central.problems import Refusal
from perisai_cli.central.sessions import bearer_hash, token_hash_of
from perisai_cli.central.tables import access_tokens, officers
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.period import timestamp

SUPERVISOR = "supervisor"
ROLES = ("officer", "admin", SUPERVISOR)
"""An officer decides about records and suspends lost devices; an admin restores them, too.

A supervisor does neither, and reads the extract of one office's agents.
"""


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer as the office sees one.

    Attributes:
        officer: The officer's id.
        name: The officer's name.
        role: One of ``ROLES``.
        added_at: When the officer was added (UTC).
        revoked_at: Since when the token is void (UTC), if it is.
        office: The office whose agents a supervisor sees; None for whoever sees all.
    """

    officer: str
    name: str
    role: str
    added_at: str
    revoked_at: str | None
    office: str | None = None


_SHOWN = (
    officers.c.officer,
    officers.c.name,
    officers.c.role,
    officers.c.added_at,
    officers.c.revoked_at,
    officers.c.office,
)


def add_officer(
    database: Database,
    officer: str,
    name: str,
    role: str,
    clock: Callable[[], datetime],
    office: str | None = None,
) -> str:
    """Return a fresh token for an officer, who is added or brought up to date.

    A token that the officer had before is void from then on.

    Raises:
        InvalidInput: ``officer.role``; ``officer.office``: a supervisor, and nobody else, has one.
    """
    if role not in ROLES:
        raise InvalidInput("officer.role", field="--role", choices=", ".join(ROLES))
    if (role == SUPERVISOR) != bool(office):
        raise InvalidInput("officer.office", field="--office")
    token = secrets.token_urlsafe(32)
    values = {"name": name, "role": role, "office": office or None, "revoked_at": None}
    values["token_hash"] = token_hash_of(token)
    same = officers.c.officer == officer
    with database.writing() as connection:
        changed = connection.execute(update(officers).where(same).values(values))
        if changed.rowcount == 0:
            made = {"officer": officer, "added_at": timestamp(clock())}
            connection.execute(insert(officers), values | made)
    return token


def list_officers(database: Database) -> list[Officer]:
    """Return every officer in order of id, without tokens."""
    wanted = select(*_SHOWN).order_by(officers.c.officer)
    with database.reading() as connection:
        return [Officer(*row) for row in connection.execute(wanted)]


def revoke_officer(database: Database, officer: str, clock: Callable[[], datetime]) -> str:
    """Return the moment since which an officer's token is void; decisions made stay as they are.

    Raises:
        InvalidInput: ``officer.unknown``.
    """
    now = timestamp(clock())
    same = officers.c.officer == officer
    with database.writing() as connection:
        since = connection.execute(select(officers.c.revoked_at).where(same)).one_or_none()
        if since is None:
            raise InvalidInput("officer.unknown")
        if since.revoked_at is not None:
            return str(since.revoked_at)
        connection.execute(update(officers).where(same).values(revoked_at=now))
    return now


def officer_of(database: Database, authorization: str | None) -> Officer:
    """Return the officer whose token an ``Authorization`` header holds.

    Raises:
        Refusal: ``auth.refused`` for no token, an unknown or a revoked one, ``auth.role`` for a
            device's.
    """
    token_hash = bearer_hash(authorization)
    columns = officers.c
    wanted = select(*_SHOWN).where(columns.token_hash == token_hash, columns.revoked_at.is_(None))
    with database.reading() as connection:
        row = connection.execute(wanted).one_or_none()
        if row is None:
            device = select(access_tokens.c.device).where(access_tokens.c.token_hash == token_hash)
            known = connection.scalar(device) is not None
            raise Refusal("auth.role" if known else "auth.refused")
    return Officer(*row)
