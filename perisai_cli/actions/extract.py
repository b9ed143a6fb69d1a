"""Brings the copy of a central's records on this device up to date, for reports to be made of it.

Parts are kept as they come, each with the place from which to ask on: whatever cuts the line or
ends the program, the next call goes on there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.central_remote import SECONDS, Office
from perisai_cli.domain.errors import InvalidInput, PerisaiError, TryLater
from perisai_cli.domain.period import timestamp
from perisai_cli.domain.reasons import is_reason
from perisai_cli.protocol.extract import Begin, End
from perisai_cli.storage.central_copy import CentralCopy
from perisai_cli.storage.lock import fetch_lock

if TYPE_CHECKING:
    from perisai_cli.sync.client import Client
    from perisai_cli.sync.extract import Part, Question

BATCH = 5000
"""Records that are kept in one transaction."""

_MAX_FRESH = 3
_MAX_TRIES = 8
"""Tries by which the pause between two of them grows."""


def fetch_central(
    app: App,
    office: Office,
    persons: str | None = None,
    progress: Callable[[int], None] = lambda _records: None,
    *,
    max_seconds: float = SECONDS,
) -> Result:
    """Fetch what changed at a central since the last time; everything, the first time.

    Args:
        app: The world; its store's vault seals what is fetched.
        office: The central and the officer who asks; without an address, the profile's central.
        persons: Why workers and their numbers are fetched too; the central keeps it, as does the
            journal. None leaves them there.
        progress: Called with how many records have come, now and then.
        max_seconds: Patience with a link that brings nothing.

    Raises:
        InvalidInput: ``extract.reason``: the reason is no reason in words; ``central.none``,
            ``central.address``.
        SignInAgain: the token is refused.
        StoreLocked: ``extract.locked``: another fetch runs.
        TryLater: the central does not answer; what came before is kept.
        SomethingInTheWay: something else than a central answers.
    """
    from perisai_cli.sync.client import Client, Link

    if persons is not None and not is_reason(persons):
        raise InvalidInput("extract.reason", field="--reason")
    with app.store() as store, fetch_lock(app.home):
        if persons is not None:
            with store.connection.transaction():
                store.journal(app.clock(), "extract.persons", reason=persons.strip())
        address = office.address or app.address(store.profile)
        if not address:
            raise InvalidInput("central.none")
        link = Link(max_seconds, app.clock, app.authority, sleep=app.sleep)
        with (
            CentralCopy(app.home, store.vault) as copy,
            Client(address, link, app.version).open() as client,
        ):
            fetch = _Fetch(app, office, copy, client, persons, progress)
            fetch.to_the_end()
            return Result("report fetch", fetch.told())


class _Fetch:
    """One fetch: asks on after every cut, begins anew where the copy is of something else."""

    def __init__(
        self,
        app: App,
        office: Office,
        copy: CentralCopy,
        client: Client,
        persons: str | None,
        progress: Callable[[int], None],
    ):
        self._app = app
        self._office = office
        self._copy = copy
        self._client = client
        self._persons = persons
        self._progress = progress
        self._anew = not copy.cursor or (persons is not None and not copy.has_persons)
        self._fresh = 0
        self.records = 0
        self.erased = 0

    def to_the_end(self) -> None:
        """Read until the newest commit.

        Raises:
            TryLater: the patience is at its end.
        """
        tries, before = 0, 0
        while True:
            try:
                if self._once():
                    return
            except TryLater as error:
                if self.records + self.erased > before:
                    tries, before = 0, self.records + self.erased
                    self._client.renew()
                self._wait(error, tries)
                tries += 1
            except PerisaiError as error:
                if error.code != "central.rewound":
                    raise
                self._begin_anew()

    def told(self) -> dict[str, Any]:
        """Return what came of it."""
        return self._copy.origin() | {
            "records": self.records,
            "erased": self.erased,
            "fresh": self._copy.was_fresh,
            "persons": self._copy.has_persons,
            "requests": self._client.traffic.requests,
            "bytes_down": self._client.traffic.bytes_down,
        }

    def _wait(self, error: TryLater, tries: int) -> None:
        from perisai_cli.sync.client import Failure

        self._client.pause(Failure(error), min(tries, _MAX_TRIES))

    def _begin_anew(self) -> None:
        """Ask for everything from now on; what is here stays until the first of it has come."""
        self._fresh += 1
        if self._fresh > _MAX_FRESH:
            raise TryLater("central.rewound")
        self._anew = True

    def _once(self) -> bool:
        """Read one answer; return whether it brought the copy up to the newest commit."""
        from perisai_cli.sync.extract import read_extract

        answer = read_extract(self._client, self._question())
        begin = next(answer)
        assert isinstance(begin, Begin)  # it is what comes first
        if not self._anew and not self._copy.is_of(begin.central, begin.office):
            answer.close()
            self._begin_anew()
            return False
        with self._kept_to_the_last(begin) as keep:
            for part in answer:
                assert not isinstance(part, Begin)
                keep(part)
        return self._copy.is_whole

    def _question(self) -> Question:
        from perisai_cli.sync.extract import Question

        if self._anew:
            return Question(self._office.token, reason=self._persons)
        return Question(self._office.token, self._copy.cursor, self._copy.seen, self._persons)

    @contextmanager
    def _kept_to_the_last(self, begin: Begin) -> Iterator[Callable[[Part], None]]:
        """Yield what keeps parts, several at a time; those that wait are kept whatever happens."""
        waiting: list[Part] = []

        def write() -> None:
            if waiting:
                self._write(begin, waiting)
                waiting.clear()

        def keep(part: Part) -> None:
            waiting.append(part)
            if sum(len(each.facts) for each in waiting) >= BATCH:
                write()

        try:
            yield keep
        finally:
            write()

    def _write(self, begin: Begin, parts: list[Part]) -> None:
        last = parts[-1].mark
        assert last is not None  # a part without its mark never comes out
        end = last if isinstance(last, End) and not last.more else None
        facts = [fact for part in parts for fact in part.facts]
        erased = [each for part in parts for each in part.erased]
        with self._copy.transaction():
            if self._anew:
                self._copy.begin(begin.central, begin.office, persons=begin.persons)
            self._copy.put(facts, _told_last(parts), erased, persons=self._persons is not None)
            self._copy.mark(last.cursor, last.seq, last.token)
            if end is not None:
                self._copy.finish(end.as_of, timestamp(self._app.clock()), end.agents)
        self._anew = False
        self.records += len(facts)
        self.erased += len(erased)
        self._progress(self.records)


def _told_last(parts: list[Part]) -> dict[str, dict[str, Any]]:
    """Return what the last word on each record tells of its person, if it tells anything."""
    told: dict[str, dict[str, Any]] = {}
    for part in parts:
        for fact in part.facts:
            told.pop(fact.id, None)
        told |= part.told
    return told
