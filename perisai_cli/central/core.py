"""What every request needs of its central: the database, the clock, the law, and the manner."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from perisai_cli.central.database import Database
from perisai_cli.central.judging import Laws, only
from perisai_cli.central.life import Life
from perisai_cli.central.limits import Limits
from perisai_cli.central.metrics import Metrics
from perisai_cli.central.reference import Shelf
from perisai_cli.rules.law import Law

TOKEN_SECONDS = 15 * 60
PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Manner:
    """How a central treats those who speak to it; an office sets it when it starts one.

    Attributes:
        device_a_minute: Requests that one device may send a minute; 0 for any number.
        address_a_minute: Registrations and sign-ins that one address may send; 0 for any number.
        show_metrics: Whether ``/metrics`` is there.
        proxies: Addresses whose ``X-Forwarded-For`` is believed, with commas; empty for nobody.
        patience_seconds: How long content may keep the central waiting before its first octet,
            and beyond what it earned with those that came.
    """

    device_a_minute: int = 0
    address_a_minute: int = 0
    show_metrics: bool = True
    proxies: str = ""
    patience_seconds: int = PATIENCE_SECONDS


@dataclass(frozen=True, slots=True)
class Central:
    """One running central.

    Attributes:
        database: Where everything is kept.
        clock: Returns the present moment, with its zone.
        shelf: The reference data that are published.
        law: The only rules to judge by, in place of the published ones; for tests.
        self_registration: Whether a device may register without a code; only on loopback.
        token_seconds: How long an access token is good for.
        check_seen: Whether a batch is refused with ``central.rewound`` when the commit that its
            device saw last is no more.
        manner: How it treats those who speak to it.
        limits: What it counts against those who send too much.
        metrics: What it tells those who watch over it.
        life: Whether it is stopping.
    """

    database: Database
    clock: Callable[[], datetime]
    shelf: Shelf
    law: Law | None = None
    self_registration: bool = False
    token_seconds: int = TOKEN_SECONDS
    check_seen: bool = True
    manner: Manner = field(default_factory=Manner)
    limits: Limits = field(default_factory=Limits)
    metrics: Metrics = field(default_factory=Metrics)
    life: Life = field(default_factory=Life)

    def laws(self, now: datetime) -> Laws:
        """Return the rules to judge by at the moment *now*."""
        return self.shelf.laws(now) if self.law is None else only(self.law)
