"""As much of a section as a page or a screen shows; the files of rows hold all of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

from perisai_cli.reports.model import NUMBERS, Note, Section
from perisai_cli.reports.words import count

_SAID_BY = {"region_name": "region"}
"""Columns that hold as text what another one, of codes, says in words."""

PAGE_ROWS = 2000
"""Rows of one section in a page, on paper or in a browser."""


def shown(section: Section, most: int) -> Section:
    """Return a section with its first rows in a list, and a note where there are more.

    A column that would only say again what another says in words is left out.
    """
    section = _said_once(section)
    found = list(islice(section.rows, most + 1))
    if len(found) <= most:
        return replace(section, rows=found)
    cut = Note("cut", {"shown": count(most)})
    return replace(section, rows=found[:most], notes=(cut, *section.notes))


def _said_once(section: Section) -> Section:
    said = {column.name for column in section.columns if column.words is not None}
    again = {name for name, by in _SAID_BY.items() if by in said}
    columns = tuple(column for column in section.columns if column.name not in again)
    first = tuple(name for name in section.first if name not in again)
    return replace(section, columns=columns, first=first)


def head_of(section: Section) -> str:
    """Return the name of the column that a row goes by: the first that is no number."""
    names = [column.name for column in section.columns if column.kind not in NUMBERS]
    return names[0] if names else section.columns[0].name
