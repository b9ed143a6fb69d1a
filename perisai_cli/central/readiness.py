"""Whether a central can take requests now."""

from __future__ import annotations

from sqlalchemy.exc import SQLAlchemyError

from perisai_cli.central.boundary import log_failure
from perisai_cli.central.commits import last_commit
from perisai_cli.central.core import Central
from perisai_cli.central.schema import is_ready
from perisai_cli.domain.errors import PerisaiError


def why_unready(central: Central) -> str | None:
    """Return the problem code that says why a central takes no requests, or None if it does."""
    if central.life.stopping:
        return "central.stopping"
    try:
        with central.database.reading() as connection:
            last_commit(connection)
            current = is_ready(connection)
    except (SQLAlchemyError, PerisaiError) as error:
        log_failure(error, "readiness")
        return "central.unready"
    return None if current else "central.unready"
