"""Runs and keeps the reference central API; its libraries come with the extra ``central``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perisai_cli.actions.app import Result
from perisai_cli.domain.addresses import is_loopback
from perisai_cli.domain.errors import InvalidInput, PerisaiError

if TYPE_CHECKING:
    from perisai_cli.central.database import Database

MAX_PORT = 65535

Where = Path | str
"""Where a central keeps its data: a folder, or the address of a PostgreSQL database."""


@contextmanager
def _installed() -> Iterator[None]:
    """Turn a missing library of the extra into the sentence that says how to install it."""
    try:
        yield
    except ModuleNotFoundError as error:
        if error.name in ("fastapi", "uvicorn", "sqlalchemy", "starlette", "psycopg", "alembic"):
            raise InvalidInput("central.extra") from None
        raise


def serve_central(
    host: str,
    port: int,
    data: Where,
    clock: Callable[[], datetime],
    ready: Callable[[str, bool], None],
    *,
    codes_only: bool = False,
    log_requests: bool = False,
    manner: dict[str, Any] | None = None,
    require_photo: bool | None = None,
) -> Result:
    """Serve until told to stop; *ready* hears the address, and whether new agents may come alone.

    *manner* holds members of ``central.core.Manner`` that differ from the usual ones.

    Raises:
        InvalidInput: ``central.port``, ``central.data``, ``central.database``,
            ``central.database_password`` or ``central.extra``.
        PerisaiError: ``central.unbound``: the address can't be listened at; or the database is in
            trouble.
    """
    if not 0 <= port <= MAX_PORT:
        raise InvalidInput("central.port", field="--port")
    with _installed():
        from perisai_cli.central.serve import serve, usual_manner
    _usable(data)
    alone = is_loopback(host) and not codes_only
    try:
        serve(
            host,
            port,
            data,
            lambda url: ready(url, alone),
            clock=clock,
            codes_only=codes_only,
            log_requests=log_requests,
            manner=replace(usual_manner(alone=alone), **(manner or {})),
            require_photo=require_photo,
        )
    except OSError as error:
        raise PerisaiError("central.unbound", number=error.errno or 0) from None
    return Result("central serve", {"host": host, "data": str(data)})


def told(data: Where) -> str:
    """Return where a central keeps its data, as people are told."""
    return data if isinstance(data, str) else str(data.resolve())


def _usable(data: Where) -> None:
    if isinstance(data, str):
        from perisai_cli.central.engines import address_of

        address_of(data)
        return
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        raise InvalidInput("central.data", field="--data") from None


@contextmanager
def central_database(data: Where, *, new: bool = False) -> Iterator[Database]:
    """Yield the central's database; only where *new* is said may its folder hold none yet."""
    with _installed():
        from perisai_cli.central.serve import FILE_NAME, open_central
    if isinstance(data, Path) and not new and not (data / FILE_NAME).exists():
        raise InvalidInput("central.no_data", field="--data")
    _usable(data)
    with _installed():
        database = open_central(data)
    try:
        yield database
    finally:
        database.close()


def add_agent(
    data: Where, agent: str, name: str, office: str, clock: Callable[[], datetime]
) -> Result:
    """Add an agent, or give a known one a new code; the code is shown this once."""
    with central_database(data, new=True) as database:
        from perisai_cli.central import agents

        code = agents.add_agent(database, agent, name, office, clock)
    added = {"agent": agent, "office": office, "code": code, "data": told(data)}
    return Result("central agent add", added)


def list_agents(data: Where) -> Result:
    """Return the agents that the central knows."""
    with central_database(data) as database:
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


def list_waiting(data: Where) -> Result:
    """Return the records that wait for an officer; none of them names a person."""
    with central_database(data) as database:
        from perisai_cli.central import decisions

        items = [
            {
                "id": waiting.id,
                "rev": waiting.rev,
                "kind": waiting.kind,
                "status": waiting.status,
                "agent": waiting.agent,
                "canonical_id": waiting.canonical_id,
                "codes": list(waiting.codes),
                "received_at": waiting.received_at,
                "asked": waiting.asked,
                "unanswered": waiting.unanswered,
            }
            for waiting in decisions.list_waiting(database)
        ]
    return Result("central waiting", {"count": len(items), "items": items})


def decide(
    data: Where, record_id: str, verdict: str, reason: str | None, clock: Callable[[], datetime]
) -> Result:
    """Decide a held or duplicate record; its device hears of it at its next sync.

    The id may be cut down to its end, as long as one waiting record has it.

    Raises:
        InvalidInput: the verdict, the reason or the record can't be used.
    """
    with central_database(data) as database:
        from perisai_cli.central import decisions

        ends = [
            waiting.id
            for waiting in decisions.list_waiting(database)
            if len(record_id) >= 4 and waiting.id.endswith(record_id.lower())
        ]
        whole = ends[0] if len(ends) == 1 else record_id
        decision = decisions.decide(database, whole, verdict, reason, clock)
    decided: dict[str, Any] = {"id": decision.id, "rev": decision.rev, "status": decision.status}
    return Result("central decide", decided)
