"""Writes ``law.md``, the page on which a lawyer reviews the parameters.

Run it from the root of the checkout whenever a parameter changes; a test compares the page::

    python docs/reference/make_law.py
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from perisai_cli.i18n import catalogue
from perisai_cli.rules import due, registry
from perisai_cli.rules.law import load_law
from perisai_cli.rules.parameter import Parameter, Value

PAGE = Path(__file__).with_name("law.md")
RULES = Path(registry.__file__).parent

HEAD = """# The law as this tool knows it

This page is made from the parameter files by `docs/reference/make_law.py`; edit those, not this.
It says every number that perisai calculates with: since when it holds, where it stands, how well it
is known, and on which day a person last compared it with its source. Rates are shares of one
(`0.0024` is 0,24 %). A value without a last day still holds.

**Basis**: *law-text*, the article itself was read; *official-page*, a page of BPJS Ketenagakerjaan
or a ministry; *secondary*, press and other second hands; *derived*, it follows from the text or is
this tool's own rule. What is known from memory alone is no value here; it stands under *Not
modelled*.
"""


def page() -> str:
    """Return the page."""
    parts = [HEAD]
    for file in dict.fromkeys(name.partition(".")[0] for name in sorted(load_law().parameters)):
        parts += [f"\n## {file}\n", *_file(file)]
    parts += [_holidays(), _sources(), _gaps()]
    return "".join(parts)


def _file(file: str) -> Iterator[str]:
    """Yield the introduction and the parameters of one file."""
    text = (RULES / "parameters" / f"{file}.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    yield _introduction(text)
    for name in sorted(tables):
        yield _parameter(load_law().parameters[f"{file}.{name}"], tables[name])


def _introduction(text: str) -> str:
    """Return the comment at the head of a parameter file."""
    told = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        told.append(line.removeprefix("#").strip())
    return f"\n{' '.join(told)}\n" if told else ""


def _parameter(parameter: Parameter, table: dict[str, Any]) -> str:
    unit = catalogue.sentence("en", f"unit.{parameter.unit}")
    told = {key: held for key, held in table.items() if key not in ("unit", "values", "columns")}
    parts = [f"\n### {parameter.name}\n\nUnit: {unit}.\n"]
    if told:
        parts.append(f"\n{'; '.join(_condition(key, held) for key, held in told.items())}.\n")
    parts += [_value(value, table.get("columns", ())) for value in parameter.values]
    return "".join(parts)


def _condition(key: str, held: Any) -> str:
    """Return a condition of a relief in words."""
    if isinstance(held, bool):
        return f"{key}: {'included' if held else 'not included'}"
    shown = ", ".join(held) if isinstance(held, list) else held
    return f"{key.replace('_', ' ')}: {shown}"


def _value(value: Value, columns: Sequence[str]) -> str:
    until = f" to {value.until}" if value.until else " on"
    status = "" if value.status == "enacted" else f" ({value.status}: not calculated with)"
    lines = [f"\n**From {value.since}{until}**{status}: {_amount(value.value)}\n"]
    if _is_table(value.value):
        lines += ["\n", *_rows(value.value, columns)]
    basis = f"{value.basis}; checked {value.checked}"
    place = f"{value.source.short}, {value.at} ([{value.source.key}](#{value.source.key}))"
    lines.append(f"\n{place}. Basis: {basis}.\n")
    if value.doubt:
        doubt = catalogue.sentence("en", f"warning.doubt.{value.doubt}")
        lines.append(f"\n> Doubt: {doubt}\n")
    return "".join(lines)


def _is_table(value: Any) -> bool:
    return isinstance(value, tuple) and isinstance(value[0], tuple)


def _amount(value: Any) -> str:
    if _is_table(value):
        return f"a table of {len(value)} rows"
    if isinstance(value, tuple):
        return ", ".join(_amount(item) for item in value)
    return f"{value:,}".replace(",", ".") if type(value) is int else f"{value}"


def _rows(table: tuple[tuple[Any, ...], ...], columns: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a table; a heading of empty cells where its columns have no names."""
    names = columns or [""] * len(table[0])
    yield f"| {' | '.join(names)} |\n" + "|--" * len(names) + "|\n"
    for row in table:
        cells = (str(cell) if isinstance(cell, Decimal) else _amount(cell) for cell in row)
        yield "| " + " | ".join(cells) + " |\n"


def _holidays() -> str:
    """Return the national holidays by which due dates move."""
    tables = tomllib.loads((RULES / "holidays.toml").read_text(encoding="utf-8"))
    lines = [
        "\n## National holidays\n\nOn them, and on Saturdays and Sundays, a due date moves on.\n"
    ]
    for year, days in due.holidays().items():
        told = ", ".join(f"{day:%d-%m}" for day in sorted(days))
        table = tables[str(year)]
        lines.append(f"\n**{year}**: {told}. {table['source']}; checked {table['checked']}.\n")
    return "".join(lines)


def _sources() -> str:
    lines = ["\n## Sources\n"]
    for key, source in load_law().sources.items():
        lines.append(f'\n### {key}\n\n{source.title} ("{source.short}").\n\n<{source.address}>\n')
        lines.append(f"\nWhat was read: {source.read}.\n")
    return "".join(lines)


def _gaps() -> str:
    lines = ["\n## Not modelled\n\nWhat is not calculated, or only with a doubt, and why.\n"]
    lines += [
        f"\n**{gap.key}** (law.md {gap.item}): {gap.reasons['en']}\n" for gap in registry.gaps()
    ]
    return "".join(lines)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
