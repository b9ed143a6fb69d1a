"""Prices the rows of a CSV, writing the answer to each before the next is read.

Rows alike in all but income differ only in their tier, so that an answer is worked out once for
each tier and then found again by a search among the lowest incomes.
"""

from __future__ import annotations

import csv
import io
import sys
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from operator import itemgetter
from typing import Any, BinaryIO, NamedTuple

from perisai_cli.actions.bulk import Counter, Out, Tally, plain_names
from perisai_cli.actions.lines import Line
from perisai_cli.domain.errors import InvalidInput, PerisaiError
from perisai_cli.rules.bulk import Priced
from perisai_cli.rules.request import BpuRequest

ANSWERED = ("tier", "base", "total", "member", "sponsor", "government", "jkk", "jkm", "jht")
"""The columns of an answer, between the row's own name and ``warnings`` and ``error``."""

_BATCH = 2000
MAX_KINDS, MAX_TAILS = 4096, 20_000
"""Kinds and answers kept at a time: more than most files have, and some four megabytes at most."""


class _Kind:
    """Rows alike in all but income: where tiers begin, and the answers found so far.

    ``tails`` holds an answer for each tier and ``request`` what is asked for any of them; ``fixed``
    is the answer to rows that name their tier instead of an income.
    """

    __slots__ = ("fixed", "income_mins", "request", "tails")

    def __init__(self, income_mins: tuple[int, ...]):
        self.request: BpuRequest | None = None
        self.income_mins = (1, *income_mins[1:])  # an income of 0 is below the first, and refused
        self.tails: dict[int, str] = {}
        self.fixed: str | None = None


