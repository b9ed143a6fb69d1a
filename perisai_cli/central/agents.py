"""The agents an office lets in, and the codes with which their devices register, each good once."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from sqlalchemy import Connection, delete, func, insert, select, update

from perisai_cli.central.commits import commit_of
from perisai_cli.central.database import Database
from perisai_cli.central.engines import insert_missing
from perisai_cli.central.tables import agents, devices, items, registration_codes
from perisai_cli.domain.period import timestamp

_LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Thirty-two signs that no one mistakes for another when a code is read out."""

_GROUPS, _GROUP = 3, 4


@dataclass(frozen=True, slots=True)
class Agent:
    """An agent as the office sees one.

    Attributes:
        agent: The agent's id.
        name: The agent's name.
        office: The office the agent works for.
        added_at: When the agent was added (UTC).
        devices: How many devices are registered.
        waiting_code: Whether a code was given out and not used yet.
    """

    agent: str
    name: str
    office: str
    added_at: str
    devices: int
    waiting_code: bool


def add_agent(
    database: Database, agent: str, name: str, office: str, clock: Callable[[], datetime]
) -> str:
    """Return a fresh registration code for an agent, who is added or brought up to date.

    Codes given out before and not used yet become void. Only the code's SHA-256 is kept.
    """
    code = "-".join(
        "".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS)
    )
    now = clock()
    with database.writing() as connection:
        put_agent(connection, agent, name, office, now)
        used = registration_codes.c.agent == agent
        connection.execute(delete(registration_codes).where(used))
        row = {"code_hash": _hash(code), "agent": agent, "made_at": timestamp(now)}
        connection.execute(insert(registration_codes), row)
    return code


def put_agent(connection: Connection, agent: str, name: str, office: str, now: datetime) -> None:
    """Add an agent, or write down the present name and office of a known one."""
    before = connection.scalar(select(agents.c.office).where(agents.c.agent == agent))
    if before is not None:
        change = update(agents).where(agents.c.agent == agent).values(name=name, office=office)
        connection.execute(change)
        if before != office:
            _move_records(connection, agent, now)
    else:
        row = {"agent": agent, "name": name, "office": office, "added_at": timestamp(now)}
        # Two devices of a new agent may register at once, each with a process of its own.
        connection.execute(insert_missing(connection, agents), row)


def _move_records(connection: Connection, agent: str, now: datetime) -> None:
    """Mark an agent's records as changed: whoever copies them has them under another office."""
    moved = update(items).where(items.c.agent == agent)
    connection.execute(moved.values(changed_seq=commit_of(connection, now)))


def list_agents(database: Database, after: str = "", limit: int | None = None) -> list[Agent]:
    """Return the agents whose id comes after one, in order of id, without secrets."""
    registered = select(func.count()).where(devices.c.agent == agents.c.agent).label("devices")
    codes = select(func.count()).where(registration_codes.c.agent == agents.c.agent).label("codes")
    counted = select(agents, registered, codes).where(agents.c.agent > after)
    wanted = counted.order_by(agents.c.agent).limit(limit)
    with database.reading() as connection:
        rows = connection.execute(wanted).all()
    return [
        Agent(row.agent, row.name, row.office, row.added_at, row.devices, row.codes > 0)
        for row in rows
    ]


def use_code(connection: Connection, agent: str, code: str) -> bool:
    """Tell whether a code is one of the agent's, and if so make it void."""
    sent = _hash(code)
    column = registration_codes.c.code_hash
    stored = connection.scalars(select(column).where(registration_codes.c.agent == agent)).all()
    matches = [known for known in stored if compare_digest(known, sent)]
    if not matches:
        return False
    spent = connection.execute(delete(registration_codes).where(column == matches[0]))
    return spent.rowcount == 1


def _hash(code: str) -> str:
    """Return the hash of a code, typed in any case, with or without its dashes."""
    plain = "".join(code.split()).replace("-", "").upper()
    return hashlib.sha256(plain.encode("utf-8")).hexdigest()
