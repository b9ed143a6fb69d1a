"""Up to which commit the central's data is safe elsewhere, in a copy that outlives this machine.

A device keeps asking about what lies beyond when a central was put back from an older copy.
"""

from __future__ import annotations

from sqlalchemy import insert, update

from perisai_cli.central.commits import DURABLE, last_commit
from perisai_cli.central.database import Database
from perisai_cli.central.tables import server_settings
from perisai_cli.domain.errors import InvalidInput


def mark_durable(database: Database, seq: int) -> None:
    """Write down that a copy holds every commit up to *seq*.

    Raises:
        InvalidInput: ``durable.value``: the central has no such commit yet.
    """
    with database.writing() as connection:
        last = last_commit(connection).seq
        if not 0 <= seq <= last:
            raise InvalidInput("durable.value", last=last)
        same = server_settings.c.name == DURABLE
        changed = connection.execute(update(server_settings).where(same).values(value=str(seq)))
        if changed.rowcount == 0:
            connection.execute(insert(server_settings), {"name": DURABLE, "value": str(seq)})