class Table(NamedTuple):
    """A CSV whose header was read: names of its columns, its rows, and what parts its cells.

    Attributes:
        names: English names of the columns, ``id`` among them where there is one.
        mark: A comma, or the semicolon of an Indonesian spreadsheet.
        above: Lines down to the header, that one counted.
        reader: The rows to come.
    """

    names: list[str]
    mark: str
    above: int
    reader: Any

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows that hold something, each with the line on which it ends.

        What is no CSV comes as a row with a cell too many.
        """
        while True:
            try:
                row = next(self.reader, None)
            except csv.Error:
                row = [""] * (len(self.names) + 1)
            if row is None:
                return
            if row:
                yield self.reader.line_num + self.above, row

    def cells(self, row: list[str]) -> dict[str, str]:
        """Return the cells of *row* by column.

        Raises:
            InvalidInput: ``row.cells``: they are more or fewer than the header's.
        """
        if len(row) != len(self.names):
            raise InvalidInput("row.cells", count=len(row), wanted=len(self.names))
        return {name: cell.strip() for name, cell in zip(self.names, row, strict=True)}


@contextmanager
def open_table(stream: BinaryIO) -> Iterator[Table]:
    """Yield the table in *stream*, which stays open.

    Raises:
        InvalidInput: no header, or one with a column that is unknown or stands twice.
    """
    text = io.TextIOWrapper(stream, "utf-8-sig", errors="surrogateescape", newline="")
    try:
        above, first = next((pair for pair in enumerate(text, 1) if pair[1].strip()), (0, ""))
        mark = ";" if ";" in first and "," not in first else ","
        names = plain_names(next(csv.reader([first], delimiter=mark), ()))
        if not names:
            raise InvalidInput("input.empty")
        yield Table(names, mark, above, csv.reader(text, delimiter=mark))
    finally:
        text.detach()


def objects(table: Table) -> Iterator[Line]:
    """Yield the rows of *table* as JSON objects would come: by name, or what is wrong with them."""
    for line, row in table.rows():
        try:
            yield line, table.cells(row)
        except InvalidInput as error:
            yield line, error.problems[0]


def price_csv(table: Table, out: Out, counter: Counter) -> Tally:
    """Write a header, and an answer for each row of *table*.

    Rows are named by their ``id``, or by the line on which they end.
    """
    named = "id" if "id" in table.names else "row"
    out.write(table.mark.join((named, *ANSWERED, "warnings", "error")) + "\n")
    count = 0
    answers = _Sheet(table, counter).answers()
    while lines := list(islice(answers, _BATCH)):
        out.write("".join(lines))
        count += len(lines)
    return counter.tally(count)


class _Sheet:
    """One table under calculation."""

    def __init__(self, table: Table, counter: Counter):
        self._table, self._counter = table, counter
        self._kinds: dict[tuple[str, ...], _Kind] = {}
        self._tails = 0
        places = [at for at, name in enumerate(table.names) if name not in ("id", "income")]
        # Two places at least, so that a key is always a tuple.
        self._key = itemgetter(*places, *places[:1]) if places else lambda _row: ()

    def answers(self) -> Iterator[str]:
        """Yield the line that answers each row."""
        names, mark, kinds, key = self._table.names, self._table.mark, self._kinds, self._key
        width = len(names)
        income_at = names.index("income") if "income" in names else None
        id_at = names.index("id") if "id" in names else None
        for line, row in self._table.rows():
            tail = None
            if len(row) == width and (kind := kinds.get(key(row))):
                income = row[income_at] if income_at is not None else ""
                if not income:
                    tail = kind.fixed
                elif income.isdigit() and income.isascii() and len(income) <= 12:
                    tier = bisect_right(kind.income_mins, int(income))
                    tail = kind.tails.get(tier) or self._at_tier(kind, tier)
            if tail is None:
                tail = self._answer(line, row)
            name = str(line) if id_at is None else row[id_at] if id_at < len(row) else ""
            if not name.isalnum():
                name = _cell(name, mark)
            yield f"{name}{mark}{tail}\n"

    def _answer(self, line: int, row: list[str]) -> str:
        """Return the answer to a row that is the first of its kind, or not written plainly."""
        counter, mark = self._counter, self._table.mark
        try:
            cells = self._table.cells(row)
            cells.pop("id", None)
            request = counter.request(cells)
            priced = counter.price(request)
        except PerisaiError as error:
            codes = " ".join(problem.code for problem in counter.refuse(line, error.problems))
            return mark * (len(ANSWERED) + 1) + codes
        tail = _tail(priced, mark)
        if not (cells.get("tier") and cells.get("income")):
            kind = self._kind(row, request)
            if cells.get("income"):
                kind.request = request._replace(income=None)
            else:
                kind.fixed = tail
        return tail

    def _at_tier(self, kind: _Kind, tier: int) -> str | None:
        """Return the answer to rows of *kind* in *tier*, if it can be had without their cells."""
        if kind.request is None or tier == 0:
            return None
        priced = self._counter.price(kind.request._replace(tier=tier))
        if self._tails == MAX_TAILS:
            self._tails = 0
            for each in self._kinds.values():
                each.tails.clear()
        self._tails += 1
        tail = kind.tails[tier] = _tail(priced, self._table.mark)
        return tail

    def _kind(self, row: list[str], request: BpuRequest) -> _Kind:
        """Return the kind that *row* is of, having forgotten all when there are too many."""
        key = tuple(map(sys.intern, self._key(row)))
        if key not in self._kinds:
            if len(self._kinds) == MAX_KINDS:
                self._kinds.clear()
                self._tails = 0
            self._kinds[key] = _Kind(self._counter.prices.ladder(request.start).income_mins)
        return self._kinds[key]


def _tail(priced: Priced, mark: str) -> str:
    borne = [priced.total if priced.borne_by == name else 0 for name in ANSWERED[3:6]]
    programs = [priced.by_program.get(name, 0) for name in ANSWERED[6:]]
    warned = " ".join(code for code in priced.warned if not code.startswith("doubt."))
    numbers = (priced.tier, priced.base, priced.total, *borne, *programs)
    return mark.join((*map(str, numbers), warned, ""))


def _cell(text: str, mark: str) -> str:
    """Return *text* as a cell, in quotes where CSV wants them."""
    quoted = any(sign in text for sign in (mark, '"', "\n", "\r"))
    return '"' + text.replace('"', '""') + '"' if quoted else text
