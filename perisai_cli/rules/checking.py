"""Reads parameter files into parameters; refuses what is unknown, undated, uncited or unfit."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from perisai_cli.domain.terms import PAYERS, PROGRAMS, SECTORS, SEGMENTS
from perisai_cli.rules.parameter import BASES, STATUSES, UNITS, Parameter, Relief, Source, Value

_PARAMETER_KEYS = frozenset({"unit", "values", "columns"})
_RELIEF_KEYS = frozenset({"programs", "segments", "sector", "excluded_payers", "owners"})
_REQUIRED = frozenset({"since", "status", "basis", "checked", "source", "at", "value"})
_OPTIONAL = frozenset({"until", "doubt"})
_SOURCE_KEYS = frozenset({"title", "short", "address", "read"})


class BadParameterFile(Exception):
    """A parameter file breaks the form; the argument says which name and what is wrong."""


def read_source(key: str, table: Any) -> Source:
    """Return the source that a table of ``sources.toml`` holds."""
    if not isinstance(table, dict) or set(table) != _SOURCE_KEYS or not all(table.values()):
        raise BadParameterFile(f"sources.{key}", "title, short, address and read are all wanted")
    return Source(key, **table)


def read_parameter(name: str, table: Any, sources: dict[str, Source]) -> Parameter:
    """Return the parameter that a table holds, every value checked.

    Raises:
        BadParameterFile: an unknown or missing key, unit, status, basis or source, a value that
            its unit does not allow, or dates out of order.
    """
    if not isinstance(table, dict):
        raise BadParameterFile(name, "not a table")
    unknown = set(table) - _PARAMETER_KEYS - (_RELIEF_KEYS if name.startswith("relief.") else set())
    if unknown or table.get("unit") not in UNITS or not table.get("values"):
        raise BadParameterFile(name, "unit, values or an unknown key", sorted(unknown))
    values = tuple(_value(name, row, sources) for row in table["values"])
    if not all(_fits(table["unit"], value.value) for value in values):
        raise BadParameterFile(name, "a value is none of its unit")
    for earlier, later in itertools.pairwise(values):
        if earlier.until is None or earlier.until >= later.since:
            raise BadParameterFile(name, "values overlap or are out of order")
    return Parameter(name, table["unit"], values)


def _value(name: str, row: dict[str, Any], sources: dict[str, Source]) -> Value:
    missing, unknown = _REQUIRED - set(row), set(row) - _REQUIRED - _OPTIONAL
    if missing or unknown:
        raise BadParameterFile(name, "missing or unknown", sorted(missing | unknown))
    if row["status"] not in STATUSES or row["basis"] not in BASES or row["source"] not in sources:
        raise BadParameterFile(name, "status, basis or source")
    since, until = row["since"], row.get("until", date.max)
    # `type`, since a TOML date with a time of day is a `datetime`, which is a `date` too.
    if {type(since), type(until), type(row["checked"])} != {date} or until < since:
        raise BadParameterFile(name, "since or until")
    return Value(
        parameter=name,
        since=since,
        until=row.get("until"),
        value=_frozen(row["value"]),
        status=row["status"],
        basis=row["basis"],
        checked=row["checked"],
        source=sources[row["source"]],
        at=row["at"],
        doubt=row.get("doubt"),
    )


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _fits(unit: str, value: Any) -> bool:
    """Tell whether a frozen *value* is one that its *unit* allows; money is never a fraction."""
    if unit in _FORMS:
        return _FORMS[unit](value)
    numbers = value if isinstance(value, tuple) else (value,)
    return bool(numbers) and all(type(number) is int and number > 0 for number in numbers)


def _is_share(value: Any) -> bool:
    return isinstance(value, Decimal) and value.is_finite() and 0 < value <= 1


def _is_multiple(value: Any) -> bool:
    exact = type(value) is int or (isinstance(value, Decimal) and value.is_finite())
    return exact and value > 0


def _are(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Return a check of a non-empty list whose members all pass *check*."""
    return lambda value: isinstance(value, tuple) and bool(value) and all(map(check, value))


