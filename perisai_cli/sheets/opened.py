"""What all open spreadsheets have in common: limits of a sheet, and how they are closed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from types import TracebackType
from typing import Self

from perisai_cli.sheets.model import Cell, SheetRow
from perisai_cli.sheets.numbers import FIRST_DAY_1900

MAX_ROWS = 1_048_576
"""Rows of a sheet in Excel and LibreOffice; a file that declares more was not made by them."""
MAX_COLUMNS = 1024
"""Columns with something in them; a list of people has a few dozen."""


class Opened:
    """An open spreadsheet, to be used with ``with``."""

    kind: str
    sheets: tuple[str, ...]
    hidden: frozenset[str] = frozenset()
    first_day: date = FIRST_DAY_1900

    def rows(self, sheet: str) -> Iterator[SheetRow]:
        """Yield the rows of a sheet; each kind of file has its own way."""
        raise KeyError(sheet)

    def close(self) -> None:
        """Let go of the file."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def without_tail(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """Return *cells* without the blank ones at the end."""
    count = len(cells)
    while count and cells[count - 1] is None:
        count -= 1
    return tuple(cells[:count])
