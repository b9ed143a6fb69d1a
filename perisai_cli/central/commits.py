"""The central's commit sequence: every change has a number and a random token beside it.

A device shows the last pair it was given; another token at the same number tells that the central
was put back from a backup and has since gone another way.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from perisai_cli.central.tables import commits, counters
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.messages import Checkpoint

_NEXT = update(counters).values(value=counters.c.value + 1).returning(counters.c.value)
_LAST = select(commits.c.seq, commits.c.token).order_by(commits.c.seq.desc()).limit(1)


def next_number(connection: Connection, counter: str) -> int:
    """Return the next number of a counter; others wait for this transaction to end."""
    number: Any = connection.scalar(_NEXT.where(counters.c.name == counter))
    return int(number)


def commit_of(connection: Connection, record_id: str, now: datetime) -> int:
    """Return the sequence number of this transaction's change to a record."""
    seq = next_number(connection, "seq")
    connection.execute(
        insert(commits),
        {
            "seq": seq,
            "token": secrets.token_hex(8),
            "committed_at": timestamp(now),
            "record_id": record_id,
        },
    )
    return seq


def last_commit(connection: Connection) -> Checkpoint:
    """Return the newest commit; number 0 and an empty token before the first."""
    row = connection.execute(_LAST).one_or_none()
    return Checkpoint(seq=row.seq, token=row.token) if row else Checkpoint(seq=0, token="")


def is_known(connection: Connection, seen: Checkpoint) -> bool:
    """Tell whether the central still holds the commit that a device was told of."""
    if seen.seq == 0:
        return True
    token = connection.scalar(select(commits.c.token).where(commits.c.seq == seen.seq))
    return bool(token == seen.token)
