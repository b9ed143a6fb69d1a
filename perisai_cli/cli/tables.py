"""Tables in a terminal: rich's, with every cell taken as plain text, and narrow enough to read."""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import RenderableType


def width() -> int:
    """Return how many columns there are to write in."""
    return shutil.get_terminal_size((100, 24)).columns


def table(
    heading: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    right: tuple[int, ...] = (),
    whole: tuple[int, ...] = (),
) -> Iterator[str]:
    """Yield the lines of a table as wide as the terminal.

    *right* names the columns that are numbers, *whole* others that are never broken over lines.
    Cells may hold anything that people type: nothing in them is taken for markup.
    """
    from rich import box
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for index, name in enumerate(heading):
        drawn.add_column(
            Text(name),
            justify="right" if index in right else "left",
            overflow="fold",
            no_wrap=index in right or index in whole,
        )
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    yield from printed(drawn)


def printed(drawn: RenderableType) -> Iterator[str]:
    """Yield the lines of what rich draws, as wide as the terminal; in colour only on one."""
    from rich.console import Console

    colour = sys.stdout.isatty()
    page = io.StringIO()
    console = Console(
        file=page, width=width(), force_terminal=colour, color_system="standard" if colour else None
    )
    console.print(drawn)
    yield from (line.rstrip() for line in page.getvalue().rstrip("\n").split("\n"))
