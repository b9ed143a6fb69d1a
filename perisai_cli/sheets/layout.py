"""Finds the tables of people in a spreadsheet: where the heading is, and what each column holds."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, pairwise

from perisai_cli.sheets.guessing import could_be_names, doubt_of, looks_like, only_small_numbers
from perisai_cli.sheets.headings import FIELDS, UNREAD, meaning
from perisai_cli.sheets.model import Book, Cell, Column, SheetRow, Table
from perisai_cli.sheets.texts import is_blank, plain, written

SAMPLED = 300
"""Rows with something in them that are looked at to understand a sheet."""
HEADING_WITHIN = 60
_IDENTIFYING = frozenset({"nik", "name"})


def find_tables(
    book: Book,
    remembered: Mapping[str, str] | None = None,
    told: Mapping[str, str] | None = None,
) -> tuple[Table, ...]:
    """Return the table of people of every visible sheet that has one.

    Args:
        book: The open spreadsheet.
        remembered: Headings to fields, as an earlier import of the same headings kept them.
        told: Headings to fields as a person says now; an empty field means not to read it. A
            column without a heading is named by its letter (``B``).

    Raises:
        InvalidInput: the file is damaged, or too large when unpacked.
    """
    sayings = (("told", _by_name(told)), ("saved", _by_name(remembered)))
    found = (
        _table(sheet, _sample(book.rows(sheet)), sayings)
        for sheet in book.sheets
        if sheet not in book.hidden
    )
    return tuple(table for table in found if table is not None)


def signature(table: Table) -> str:
    """Return what stands for a table's headings, so that a mapping is found again by it.

    It is a hash: a heading can be a person's name where a table has none.
    """
    headings = "\n".join(plain(column.heading) for column in table.columns)
    return hashlib.sha256(headings.encode()).hexdigest()[:32]


def letter_of(index: int) -> str:
    """Return the letters of a column as a spreadsheet shows them: ``A`` for 0."""
    letters = ""
    while index >= 0:
        letters = chr(65 + index % 26) + letters
        index = index // 26 - 1
    return letters


Sayings = tuple[tuple[str, dict[str, str]], ...]


def _by_name(mapping: Mapping[str, str] | None) -> dict[str, str]:
    return {plain(heading): field for heading, field in (mapping or {}).items()}


def _sample(rows: Iterator[SheetRow]) -> list[SheetRow]:
    return list(islice((row for row in rows if any(not is_blank(c) for c in row.cells)), SAMPLED))


def _table(sheet: str, rows: list[SheetRow], sayings: Sayings) -> Table | None:
    if not rows:
        return None
    place = _heading(rows, sayings)
    first, last, headings = place if place else (0, -1, [])
    body = rows[last + 1 :]
    numbered = bool(place and body and _is_numbering(body[0].cells))
    last, body = (last + 1, body[1:]) if numbered else (last, body)
    width = max((len(row.cells) for row in [*body, *rows[first : last + 1]]), default=0)
    headings = headings + [""] * (width - len(headings))
    samples = [
        [row.cells[at] if at < len(row.cells) else None for row in body] for at in range(width)
    ]
    columns = _columns(headings, samples, sayings)
    fields = {column.field for column in columns}
    if not fields & _IDENTIFYING or (not place and "nik" not in fields):
        return None
    spot = (rows[first].number, rows[last].number) if place else (0, 0)
    return Table(sheet, spot, columns)


def _is_numbering(cells: Sequence[Cell]) -> bool:
    """Tell whether a row numbers the columns, as forms do under their heading: 1, 2, 3 or (1)."""
    numbers = [written(cell).strip("().") for cell in cells if not is_blank(cell)]
    return len(numbers) > 2 and numbers == [str(n) for n in range(1, len(numbers) + 1)]


def _heading(rows: list[SheetRow], sayings: Sayings) -> tuple[int, int, list[str]] | None:
    """Return the first and last place of the heading among *rows*, and what stands in it.

    Of two rows together and one alone the one is preferred, unless the two name more fields.
    """
    best: tuple[int, int, list[str]] | None = None
    most = 1
    for at, row in enumerate(rows[:HEADING_WITHIN]):
        if not _could_be_heading(row.cells):
            continue
        alone = [written(cell) for cell in row.cells]
        if (worth := _worth(alone, sayings)) > most:
            best, most = (at, at, alone), worth
        below = rows[at + 1] if at + 1 < len(rows) else None
        if below is None or not _could_be_heading(below.cells):
            continue
        both = _joined(row.cells, below.cells)
        if (worth := _worth(both, sayings)) > most:
            best, most = (at, at + 1, both), worth
    return best or _poor_heading(rows, sayings)


def _poor_heading(rows: list[SheetRow], sayings: Sayings) -> tuple[int, int, list[str]] | None:
    """Return a row of words right above one that is not: one of its words at least is known."""
    for at, (row, below) in enumerate(pairwise(rows[:HEADING_WITHIN])):
        headings = [written(cell) for cell in row.cells]
        if (
            sum(map(bool, headings)) > 1
            and _could_be_heading(row.cells)
            and not _could_be_heading(below.cells)
            and _worth(headings, sayings)
        ):
            return at, at, headings
    return None


def _could_be_heading(cells: Sequence[Cell]) -> bool:
    """Tell whether a row is all words: no long numbers, no days."""
    texts = [cell for cell in cells if not is_blank(cell)]
    return bool(texts) and all(
        isinstance(cell, str) and sum(map(str.isdigit, cell)) < 6 for cell in texts
    )


def _joined(upper: Sequence[Cell], lower: Sequence[Cell]) -> list[str]:
    """Return headings of two rows; one above several columns stands above each of them."""
    joined: list[str] = []
    group = ""
    for at in range(max(len(upper), len(lower))):
        above = written(upper[at]) if at < len(upper) else ""
        below = written(lower[at]) if at < len(lower) else ""
        if above:
            group = above
        # Where nothing stands below, the group of the column before does not reach this one.
        above = above or (group if below else "")
        if not below:
            group = ""
        joined.append(above if above == below else f"{above} {below}".strip())
    return joined


def _worth(headings: Sequence[str], sayings: Sayings) -> int:
    """Return how many different fields *headings* name; without NIK or name, nothing."""
    named = {_named(heading, sayings)[0] for heading in headings if heading}
    fields = named - {None, UNREAD}
    return len(fields) + len(named & {UNREAD}) if fields & _IDENTIFYING else 0


def _named(heading: str, sayings: Sayings) -> tuple[str | None, str]:
    """Return the field that is said or known for a heading, and how."""
    key = plain(heading)
    for reason, said in sayings:
        if key and key in said and (said[key] in FIELDS or said[key] == UNREAD):
            return said[key], reason
    known = meaning(heading)
    if known is None:
        # "Alamat Desa/Kel" is the lower word under its group; the group alone may say nothing.
        known = meaning(heading.rpartition(" ")[2]) if " " in heading else None
        known = known if known and known.startswith("address.") else None
    return known, "unknown" if known is None else "name"


def _columns(
    headings: list[str], samples: list[list[Cell]], sayings: Sayings
) -> tuple[Column, ...]:
    columns: list[Column] = []
    taken: set[str] = set()
    for at, heading in enumerate(headings):
        field, reason = _named(heading or letter_of(at), sayings if heading else sayings[:1])
        if not heading and reason == "name":
            field, reason = None, "unknown"
        if field == "start" and reason == "name" and only_small_numbers(samples[at]):
            field, reason = "months", "content"
        if field in taken and reason in ("name", "saved", "content"):
            field, reason = None, "unknown"
        taken |= {field} if field else set()
        columns.append(Column(at, heading, field or None, reason))
    columns = _by_content(columns, samples, taken)
    return tuple(
        dataclasses.replace(column, doubt=doubt_of(column.field, samples[column.index]))
        for column in columns
    )


def _by_content(columns: list[Column], samples: list[list[Cell]], taken: set[str]) -> list[Column]:
    """Return *columns*, those of unknown meaning understood by their cells where they can be."""
    guessed: list[Column] = []
    for column in columns:
        field = looks_like(samples[column.index]) if column.reason == "unknown" else None
        if field == "birth" and "birth_date" in taken:
            field = None
        if field and field not in taken:
            taken.add(field)
            column = dataclasses.replace(column, field=field, reason="content")  # noqa: PLW2901
        guessed.append(column)
    if "name" not in taken:
        for at, column in enumerate(guessed):
            if column.reason == "unknown" and could_be_names(samples[column.index]):
                guessed[at] = dataclasses.replace(column, field="name", reason="content")
                break
    return guessed
