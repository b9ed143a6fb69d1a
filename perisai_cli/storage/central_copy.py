"""The copy of a central's records on this device: a dataset that knows from where to ask on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from perisai_cli.domain.errors import InvalidInput
from perisai_cli.domain.facts import Fact
from perisai_cli.storage.dataset import CENTRAL, Dataset, dataset
from perisai_cli.storage.dataset_file import dataset_path, open_dataset
from perisai_cli.storage.dataset_tables import TABLES
from perisai_cli.storage.vault import Vault

_YES = "1"
_ORIGIN = ("central", "office", "as_of", "read_at")


def was_read(home: Path) -> bool:
    """Tell whether a central was ever read to its end here, so that its copy can be reported on."""
    if not dataset_path(home, CENTRAL).exists():
        return False
    connection = open_dataset(home, CENTRAL, create=False)
    try:
        row = connection.row("SELECT value FROM meta WHERE key = 'read_at'")
    finally:
        connection.close()
    return row is not None and bool(row["value"])


@contextmanager
def reportable_moment(kept: Dataset) -> Iterator[None]:
    """Answer every question of a central's dataset as of now, with nothing that waits.

    What a reading left open that was cut, or that goes on, is worked out first: it then stands
    beside what was there, and is of the moment of the reading before.

    Raises:
        InvalidInput: ``dataset.partial``: it was never read to the end.
    """
    while True:
        with kept.one_moment():
            if not kept.kept("read_at"):
                raise InvalidInput("dataset.partial", name=kept.name)
            if kept.kept("derived") == _YES:
                yield
                return
        with kept.transaction():  # a reading may keep more before the next moment begins
            kept.derive()
            kept.keep("derived", _YES)


class CentralCopy:
    """The dataset of a central, made when the first of it comes. A context manager.

    Attributes:
        was_fresh: Whether it was begun anew since it was opened.
    """

    def __init__(self, home: Path, vault: Vault):
        self._home = home
        self._vault = vault
        self._kept: Dataset | None = None
        self.was_fresh = False

    def __enter__(self) -> Self:
        """Open the file, where there is one."""
        if dataset_path(self._home, CENTRAL).exists():
            self._kept = dataset(self._home, CENTRAL, self._vault)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        if self._kept is not None:
            self._kept.close()

    # What it is

    @property
    def cursor(self) -> str:
        """From where to ask on; empty for everything."""
        return self._fact("cursor")

    @property
    def seen(self) -> tuple[int, str] | None:
        """The newest commit that it was told of, by number and token."""
        seq, token = self._fact("seq"), self._fact("token")
        return (int(seq), token) if seq and token else None

    @property
    def has_persons(self) -> bool:
        """Whether it holds the persons of all its records."""
        return self._fact("persons") == _YES

    @property
    def is_whole(self) -> bool:
        """Whether it was read to the end, and nothing of a later reading waits."""
        return self._fact("whole") == _YES

    def is_of(self, central: str, office: str | None) -> bool:
        """Tell whether it is of what this central shows of this office."""
        return (self._fact("central"), self._fact("office")) == (central, office or "")

    def origin(self) -> dict[str, str]:
        """Return whose records it holds, and of when they are."""
        return {name: self._fact(name) for name in _ORIGIN}

    # Writing

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Hold the write lock; commit at the end, or undo everything."""
        with self._file.transaction():
            yield

    def begin(self, central: str, office: str | None, *, persons: bool) -> None:
        """Make room for all that a central has: what was there is forgotten.

        It belongs in the transaction of the first that is put, so that whoever is cut off before
        still has what was there.
        """
        self.was_fresh = True
        for table in (*TABLES.values(), "persons", "sealed", "meta"):
            self._file.connection.run(f"DELETE FROM {table}")  # noqa: S608 - our names
        facts = {"central": central, "office": office or ""}
        self._keep(facts | {"persons": _YES if persons else ""})

    def put(
        self,
        facts: Sequence[Fact],
        told: Mapping[str, Mapping[str, Any]],
        erased: Sequence[str],
        *,
        persons: bool,
    ) -> None:
        """Keep what changed, in place of what was known of the same records.

        Args:
            facts: What reports count.
            told: What concerns a person, by record.
            erased: Records that are no more.
            persons: Whether *told* holds the persons of all *facts*.
        """
        self._file.put(facts)
        bare = [(fact.id,) for fact in facts if fact.id not in told]
        self._file.connection.run_many("DELETE FROM persons WHERE id = ?", bare)
        self._file.put_persons(told.items())
        self._file.remove(erased)
        if facts or erased:
            self._keep({"derived": ""})
        if facts and not persons:
            self._keep({"persons": ""})

    def mark(self, cursor: str, seq: int, token: str) -> None:
        """Keep from where to ask on."""
        self._keep({"cursor": cursor, "seq": str(seq), "token": token, "whole": ""})

    def finish(self, as_of: str, read_at: str, agents: Sequence[str] | None) -> None:
        """Work out what rests on several records: everything has come.

        *agents* are those whose records may be here; None for all.
        """
        if agents is not None:
            self._leave(agents)
        if self._fact("derived") != _YES:
            self._file.derive()
        self._keep({"as_of": as_of, "read_at": read_at, "derived": _YES, "whole": _YES})

    def _leave(self, agents: Sequence[str]) -> None:
        """Remove the records of agents who left the office."""
        known = set(agents)
        for table in TABLES.values():
            rows = self._file.rows(f"SELECT DISTINCT author FROM {table}", {})  # noqa: S608
            for author in {str(author) for (author,) in rows} - known:
                of_author = f"SELECT id FROM {table} WHERE author = :author"  # noqa: S608
                self._file.remove(
                    [row[0] for row in self._file.rows(of_author, {"author": author})]
                )
                self._keep({"derived": ""})

    @property
    def _file(self) -> Dataset:
        if self._kept is None:
            self._kept = dataset(self._home, CENTRAL, self._vault, create=True)
        return self._kept

    def _fact(self, name: str) -> str:
        return "" if self._kept is None else self._kept.kept(name) or ""

    def _keep(self, facts: Mapping[str, str]) -> None:
        for name, value in facts.items():
            self._file.keep(name, value)
