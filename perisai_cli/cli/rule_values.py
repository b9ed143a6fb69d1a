"""How a value of the law is written on a line, and how two tables of it are told apart."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from perisai_cli.cli import output
from perisai_cli.domain.errors import Problem
from perisai_cli.domain.money import rupiah
from perisai_cli.i18n import text


def in_short(value: Any, unit: str) -> str:
    """Return a value on one line; a table is told by its number of rows."""
    if is_table(value):
        return text("rules.rows", count=len(value))
    if isinstance(value, list):
        return ", ".join(in_short(item, unit) for item in value)
    return rupiah(value) if unit.startswith("rupiah") else str(value)


def is_table(value: Any) -> bool:
    """Tell whether a value has rows."""
    return isinstance(value, list) and bool(value) and isinstance(value[0], list)


def rows_of(value: Any) -> Iterator[str]:
    """Yield the rows of a table, if the value is one."""
    if is_table(value):
        yield from ("  ".join(str(cell) for cell in row) for row in value)


def rows_apart(old: Any, new: Any) -> Iterator[str]:
    """Yield the rows that only one of two tables has, the older one's first."""
    before, after = list(rows_of(old)), list(rows_of(new))
    yield from (f"- {row}" for row in before if row not in after)
    yield from (f"+ {row}" for row in after if row not in before)


def said_doubt(doubt: str) -> str:
    """Return a doubt in words; newer rules may name one that this version has no words for."""
    return output.sentence("warning", Problem(f"doubt.{doubt}"))
