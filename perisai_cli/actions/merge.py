"""Merges agents' books into one dataset: each is taken wholly or refused, whatever the others do.

All of one call is one transaction: who kills it half-way finds the dataset as it was before.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from perisai_cli.actions.app import App, Result
from perisai_cli.actions.bundle import bundle_file
from perisai_cli.actions.merge_key import Supervisor, supervisor_of
from perisai_cli.domain.errors import (
    EXIT_INVALID,
    EXIT_PARTIAL,
    DiskTrouble,
    InvalidInput,
    Problem,
    plain_name,
)
from perisai_cli.domain.period import timestamp
from perisai_cli.storage import handovers, merge_answers
from perisai_cli.storage.dataset import MERGED, Dataset, dataset, passing_dataset
from perisai_cli.storage.dataset_file import dataset_path, remove_dataset
from perisai_cli.storage.lock import merge_lock
from perisai_cli.storage.store import Store

if TYPE_CHECKING:
    from perisai_cli.protocol.book import BookManifest
    from perisai_cli.storage.merging import Merging
    from perisai_cli.sync.book import Book

SUFFIX = ".prs"
TAKEN, KNOWN, REFUSED = "taken", "known", "refused"

CLOCKS_DIFFER = timedelta(days=1)
"""How much later than now a book may say that it was made: two clocks are never quite equal."""

Moved = Callable[[int, int], None]
"""Is told how many records were read, and of how many."""


@dataclass(slots=True)
class Entry:
    """One file that was named, and what became of it."""

    row: int
    path: Path
    order: tuple[str, str] = ("", "")
    records: int = 0
    state: str = REFUSED
    told: dict[str, Any] = field(default_factory=dict)
    problem: Problem | None = None
    warnings: tuple[Problem, ...] = ()

    def shown(self) -> dict[str, Any]:
        """Return it as the JSON has it."""
        return {"row": self.row, "file": plain_name(self.path), "state": self.state} | self.told


def merge_books(app: App, named: Sequence[Path], moved: Moved, *, dry_run: bool = False) -> Result:
    """Take the books in these files and folders into the merged dataset.

    Exit 3 when some were refused, 2 when all were.

    Raises:
        InvalidInput: ``merge.no_key``; ``merge.empty_folder``: a folder holds no book.
        DiskTrouble: the disk is full or fails; nothing was taken.
        StoreLocked: ``merge.locked``: another merge is under way; nothing was taken.
    """
    entries = [Entry(row, path) for row, path in enumerate(_files(named), 1)]
    with app.store() as store, merge_lock(app.home):
        supervisor = supervisor_of(store)
        for entry in entries:
            _look(entry)
        standing: dict[str, Any] = {"in_dataset": 0, "questions": 0}
        if any(entry.problem is None for entry in entries):
            standing = _merge(app, store, supervisor, entries, moved, dry_run=dry_run)
    return _result(entries, standing, dry_run=dry_run)


def _files(named: Sequence[Path]) -> Iterator[Path]:
    """Yield the files, and those in the folders; a folder that can't be read as it is named.

    What no system can have a file of that name for, is told where it is opened, as of any other.
    """
    for path in named:
        try:
            held = list(path.iterdir()) if path.is_dir() else None
        except OSError:
            held = None
        if held is None:
            yield path
            continue
        found = sorted(each for each in held if each.suffix.lower() == SUFFIX)
        if not found:
            raise InvalidInput("merge.empty_folder", suffix=SUFFIX)
        yield from found


def _look(entry: Entry) -> None:
    """Read what a file says of itself, which tells the order in which books are taken."""
    from perisai_cli.protocol.bundle import Bundle

    with _refusing(entry), _opened(entry.path) as file:
        header = Bundle(file).header
        entry.order, entry.records = (header.created_at, header.id), header.count


@contextlib.contextmanager
def _refusing(entry: Entry) -> Iterator[None]:
    """Let one file's fault be its own."""
    try:
        yield
    except InvalidInput as error:
        entry.state = REFUSED
        name = plain_name(entry.path)
        entry.problem = replace(error.problems[0], row=entry.row, file=name)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        stream = path.open("rb")
    except OSError:
        raise InvalidInput("file.unreadable", field="--file") from None
    with stream, bundle_file(stream) as (file, _as_text):
        yield file


class _OnlyLooked(Exception):
    """Undoes what a plan did."""


