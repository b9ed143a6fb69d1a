"""What every action is handed: the home, the clock, and the ways to a store and to a central."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from perisai_cli.domain.errors import EXIT_DONE, Problem
from perisai_cli.domain.period import local_day

if TYPE_CHECKING:
    from perisai_cli.storage.store import Profile, Store


class App(NamedTuple):
    """The world as an action sees it; made by ``wiring`` alone.

    Attributes:
        home: Folder of store and settings.
        clock: The present moment, aware of its time zone.
        unlock: Opens the store, asking for the passphrase where it must.
        central: Address that goes before the profile's, or None.
        version: Name and version of this program, as the central is told.
        authority: PEM file of the one authority to trust a central by; None for the system's.
        metered: Whether every octet costs, as the settings say.
        sleep: Waits for so many seconds.
    """

    home: Path
    clock: Callable[[], datetime]
    unlock: Callable[[], Store]
    central: str | None
    version: str
    authority: Path | None = None
    metered: bool = False
    sleep: Callable[[float], None] = time.sleep

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Yield the unlocked store and close it afterwards."""
        store = self.unlock()
        try:
            yield store
        finally:
            store.close()

    def today(self, region: str) -> date:
        """Return the calendar day where *region* lies."""
        return local_day(self.clock(), region)

    def address(self, profile: Profile) -> str:
        """Return the address of the central to talk to; empty when none is known."""
        return self.central or profile.central


class Result(NamedTuple):
    """What a command came to; ``cli`` prints it as text or as the JSON envelope.

    Attributes:
        command: The command's English name, such as ``contribution bpu``.
        data: JSON values, keys in English.
        problems: Faults, when the status is ``partial`` or ``error``.
        warnings: Kept and shown, never in the way; None for commands that give none.
        status: ``success``, ``partial`` or ``error``.
        exit_code: One of ``errors.EXIT_CODES``.
    """

    command: str
    data: Any
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] | None = None
    status: str = "success"
    exit_code: int = EXIT_DONE
