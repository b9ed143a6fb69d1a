"""Records that a real central sends back for a reason of its own."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import command_line
from field_work import Agent

from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.wiring import throwaway_app


def recorded_wrong(agent: Agent, worker: dict[str, Any], *, total: int = 0, **members: Any) -> str:
    """Record a worker as a device with a fault of its own would: other members, another total.

    The central examines what it is sent, and refuses it.
    """
    app = throwaway_app(agent.home, command_line.PASSPHRASE, "")
    with open_desk(app) as desk:
        return _finalised(desk, worker, total, members)


def _finalised(desk: Desk, worker: dict[str, Any], total: int, members: dict[str, Any]) -> str:
    good = desk.examine(worker).finished
    wrong = good.worker | members
    quote = good.body["quote"] | {"total": good.amount + total}
    body = good.body | {"worker": wrong, "quote": quote}
    with desk.store.connection.transaction():
        spoiled = replace(good, worker=wrong, body=body, amount=good.amount + total)
        desk.records.finalise(spoiled, desk.app.clock())
    return good.id
