"""Whether a central can take requests now."""

from __future__ import annotations

from perisai_cli.central.commits import last_commit
from perisai_cli.central.core import Central
from perisai_cli.central.schema import is_ready


def why_unready(central: Central) -> str | None:
    """Return the problem code that says why a central takes no requests, or None if it does.

    Raises:
        PerisaiError: the database is in trouble; the boundary answers for it.
    """
    if central.life.stopping:
        return "central.stopping"
    with central.database.reading() as connection:
        last_commit(connection)
        return None if is_ready(connection) else "central.unready"
