"""What every request needs of its central: the database, the clock, the law, and the manner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from perisai_cli.central.database import Database
from perisai_cli.rules.law import Law

TOKEN_SECONDS = 15 * 60


@dataclass(frozen=True, slots=True)
class Central:
    """One running central.

    Attributes:
        database: Where everything is kept.
        clock: Returns the present moment, with its zone.
        law: Parameters in force.
        self_registration: Whether a device may register without a code; only on loopback.
        token_seconds: How long an access token is good for.
        check_seen: Whether a batch is refused with ``central.rewound`` when the commit that its
            device saw last is no more.
    """

    database: Database
    clock: Callable[[], datetime]
    law: Law
    self_registration: bool = False
    token_seconds: int = TOKEN_SECONDS
    check_seen: bool = True
