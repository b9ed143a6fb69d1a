"""Reads the parameter files into one ``Law``; refuses what is unknown, undated or uncited."""

from __future__ import annotations

import hashlib
import itertools
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from perisai_cli.rules.parameter import BASES, STATUSES, UNITS, Parameter, Relief, Source, Value

_FOLDER = Path(__file__).with_name("parameters")
_PARAMETER_KEYS = frozenset({"unit", "values", "columns"})
_RELIEF_KEYS = frozenset({"programs", "sector", "excluded_payers", "owners"})
_REQUIRED = frozenset({"since", "status", "basis", "checked", "source", "at", "value"})
_OPTIONAL = frozenset({"until", "doubt"})


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
        BadParameterFile: an unknown or missing key, unit, status, basis or source, or dates out
            of order.
    """
    texts = {path.stem: path.read_bytes() for path in sorted(folder.glob("*.toml"))}
    tables = {name: _parse(text) for name, text in texts.items()}
    sources = {key: Source(key, **table) for key, table in tables.pop("sources").items()}
    parameters: dict[str, Parameter] = {}
    for programme, names in tables.items():
        for name, table in names.items():
            full = f"{programme}.{name}"
            parameters[full] = _parameter(full, table, sources)
    reliefs = tuple(
        _relief(name, table, parameters)
        for name, table in tables["relief"].items()
        if "programs" in table
    )
    digest = hashlib.sha256(b"\0".join(_lines(text) for text in texts.values())).hexdigest()
    return Law(parameters, reliefs, sources, digest[:16])


def _parse(text: bytes) -> dict[str, Any]:
    return tomllib.loads(text.decode("utf-8"), parse_float=Decimal)


def _lines(text: bytes) -> bytes:
    """Return *text* with the line ends of every platform alike, so that digests agree."""
    return text.replace(b"\r\n", b"\n")


def _parameter(name: str, table: dict[str, Any], sources: dict[str, Source]) -> Parameter:
    unknown = set(table) - _PARAMETER_KEYS - (_RELIEF_KEYS if name.startswith("relief.") else set())
    if unknown or table.get("unit") not in UNITS or not table.get("values"):
        raise BadParameterFile(name, "unit, values or an unknown key", sorted(unknown))
    values = tuple(_value(name, row, sources) for row in table["values"])
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
    since, until = row["since"], row.get("until")
    if not isinstance(since, date) or (until is not None and until < since):
        raise BadParameterFile(name, "since or until")
    return Value(
        parameter=name,
        since=since,
        until=until,
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


def _relief(name: str, table: dict[str, Any], parameters: dict[str, Parameter]) -> Relief:
    excluded = table.get("excluded_payers")
    number, year = name.split("_")[1:3]
    return Relief(
        code=f"pp-{number}-{year}",
        share=parameters[f"relief.{name}"],
        programs=frozenset(table["programs"]),
        sector=table.get("sector"),
        excluded_payers=parameters[f"relief.{excluded}"] if excluded else None,
        owners=table.get("owners", True),
    )
