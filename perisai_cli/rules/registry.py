"""The law seen from outside: what it holds, what that rests on, what ages, and what is missing."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple

from perisai_cli.rules.law import Law
from perisai_cli.rules.parameter import Parameter, Value

HORIZON = timedelta(days=180)
"""How long a checking holds, and how far ahead a change is told of: this tool's own rule."""

_FILE = Path(__file__).with_name("not_modelled.toml")


class Change(NamedTuple):
    """A day on which the law changes by itself: a value's last day, or the first of another."""

    day: date
    kind: str
    value: Value


class Gap(NamedTuple):
    """Something that is not calculated, or only with a doubt.

    Attributes:
        key: Its name.
        item: Places in law.md that tell of it.
        reasons: The reason by language code.
    """

    key: str
    item: str
    reasons: dict[str, str]


def enacted(law: Law) -> Iterator[tuple[Parameter, Value]]:
    """Yield every enacted value of every parameter, in order of names and time."""
    for name in sorted(law.parameters):
        parameter = law.parameters[name]
        yield from ((parameter, value) for value in parameter.values if value.status == "enacted")


def weak(law: Law) -> list[Value]:
    """Return the values that rest on less than the text of the law, or carry a doubt."""
    return [value for _, value in enacted(law) if value.basis != "law-text" or value.doubt]


def old(law: Law, day: date) -> list[Value]:
    """Return the values that were last compared with their source over 180 days before *day*."""
    return [value for _, value in enacted(law) if day - value.checked > HORIZON]


def changing(law: Law, day: date) -> list[Change]:
    """Return the changes from *day* to 180 days later, in order of days."""
    found = []
    for _, value in enacted(law):
        if day < value.since <= day + HORIZON:
            found.append(Change(value.since, "begins", value))
        if value.until and day <= value.until <= day + HORIZON:
            found.append(Change(value.until, "ends", value))
    return sorted(found, key=lambda change: (change.day, change.value.parameter))


@cache
def gaps() -> tuple[Gap, ...]:
    """Return what is not modelled, in the order of its file."""
    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        Gap(key, table["item"], {language: table[language] for language in ("id", "en")})
        for key, table in tables.items()
    )
