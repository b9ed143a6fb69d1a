"""What the central said about a record: numbers and problems, sealed, since both tell of a person.

That an officer must look at someone's health is nobody's business who only holds the file.
"""

from __future__ import annotations

import sqlite3
from typing import Any, NamedTuple

from perisai_cli.domain.errors import Problem
from perisai_cli.domain.outbox import Outcome
from perisai_cli.storage.vault import Vault

_TABLE = "reply"


class Reply(NamedTuple):
    """The central's last word on a record.

    Attributes:
        assigned: Membership number and payment code, once they were given.
        problems: What was said of the record's present revision; none once it is corrected.
    """

    assigned: dict[str, Any]
    problems: tuple[Problem, ...]


def sealed(vault: Vault, row: sqlite3.Row, outcome: Outcome) -> bytes:
    """Return the reply of a record after *outcome*; a number once assigned is kept."""
    content = {
        "rev": outcome.rev,
        "assigned": outcome.assigned or opened(vault, row).assigned,
        "problems": [
            {"code": problem.code, "field": problem.field, "facts": problem.facts}
            for problem in outcome.problems
        ],
    }
    return vault.seal(_TABLE, row["id"], row["schema"], content)


def opened(vault: Vault, row: sqlite3.Row) -> Reply:
    """Return what the central said about the record in *row*."""
    if row["reply"] is None:
        return Reply({}, ())
    content = vault.open(_TABLE, row["id"], row["schema"], row["reply"])
    present = content["problems"] if content["rev"] == row["rev"] else []
    return Reply(content["assigned"], tuple(Problem(**problem) for problem in present))
