"""The central's commit sequence: every transaction that changes records has a number and a token.

A device shows the last pair it was given; another token at the same number tells that the central
was put back from a backup and has since gone another way. The counter's row stays locked from the
number to the end of the transaction, so numbers become visible in their order, on both databases.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from perisai_cli.central.tables import commits, counters, server_settings
from perisai_cli.domain.period import timestamp
from perisai_cli.protocol.messages import Checkpoint

DURABLE = "durable_seq"
"""Name of the setting that holds the newest commit known to be in a backup."""

_LAST = select(commits.c.seq, commits.c.token).order_by(commits.c.seq.desc()).limit(1)


class Commit:
    """The one commit of a transaction: its number is taken when it is first asked for."""

    def __init__(self, connection: Connection, now: datetime):
        self._connection = connection
        self._now = now
        self._seq: int | None = None

    @property
    def seq(self) -> int:
        """The number; whoever asks first makes every other writer wait for this transaction."""
        return self._take()

    def numbers(self, count: int) -> range:
        """Return the next *count* membership numbers.

        The commit's own number is taken first, by everybody, so that no two wait for each other.
        """
        self._take()
        return next_numbers(self._connection, "number", count)

    def _take(self) -> int:
        if self._seq is None:
            self._seq = commit_of(self._connection, self._now)
        return self._seq


def next_numbers(connection: Connection, counter: str, count: int) -> range:
    """Return the next *count* numbers; others wait for this transaction to end."""
    value = counters.c.value
    taken = update(counters).where(counters.c.name == counter).values(value=value + count)
    upto: Any = connection.scalar(taken.returning(value))
    return range(int(upto) - count + 1, int(upto) + 1)


def commit_of(connection: Connection, now: datetime) -> int:
    """Return the number of this transaction's changes, once it has its row among the commits."""
    [seq] = next_numbers(connection, "seq", 1)
    row = {"seq": seq, "token": secrets.token_hex(8), "committed_at": timestamp(now)}
    connection.execute(insert(commits), row)
    return seq


def last_commit(connection: Connection) -> Checkpoint:
    """Return the newest commit; number 0 and an empty token before the first."""
    row = connection.execute(_LAST).one_or_none()
    return Checkpoint(seq=row.seq, token=row.token) if row else Checkpoint(seq=0, token="")


def durable_seq(connection: Connection, last: int) -> int:
    """Return the newest commit that a backup is known to hold, never above the *last* there is.

    A database put back from a backup may hold a setting of its own future.
    """
    wanted = select(server_settings.c.value).where(server_settings.c.name == DURABLE)
    return min(int(connection.scalar(wanted) or 0), last)


def is_known(connection: Connection, seen: Checkpoint) -> bool:
    """Tell whether the central still holds the commit that a device was told of."""
    if seen.seq == 0:
        return True
    token = connection.scalar(select(commits.c.token).where(commits.c.seq == seen.seq))
    return bool(token == seen.token)
