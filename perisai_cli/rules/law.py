"""The law as the calculators see it: parameters by name, read from their files when asked for.

A calculator that needs three programmes does not pay for the rest; ``checked_law`` reads all.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from perisai_cli.domain.errors import StoreUnusable
from perisai_cli.rules import chosen
from perisai_cli.rules.checking import (
    BadParameterFile,
    read_parameter,
    read_relief,
    read_source,
)
from perisai_cli.rules.parameter import Parameter, Relief, Source

VERSION = 2026_11_22_01
"""Version of the package's own reference data: the day it was made and a number within that day.

A later set has the higher number, whoever made it. Every change of a parameter file raises it.
"""

_FOLDER = Path(__file__).with_name("parameters")
_SOURCES = "sources"
_RELIEFS = "relief"


class Edition(NamedTuple):
    """Which set of rules a law is.

    Attributes:
        version: Its number; a later set has the higher one.
        valid_from: Day from which the set is in use, ``YYYY-MM-DD``.
        key: Key that signed it (Ed25519, base64); None for the package's own.
    """

    version: int
    valid_from: str
    key: str | None


PACKAGED = Edition(VERSION, "2026-11-22", None)


class Law:
    """All parameters and reliefs of one set of files: one a programme, and ``sources``.

    Reading raises ``BadParameterFile`` where a file breaks the form.
    """

    def __init__(self, files: Mapping[str, bytes], edition: Edition = PACKAGED):
        self.files = files
        self.edition = edition
        self._programmes: dict[str, dict[str, Parameter]] = {}

    def parameter(self, name: str) -> Parameter:
        """Return the parameter with this dotted *name*, such as ``jkm.bpu_flat``.

        Raises:
            StoreUnusable: ``rules.incomplete``: this set of rules was made for another version of
                the program and does not hold it.
        """
        programme = name.partition(".")[0]
        # What was read once is not looked for on the disk again: a quote asks a hundred times.
        known = programme in self._programmes or programme in self.files
        found = self._programme(programme).get(name) if known else None
        if found is None:
            raise StoreUnusable("rules.incomplete", parameter=name)
        return found

    def _programme(self, programme: str) -> dict[str, Parameter]:
        if programme not in self._programmes:
            self._programmes[programme] = {
                f"{programme}.{name}": read_parameter(f"{programme}.{name}", table, self.sources)
                for name, table in self._table(programme).items()
            }
        return self._programmes[programme]

    def _table(self, name: str) -> dict[str, Any]:
        return tomllib.loads(self.files[name].decode("utf-8"), parse_float=Decimal)

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The regulations and pages that values rest on, by key."""
        return {key: read_source(key, table) for key, table in self._table(_SOURCES).items()}

    @cached_property
    def reliefs(self) -> tuple[Relief, ...]:
        """The reliefs, whether in force or past."""
        parameters = self._programme(_RELIEFS)
        return tuple(
            read_relief(name, table, parameters)
            for name, table in self._table(_RELIEFS).items()
            if "programs" in table
        )

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """Every parameter of every file, by name."""
        names = sorted(self.files)
        if _SOURCES not in names:
            raise BadParameterFile(_SOURCES, "missing")
        whole: dict[str, Parameter] = {}
        for name in names:
            if name != _SOURCES:
                whole |= self._programme(name)
        return whole

    @cached_property
    def digest(self) -> str:
        """The name of this very version: the same on every platform, another for another text."""
        import hashlib  # a calculator that prints an amount does not pay for it

        texts = [self.files[name] for name in sorted(self.files)]
        joined = b"\0".join(text.replace(b"\r\n", b"\n") for text in texts)
        return hashlib.sha256(joined).hexdigest()[:16]


class _Folder(Mapping[str, bytes]):
    """The TOML files of a folder by their names without the suffix, each read when asked for."""

    def __init__(self, folder: Path):
        self._folder = folder

    def __getitem__(self, name: str) -> bytes:
        return (self._folder / f"{name}.toml").read_bytes()

    def __iter__(self) -> Iterator[str]:
        return (path.stem for path in sorted(self._folder.glob("*.toml")))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return (self._folder / f"{name}.toml").is_file()


@cache
def packaged_law() -> Law:
    """Return the law that came with the program; its files are read when they are asked for."""
    return Law(_Folder(_FOLDER))


@cache
def load_law() -> Law:
    """Return the law in use: a newer set that was installed, else the one of the package.

    Raises:
        StoreUnusable: ``rules.damaged``: there is an installed set and it is not whole.
    """
    return chosen.installed() or packaged_law()


def checked_law(source: Path | Mapping[str, bytes] = _FOLDER) -> Law:
    """Return the law of a folder, or of files by name, every file of it read and checked.

    Raises:
        BadParameterFile: a file breaks the form.
    """
    law = Law(_Folder(source) if isinstance(source, Path) else source)
    if _RELIEFS in law.files:
        _ = law.reliefs
    _ = law.parameters
    return law