def _merge(
    app: App,
    store: Store,
    supervisor: Supervisor,
    entries: Sequence[Entry],
    moved: Moved,
    *,
    dry_run: bool,
) -> dict[str, Any]:
    """Take the books in the order in which they were made; return what the dataset came to."""
    path = dataset_path(app.home, MERGED)
    new = not path.exists()
    data = (
        passing_dataset(store.vault)
        if dry_run and new
        else dataset(app.home, MERGED, store.vault, create=True)
    )
    kept = False
    try:
        with contextlib.suppress(_OnlyLooked), data.transaction():
            _take_all(app, data, store, supervisor, entries, moved)
            if taken := [entry for entry in entries if entry.state == TAKEN]:
                conclude(data, timestamp(app.clock()))
            standing = _standing(data)
            if dry_run:
                raise _OnlyLooked
            # Before the commit: the journal may tell of more than was done, never of less.
            if taken:
                with store.connection.transaction():
                    store.journal(app.clock(), "merge.books", books=len(taken))
        kept = bool(standing["books"])
        with contextlib.suppress(DiskTrouble):  # what is committed waits in the log for room
            data.connection.run("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        data.close()
        if new and not kept and not dry_run:
            with contextlib.suppress(DiskTrouble):  # without a book in it, nobody reads it
                remove_dataset(path)
    return standing


def _take_all(
    app: App,
    data: Dataset,
    store: Store,
    supervisor: Supervisor,
    entries: Sequence[Entry],
    moved: Moved,
) -> None:
    from perisai_cli.storage.merging import Merging

    merging, read, whole = Merging(data, store.vault), 0, sum(each.records for each in entries)
    latest = timestamp(app.clock() + CLOCKS_DIFFER)
    for entry in sorted(entries, key=lambda each: (each.order, each.row)):
        if entry.problem is not None:
            continue
        before = read
        with _refusing(entry), _opened(entry.path) as file:
            for count in _take(merging, supervisor, entry, file, latest):
                read += count
                moved(read, whole)
        read = before + entry.records


def _take(
    merging: Merging, supervisor: Supervisor, entry: Entry, file: Any, latest: str
) -> Iterator[int]:
    """Take one book, made at *latest*, yielding how many records came at a time."""
    from perisai_cli.sync.book import Book

    book: Book = Book(file, supervisor.public, supervisor.private)
    manifest = book.manifest
    new_device = merging.admit(manifest, latest)
    entry.told = _told(manifest, new_device=new_device)
    if merging.known_book(manifest.bundle):
        entry.state = KNOWN
        return
    if merging.number_taken(manifest):
        facts: dict[str, str | int] = {"agent": manifest.agent, "number": manifest.number}
        entry.warnings = (Problem("merge.number_twice", None, facts),)
    with merging.whole_book():
        yield from merging.take(manifest, book.records())
    entry.state = TAKEN


def _told(manifest: BookManifest, *, new_device: bool) -> dict[str, Any]:
    from perisai_cli.protocol.book import device_fingerprint

    return {
        "bundle": manifest.bundle,
        "agent": manifest.agent,
        "device": manifest.device,
        "fingerprint": device_fingerprint(manifest.public_key),
        "new_device": new_device,
        "made_at": manifest.made_at,
        "number": manifest.number,
        "records": manifest.records,
        "persons": manifest.persons,
    }


def conclude(data: Dataset, now: str) -> None:
    """Work out what follows from all that is in the dataset, inside the caller's transaction."""
    merge_answers.settle(data)
    data.derive()
    # No clock of a device tells of changes that are yet to come.
    data.keep("as_of", min(handovers.newest_change(data), now))
    data.keep("read_at", now)
    data.keep("books", str(len(handovers.newest_books(data))))


def _standing(data: Dataset) -> dict[str, Any]:
    row = data.connection.row("SELECT count(*) AS n FROM counted")
    return {
        "books": len(handovers.newest_books(data)),
        "in_dataset": 0 if row is None else int(row["n"]),
        "questions": merge_answers.open_count(data),
    }


def _result(entries: Sequence[Entry], standing: dict[str, Any], *, dry_run: bool) -> Result:
    states = [entry.state for entry in entries]
    counts = {state: states.count(state) for state in (TAKEN, KNOWN, REFUSED)}
    data: dict[str, Any] = {"dry_run": dry_run, "count": len(entries)} | counts
    data |= {name: standing.get(name, 0) for name in ("books", "in_dataset", "questions")}
    data["items"] = [entry.shown() for entry in entries]
    problems = tuple(entry.problem for entry in entries if entry.problem is not None)
    warnings = tuple(warning for entry in entries for warning in entry.warnings)
    if not problems:
        return Result("merge", data, warnings=warnings)
    if counts[REFUSED] == len(entries):
        return Result("merge", data, problems, warnings, "error", EXIT_INVALID)
    return Result("merge", data, problems, warnings, "partial", EXIT_PARTIAL)
