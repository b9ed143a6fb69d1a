"""A spreadsheet as the tool sees it: sheets, rows of plain values, a table of people in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import TracebackType
from typing import Any, Literal, NamedTuple, Protocol, Self

from perisai_cli.domain.errors import Problem

Cell = str | int | Decimal | date | bool | None
"""A cell as the file holds it: numbers exact, days without a time, an empty cell None."""


class Unreadable(str):
    """A cell without a value: what it shows (``#REF!``), or ``=`` for a formula nobody worked out.

    It is a text, so that a row can be handed back as it came.
    """

    __slots__ = ()


class SheetRow(NamedTuple):
    """A row with the number that the person sees beside it, counted from 1.

    ``hidden`` tells that the spreadsheet shows it to nobody, as a filter does.
    """

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False


class Book(Protocol):
    """An open spreadsheet; its rows are read one at a time.

    Attributes:
        kind: ``csv``, ``xlsx`` or ``ods``.
        sheets: Names of its sheets; one, empty, for CSV.
        hidden: Names of the sheets that the spreadsheet does not show.
        first_day: Day 0 of its serial dates.
    """

    kind: str
    sheets: tuple[str, ...]
    hidden: frozenset[str]
    first_day: date

    def rows(self, sheet: str) -> Iterator[SheetRow]:
        """Yield the rows of a sheet, in memory that does not grow with them.

        A blank row is yielded where the file holds one; a run of them may come as its first alone,
        and what lies beyond the last row with something in it may not come at all.

        Raises:
            InvalidInput: the file is damaged, or too large when unpacked.
        """

    def close(self) -> None:
        """Let go of the file."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    Attributes:
        index: Its place in the row, from 0.
        heading: What stands above it, empty where nothing does.
        field: The worker's field that it holds, such as ``nik`` or ``address.text``; None: none.
        reason: How that is known: ``name``, ``content``, ``saved``, ``told`` or ``unknown``. A
            column known by its name may be one that nobody reads: its field is None.
        doubt: What its cells show together and none shows alone: ``rounded`` (nearly all NIKs end
            with 0, as after a spreadsheet's 15 digits) or ``p_is_man`` (sexes written P and W).
    """

    index: int
    heading: str
    field: str | None
    reason: str
    doubt: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of people on one sheet.

    Attributes:
        sheet: Name of the sheet.
        heading_rows: First and last row of the heading; (0, 0) where it has none.
        columns: Its columns in their order.
    """

    sheet: str
    heading_rows: tuple[int, int]
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """One row of a table as the enrolment will read it.

    Attributes:
        sheet: Name of the sheet.
        row: The row's number in the sheet.
        loose: Members of a worker's JSON, as far as the row holds them.
        faults: What can't be used, each with the JSON pointer of its field; that member is not in
            ``loose``, so that whoever reads it further finds it missing at the same pointer.
        warnings: What was put right, or looks odd, each with its pointer.
        identity: The id that an earlier correction gave this row, if one did.
    """

    sheet: str
    row: int
    loose: dict[str, Any]
    faults: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    identity: str | None = None


class Skipped(NamedTuple):
    """A row that holds no person, and why."""

    sheet: str
    row: int
    reason: Literal["blank", "total", "heading", "note"]


class Marked(NamedTuple):
    """A row to hand back: its cells as they came, and sentences beside those that need mending.

    ``marks`` maps a column's index to what is wrong there and what cures it; ``identity`` is the id
    that the row is known by when it comes back.
    """

    identity: str
    cells: tuple[Cell, ...]
    marks: dict[int, tuple[str, ...]]
