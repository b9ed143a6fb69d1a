"""Runs and keeps the reference central API; its libraries come with the extra ``central``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perisai_cli.actions.app import Result
from perisai_cli.domain.addresses import is_loopback
from perisai_cli.domain.errors import InvalidInput, PerisaiError

if TYPE_CHECKING:
    from perisai_cli.central.database import Database

MAX_PORT = 65535


@contextmanager
def _installed() -> Iterator[None]:
    """Turn a missing library of the extra into the sentence that says how to install it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name in ("fastapi", "uvicorn", "sqlalchemy", "starlette"):
            raise InvalidInput("central.extra") from None
        raise


def serve_central(
    host: str,
    port: int,
    data: Path,
    clock: Callable[[], datetime],
    ready: Callable[[str, bool], None],
) -> Result:
    """Serve until told to stop; *ready* hears the address, and whether new agents may come alone.

    Raises:
        InvalidInput: ``central.port``, ``central.data`` or ``central.extra``.
        PerisaiError: ``central.unbound``: the address can't be listened at.
    """
    if not 0 <= port <= MAX_PORT:
        raise InvalidInput("central.port", field="--port")
    with _installed():
        from perisai_cli.central.serve import serve
    _usable(data)
    try:
        serve(host, port, data, lambda url: ready(url, is_loopback(host)), clock=clock)
    except OSError as error:
        raise PerisaiError("central.unbound", number=error.errno or 0) from None
    return Result("central serve", {"host": host, "data": str(data)})


def _usable(data: Path) -> None:
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise InvalidInput("central.data", field="--data") from None


@contextmanager
def _database(data: Path) -> Iterator[Database]:
    with _installed():
        from perisai_cli.central.serve import open_central
    _usable(data)
    database = open_central(data)
    try:
        yield database
    finally:
        database.close()


def add_agent(
    data: Path, agent: str, name: str, office: str, clock: Callable[[], datetime]
) -> Result:
    """Add an agent, or give a known one a new code; the code is shown this once."""
    with _database(data) as database:
        from perisai_cli.central import agents

        code = agents.add_agent(database, agent, name, office, clock)
    return Result("central agent add", {"agent": agent, "office": office, "code": code})


def list_agents(data: Path) -> Result:
    """Return the agents that the central knows."""
    with _database(data) as database:
        from perisai_cli.central import agents

        known = agents.list_agents(database)
    items = [
        {
            "agent": agent.agent,
            "name": agent.name,
            "office": agent.office,
            "added_at": agent.added_at,
            "devices": agent.devices,
            "waiting_code": agent.waiting_code,
        }
        for agent in known
    ]
    return Result("central agent list", {"count": len(items), "items": items})


def decide(
    data: Path, record_id: str, verdict: str, reason: str | None, clock: Callable[[], datetime]
) -> Result:
    """Decide a held or duplicate record; its device hears of it at its next sync.

    Raises:
        InvalidInput: the verdict, the reason or the record can't be used.
    """
    with _database(data) as database:
        from perisai_cli.central import decisions

        decision = decisions.decide(database, record_id, verdict, reason, clock)
    decided: dict[str, Any] = {"id": decision.id, "rev": decision.rev, "status": decision.status}
    return Result("central decide", decided)
