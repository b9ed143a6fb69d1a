"""Tables in a terminal: every cell plain text, and no number cut, however narrow it is.

Where a table has no room for its longest words and numbers side by side, each row becomes a block
of lines instead: a heading and its value.
"""

from __future__ import annotations

import io
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from perisai_cli.reports import unbroken

if TYPE_CHECKING:
    from rich.console import RenderableType

GAP = 2
"""Columns of the screen that each column of a table needs beside its cells."""
_FOLDED = 20
"""Columns of the screen up to which a word is never broken; one with a digit in it never is."""
_ROOMY = 10
"""Columns of the screen that a sentence gets at least, were its words ever so short."""


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
    """Yield the lines of a table as wide as the terminal, or of a block for each row.

    *right* names the columns that are numbers, *whole* others that are never broken over lines.
    Cells may hold anything that people type: nothing in them is taken for markup or obeyed.
    """
    rows = [[printable(cell) for cell in row] for row in rows]
    columns = [[row[place] for row in rows] for place in range(len(heading))]
    unbroken = {*right, *whole}
    least = [
        widest(cells) if place in unbroken else needed(cells) for place, cells in enumerate(columns)
    ]
    least = [max(each, needed([name])) for each, name in zip(least, heading, strict=True)]
    wanted = [widest([name, *cells]) for name, cells in zip(heading, columns, strict=True)]
    widths = _shared_out(least, wanted, width() - GAP * len(heading))
    if widths is None:
        yield from _blocks(heading, rows)
    else:
        yield from _drawn(heading, rows, widths, right)


def printable(cell: str) -> str:
    """Return a cell in which nothing steers the terminal, whoever wrote it."""
    if cell.isprintable():
        return cell
    return "".join(sign if sign.isprintable() or sign == "\n" else "\ufffd" for sign in cell)


def widest(cells: Iterable[str]) -> int:
    """Return the columns of the screen that the longest line of some cells takes."""
    from rich.cells import cell_len

    return max((cell_len(line) for cell in cells for line in cell.splitlines()), default=0)


def needed(cells: Iterable[str]) -> int:
    """Return the columns that cells need whose lines may be broken between words."""
    from rich.cells import cell_len

    lines = (line for cell in cells for line in cell.splitlines())
    return unbroken.needed(lines, cell_len, word=_FOLDED, sentence=_ROOMY)


def _shared_out(least: list[int], wanted: list[int], room: int) -> list[int] | None:
    """Return how wide each column is, the widest giving way first; None where they can't fit."""
    if sum(least) > room:
        return None
    widths = [max(low, min(high, room)) for low, high in zip(least, wanted, strict=True)]
    while sum(widths) > room:
        giving = max(
            (place for place, low in enumerate(least) if widths[place] > low),
            key=widths.__getitem__,
        )
        widths[giving] -= 1
    return widths


def _drawn(
    heading: Sequence[str],
    rows: Sequence[Sequence[str]],
    widths: Sequence[int],
    right: tuple[int, ...],
) -> Iterator[str]:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    drawn = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for place, (name, wide) in enumerate(zip(heading, widths, strict=True)):
        justify = "right" if place in right else "left"
        drawn.add_column(Text(name), justify=justify, overflow="fold", width=wide)  # type: ignore[arg-type]
    for row in rows:
        drawn.add_row(*(Text(cell) for cell in row))
    yield from printed(drawn)


def _blocks(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a line for each cell that says something; an empty one between two rows."""
    for place, row in enumerate(rows):
        if place:
            yield ""
        for name, cell in zip(heading, row, strict=True):
            if cell.strip():
                yield f"{name}: {cell}" if name else cell


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
