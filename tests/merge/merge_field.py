"""A supervisor's dataset in memory that books are merged into, and all that it came to."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from made_books import Overseer

from perisai_cli.actions.merge import conclude
from perisai_cli.domain.errors import InvalidInput
from perisai_cli.storage import merge_answers
from perisai_cli.storage.dataset import Dataset, passing_dataset
from perisai_cli.storage.dataset_tables import TABLES
from perisai_cli.storage.merging import Merging
from perisai_cli.storage.vault import Vault
from perisai_cli.sync.book import Book

VAULT = Vault(bytes(range(32)))
NOW = "2026-12-01T00:00:00Z"
LATEST = "2026-12-02T00:00:00Z"


class Table:
    """What a supervisor merges on: a dataset, the key for books, and answers."""

    def __init__(self, overseer: Overseer):
        self.overseer = overseer
        self.data: Dataset = passing_dataset(VAULT)

    def merge(self, *books: bytes) -> list[str]:
        """Take books in one merge; return the codes of those that were refused."""
        refused = []
        with self.data.transaction():
            merging = Merging(self.data, VAULT)
            for content in books:
                try:
                    self._take(merging, content)
                except InvalidInput as error:
                    refused.append(error.code)
            conclude(self.data, NOW)
        return refused

    def _take(self, merging: Merging, content: bytes) -> None:
        book = Book(io.BytesIO(content), self.overseer.public, self.overseer.private)
        merging.admit(book.manifest, LATEST)
        if merging.known_book(book.manifest.bundle):
            return
        with merging.whole_book():
            for _count in merging.take(book.manifest, book.records()):
                pass

    @property
    def questions(self) -> list[merge_answers.Question]:
        return merge_answers.open_questions(self.data)

    def answer(self, question: merge_answers.Question, choice: int, at: str = NOW) -> None:
        with self.data.transaction():
            answer = merge_answers.Answer(question, choice, at, "S-1")
            merge_answers.keep(self.data, answer, "dilihat", VAULT)
            if question.kind == "conflict":
                Merging(self.data, VAULT).count_again(question.sides[0].split(":")[0])
            conclude(self.data, NOW)

    def conclude(self) -> None:
        """Work out what follows, inside a transaction."""
        conclude(self.data, NOW)

    def fact(self, record_id: str) -> dict[str, Any]:
        """Return what reports know of a record."""
        for table in TABLES.values():
            row = self.data.connection.row(f"SELECT * FROM {table} WHERE id = ?", record_id)
            if row is not None:
                return dict(zip(row.keys(), row, strict=True))
        raise KeyError(record_id)

    def dump(self) -> str:
        """Return all that the dataset came to, persons opened, but for when it was read."""
        whole: dict[str, Any] = {
            table: self._rows(f"SELECT * FROM {table} ORDER BY id")
            for table in (*TABLES.values(), "counted", "questions")
        }
        whole["persons"] = {
            row["id"]: self.data.person(row["id"])
            for row in self.data.connection.rows("SELECT id FROM persons ORDER BY id")
        }
        merging = Merging(self.data, VAULT)
        ids = [row["id"] for row in self.data.connection.rows("SELECT DISTINCT id FROM variants")]
        whole["variants"] = [
            (each.key, each.said, each.made_at, each.book, merging.body(each))
            for record_id in sorted(ids)
            for each in merging.of_record(record_id)
        ]
        whole["reasons"] = self.data.reasons()
        whole["about"] = [self.data.kept("as_of"), self.data.kept("books")]
        return json.dumps(whole, sort_keys=True, default=repr)

    def _rows(self, sql: str) -> list[list[Any]]:
        return [list(row) for row in self.data.connection.rows(sql)]


def merged(overseer: Overseer, groups: Iterable[Sequence[bytes]]) -> Table:
    """Return a dataset into which these groups of books were merged, one after another."""
    table = Table(overseer)
    for group in groups:
        assert table.merge(*group) == []
    return table
