"""Imports a spreadsheet of people: examines all of it first, and records the ready ones if asked.

Rows come one at a time from the file to the disk, so that memory hardly grows with them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from perisai_cli.actions import import_columns as columns
from perisai_cli.actions.app import App, Result
from perisai_cli.actions.desk import Desk, open_desk
from perisai_cli.actions.import_mending import Mending, WatchedBook, Words
from perisai_cli.actions.import_rows import HERE, MEND, READY, Examiner, Seen
from perisai_cli.actions.import_tally import Tally
from perisai_cli.domain import terms
from perisai_cli.domain.errors import InvalidInput, Problem
from perisai_cli.sheets.marked import write_marked
from perisai_cli.sheets.model import Book, Marked, Skipped, Table
from perisai_cli.sheets.people import people
from perisai_cli.sheets.reading import open_book
from perisai_cli.sheets.words import method_in
from perisai_cli.storage.questions import open_questions

GROUP = 100
"""Workers to a commit; what is told of a row is told after its commit."""

_WAITING = 1_000
"""Rows that may wait together for a commit."""


class Listener(Protocol):
    """Hears of each row once it is certain what it came to."""

    def tables(self, tables: tuple[Table, ...]) -> None:
        """Hear which tables were found, before their rows are read."""

    def row(self, seen: Seen, *, recorded: bool) -> None:
        """Hear of a row that holds a person; *recorded*: it is on the disk as a new record."""

    def passed(self) -> None:
        """Hear that a row was passed over."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What is asked of an import.

    Attributes:
        path: The spreadsheet.
        told: Headings to fields, as the user says.
        sheet: The only sheet to read, or None for all that hold people.
        for_all: Members of every worker whose row does not say them itself; ``place`` is where all
            of them work.
        attested: The agent holds the declarations of all of them, signed.
        consent: How all of them gave consent, or None where nobody said so.
        accept: Record the ready ones.
        fix: Where to write the rows to mend.
        everything: Write the other rows there too.
    """

    path: Path
    told: Mapping[str, str] = field(default_factory=dict)
    sheet: str | None = None
    for_all: Mapping[str, Any] = field(default_factory=dict)
    attested: bool = False
    consent: str | None = None
    accept: bool = False
    fix: Path | None = None
    everything: bool = False


def import_file(app: App, options: ImportOptions, words: Words, listener: Listener) -> Result:
    """Examine a spreadsheet, record its ready rows if asked, and write those to mend if asked.

    Raises:
        InvalidInput: the file is no spreadsheet of people, or what every row needs is not said;
            nothing was recorded.
        DiskTrouble: the disk is full; what was told of until then is recorded.
    """
    options = _checked(options)
    with open_book(options.path) as book, open_desk(app) as desk:
        tables = columns.understood(book, desk.store, options.told, options.sheet)
        for_all = _for_all(options, tables)
        mendings = [Mending(table, for_all, words) for table in tables]
        listener.tables(tables)
        if options.accept or options.told:
            with desk.store.connection.transaction():
                columns.keep(desk.store, (*tables, *(each.as_table() for each in mendings)))
        run = _Run(desk, options, for_all, listener)
        if options.fix is None:
            for table in tables:
                for _ in run.outcomes(book, table):
                    pass
        else:
            back = run.mendings(WatchedBook(book), tables, mendings)
            write_marked(options.fix, back, words.sheet())
        pending = desk.answers.pending()
        questions = open_questions(desk.store.connection)
    tally = run.tally
    status, code = tally.verdict()
    data = {
        "accept": options.accept,
        "kind": book.kind,
        "tables": columns.tables_json(tables),
        "for_all": _said(for_all),
        "needs": [] if options.accept else _needs(options, tables),
        **tally.as_json(),
        "fix": str(options.fix.resolve()) if options.fix else None,
        "pending": pending,
        "questions": questions,
    }
    return Result("import", data, tally.problems(), (), status, code)


def _checked(options: ImportOptions) -> ImportOptions:
    """Return the options, the way of consent as a code; it is told in the words of a cell."""
    consent = None if options.consent is None else method_in(options.consent)
    if consent is None and options.consent is not None:
        raise InvalidInput("import.consent_method", field="--consent")
    if options.fix is not None and options.fix.suffix.lower() != ".xlsx":
        raise InvalidInput("import.fix_suffix", field="--fix")
    if options.fix is not None and options.fix.resolve() == options.path.resolve():
        raise InvalidInput("import.fix_is_source", field="--fix")
    return replace(options, consent=consent)


def _for_all(options: ImportOptions, tables: tuple[Table, ...]) -> dict[str, Any]:
    """Return what holds for every row that does not say it; promises are taken for granted.

    Whoever accepts rows must have said that the promises were made; a dry run shows what would be
    left to mend then.

    Raises:
        InvalidInput: rows are to be recorded, and nobody said so.
    """
    missing = _needs(options, tables)
    if options.accept and missing:
        raise InvalidInput.of(tuple(Problem(f"import.{name}", f"--{name}") for name in missing))
    attestation = {"working": True, "critically_ill": False, "text": terms.ATTESTATION_LIST_TEXT}
    method = options.consent or terms.CONSENT_METHODS[0]
    consent = {"given": True, "method": method, "text": terms.CONSENT_LIST_TEXT}
    whole: dict[str, Any] = {"programs": ["jkk", "jkm"], **options.for_all}
    if options.attested or not _holds("attestation", tables):
        whole["attestation"] = attestation
    if options.consent or not _holds("consent", tables):
        whole["consent"] = consent
    return whole


def _needs(options: ImportOptions, tables: tuple[Table, ...]) -> list[str]:
    """Return which promises neither an option nor a column states."""
    said = {"attested": options.attested, "consent": options.consent is not None}
    held = {"attested": _holds("attestation", tables), "consent": _holds("consent", tables)}
    return [name for name in said if not (said[name] or held[name])]


def _holds(member: str, tables: tuple[Table, ...]) -> bool:
    fields = (column.field or "" for table in tables for column in table.columns)
    return any(each.partition(".")[0] == member for each in fields)


def _said(for_all: dict[str, Any]) -> dict[str, Any]:
    return {n: value for n, value in for_all.items() if n not in ("attestation", "consent")}


class _Run:
    """One pass over the rows."""

    def __init__(
        self,
        desk: Desk,
        options: ImportOptions,
        for_all: dict[str, Any],
        listener: Listener,
    ):
        self.tally = Tally()
        self._desk = desk
        self._options = options
        self._listener = listener
        self._examiner = Examiner(desk, for_all)
        self._today = desk.app.today(desk.profile.region)

    def mendings(
        self, book: WatchedBook, tables: tuple[Table, ...], mendings: list[Mending]
    ) -> Iterator[tuple[str, tuple[str, ...], Iterator[Marked]]]:
        """Yield what goes back to be mended, sheet by sheet and row by row."""
        for table, mending in zip(tables, mendings, strict=True):
            yield table.sheet, mending.headings, self._back(book, table, mending)

    def _back(self, book: WatchedBook, table: Table, mending: Mending) -> Iterator[Marked]:
        for seen in self.outcomes(book, table):
            cells = book.cells(seen.person.row)
            if self._options.everything or seen.standing == MEND:
                yield mending.marked(seen, cells)

    def outcomes(self, book: Book, table: Table) -> Iterator[Seen]:
        """Yield the rows of a table once it is certain what they came to."""
        waiting: list[Seen] = []
        ready = 0
        for row in people(book, (table,), self._today):
            if isinstance(row, Skipped):
                self.tally.skip(row)
                self._listener.passed()
                continue
            seen = self._examiner.look(row)
            waiting.append(seen)
            ready += seen.standing == READY
            if not self._options.accept or ready == GROUP or len(waiting) == _WAITING:
                yield from self._settled(waiting)
                waiting, ready = [], 0
        yield from self._settled(waiting)

    def _settled(self, waiting: list[Seen]) -> Iterator[Seen]:
        """Record the ready rows in one transaction if asked, then tell of all of them."""
        if self._options.accept and any(seen.ready for seen in waiting):
            waiting = self._recorded(waiting)
        for seen in waiting:
            recorded = self._options.accept and seen.standing == READY
            self.tally.note(seen, recorded=recorded)
            self._listener.row(seen, recorded=recorded)
            yield seen

    def _recorded(self, waiting: list[Seen]) -> list[Seen]:
        with self._desk.guard.recording():
            now = self._desk.app.clock()
            return [self._finalised(seen, now) for seen in waiting]

    def _finalised(self, seen: Seen, now: datetime) -> Seen:
        """Record a ready row; what the guard asks about it stays open, to be answered later."""
        if seen.ready is None:
            return seen
        try:
            ready = self._desk.record(seen.ready, now, {})
        except InvalidInput:  # another process recorded the same NIK meanwhile
            return replace(seen, standing=HERE, ready=None)
        if ready is seen.ready:
            return seen
        asked = ready.warnings[len(seen.ready.warnings) :]
        return replace(seen, ready=ready, warnings=(*seen.warnings, *asked))
