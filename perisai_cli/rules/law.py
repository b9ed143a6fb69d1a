"""Reads the parameter files into one ``Law``; refuses what is unknown, undated or uncited."""

from __future__ import annotations

import dataclasses
import hashlib
import itertools
import re
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from perisai_cli.domain.people import PAYERS, PROGRAMS, SECTORS
from perisai_cli.rules.parameter import BASES, STATUSES, UNITS, Parameter, Relief, Source, Value

_FOLDER = Path(__file__).with_name("parameters")
_PARAMETER_KEYS = frozenset({"unit", "values", "columns"})
_RELIEF_KEYS = frozenset({"programs", "sector", "excluded_payers", "owners"})
_REQUIRED = frozenset({"since", "status", "basis", "checked", "source", "at", "value"})
_OPTIONAL = frozenset({"until", "doubt"})
_SOURCE_KEYS = frozenset(field.name for field in dataclasses.fields(Source)) - {"key"}
_RELIEF_NAME = re.compile(r"pp_([0-9]+)_([0-9]{4})(_[a-z]+)?")


class BadParameterFile(Exception):
    """A parameter file breaks the form; the argument says which name and what is wrong."""


@dataclass(frozen=True, slots=True)
class Law:
    """All parameters and reliefs, and the digest that names this very version of them."""

    parameters: dict[str, Parameter]
    reliefs: tuple[Relief, ...]
    sources: dict[str, Source]
    digest: str

    def parameter(self, name: str) -> Parameter:
        """Return the parameter with this dotted *name*."""
        return self.parameters[name]


@cache
def load_law(folder: Path = _FOLDER) -> Law:
    """Return the law in *folder*: one TOML file a programme, and ``sources.toml``.

    Raises:
        BadParameterFile: an unknown or missing key, unit, status, basis or source, a value that
            its unit does not allow, or dates out of order.
    """
    texts = {path.stem: path.read_bytes() for path in sorted(folder.glob("*.toml"))}
    tables = {name: _parse(text) for name, text in texts.items()}
    sources = {key: _source(key, table) for key, table in tables.pop("sources", {}).items()}
    parameters: dict[str, Parameter] = {}
    for programme, names in tables.items():
        for name, table in names.items():
            full = f"{programme}.{name}"
            parameters[full] = _parameter(full, table, sources)
    reliefs = tuple(
        _relief(name, table, parameters)
        for name, table in tables.get("relief", {}).items()
        if "programs" in table
    )
    digest = hashlib.sha256(b"\0".join(_lines(text) for text in texts.values())).hexdigest()
    return Law(parameters, reliefs, sources, digest[:16])


def _parse(text: bytes) -> dict[str, Any]:
    return tomllib.loads(text.decode("utf-8"), parse_float=Decimal)


def _lines(text: bytes) -> bytes:
    """Return *text* with the line ends of every platform alike, so that digests agree."""
    return text.replace(b"\r\n", b"\n")


def _source(key: str, table: Any) -> Source:
    if not isinstance(table, dict) or set(table) != _SOURCE_KEYS or not all(table.values()):
        raise BadParameterFile(f"sources.{key}", "title, short, address and read are all wanted")
    return Source(key, **table)


def _parameter(name: str, table: Any, sources: dict[str, Source]) -> Parameter:
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
    if unit == "waived share":
        return isinstance(value, Decimal) and value.is_finite() and 0 < value <= 1
    if unit == "payer codes":
        return isinstance(value, tuple) and set(value) <= set(PAYERS)
    if unit == "rupiah/month by tier":
        return isinstance(value, tuple) and _is_tier_table(value)
    numbers = value if isinstance(value, tuple) else (value,)
    return bool(numbers) and all(type(number) is int and number > 0 for number in numbers)


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


def _relief(name: str, table: dict[str, Any], parameters: dict[str, Parameter]) -> Relief:
    excluded, match = table.get("excluded_payers"), _RELIEF_NAME.fullmatch(name)
    known = excluded is None or f"relief.{excluded}" in parameters
    if match is None or not known or table.get("sector", "other") not in SECTORS:
        raise BadParameterFile(name, "name, sector or excluded payers of a relief")
    if not set(table["programs"]) <= set(PROGRAMS) or not isinstance(
        table.get("owners", True), bool
    ):
        raise BadParameterFile(name, "programs or owners of a relief")
    return Relief(
        code=f"pp-{match[1]}-{match[2]}",
        share=parameters[f"relief.{name}"],
        programs=frozenset(table["programs"]),
        sector=table.get("sector"),
        excluded_payers=parameters[f"relief.{excluded}"] if excluded else None,
        owners=table.get("owners", True),
    )
