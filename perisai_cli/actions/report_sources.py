"""Where reports take their numbers from: this store, what was merged, what a central gave."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from perisai_cli.actions.desk import Desk
from perisai_cli.actions.funnel import by_event
from perisai_cli.actions.report_wish import OWN
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.facts import Whose, standing_of
from perisai_cli.reports.model import Origin
from perisai_cli.storage.answers import state_value
from perisai_cli.storage.attendees import Attendees
from perisai_cli.storage.book_records import book_lines, one_moment
from perisai_cli.storage.central_copy import reportable_moment
from perisai_cli.storage.dataset import CENTRAL, MERGED, NAMES, Dataset, dataset, passing_dataset
from perisai_cli.storage.handovers import has_books, newest_books
from perisai_cli.storage.merge_answers import open_count

SOURCES = (OWN, *NAMES)
"""What a report can be asked of; the last two are datasets of this home."""

_PAGE = 5000


class DatasetSource:
    """A dataset as reports ask it; every answer is of the same moment."""

    def __init__(self, kept: Dataset, origin: Origin):
        self._kept = kept
        self._origin = origin

    @property
    def origin(self) -> Origin:
        """Where the numbers come from."""
        return self._origin

    @property
    def dataset(self) -> Dataset:
        """The dataset, for what only a dataset has: the persons in it."""
        return self._kept

    def rows(self, sql: str, **values: str | int) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a question."""
        return self._kept.rows(sql, values)

    def reasons(self) -> Iterable[tuple[str, str, str, str, str, int]]:
        """Return why records were held or sent back, counted."""
        return self._kept.reasons()


@contextmanager
def report_source(desk: Desk, name: str) -> Iterator[DatasetSource]:
    """Yield one of ``SOURCES``, as it is at one moment.

    Raises:
        InvalidInput: ``dataset.none``: nothing was merged or fetched yet; ``dataset.partial``: what
            is fetched never came to its end.
    """
    kept = own_dataset(desk) if name == OWN else dataset(desk.app.home, name, desk.store.vault)
    try:
        with reportable_moment(kept) if name == CENTRAL else kept.one_moment():
            if name == MERGED and not has_books(kept):
                raise InvalidInput("dataset.none", name=name)
            yield DatasetSource(kept, _origin(desk, kept, name))
    finally:
        kept.close()


def _origin(desk: Desk, kept: Dataset, name: str) -> Origin:
    if name == OWN:
        return Origin(OWN, desk.profile.agent, kept.kept("as_of") or "")
    as_of, read_at = kept.kept("as_of") or "", kept.kept("read_at")
    if name != MERGED:
        office = kept.kept("office") or ""
        return Origin(name, kept.kept("central") or "–", as_of, read_at, office=office)
    books = newest_books(kept)
    oldest = min(books, key=lambda book: book.made_at, default=None)
    return Origin(
        name, str(len(books)), as_of, read_at, oldest.made_at if oldest else None,
        oldest.agent if oldest else "", questions=open_count(kept),
    )  # fmt: skip


def _newest(desk: Desk) -> str:
    """Return the moment of the newest change in a store: a final record's, or an answer to one."""
    row = desk.store.connection.row(
        "SELECT max(updated_at) AS at FROM records WHERE state <> 'draft'"
    )
    changed = row["at"] if row else None
    return max(changed or "", state_value(desk.store.connection, "last_success") or "")


def own_dataset(desk: Desk) -> Dataset:
    """Return the facts of a store as a dataset in memory: what its book would tell."""
    from perisai_cli.protocol.book import BookRecord
    from perisai_cli.protocol.book_facts import fact_of, state_of

    kept, profile = passing_dataset(desk.store.vault), desk.profile
    reached, unpaid = by_event(Attendees(desk.store))
    with kept.transaction(), one_moment(desk.store):
        for lines in _pages(book_lines(desk.store, reached, (0, unpaid))):
            facts = []
            for line in map(BookRecord.model_validate, lines):
                if line.erased:  # it counts nowhere, as at the central and where books are merged
                    continue
                standing = standing_of(state_of(line), pending=line.pending)
                assert standing is not None  # a book holds no drafts
                agent, office, region = profile.agent, profile.office, profile.region
                facts.append(
                    fact_of(line, Whose(line.id, line.rev, standing, agent, office, region))
                )
                if line.codes:
                    kept.put_persons([(line.id, {"codes": line.codes})])
            kept.put(facts)
        kept.keep("as_of", _newest(desk))
        kept.derive()
    return kept


def _pages(lines: Iterator[Any]) -> Iterator[list[Any]]:
    while page := list(itertools.islice(lines, _PAGE)):
        yield page
