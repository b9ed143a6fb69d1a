"""What people who are enrolled one after another share: kept sealed, offered to the next one.

A market's traders have the place, the occupation and the months in common. What only one person
can say for themselves is never kept here: who they are, their declaration and their consent.
"""

from __future__ import annotations

from typing import Any

from perisai_cli.actions.desk import Desk
from perisai_cli.domain.period import Month

NAME = "neighbours"
SHARED = ("occupations", "income", "tier", "programs", "start", "months", "payer")
ENOUGH = ({"occupations", "income", "programs", "months"},
          {"occupations", "tier", "programs", "months"})  # fmt: skip
"""With these, a person's own answers are all that is still to be asked."""

_ANOTHERS = ("income", "tier", "village", "region")
"""Of what is kept, another person's own: nothing that somebody who is no neighbour is offered."""


def of_neighbours(desk: Desk) -> dict[str, Any]:
    """Return what the person recorded last shares with the next, as members of a worker's JSON.

    Besides them, ``village`` and ``region`` of the address and the ``method`` of the consent. A
    first month that has gone by is left out.
    """
    kept = desk.store.sealed(NAME) or {}
    today = Month.of(desk.app.today(desk.profile.region))
    if "start" in kept and Month.parse(kept["start"]) < today:
        del kept["start"]
    return kept


def of_anybody(shared: dict[str, Any]) -> dict[str, Any]:
    """Return what of it is offered where nobody said that the next one is a neighbour.

    Enter means «nothing» there, or «as the card says», and never «as the person before».
    """
    kept = {name: value for name, value in shared.items() if name not in _ANOTHERS}
    if "occupations" in kept:
        kept["occupations"] = [{"code": work["code"]} for work in kept["occupations"]]
    return kept


def keep_for_neighbours(desk: Desk, worker: dict[str, Any]) -> None:
    """Keep sealed what a recorded worker shares with the next, in one transaction."""
    shared = {name: worker[name] for name in SHARED if name in worker}
    address = worker.get("address", {})
    shared |= {name: address[name] for name in ("village", "region") if name in address}
    shared["method"] = worker["consent"]["method"]
    with desk.store.connection.transaction():
        desk.store.seal(NAME, shared)


def is_enough(shared: dict[str, Any]) -> bool:
    """Tell whether what is shared leaves only a person's own answers to be asked."""
    return any(needed <= shared.keys() for needed in ENOUGH)
