"""Queue mode: people one after another at a market, with what the day brought so far."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any, Protocol

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.cli import names
from perisai_cli.cli.asking import Answers
from perisai_cli.cli.output import tell
from perisai_cli.cli.questions import decided
from perisai_cli.cli.sitting import Asked, Sitting
from perisai_cli.cli.wizard import enrol_one
from perisai_cli.domain.money import rupiah
from perisai_cli.domain.period import zone_of
from perisai_cli.i18n import language, text
from perisai_cli.storage.day import DaySoFar, day_so_far


class Finished(Exception):
    """The person said that nobody else is waiting."""


class Taken(Protocol):
    """Takes the receipt of each person, once it is certain."""

    def __call__(self, result: Result) -> None:
        """Take one receipt."""


def enrol_in_a_row(app: App, options: Answers, taken: Taken) -> Result:
    """Ask about one worker after another until nobody is waiting; the store stays open meanwhile.

    Raises:
        KeyboardInterrupt: the person stopped; what is kept was told.
    """
    recorded = 0
    with open_desk(app) as desk:
        sitting = Sitting(desk, options, short=True)
        tell(text("wizard.hint"), text("in_a_row.hint"))
        try:
            with sitting.keeping():
                for result in _one_after_another(sitting):
                    recorded += 1
                    taken(result)
        except Finished:
            pending = _farewell(desk)
        except KeyboardInterrupt:
            tell("", text("in_a_row.stopped", so_far=said_so_far(so_far(desk))))
            raise
    data: dict[str, Any] = {"count": recorded, "accepted": recorded, "refused": 0}
    return Result("enroll", data | {"pending": pending})


def _one_after_another(sitting: Sitting) -> Iterator[Result]:
    """Yield the receipt of each person who is recorded.

    Raises:
        Finished: nobody else is waiting.
    """
    asked = sitting.unfinished()
    while True:
        tell("", _heading(sitting.desk))
        result = enrol_one(sitting, asked or _next(sitting))
        asked = None
        if result is None:
            tell(text("wizard.not_recorded"))
        else:
            yield result


def _next(sitting: Sitting) -> Asked:
    asked = sitting.next_person()
    asked.asking.finish = _finish
    return asked


def _heading(desk: Desk) -> str:
    """Return whose turn it is today, and what the day brought so far."""
    day = so_far(desk)
    return text("in_a_row.person", number=day.people + 1, so_far=said_so_far(day))


def _finish() -> None:
    """End the queue when nobody else is waiting.

    Raises:
        Finished: so it is.
    """
    if decided(text("in_a_row.finished"), default=True):
        raise Finished


def so_far(desk: Desk) -> DaySoFar:
    """Return what the day brought so far, counted from the records themselves."""
    zone = zone_of(desk.profile.region)
    midnight = datetime.combine(desk.app.today(desk.profile.region), time(), zone)
    return day_so_far(desk.store.connection, midnight.astimezone(UTC))


def said_so_far(day: DaySoFar) -> str:
    """Return the counter in words: people and rupiah."""
    return text("in_a_row.so_far", people=day.people, rupiah=rupiah(day.rupiah))


def _farewell(desk: Desk) -> int:
    pending = desk.answers.pending()
    command = names.spoken("sync", language())
    tell("", said_so_far(so_far(desk)), text("in_a_row.then", pending=pending, command=command))
    return pending
