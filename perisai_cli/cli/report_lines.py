"""A section of a report in a terminal: its title, its table, a picture of it, and its notes."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from perisai_cli.cli import tables
from perisai_cli.i18n import text
from perisai_cli.reports import words
from perisai_cli.reports.model import NUMBERS, Column, Section
from perisai_cli.reports.screen import SCREEN_ROWS, Bars, Curves, chart
from perisai_cli.reports.shown import head_of, shown

if TYPE_CHECKING:
    from rich.bar import Bar
    from rich.text import Text

_FOLDED = 20
"""Columns that words need at least; longer ones are folded."""
_LABEL = 26
_NUMBERS = 34
_BAR = 40

_PARTS, _PLAIN_PARTS = "█▓▒░·", "#=+-."
_STEPS, _PLAIN_STEPS = "▁▂▃▄▅▆▇█", "_.,:;+*#"
_EIGHTHS = "█▉▊▋▌▍▎▏"


def section_lines(section: Section) -> Iterator[str]:
    """Yield the lines of a section, as wide as the terminal."""
    held = shown(section, SCREEN_ROWS)
    yield words.title(held)
    if held.rows:
        yield from _table_lines(held)
        yield from _chart_lines(held)
    else:
        yield f"  {text('report_page.no_rows')}"
    for note in held.notes:
        yield f"  {words.note(note)}"


def _table_lines(section: Section) -> Iterator[str]:
    """Yield the table, in the columns that there is room for, and the names of the others."""
    columns = section.columns
    rows = [[words.said(column, row[column.name]) for column in columns] for row in section.rows]
    if section.total is not None:
        rows.append(_total(section))
    heading = [words.heading(column) for column in columns]
    cells = zip(heading, *rows, strict=True)
    needed = [_needed(column, each) for column, each in zip(columns, cells, strict=True)]
    kept = _fitting(section, needed, tables.width())
    right = tuple(at for at, place in enumerate(kept) if columns[place].kind in NUMBERS)
    yield from tables.table(
        [heading[place] for place in kept],
        [[row[place] for place in kept] for row in rows],
        right=right,
    )
    left = [heading[place] for place in range(len(columns)) if place not in kept]
    if left:
        yield "  " + text("report_page.other_columns", names="; ".join(left))


def _total(section: Section) -> list[str]:
    total = section.total or {}
    values = [(column, total.get(column.name)) for column in section.columns]
    row = ["" if value is None else words.said(column, value) for column, value in values]
    place = [column.name for column in section.columns].index(head_of(section))
    row[place] = row[place] or text("report_page.total")
    return row


def _needed(column: Column, cells: Sequence[str]) -> int:
    """Return the columns of the screen that a column of a table needs."""
    widest = max(map(_cells, cells))
    if column.kind in NUMBERS:
        return widest
    return max(min(widest, _FOLDED), tables.needed(cells))


def _fitting(section: Section, needed: list[int], width: int) -> list[int]:
    """Return the places of the columns that fit: what the chart is about first, then in order."""
    names = [column.name for column in section.columns]
    drawn = section.chart
    about = [head_of(section), *section.first]
    if drawn is not None and not section.first:
        about = [drawn.label, *([drawn.series] if drawn.series else []), *drawn.values]
    order = dict.fromkeys([*(names.index(name) for name in about), *range(len(names))])
    kept: list[int] = []
    room = width
    for place in order:
        if needed[place] + tables.GAP <= room or not kept:
            kept.append(place)
            room -= needed[place] + tables.GAP
    return sorted(kept)


def _chart_lines(section: Section) -> Iterator[str]:
    drawn = chart(section)
    if drawn is None:
        return
    yield from _bar_lines(drawn) if isinstance(drawn, Bars) else _curve_lines(drawn)
    if drawn.left_out:
        yield f"  {drawn.left_out}"
    yield ""


def _bar_lines(drawn: Bars) -> Iterator[str]:
    """Yield one bar a line; the legend first, where bars have parts."""
    from rich.table import Table
    from rich.text import Text

    parted = len(drawn.bars[0].parts) > 1
    signs = _PARTS if _shows(_PARTS) else _PLAIN_PARTS
    if parted:
        named = enumerate(drawn.names)
        yield "  " + "  ".join(f"{signs[place % len(signs)]} {name}" for place, name in named)
    elif len(drawn.names) == 1:
        yield f"  {drawn.names[0]}"
    label = min(_LABEL, max(_cells(bar.label) for bar in drawn.bars), tables.width() // 3)
    numbers = max(_cells(bar.numbers) for bar in drawn.bars)
    numbers = 0 if parted and numbers > min(_NUMBERS, tables.width() // 2 - 4) else numbers
    room = max(min(tables.width() - label - numbers - 6, _BAR), 4)
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=2 + label, no_wrap=True, overflow="ellipsis", justify="right")
    grid.add_column(width=room, no_wrap=True)
    grid.add_column(no_wrap=True)
    for bar in drawn.bars:
        strip = _stack(bar.parts, room, signs) if parted else _bar(bar.parts[0], room)
        grid.add_row(Text(bar.label), strip, Text(bar.numbers if numbers else ""))
    yield from tables.printed(grid)


def _bar(share: Decimal, room: int) -> Bar | Text:
    """Return a bar of blocks, or of plain signs where the terminal's encoding has no blocks."""
    from rich.bar import Bar
    from rich.text import Text

    if _shows(_EIGHTHS):
        return Bar(1, 0, float(share), width=room)
    return Text("#" * int(share * room + Decimal("0.5")))


def _stack(parts: Sequence[Decimal], room: int, signs: str) -> Text:
    """Return a bar whose parts differ by their signs."""
    from rich.text import Text

    drawn = ""
    reached = Decimal(0)
    for place, part in enumerate(parts):
        reached += part
        until = int(reached * room + Decimal("0.5"))
        drawn += signs[place % len(signs)] * (until - len(drawn))
    return Text(drawn)


def _curve_lines(drawn: Curves) -> Iterator[str]:
    """Yield one line of steps for each curve, with its first and last number."""
    signs = _STEPS if _shows(_STEPS) else _PLAIN_STEPS
    label = min(_LABEL, max(_cells(curve.name) for curve in drawn.curves))
    room = max(tables.width() - label - 32, 8)
    span = f"{drawn.labels[0]} – {drawn.labels[-1]}"
    yield f"  {drawn.measure}; {drawn.axis} {span}"
    for curve in drawn.curves:
        steps = "".join(" " if h is None else _step(h, signs) for h in curve.heights)
        name = curve.name[:label].rjust(label)
        yield f"  {name} {steps[:room].ljust(min(room, len(steps)))} {curve.first} → {curve.last}"


def _step(height: Decimal, signs: str) -> str:
    return signs[min(int(height * len(signs)), len(signs) - 1)]


def _cells(words_shown: str) -> int:
    from rich.cells import cell_len

    return cell_len(words_shown)


def _shows(signs: str) -> bool:
    """Tell whether stdout's encoding has these signs."""
    try:
        signs.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True