def _is_band_table(rows: Any) -> bool:
    """Tell whether *rows* are [lower bound, rate], the bounds whole rupiah rising from 0."""
    if not isinstance(rows, tuple) or not rows or rows[0][0] != 0:
        return False
    pairs = all(len(row) == 2 and type(row[0]) is int and _is_share(row[1]) for row in rows)
    return pairs and all(low[0] < high[0] for low, high in itertools.pairwise(rows))


def _is_keyed_money(rows: Any) -> bool:
    """Tell whether *rows* are [key, whole rupiah], each key once."""
    pairs = isinstance(rows, tuple) and bool(rows)
    pairs = pairs and all(len(row) == 2 and type(row[1]) is int and row[1] > 0 for row in rows)
    return bool(pairs) and len({row[0] for row in rows}) == len(rows)


def _is_keyed_share(rows: Any) -> bool:
    """Tell whether *rows* are [key, share], each key once."""
    pairs = isinstance(rows, tuple) and bool(rows)
    pairs = pairs and all(len(row) == 2 and _is_share(row[1]) for row in rows)
    return bool(pairs) and len({row[0] for row in rows}) == len(rows)


def _is_tier_table(rows: tuple[Any, ...]) -> bool:
    """Tell whether *rows* are tiers 1, 2, 3 … from income 0 on, whole and rising in each column."""
    whole = all(
        isinstance(row, tuple) and len(row) == 4 and all(type(number) is int for number in row)
        for row in rows
    )
    if not rows or not whole or rows[0][:2] != (1, 0) or min(rows[0][2:]) <= 0:
        return False
    return all(
        later[0] == earlier[0] + 1
        and all(low < high for low, high in zip(earlier, later, strict=True))
        for earlier, later in itertools.pairwise(rows)
    )


def read_relief(name: str, table: dict[str, Any], parameters: dict[str, Parameter]) -> Relief:
    """Return the relief that a table of ``relief.toml`` holds beside its share."""
    excluded, words = table.get("excluded_payers"), name.split("_")
    known = excluded is None or f"relief.{excluded}" in parameters
    if not _names_a_regulation(words) or not known or table.get("sector", "other") not in SECTORS:
        raise BadParameterFile(name, "name, sector or excluded payers of a relief")
    if not set(table["programs"]) <= set(PROGRAMS) or not isinstance(
        table.get("owners", True), bool
    ):
        raise BadParameterFile(name, "programs or owners of a relief")
    segments = table.get("segments", SEGMENTS)
    if not isinstance(segments, list | tuple) or not segments or not set(segments) <= set(SEGMENTS):
        raise BadParameterFile(name, "segments of a relief")
    return Relief(
        code="-".join(words[:3]),
        share=parameters[f"relief.{name}"],
        programs=frozenset(table["programs"]),
        segments=frozenset(segments),
        sector=table.get("sector"),
        excluded_payers=parameters[f"relief.{excluded}"] if excluded else None,
        owners=table.get("owners", True),
    )


def _names_a_regulation(words: list[str]) -> bool:
    """Tell whether a relief's name begins like ``pp_50_2025``."""
    numbers = words[1:3]
    return words[0] == "pp" and len(numbers) == 2 and all(word.isdigit() for word in numbers)


_FORMS: dict[str, Callable[[Any], bool]] = {
    "waived share": _is_share,
    "rate": _is_share,
    "rates": _are(_is_share),
    "times wage": _is_multiple,
    "rate by band": _is_band_table,
    "rupiah by key": _is_keyed_money,
    "rate by key": _is_keyed_share,
    "codes": _are(lambda code: isinstance(code, str) and bool(code)),
    "payer codes": lambda value: isinstance(value, tuple) and set(value) <= set(PAYERS),
    "rupiah/month by tier": lambda value: isinstance(value, tuple) and _is_tier_table(value),
}
"""How each unit's values look; those of the others are whole numbers above zero, or lists."""
